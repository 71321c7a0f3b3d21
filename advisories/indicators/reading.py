"""From text to indicators, in one pass: each once, in the order in which they stand."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from advisories.indicators import candidates
from advisories.indicators.plain import plain
from advisories.indicators.values import Found, TooMany
from members.web.words import gettext_noop

MOST_TEXT = 20_000_000  # characters
MOST_FOUND = 100_000
TOO_LONG = gettext_noop("This is %(length)d characters; %(most)d are taken at a time. Paste it in parts.")
TOO_MANY = gettext_noop("There are more than %(most)d indicators in this. Paste it in parts.")
TOLD_EVERY = 100_000  # characters

Told = Callable[[int, int], object]
_LINE_END = re.compile(r"\r\n?|\n")


def parse(text: str, told: Told | None = None) -> tuple[Found, ...]:
    """Everything in the text, each thing once, as it first stands there. `told(done, all)`, in characters, is for
    whoever watches. Raises TooMany, and nothing else."""
    if len(text) > MOST_TEXT:
        raise TooMany(TOO_LONG, length=len(text), most=MOST_TEXT)
    found: dict[tuple[str, str], Found] = {}
    due = TOLD_EVERY
    for number, start, line in _lines(text):
        for one in candidates.found(plain(line), number):
            found.setdefault((one.kind, one.value), one)
            if len(found) > MOST_FOUND:
                raise TooMany(TOO_MANY, most=MOST_FOUND)
        if told and start >= due:
            told(start, len(text))
            due = start + TOLD_EVERY
    if told:
        told(len(text), len(text))
    return tuple(found.values())


def _lines(text: str) -> Iterator[tuple[int, int, str]]:
    """Number from 1, where it begins, and the line."""
    begins, number = 0, 1
    for end in _LINE_END.finditer(text):
        yield number, begins, text[begins : end.start()]
        begins, number = end.end(), number + 1
    yield number, begins, text[begins:]
