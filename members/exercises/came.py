"""What happened in an exercise, as values: what figures.py reckons with."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

ACKNOWLEDGED, ANSWERED = "acknowledged", "answered"


class Happened(NamedTuple):
    """An inject. Times without a date are seconds of exercise time; `sent_*` are None where it was not sent."""

    number: int
    title: str
    teams: frozenset[str]
    offset: int
    state: str
    sent_at: datetime | None = None
    sent_clock: float | None = None
    asks: bool = False
    within: int | None = None
    expects: str = ""
    code: str = ""


class House(NamedTuple):
    slug: str
    name: str


class Played(NamedTuple):
    house: House
    team: str


class Did(NamedTuple):
    """A reply. `by` is who said it."""

    number: int
    house: House
    what: str
    at: datetime
    clock: float
    by: str = ""
    words: str = ""


class Noted(NamedTuple):
    """What somebody who watched noted; `number` and `house` are None where it is about none."""

    number: int | None
    house: House | None
    met: str
    words: str
    at: datetime
    clock: float
    by: str = ""


class Step(NamedTuple):
    """Something happened. `what`: sent, acknowledged, answered, noted."""

    at: datetime
    clock: float
    what: str
    inject: Happened | None
    house: House | None
    by: str
    words: str
    met: str


@dataclass(frozen=True)
class Came:
    """All that happened."""

    injects: Sequence[Happened]
    players: Sequence[Played]
    replies: Sequence[Did]
    notes: Sequence[Noted]
