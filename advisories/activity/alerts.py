"""How alerts were confirmed: figures about organisations, of which none rests on fewer than five. Pure.

Of each tier by itself and never of all together: of a sum and all its parts but one, the one can be told.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import datetime

from django.utils.translation import gettext as _

from advisories.activity.facts import Asked
from advisories.activity.gathered import Facts
from advisories.activity.values import FEW, Line, Section, Share, Value, half
from advisories.serve.exchange.facts import FEWEST
from members.models import Escalation, Tier
from members.response.ask import ASKS

STEPS = Escalation.Step


def alerts(found: Facts) -> Section:
    steps = {step: {one.house for one in found.escalated if one.step == step} for step in STEPS}
    return Section("alerts", _("Alerts and their answers"), (
        *(line for tier in ASKS for line in _of_tier(tier, [one for one in found.asked if one.tier == tier], found.at)),
        Line(_("Organisations whose deputies were told"), _many(steps[STEPS.DEPUTIES])),
        Line(_("Organisations that the duty coordinator was told to ring"), _many(steps[STEPS.COORDINATOR])),
    ))  # fmt: skip


def _of_tier(tier: Tier, asked: list[Asked], at: datetime) -> Iterable[Line]:
    judged = [one for one in asked if _is_judged(one, at)]
    in_time = [one for one in judged if one.confirmed_at is not None and one.confirmed_at <= one.due_at]
    confirmed = [one for one in asked if one.confirmed_at is not None]
    took = half(one.confirmed_at - one.asked_at for one in confirmed if one.confirmed_at is not None)
    share = Share(round(100 * len(in_time) / len(judged))) if judged else None
    said = {"tier": tier.label}
    yield Line(_("%(tier)s: organisations asked") % said, _many(_houses(asked)))
    yield Line(_("%(tier)s: confirmed in time") % said, _resting_on(_houses(judged), share))
    yield Line(_("%(tier)s: time to confirm, median") % said, _resting_on(_houses(confirmed), took))


def _is_judged(one: Asked, at: datetime) -> bool:
    """Whether it is known if they confirmed in time: not while there is time, nor where nobody waits for it any
    more."""
    return one.confirmed_at is not None or (one.owed and one.due_at <= at)


def _houses(asked: Iterable[Asked]) -> set[int]:
    return {one.house for one in asked}


def _many(houses: Collection[int]) -> Value:
    return _resting_on(houses, len(houses))


def _resting_on(houses: Collection[int], value: Value) -> Value:
    return FEW if 0 < len(houses) < FEWEST else value
