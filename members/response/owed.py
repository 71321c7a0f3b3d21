"""Which answers are still waited for: not those of an organisation that the item reaches no more."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime

from members.facts import facts_of_all
from members.houses import houses_by
from members.models import Item, Response
from members.placing import Facts
from members.policy import body_buckets


def still_owed(waiting: Iterable[Response], at: datetime) -> list[Response]:
    """Of these, each with its item, those whose item reaches their organisation. In as many statements for ten alerts
    as for one."""
    responses = list(waiting)
    have_it = _reached_each({one.item_id: one.item for one in responses}.values(), at)
    return [one for one in responses if one.organisation_id in have_it[one.item_id]]


def _reached_each(items: Iterable[Item], at: datetime) -> dict[int, set[int]]:
    """The organisations that each reaches, as policy.reached says of one."""
    opened = {pk: [body_buckets(one, at) for one in _upwards(facts)] for pk, facts in facts_of_all(items).items()}
    every = {bucket for levels in opened.values() for buckets in levels for bucket in buckets}
    by_bucket = houses_by(every, at)
    return {
        pk: set.intersection(*(set().union(*(by_bucket.get(one, ()) for one in buckets)) for buckets in levels))
        for pk, levels in opened.items()
    }


def _upwards(facts: Facts | None) -> Iterator[Facts]:
    while facts is not None:
        yield facts
        facts = facts.parent
