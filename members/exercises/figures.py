"""What an exercise came to, from its rows: who acknowledged when, who answered what, in which order.

Values in, values out: no query, no page, no clock.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from statistics import median

from members.exercises.came import ACKNOWLEDGED, ANSWERED, Came, Did, Happened, House, Noted, Step


@dataclass(frozen=True)
class Times:
    """How fast an organisation acknowledged what it was asked to."""

    house: House
    asked: int
    took: tuple[float, ...]
    in_time: int
    timed: int  # of those asked, how many had a time set

    @property
    def acknowledged(self) -> int:
        return len(self.took)

    @property
    def median(self) -> float | None:
        return median(self.took) if self.took else None

    @property
    def longest(self) -> float | None:
        return max(self.took, default=None)


@dataclass(frozen=True)
class Answer:
    """What one organisation did about one inject. `met`: as judged last, "" where nobody did."""

    house: House
    words: tuple[Did, ...]
    took: float | None
    late: bool
    met: str
    notes: tuple[Noted, ...]


@dataclass(frozen=True)
class Against:
    """An inject that was sent, and what was done about it by each organisation that got it."""

    inject: Happened
    answers: tuple[Answer, ...]


def houses_of(inject: Happened, came: Came) -> list[House]:
    """The organisations that got it: those with somebody in one of its teams, and those that did something about it,
    though whoever did plays in another team by now, or no more."""
    got = {one.house for one in came.players if one.team in inject.teams}
    return sorted(got | {one.house for one in came.replies if one.number == inject.number}, key=_by_name)


def times(came: Came) -> list[Times]:
    """By organisation, in the order of their names; those that were asked nothing are left out."""
    took = _took(came)
    asked: dict[House, list[Happened]] = defaultdict(list)
    for inject in came.injects:
        if inject.asks and inject.sent_clock is not None:
            for house in houses_of(inject, came):
                asked[house].append(inject)
    return [_times(house, asked[house], took) for house in sorted(asked, key=_by_name)]


def _times(house: House, asked: list[Happened], took: dict[tuple[int, House], float]) -> Times:
    spans = {one.number: took[one.number, house] for one in asked if (one.number, house) in took}
    timed = [one for one in asked if one.within is not None]
    in_time = sum(1 for one in timed if one.number in spans and spans[one.number] <= (one.within or 0))
    return Times(house, len(asked), tuple(sorted(spans.values())), in_time, len(timed))


def against(came: Came) -> list[Against]:
    """Answers beside what was expected, in the order in which things were sent."""
    took = _took(came)
    sent = sorted(
        (one for one in came.injects if one.sent_clock is not None), key=lambda one: (one.sent_at, one.number)
    )
    return [Against(one, tuple(_answer(one, house, came, took) for house in houses_of(one, came))) for one in sent]


def _answer(inject: Happened, house: House, came: Came, took: dict[tuple[int, House], float]) -> Answer:
    said = tuple(one for one in came.replies if (one.number, one.house, one.what) == (inject.number, house, ANSWERED))
    notes = tuple(one for one in came.notes if (one.number, one.house) == (inject.number, house))
    span = took.get((inject.number, house))
    late = inject.asks and inject.within is not None and (span is None or span > inject.within)
    met = next((one.met for one in reversed(notes) if one.met), "")
    return Answer(house, said, span, late, met, notes)


def steps(came: Came) -> list[Step]:
    """Everything, in the order in which it happened."""
    by_number = {one.number: one for one in came.injects}
    found = [
        Step(one.sent_at, one.sent_clock, "sent", one, None, "", "", "")
        for one in came.injects
        if one.sent_at is not None and one.sent_clock is not None
    ]
    found += [
        Step(one.at, one.clock, one.what, by_number.get(one.number), one.house, one.by, one.words, "")
        for one in came.replies
    ]
    found += [
        Step(one.at, one.clock, "noted", by_number.get(one.number or 0), one.house, one.by, one.words, one.met)
        for one in came.notes
    ]
    return sorted(found, key=lambda one: (one.at, one.what != "sent"))


def rising(came: Came) -> list[tuple[float, int]]:
    """How many had been acknowledged how long after they were sent: one step for each, rising."""
    return [(after, number) for number, after in enumerate(sorted(_took(came).values()), 1)]


def _took(came: Came) -> dict[tuple[int, House], float]:
    """By inject and organisation, the seconds of exercise time from when it was sent until it was acknowledged."""
    sent = {one.number: one.sent_clock for one in came.injects if one.asks}
    found: dict[tuple[int, House], float] = {}
    for one in came.replies:
        began = sent.get(one.number)
        if one.what == ACKNOWLEDGED and began is not None:
            found.setdefault((one.number, one.house), max(0.0, one.clock - began))
    return found


def _by_name(house: House) -> tuple[str, str]:
    return house.name, house.slug
