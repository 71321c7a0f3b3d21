"""The verbs on an item's standing. Each changes the rows and places the item anew, in one transaction.

Who may call them is asked by the verb above (advisories/publish.py) through permits.can.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from django.db import transaction
from django.db.models import DateTimeField, F, Value
from django.db.models.functions import Greatest

from members import journal
from members.models import Announcement, Grant, Item, Person, Standing
from members.place import place

Target = tuple[str, int]  # one of Grant.TARGETS, and an id


def proposed(
    item: Item, version: int, label: str, targets: Iterable[Target], since: datetime
) -> tuple[Standing, list[Grant]]:
    """A standing and its grants, not saved: for the preview, and for `release` itself."""
    standing = Standing(item=item, version=version, label=label, since=since)
    grants = [Grant(standing=standing, since=since, **{f"{kind}_id": pk}) for kind, pk in targets]
    return standing, grants


@transaction.atomic(savepoint=False)  # as one with the verb above: nobody goes on without it
def release(
    item: Item,
    version: int,
    label: str,
    targets: Iterable[Target],
    at: datetime,
    *,
    by: Person | None,
    since: datetime | None = None,
) -> Standing:
    """`version` stands released under `label` from `since` (default: now) on, to whom `targets` reach.

    `by` None: whoever says it without a name.
    """
    since = since or at
    _end(item, since)
    forget_ahead(item, at)
    standing, grants = proposed(item, version, label, targets, since)
    standing.save()
    for grant in grants:
        grant.standing, grant.granted_by = standing, by
    Grant.objects.bulk_create(grants)
    place(item)
    journal.note(journal.What.RELEASED, [journal.key(item.reference)], at)
    return standing


@transaction.atomic
def withdraw(item: Item, at: datetime) -> Standing:
    """The standing in force ends; those who had it read that it was withdrawn, and no more."""
    ended = Standing.objects.select_for_update().at(at).get(item=item, state=Standing.State.RELEASED)
    _end(item, at)
    standing = Standing.objects.create(
        item=item, version=ended.version, label=ended.label, state=Standing.State.WITHDRAWN, withdraws=ended, since=at
    )
    place(item)
    journal.note(journal.What.WITHDRAWN, [journal.key(item.reference)], at)
    return standing


@transaction.atomic
def suspend(item: Item, at: datetime) -> bool:
    """What stands released does no more, and nobody is told so: its handlers may release it again. Whether any did."""
    if not Standing.objects.at(at).filter(item=item, state=Standing.State.RELEASED).exists():
        return False
    _end(item, at)
    forget_ahead(item, at)
    place(item)
    return True


def _end(item: Item, at: datetime) -> None:
    """What is in force ends; what was approved to begin later never comes true."""
    Standing.objects.filter(item=item, until__gt=at).update(until=Greatest("since", Value(at, DateTimeField())))


def forget_ahead(item: Item, at: datetime) -> None:
    """Nobody is told of a release that was approved for later, and now never comes."""
    ahead = (Announcement.Event.RELEASED, Announcement.Event.REVISED)
    Announcement.objects.filter(item=item, planned_at=None, due_at__gt=at, event__in=ahead).update(planned_at=at)


def in_force(item: Item, at: datetime) -> Standing | None:
    return Standing.objects.at(at).filter(item=item).first()


def ahead(item: Item, at: datetime) -> Standing | None:
    """The release of `item` that is approved in advance."""
    found = Standing.objects.filter(item=item, since__gt=at, until__gt=F("since"), state=Standing.State.RELEASED)
    return found.first()
