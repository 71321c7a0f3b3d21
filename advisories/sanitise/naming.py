"""Where names that are known stand in a text, however they are written."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from advisories.sanitise.hit import LIKELY, SURE, Hit
from advisories.sanitise.known import Name
from advisories.sanitise.view import View, squeezed
from advisories.sanitise.words import Kind

ANYWHERE = 6  # letters from which on a name is found inside a longer word as well ("exampletownfs01")
_PART = r"[^\s<>\"'(),;|\\]"
_BEFORE = re.compile(rf"{_PART}*\Z")
_AFTER = re.compile(rf"(?:{_PART}|[(\[]\.[)\]])*+")
LONGEST_TOKEN = 2_000
_DOT_IN_WORDS = re.compile(r"\[\.\]|\(\.\)|\[dot\]|\(dot\)", re.IGNORECASE)
_AT_IN_WORDS = re.compile(r"@|\[at\]|\(at\)", re.IGNORECASE)


def found(view: View, names: Iterable[Name]) -> Iterator[Hit]:
    for name in names:
        for start, end in _places(view, name.form):
            if not name.capital or view.plain[start].isupper():
                yield Hit(start, end, name.kind, name.key, SURE if name.sure else LIKELY)


def _places(view: View, form: str) -> Iterator[tuple[int, int]]:
    """Whole words, with whatever between their letters; a long name inside of one word also, and then all of that."""
    at, plain, done, i = view.at, view.plain, 0, view.squeezed.find(form)
    while i >= 0:
        j = i + len(form) - 1
        first, last = at[i], at[j]
        if first >= done:
            if _begins(plain, first) and _ends(plain, last):
                yield first, last + 1
            elif len(form) >= ANYWHERE and last - first < len(form):
                first, done = _word(plain, first, last)
                yield first, done
        i = view.squeezed.find(form, i + 1)


def _begins(plain: str, at: int) -> bool:
    return at == 0 or _between(plain[at - 1], plain[at])


def _ends(plain: str, at: int) -> bool:
    if at + 1 == len(plain) or _between(plain[at], plain[at + 1]):
        return True
    return plain[at].isupper() and plain[at + 1].islower()  # EBCs


def _between(one: str, other: str) -> bool:
    """Whether a word may end between two characters: at a separator, a digit (EBC01) or a hump (exampleCouncil)."""
    return (
        not one.isalnum()
        or not other.isalnum()
        or one.isdigit() != other.isdigit()
        or (one.islower() and other.isupper())
    )


def _word(plain: str, first: int, last: int) -> tuple[int, int]:
    while first and plain[first - 1].isalnum():
        first -= 1
    last += 1
    while last < len(plain) and plain[last].isalnum():
        last += 1
    return first, last


def domains(view: View, own: Iterable[str]) -> Iterator[Hit]:
    """The organisation's domains with what they stand in: an e-mail address, a host, a web address; defanged too."""
    for domain in own:
        form, done = squeezed(domain), 0
        for start, end in _places(view, form) if form else ():
            if start < done:
                continue
            before = _BEFORE.search(view.plain, max(done, start - LONGEST_TOKEN), start)
            after = _AFTER.match(view.plain, end, end + LONGEST_TOKEN)
            first, done = before.start() if before else start, after.end() if after else end
            token = view.plain[first:done].rstrip(".:!?")
            yield _as_what(first, first + len(token), token, form) if len(token) > end - start else _bare(start, end)


def _bare(start: int, end: int) -> Hit:
    return Hit(start, end, Kind.ORGANISATION, "", SURE)


def _as_what(start: int, end: int, token: str, form: str) -> Hit:
    even = _DOT_IN_WORDS.sub(".", token).casefold()
    if "://" in even or "/" in even or "?" in even:
        return Hit(start, end, Kind.WEB, even, SURE)
    if _AT_IN_WORDS.search(even):
        return Hit(start, end, Kind.EMAIL, squeezed(_AT_IN_WORDS.sub("@", even)), SURE)
    return Hit(start, end, Kind.HOST, squeezed(even)[: -len(form)], SURE)
