"""Under what somebody writes beneath an item, and the envelope of what they wrote."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.utils.translation import gettext as _

from members import items, permits, stand
from members.authorship import Capacity, capacities, name_of
from members.models import Affiliation, Item, Kind, Office, Person, Standing
from members.refused import Refused
from members.stand import Target

LONGEST = 10_000
THUMB = timedelta(minutes=1)  # what is sent twice within this long was meant once


def in_capacity(child: Item, at: datetime) -> bool:
    """Whether what the author wrote `child` as still lasts."""
    written_as = child.affiliation or child.office
    return written_as is not None and written_as.in_force(at)


def may_write(person: Person, verb: str, parent: Item, at: datetime) -> list[Capacity]:
    """Under what `person` may `comment` or `attach` here at `at`, the likeliest first; empty where they may not.

    Not on an anonymous report; and who reads something only because they filed the report behind it, can't (policy).
    """
    if parent.anonymous or not permits.can(person, verb, parent, at):
        return []
    return sorted(capacities(person, at), key=lambda capacity: _unlikely(capacity, parent))


def _unlikely(capacity: Capacity, parent: Item) -> int:
    """Who coordinates the parent's WARP writes as that; others for their organisation."""
    if isinstance(capacity, Affiliation):
        return 1
    return 0 if capacity.role == Office.Role.COORDINATOR and capacity.warp_id == parent.warp_id else 2


def capacity_of(
    person: Person, verb: str, parent: Item, at: datetime, wanted: Capacity | None, *, anonymous: bool = False
) -> Capacity:
    mine = may_write(person, verb, parent, at)
    if anonymous:  # an office is held by one person
        mine = [one for one in mine if isinstance(one, Affiliation)]
        if not mine:
            raise Refused(_("Without your name you can write for an organisation of yours, and for no office."))
        if wanted not in mine:
            return mine[0]
    if not mine:
        raise Refused(_("You can't write here: only people of active members and those who hold an office can."))
    if wanted is not None and wanted not in mine:
        raise Refused(_("You can't write for “%(name)s” now. Choose another.") % {"name": name_of(wanted)})
    return wanted or mine[0]


def same(child: Item, label: str | None, capacity: Capacity | None) -> bool:
    """Whether `child` was meant for the same readers, by its author in the same capacity, and is still there."""
    standings = list(Standing.objects.filter(item=child))
    labels = [standing.label for standing in standings]
    removed = any(standing.state == Standing.State.WITHDRAWN for standing in standings)
    return not removed and labels == ([label] if label else []) and capacity in (child.affiliation, child.office)


def new(
    kind: Kind, person: Person | None, capacity: Capacity | None, parent: Item, at: datetime, label: str | None,
    targets: list[Target],
) -> Item:  # fmt: skip
    item = items.create(
        kind, parent.warp, at, author=person, parent=parent, realm=parent.realm, marking=label or parent.marking,
        affiliation=capacity if isinstance(capacity, Affiliation) else None,
        office=capacity if isinstance(capacity, Office) else None,
    )  # fmt: skip
    if label:
        stand.release(item, 1, label, targets, at, by=person)
    return item
