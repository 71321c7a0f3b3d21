"""Under what somebody writes, and whether that they may read an item may be known."""

from __future__ import annotations

from datetime import datetime

from members import clock
from members.buckets import Bucket, Level, split
from members.keys import Viewer
from members.models import Affiliation, Ancestry, Item, Membership, Office, Person, Placement

Capacity = Affiliation | Office


def capacities(person: Person, at: datetime) -> list[Capacity]:
    """Under what `person` may write at `at`: an office, or an organisation whose membership is active."""
    if not (person.active_since <= at < person.active_until):
        return []
    members = Membership.objects.at(at).filter(state=Membership.State.ACTIVE).values("organisation")
    offices = Office.objects.at(at).filter(person=person).select_related("warp")
    of = Affiliation.objects.at(at).filter(person=person, organisation__in=members).select_related("organisation")
    return [*offices.order_by("role", "warp__name", "pk"), *of.order_by("organisation__name", "pk")]


def reads_openly(person: Person, item: Item, at: datetime) -> bool:
    """Whether `item` is `body` to them by more than the report behind it, which they filed without their name.

    Where they put their name to something on it otherwise, everybody would know who filed that report.
    """
    held = [bucket for bucket in Viewer(person.pk).keys(at) if split(bucket)[0] != Bucket.SEALED]
    chain = {item.pk, *Ancestry.objects.filter(item=item).values_list("ancestor_id", flat=True)}
    now = clock.micro(at)
    opened = Placement.objects.filter(item__in=chain, bucket__in=held, level__gte=Level.BODY)
    return chain == set(opened.filter(since__lte=now, until__gt=now).values_list("item_id", flat=True))
