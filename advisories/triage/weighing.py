"""What an entry comes to under some rules, by all its signals. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import NamedTuple

from advisories.triage import rank, saying
from advisories.triage.rank import Ranking, Reason
from advisories.triage.rules import DEFAULT, Rules

# Not of the entry's own text: worked out anew each time.
ADDED = {rank.LIKELY, rank.LIKELY_ALONE, rank.WATCHED}


class Likely(NamedTuple):
    """What EPSS says of one vulnerability: shares from 0 to 1, and the day on which it said so, in ISO 8601."""

    probability: Decimal
    percentile: Decimal | None
    day: str


@dataclass(frozen=True, slots=True)
class Signals:
    """`said`: reasons of the entry's own text, and maybe such as are worked out anew. `likely`: the likeliest of the
    vulnerabilities that it names. `text`: where watchwords are looked for.
    """

    said: Sequence[Reason]
    likely: Likely | None = None
    text: str = ""

    def under(self, rules: Rules = DEFAULT) -> Ranking:
        own = [reason for reason in self.said if reason.template not in ADDED]
        if all(reason.template != rank.REVOKED for reason in own):
            for added in (*self._likely(rules), *self._watched(rules)):
                own.insert(_place(own, added, rules), added)
        return rank.weighed(own, rules)

    def _likely(self, rules: Rules) -> list[Reason]:
        if self.likely is None or not rules.likely or self.likely.probability * 100 < rules.likely_from:
            return []
        params = {"score": f"{self.likely.probability * 100:.1f}%", "day": self.likely.day}
        if self.likely.percentile is None:
            return [Reason(rank.LIKELY_ALONE, params)]
        return [Reason(rank.LIKELY, params | {"percentile": f"{self.likely.percentile * 100:.1f}"})]

    def _watched(self, rules: Rules) -> list[Reason]:
        found = saying.watched(rules.watchwords, self.text) if rules.watchword else []
        return [Reason(rank.WATCHED, {"words": ", ".join(found)})] if found else []


def _place(own: Sequence[Reason], added: Reason, rules: Rules) -> int:
    """Before what weighs less: the desk shows the first of them."""
    weight = rank.points(added, rules)
    return next((place for place, reason in enumerate(own) if rank.points(reason, rules) < weight), len(own))
