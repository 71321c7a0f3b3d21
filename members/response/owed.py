"""Which answers are still waited for: not those of an organisation that the item reaches no more."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from members.models import Response
from members.policy import reached_each


def still_owed(waiting: Iterable[Response], at: datetime) -> list[Response]:
    """Of these, each with its item, those whose item reaches their organisation. In as many statements for ten alerts
    as for one."""
    responses = list(waiting)
    have_it = reached_each({one.item_id: one.item for one in responses}.values(), at)
    return [one for one in responses if one.organisation_id in have_it[one.item_id]]
