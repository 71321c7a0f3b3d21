"""A place in a text that may identify, before it is known what overlaps it."""

from __future__ import annotations

from typing import NamedTuple

from advisories.sanitise.words import Kind

SURE, LIKELY, GUESSED = 2, 1, 0


class Hit(NamedTuple):
    """Of `plain`. `key`: what it is; hits of one kind and key get one number. `instead`: words of its own, with which
    it is replaced. `certain`: which of two that overlap is believed."""

    start: int
    end: int
    kind: Kind
    key: str
    certain: int = LIKELY
    instead: str = ""
