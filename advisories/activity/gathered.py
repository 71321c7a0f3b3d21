"""All that happened in a period, of what whoever asks handles, and how strict it is together."""

from __future__ import annotations

from collections.abc import Container, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TypeVar

from advisories.activity import facts, talked
from advisories.activity.asker import Asker
from advisories.activity.facts import Asked, Escalated, Numbers, Times, Told
from advisories.activity.period import Period
from advisories.activity.talked import Question
from advisories.sightings import countable
from members import tlp
from members.models import Kind
from members.shows import STEP_UP, Stand, stands


@dataclass(frozen=True)
class Facts:
    """What happened. `stood`: how each item that the figures rest on stands now."""

    told: Sequence[Told]
    lived: dict[str, Times]
    reports: Sequence[int]
    questions: Sequence[Question]
    asked: Sequence[Asked]
    escalated: Sequence[Escalated]
    messages: Numbers
    digests: Numbers
    seen: Numbers
    stood: dict[int, Stand]
    at: datetime

    def of(self, kind: Kind) -> list[Told]:
        return [one for one in self.told if one.kind == kind]

    @property
    def labels(self) -> set[str]:
        """Of all that the figures rest on, as it was told and as it stands."""
        return {stand.label or tlp.STRICT for stand in self.stood.values()} | {one.label for one in self.told}


def label(every: Iterable[Facts]) -> str:
    """What combines several items carries the strictest of their labels."""
    return tlp.strictest(label for one in every for label in one.labels)


def gathered(asker: Asker, period: Period) -> Facts:
    told = [one for one in facts.told(asker, period) if one.label not in STEP_UP]
    every = Facts(
        told, facts.lived(asker, period), facts.reports(asker, period), talked.questions(asker, period),
        facts.asked(asker, period), facts.escalated(asker, period), facts.messages(asker, period),
        facts.in_digests(asker, period), facts.seen(one.item for one in told if one.first), {}, asker.at,
    )  # fmt: skip
    ids = {*every.reports, *every.messages, *every.digests, *(pk for times in every.lived.values() for pk in times)}
    ids |= {one.item for some in (told, every.asked, every.escalated, every.questions) for one in some}
    reports, stood = set(every.reports), stands(facts.items(ids, asker), asker.at)
    return _only(every, {pk: stand for pk, stand in stood.items() if pk in reports or not stand.asks})


def _only(every: Facts, there: dict[int, Stand]) -> Facts:
    """Without what is RED or under an embargo. Figures are passed on, by who is named on it to those who are not; and
    of two coordinators of one WARP only one may be."""
    return replace(
        every,
        told=[one for one in every.told if one.item in there],
        lived={name: _of(times, there) for name, times in every.lived.items()},
        questions=[one for one in every.questions if one.item in there],
        asked=[one for one in every.asked if one.item in there],
        escalated=[one for one in every.escalated if one.item in there],
        messages=_of(every.messages, there),
        digests=_of(every.digests, there),
        seen={pk: count for pk, count in every.seen.items() if pk in there and countable(there[pk])},
        stood=there,
    )


T = TypeVar("T")


def _of(found: dict[int, T], there: Container[int]) -> dict[int, T]:
    return {pk: what for pk, what in found.items() if pk in there}
