"""Asked once more when a message of an escalation is claimed: whom it is about still, and whether it is theirs."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from datetime import datetime

from members.duty import coordinators
from members.models import Announcement, Contact, Delivery, Escalation, Item, Response
from members.policy import reached
from members.response.who import may_answer

Step = Escalation.Step


def still(announcement: Announcement, item: Item, rows: Collection[Delivery], at: datetime) -> dict[int, list[str]]:
    """Of those of `rows` that escalate (step > 0), by id: the names of the organisations that each is about. Who has
    confirmed meanwhile is none of them; a row that is missing here has nothing to say to whoever it goes to.

    Without any that escalates, no statement; else a few, whatever their number.
    """
    steps = {row.pk: row for row in rows if row.step}
    if not steps:
        return {}
    awaited = Response.objects.filter(announcement=announcement, acknowledged_at=None, closed_at=None)
    awaited = awaited.filter(organisation__in=reached(item, at).order_by().values("pk"))
    houses = dict(awaited.order_by("organisation__name").values_list("organisation", "organisation__name"))
    late = [*awaited.filter(due_at__lte=at).order_by("organisation__name").values_list("organisation__name", flat=True)]
    asked = _asked(houses, [row for row in steps.values() if row.step == Step.DEPUTIES], at)
    ring = _ringing(item, [row for row in steps.values() if row.step == Step.COORDINATOR], at) if late else set()
    return {**{pk: names for pk, names in asked.items() if names}, **dict.fromkeys(ring, late)}


def _asked(houses: dict[int, str], rows: list[Delivery], at: datetime) -> dict[int, list[str]]:
    """The houses that whoever reads at each row's address answers for, or is a contact of."""
    people: dict[int, list[str]] = defaultdict(list)
    mine = may_answer(at).filter(person__in=[row.address.person_id for row in rows], organisation__in=houses)
    for person, house in mine.order_by("organisation__name").values_list("person", "organisation").distinct():
        people[person].append(houses[house])
    others: dict[int, list[str]] = defaultdict(list)
    rungs = Contact.objects.filter(address__in=[row.address_id for row in rows], organisation__in=houses)
    for address, house in rungs.order_by("pk").values_list("address", "organisation"):
        others[address or 0].append(houses[house])
    return {row.pk: people[row.address.person_id or 0] or others[row.address_id] for row in rows}


def _ringing(item: Item, rows: list[Delivery], at: datetime) -> set[int]:
    there = set(coordinators(item.warp, at).order_by().values_list("pk", flat=True))
    return {row.pk for row in rows if row.address.person_id in there}
