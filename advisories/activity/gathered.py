"""All that happened in a period, of what whoever asks handles, and how strict it is together."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from advisories.activity import facts, talked
from advisories.activity.asker import Asker
from advisories.activity.facts import Asked, Escalated, Numbers, Told
from advisories.activity.period import Period
from advisories.activity.talked import Question
from advisories.sightings import countable
from members import tlp
from members.models import Kind
from members.shows import EMBARGOED, Stand, stands


@dataclass(frozen=True)
class Facts:
    """What happened. `stood`: how each item that the figures rest on stands now, but for those under an embargo."""

    told: Sequence[Told]
    lived: dict[str, list[timedelta]]
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

    @property
    def empty(self) -> bool:
        return not self.stood and not any(self.lived.values())


def label(every: Iterable[Facts]) -> str:
    """What combines several items carries the strictest of their labels."""
    return tlp.strictest(label for one in every for label in one.labels)


def gathered(asker: Asker, period: Period) -> Facts:
    """What is under an embargo is in no figure: it is not told, and whoever is told the figures is not named on it."""
    told, asked = facts.told(asker, period), facts.asked(asker, period)
    every = Facts(
        told, facts.lived(asker, period), facts.reports(asker, period), talked.questions(asker, period), asked,
        facts.escalated(asker, period), facts.messages(asker, period), facts.in_digests(asker, period),
        facts.seen(one.item for one in told if one.first), {}, asker.at,
    )  # fmt: skip
    ids = {*every.reports, *every.messages, *every.digests, *(one[0] for one in every.escalated)}
    ids |= {one.item for some in (told, asked, every.questions) for one in some}
    stood = stands(facts.items(ids, asker), asker.at)
    return _open(replace(every, stood={pk: stand for pk, stand in stood.items() if stand.row != EMBARGOED}))


def _open(every: Facts) -> Facts:
    there = every.stood
    return replace(
        every,
        told=[one for one in every.told if one.item in there],
        asked=[one for one in every.asked if one.item in there],
        escalated=[one for one in every.escalated if one[0] in there],
        messages={pk: count for pk, count in every.messages.items() if pk in there},
        digests={pk: count for pk, count in every.digests.items() if pk in there},
        seen={pk: count for pk, count in every.seen.items() if pk in there and countable(there[pk])},
    )
