"""What a text says of how urgent it is, in words or in a number; and which of a WARP's own words stand in it. Pure."""

from __future__ import annotations

import html
import re
from collections.abc import Iterable, Mapping
from typing import Any

LONGEST_READ = 20_000  # characters of the text that are looked at

_EXPLOITED = re.compile(
    r"actively[- ]exploited|exploited in the wild|(?:under )?active(?:ly being)? exploitation|exploitation in the wild"
    r"|in-the-wild exploitation|known to be exploited|exploited (?:as a )?zero-days?|zero-days? exploited",
    re.IGNORECASE,
)
_DENIED = re.compile(r"\b(?:no|not|never|nor|without|unaware|isn.t|aren.t)\b[^.;:!?]{0,60}$", re.IGNORECASE)
_CVSS = re.compile(
    r"CVSS[ :-]{0,3}(?:v(?:ersion)?[ .]?)?(?:[234](?:\.[01])?\b)?[^0-9.]{0,40}(10(?:\.0)?|[0-9]\.[0-9])\b"
)
_CRITICAL = re.compile(r"\bcritical\b(?! infrastructure)", re.IGNORECASE)
_TAGS = re.compile(r"<[^>]*>")
PRODUCTS = ("products", "cpes", "purls")  # facts that name what is affected


def text_of(title: str, summary: str) -> str:
    return f"{title}. {_TAGS.sub(' ', summary[:LONGEST_READ])}"


def says_exploited(text: str) -> str:
    """The words in which it says so, without a denial before them; else ""."""
    if "exploit" not in text.lower():  # a search for all of the words costs thirty times as much
        return ""
    for found in _EXPLOITED.finditer(text):
        if not _DENIED.search(text[max(0, found.start() - 80) : found.start()]):
            return found[0].lower()
    return ""


def cvss_in(text: str) -> float:
    """The highest CVSS score that is written out, else 0."""
    return max((float(found) for found in _CVSS.findall(text)), default=0.0)


def is_critical(title: str) -> bool:
    return _CRITICAL.search(title) is not None


def looked_through(title: str, summary: str, facts: Mapping[str, Any]) -> str:
    """All of an entry in which watchwords are looked for."""
    products = " ".join(str(facts.get(name) or "")[:LONGEST_READ] for name in PRODUCTS)
    return _plain(f"{html.unescape(text_of(title, summary))} {products}")


def watched(words: Iterable[str], text: str) -> list[str]:
    """Those of `words` that stand in `text` (as `looked_through` gives it) as words, not as parts of longer ones."""
    found = ((word, _plain(word)) for word in words)
    return [word for word, plain in found if plain in text and re.search(rf"(?<!\w){re.escape(plain)}(?!\w)", text)]


def _plain(text: str) -> str:
    return " ".join(text.casefold().split())
