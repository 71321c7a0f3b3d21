"""How a product is named, and by what it is known again: CPE 2.3, package URL, and the words of its name. Pure."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import NamedTuple
from urllib.parse import unquote

from django.utils.translation import gettext as _
from packageurl import PackageURL

from members.kit.common import COMMON, MAKERS
from members.refused import Refused
from members.words import words

LONGEST = 200  # characters of a name
LONGEST_ID = 300
ANY = frozenset({"", "*", "-"})
# One attribute of a CPE 2.3 name: any, none, or letters, digits, dots, dashes and whatever else is escaped.
_ATTRIBUTE = r"(?:\*|-|(?:\*|\?+)?(?:[\w.-]|\\[!-/:-@\[-`{-~])+(?:\*|\?+)?)"
_CPE_23 = re.compile(rf"cpe:2\.3:[aho](?::{_ATTRIBUTE}){{10}}", re.ASCII)
_PURL = re.compile(r"pkg:[!-~]+")
_VERSION = re.compile(r"v?\d\w*")


class Named(NamedTuple):
    """A product as it is kept (models/kit.py says what each is)."""

    name: str
    cpe: str = ""
    purl: str = ""
    words: str = ""
    head: str = ""
    cpe_key: str = ""
    purl_key: str = ""


def named(name: str, known_as: str = "") -> Named:
    """A product by its name, and its CPE 2.3 or package URL where that is known. Raises Refused."""
    name, known_as = " ".join(name.split()), known_as.strip()
    if not words(name):
        raise Refused(_("Write the product’s name, with its maker: for example “Fortinet FortiGate”."))
    if len(name) > LONGEST or not name.isprintable():
        raise Refused(_("The name has at most %(n)d characters, in one line.") % {"n": LONGEST})
    cpe, purl = (known_as, "") if known_as.startswith("cpe:") else ("", known_as)
    cpe_key, purl_key = _strict_cpe(cpe) if cpe else "", _strict_purl(purl) if purl else ""
    told = _telling(words(name))
    if not told and not known_as:
        said = _("“%(name)s” alone stands in too many texts: write the maker with it, or add its CPE or package URL.")
        raise Refused(said % {"name": name})
    return Named(name, cpe, purl, " ".join(told), _head(told), cpe_key, purl_key)


def line(text: str) -> Named:
    """The same from one line: a name, or a name, a bar and its CPE or package URL. Raises Refused."""
    name, _bar, known_as = text.partition("|")
    return named(name, known_as)


def cpe_key(cpe: str) -> str:
    """vendor:product of a CPE name of version 2.3 or 2.2, or "" where it names no one product."""
    if cpe.startswith("cpe:2.3:"):
        parts = [re.sub(r"\\(.)", r"\1", part) for part in re.split(r"(?<!\\):", cpe)[3:5]]
    else:
        parts = [unquote(part) for part in cpe.removeprefix("cpe:/").split(":")[1:3]]
    vague = len(parts) < 2 or any(part in ANY or "*" in part or "?" in part for part in parts)
    return "" if vague else ":".join(parts).casefold()[:LONGEST_ID]


def purl_key(purl: str) -> str:
    """The package without version, qualifiers and what lies in it; "" where it is no package URL."""
    try:
        found = PackageURL.from_string(purl)
    except ValueError:
        return ""
    return PackageURL(found.type, found.namespace, found.name).to_string().casefold()[:LONGEST_ID]


def identifiers(text: str) -> tuple[list[str], list[str]]:
    """The CPE names and package URLs that stand in a text."""
    return _CPE_23.findall(text), [found.rstrip(".,;)>]\"'") for found in _PURL.findall(text)]


def concerns(told: str, lines: Sequence[Sequence[str]]) -> bool:
    """Whether a text, as the words of each of its lines, speaks of a product whose telling words are `told`.

    All of them stand in one line, as whole words; where every one of them is common, they stand there side by side.
    """
    own = told.split()
    if all(_is_common(word) for word in own):
        return any(f" {told} " in f" {' '.join(line)} " for line in lines)
    return any(set(own) <= set(line) for line in lines)


def _telling(own: list[str]) -> list[str]:
    """The words that tell a product from others: without its version, where the rest tells enough; [] where none do."""
    rest = list(own)
    while rest and _VERSION.fullmatch(rest[-1]):
        rest.pop()
    return next((some for some in (rest, own) if _tells(some)), [])


def _tells(own: list[str]) -> bool:
    return len(own) > 1 or (len(own) == 1 and own[0] not in MAKERS and not _is_common(own[0]))


def _is_common(word: str) -> bool:
    return word in COMMON or len(word) == 1 or word.isdigit()


def _head(told: list[str]) -> str:
    """The word by which a list is looked through: the longest of those that are not common."""
    return max(told, key=lambda word: (not _is_common(word), word not in MAKERS, len(word)), default="")


def _strict_cpe(cpe: str) -> str:
    if len(cpe) > LONGEST_ID or not _CPE_23.fullmatch(cpe):
        said = _("“%(cpe)s” is no CPE 2.3 name. One reads cpe:2.3:a:vendor:product:*:*:*:*:*:*:*:*")
        raise Refused(said % {"cpe": cpe[:80]})
    if not (key := cpe_key(cpe)):
        raise Refused(_("“%(cpe)s” names no vendor or no product: it would concern everything.") % {"cpe": cpe[:80]})
    return key


def _strict_purl(purl: str) -> str:
    key = purl_key(purl) if len(purl) <= LONGEST_ID and _PURL.fullmatch(purl) else ""
    if not key:
        said = _("“%(purl)s” is neither a CPE 2.3 name nor a package URL. One reads pkg:pypi/django")
        raise Refused(said % {"purl": purl[:80]})
    return key
