"""The named people: offered it, accepting or declining its terms, leaving."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from members import policy, tasks
from members.audit import record
from members.clock import FOREVER
from members.delivery.revoke import revoke
from members.embargo.derived import may_be_named
from members.embargo.state import OPEN, Event, State, embargo_of, held, tell
from members.items import locked
from members.joining import end
from members.models import Embargo, Item, Named, Person
from members.place import place
from members.refused import Refused

Answer = Named.Answer
NAMING = (*OPEN, State.ENDED)


def invite(embargo: Embargo, people: Iterable[Person], at: datetime) -> list[Named]:
    """An offer to each who has none: a row that waits for their answer. The caller places the item, and tells."""
    people = list(people)
    if people:
        may_be_named(embargo.item, people, at)
    gone = _open(embargo, answer__in=(Answer.DECLINED, Answer.LEFT))
    there = set(_open(embargo).exclude(pk__in=gone.values("pk")).values_list("person_id", flat=True))
    fresh = {one.pk: one for one in people if one.pk not in there}.values()
    for one in fresh:
        if not one.active_since <= at < one.active_until:
            raise Refused(_("The account of %(name)s is closed: name somebody else.") % {"name": one.name})
    end(gone.filter(person__in=fresh), at)
    return [Named.objects.create(embargo=embargo, person=one, since=at) for one in fresh]


def offer_anew(embargo: Embargo, at: datetime) -> None:
    """The terms have changed: what was accepted ends, and waits for an answer again."""
    accepted = list(_open(embargo, answer=Answer.ACCEPTED).select_related("person"))
    end(Named.objects.filter(pk__in=[one.pk for one in accepted]), at)
    for one in accepted:
        Named.objects.create(embargo=embargo, person=one.person, since=at)


def _open(embargo: Embargo, **fields: object):  # type: ignore[no-untyped-def]  # a dated queryset
    """What stands, whatever moment this act holds: another may have come between that and its turn."""
    return Named.objects.filter(embargo=embargo, until=FOREVER, **fields)


@transaction.atomic
def name(person: Person, item: Item, at: datetime, people: Iterable[Person]) -> list[Named]:
    """Name more people: each is offered it, and reads nothing before they accept. Raises Refused."""
    item = held(person, item, "name", at)
    embargo = embargo_of(item, *NAMING)
    named = invite(embargo, people, at)
    place(item)
    record("name", at, by=person, reference=item.reference, people=len(named))
    if named:
        tell(item, Event.OFFERED, at)
        tasks.nudge()
    return named


@transaction.atomic
def remove(person: Person, item: Item, at: datetime, whom: Person) -> None:
    """Their access, or their offer, ends now, and so does what is queued for them. Raises Refused."""
    item = held(person, item, "name", at)
    embargo = embargo_of(item, *NAMING)
    if not end(_open(embargo, person=whom), at):
        raise Refused(_("%(name)s is not named on it.") % {"name": whom.name})
    _gone(item, whom, at)
    record("remove_named", at, by=person, reference=item.reference)


def offer(person: Person, code: str, at: datetime) -> Named | None:
    """The offer at this random address, where it is this person's and waits for an answer."""
    offered = policy.offers_to(policy.Viewer(person.pk), at).order_by()  # asked of a code that nobody has, too
    named = Named.objects.at(at).filter(code=code, person=person, embargo__item__in=offered)
    return named.select_related("embargo__item__warp", "embargo__item__parent").first()


@transaction.atomic
def accept(person: Person, code: str, at: datetime, terms: int) -> Item:
    """Accept the terms of this number, which they have read: from now on it is theirs to read. Raises Refused."""
    return _answer(person, code, at, Answer.ACCEPTED, terms)


@transaction.atomic
def refuse(person: Person, code: str, at: datetime) -> Item:
    """Decline the terms: they hear no more of it. Raises Refused."""
    return _answer(person, code, at, Answer.DECLINED, None)


def _answer(person: Person, code: str, at: datetime, answer: str, terms: int | None) -> Item:
    named = offer(person, code, at)
    if named is None:
        raise Refused(_("This offer is no longer open."))
    item = locked(named.embargo.item_id)
    embargo = Embargo.objects.select_for_update().get(item=item)
    if embargo.state == State.LEAKED:  # not embargo_of: it says the reference, and they don't have the item
        raise Refused(_("This offer is no longer open."))
    if terms is not None and terms != embargo.terms:
        raise Refused(_("The terms have changed since you read them. Read them again."))
    if not end(_open(embargo, pk=named.pk), at):
        raise Refused(_("This offer is no longer open."))
    Named.objects.create(embargo=embargo, person=person, since=at, answer=answer, answered_at=at, terms=embargo.terms)
    place(item)
    record(f"{answer}_terms", at, by=person, reference=item.reference, terms=embargo.terms)
    return item


@transaction.atomic
def leave(person: Person, item: Item, at: datetime) -> None:
    """A named person wants no part in it any more: their access ends with the next request. Raises Refused."""
    item = locked(item.pk)
    embargo = Embargo.objects.filter(item=item).first()
    mine = Named.objects.filter(embargo=embargo, person=person)
    if embargo is None or not mine.at(at).filter(answer=Answer.ACCEPTED).exists():
        raise Refused(_("You are not one of the people named on it."))
    end(mine, at)
    Named.objects.create(embargo=embargo, person=person, since=at, answer=Answer.LEFT, answered_at=at)
    _gone(item, person, at)
    record("leave_embargo", at, by=person, reference=item.reference)


def _gone(item: Item, person: Person, at: datetime) -> None:
    """Their access is over: placed so, and what is queued for them is cancelled in the same transaction."""
    place(item)
    revoke(Person.objects.filter(pk=person.pk), at)
