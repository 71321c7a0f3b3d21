"""Who else looks at a draft that derives from a report: a custodian, or somebody of a sister WARP, named for that."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from django.db import transaction
from django.db.models import F, QuerySet
from django.utils.translation import gettext as _

from advisories.sharing.review import derived
from members import handling, policy
from members.items import locked
from members.models import Handler, Item, Office, Person
from members.refused import Refused


@transaction.atomic
def name(person: Person, item: Item, at: datetime, people: Iterable[Person]) -> None:
    """They handle the draft beside its WARP's coordinators until it is released. What was said to it before lapses,
    since whoever reported it agrees to who reads it, too: it is handed on again. Raises Refused."""
    handling.name_handlers(person, _draft(item), at, people)


@transaction.atomic
def drop(person: Person, item: Item, at: datetime, one: Person) -> None:
    """They handle it no more. Raises Refused."""
    handling.drop_handlers(person, _draft(item), at, [one])


def named(item: Item, at: datetime) -> QuerySet[Person]:
    """Those named to handle it."""
    rows = Handler.objects.at(at).filter(item=item)
    return Person.objects.filter(pk__in=rows.values("person")).order_by("name", "pk")


def at_hand(person: Person, item: Item, at: datetime) -> QuerySet[Person]:
    """The custodians of its WARP who don't handle it: whoever asks need not know where else to look."""
    offices = Office.objects.at(at).filter(warp=item.warp_id)
    keepers = offices.filter(role=Office.Role.CUSTODIAN, person__active_since__lte=at, person__active_until__gt=at)
    there = [*named(item, at).values_list("pk", flat=True), person.pk]
    handles = offices.filter(role=Office.Role.COORDINATOR).values("person")
    found = Person.objects.filter(pk__in=keepers.values("person")).exclude(pk__in=there)
    return found.exclude(pk__in=handles).order_by("name", "pk")


def shared(item: Item) -> bool:
    """Whether a release stood, or is approved in advance: from then on it is for its own handlers alone."""
    return item.standings.filter(until__gt=F("since")).exists()


def _draft(item: Item) -> Item:
    item = locked(item.pk)
    if not derived(item) or shared(item):
        raise Refused(_("A second person is named while it is a draft that comes from a report. This is none."))
    return item


def may_name(person: Person, item: Item, at: datetime) -> bool:
    return derived(item) and not shared(item) and policy.can(person, "name_handler", item, at)
