"""Who is named as handler of one item: for RED and embargoed items there are no others."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from members import permits, stand, tasks
from members.audit import record
from members.clock import FOREVER
from members.delivery.revoke import revoke
from members.items import locked
from members.joining import end
from members.models import Handler, Item, Person
from members.models.dated import DatedQuerySet
from members.place import place
from members.refused import Refused


def name(item: Item, people: Iterable[Person], at: datetime) -> list[Handler]:
    """Name each once. An account that is closed can't handle anything. The caller asks who may, and places the item."""
    there = set(_there(item).values_list("person_id", flat=True))
    fresh = {one.pk: one for one in people if one.pk not in there}.values()
    for one in fresh:
        if not one.active_since <= at < one.active_until:
            raise Refused(_("The account of %(name)s is closed: name somebody else.") % {"name": one.name})
    return [Handler.objects.create(item=item, person=one, since=at) for one in fresh]


@transaction.atomic
def name_handlers(person: Person, item: Item, at: datetime, people: Iterable[Person]) -> None:
    """More people handle it from now on. Raises Refused."""
    item = _held(person, item, at)
    if item.derived_from.exists() and stand.ahead(item, at) is not None:
        raise Refused(_("It comes from a report, and its release is approved in advance: whoever reported it agreed to"
                        " that as it is handled now. End the embargo first, and hand it on again."))  # fmt: skip
    named = name(item, people, at)
    place(item)
    record("name_handlers", at, by=person, reference=item.reference, people=len(named))
    tasks.nudge()


@transaction.atomic
def drop_handlers(person: Person, item: Item, at: datetime, people: Iterable[Person]) -> None:
    """They handle it no more, and what is queued for them by that is cancelled. One must be left. Raises Refused."""
    item = _held(person, item, at)
    there = _there(item)
    leaving = there.filter(person__in=list(people))
    if not leaving.exists():
        raise Refused(_("None of them is named as its handler."))
    if there.count() == leaving.count():
        raise Refused(_("Nobody would be left to handle it: name somebody else first."))
    gone = list(leaving.values_list("person_id", flat=True))
    end(leaving, at)
    place(item)
    revoke(Person.objects.filter(pk__in=gone), at)
    record("drop_handlers", at, by=person, reference=item.reference, people=len(gone))


def _there(item: Item) -> DatedQuerySet[Handler]:
    """Who is named, whatever moment this act holds: another may have come between that and its turn."""
    return Handler.objects.get_queryset().filter(item=item, until=FOREVER)


def _held(person: Person, item: Item, at: datetime) -> Item:
    item = locked(item.pk)
    if not permits.can(person, "name_handler", item, at):
        raise Refused(_("You can't do this: only the handlers of an item can."))
    return item
