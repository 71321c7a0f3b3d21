"""Who else looks at a draft that derives from a report: a custodian of its WARP, or somebody of a sister WARP, named
for that. They read it until it is released, and say what they found; they handle nothing."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from django.db import transaction
from django.db.models import F, Q, QuerySet
from django.utils.translation import gettext as _

from advisories.sharing.review import derived, lapse
from members import permits
from members.audit import record
from members.clock import FOREVER
from members.delivery.revoke import revoke
from members.items import locked
from members.joining import end
from members.models import Handler, Item, Office, Person
from members.place import place
from members.refused import Refused


@transaction.atomic
def name(person: Person, item: Item, at: datetime, people: Iterable[Person]) -> None:
    """From now on they can look at it. What was said to it before lapses, since whoever reported it agrees to who reads
    it before, too: it is handed on again. Raises Refused."""
    item = _draft(person, item, at)
    asked = {one.pk: one for one in people}
    may = set(fit(item, at).filter(pk__in=asked).values_list("pk", flat=True))
    if outside := asked.keys() - may:
        said = _("%(name)s is neither a custodian of %(warp)s nor holds an office of another WARP. Name one who does.")
        raise Refused(said % {"name": asked[min(outside)].name, "warp": item.warp.name})
    there = set(Handler.seconds.filter(item=item, until=FOREVER).values_list("person", flat=True))
    fresh = asked.keys() - there
    Handler.seconds.bulk_create(Handler(item=item, person_id=pk, since=at, second=True) for pk in sorted(fresh))
    if fresh:
        _changed("name_seconds", person, item, at, len(fresh))


@transaction.atomic
def drop(person: Person, item: Item, at: datetime, one: Person) -> None:
    """They look at it no more. Raises Refused."""
    item = _draft(person, item, at)
    if not end(Handler.seconds.filter(item=item, person=one, until=FOREVER), at):
        raise Refused(_("They are not named any more."))
    _changed("drop_seconds", person, item, at, 1)
    revoke(Person.objects.filter(pk=one.pk), at)


def _changed(verb: str, person: Person, item: Item, at: datetime, people: int) -> None:
    lapse(item, at)
    place(item)
    record(verb, at, by=person, reference=item.reference, people=people)


def _draft(person: Person, item: Item, at: datetime) -> Item:
    item = locked(item.pk)
    if not may_name(person, item, at):
        raise Refused(_("You can't do this: only those who handle a draft that comes from a report name a second person"
                        " for it, until its release is approved."))  # fmt: skip
    return item


def may_name(person: Person, item: Item, at: datetime) -> bool:
    """Whether `person` handles it, and it is such a draft. Under an embargo those named on it look at it."""
    guarded = hasattr(item, "embargo")
    return derived(item) and not shared(item) and not guarded and permits.can(person, "name_handler", item, at)


def shared(item: Item) -> bool:
    """Whether a release stood, or is approved in advance: from then on nobody reads it by being named."""
    return item.standings.filter(until__gt=F("since")).exists()


def fit(item: Item, at: datetime) -> QuerySet[Person]:
    """Who may be named: custodians of its WARP, and whoever holds an office of another one."""
    offices = Office.objects.at(at).filter(~Q(warp=item.warp_id) | Q(role=Office.Role.CUSTODIAN))
    found = Person.objects.filter(active_since__lte=at, active_until__gt=at, pk__in=offices.values("person"))
    return found.order_by("name", "pk")


def at_hand(person: Person, item: Item, at: datetime) -> QuerySet[Person]:
    """Its custodians who are not named and don't handle it: whoever asks need not know where else to look."""
    offices = Office.objects.at(at).filter(warp=item.warp_id)
    keepers = fit(item, at).filter(pk__in=offices.filter(role=Office.Role.CUSTODIAN).values("person"))
    handle = offices.filter(role=Office.Role.COORDINATOR).values("person")
    return keepers.exclude(pk=person.pk).exclude(pk__in=handle).exclude(pk__in=named(item).values("pk"))


def named(item: Item) -> QuerySet[Person]:
    """Those named to look at it now."""
    rows = Handler.seconds.filter(item=item, until=FOREVER)
    return Person.objects.filter(pk__in=rows.values("person")).order_by("name", "pk")


def were_named(item: Item) -> QuerySet[Person]:
    """Those who were, and are not any more: they may have read it."""
    rows = Handler.seconds.filter(item=item, until__gt=F("since")).exclude(until=FOREVER)
    return Person.objects.filter(pk__in=rows.values("person")).exclude(pk__in=named(item).values("pk")).order_by("name")
