"""A line without what makes its addresses harmless: `hxxps[:]//evil[.]example` as `hxxps://evil.example`.

Where each character stood is kept, so that what is found can be shown as it was typed.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from typing import NamedTuple

_FULL_WIDTH = {char: char - 0xFEE0 for char in range(0xFF01, 0xFF5F)}  # as Japanese texts have ASCII
_DOTS = dict.fromkeys(map(ord, "\u3002\uff61"), ".")
_DASHES = dict.fromkeys(map(ord, "\u2010\u2011\u2012\u2013\u2014\u2015\u2212"), "-")
_ALIKE: dict[int, int | str] = {**_FULL_WIDTH, **_DOTS, **_DASHES}
_UNSEEN = "\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2064\u2066-\u2069\ufeff"

# Every repeat is bounded: what is hostile costs no more than what is long.
_DISGUISED = re.compile(
    rf"""
      [ ]?\\?[\[({{<][ ]?\\?(?:(?P<dot>\.|dot)|(?P<at>@|at))[ ]?\\?[\])}}>][ ]?
    | \\?[\[({{<]\\?(?P<sign>:?//|[:/])\\?[\])}}>]
    | (?<=[^\W_])(?P<half>[\[({{]\.|\.[\])}}])(?=[^\W_])
    | \\(?P<escaped>[./:@_-])
    | (?<=[^\W_])(?<!\ba)(?<!\ban)(?<!\bthe)(?P<word>[ ]dot[ ])(?=[^\W_])
    | (?P<unseen>[{_UNSEEN}])
    """,
    re.VERBOSE | re.IGNORECASE,
)
_MAYBE = re.compile(rf"[\[({{<][ ]?\\?(?:[.:/@]|dot|at)|\.[\])}}]|\\[./:@_-]|[ ]dot[ ]|[{_UNSEEN}]", re.IGNORECASE)
_MEANS = {"dot": ".", "half": ".", "word": ".", "at": "@", "unseen": ""}


class Line(NamedTuple):
    """`text` is what is read; `at` and `was` are places in it, and the places in `typed` that they come from."""

    typed: str
    text: str
    at: list[int]
    was: list[int]

    def as_typed(self, start: int, end: int) -> str:
        return self.typed[self._place(start) : self._place(end)] if self.at else self.typed[start:end]

    def _place(self, place: int) -> int:
        before = bisect_right(self.at, place) - 1
        return self.was[before] + place - self.at[before]


def plain(typed: str) -> Line:
    text = typed if typed.isascii() else typed.translate(_ALIKE)
    if not _MAYBE.search(text):
        return Line(typed, text, [], [])
    parts: list[str] = []
    at, was, done, length = [0], [0], 0, 0
    for match in _DISGUISED.finditer(text):
        kind = match.lastgroup or ""
        meant = _MEANS[kind] if kind in _MEANS else match[kind]
        parts += text[done : match.start()], meant
        length += match.start() - done
        at += length, length + len(meant)
        was += match.start(), match.end()
        length += len(meant)
        done = match.end()
    return Line(typed, "".join([*parts, text[done:]]), at, was)
