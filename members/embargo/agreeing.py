"""Proposed, approved or declined by a second person, and its terms revised."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import TypedDict, Unpack

from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext as _

from members import handling as handling_of
from members import tasks
from members.audit import record
from members.clock import FOREVER
from members.embargo.derived import ahead_of
from members.embargo.people import invite, offer_anew
from members.embargo.state import (
    LONGEST,
    OPEN,
    Event,
    State,
    cancel_ahead,
    checked_end,
    embargo_of,
    end_at,
    held,
    required,
    tell,
)
from members.items import locked
from members.models import Embargo, Item, Person, Standing, Terms
from members.place import place
from members.refused import Refused


class Source(TypedDict, total=False):
    """Whom it was agreed with, and what is ready should it leak."""

    source: str
    source_reference: str
    source_contact: str
    contingency: str


@transaction.atomic
def propose(
    person: Person, item: Item, at: datetime, *, ends_at: datetime, reason: str, terms: str, handling: str = "",
    named: Iterable[Person] = (), handlers: Iterable[Person] = (), **source: Unpack[Source],
) -> Embargo:  # fmt: skip
    """Guard `item` until `ends_at`. From now on its handlers are `person` and `handlers`, and nobody else.

    Where an embargo is open already, the shorter end wins until it is revised. Raises Refused.
    """
    return _proposed(
        person, held(person, item, "propose", at), at, ends_at=ends_at, reason=reason, terms=terms, handling=handling,
        named=named, handlers=handlers, **source,
    )  # fmt: skip


@transaction.atomic
def wished(person: Person, item: Item, at: datetime, *, ends_at: datetime, reason: str, terms: str) -> Embargo:
    """Guard what `person` begins to derive from a report until its author's wished end, 90 days at most.

    A custodian handles what they derive by nothing but this, so `can` is not asked: they have just begun it, and it
    opens to nobody. Raises Refused.
    """
    item = locked(item.pk)
    if item.author_id != person.pk or not item.derived_from.exists():
        raise Refused(_("There is no such draft of yours."))
    return _proposed(person, item, at, ends_at=min(ends_at, at + LONGEST), reason=reason, terms=terms)


def _proposed(
    person: Person, item: Item, at: datetime, *, ends_at: datetime, reason: str, terms: str, handling: str = "",
    named: Iterable[Person] = (), handlers: Iterable[Person] = (), **source: Unpack[Source],
) -> Embargo:  # fmt: skip
    _can_have_one(item)
    _never_released(item, at)
    reason = required(reason, _("Say why it is to be kept back."))
    terms = required(terms, _("Write down the terms that a named person accepts."))
    ends_at = checked_end(ends_at, at, at)
    embargo = Embargo.objects.select_for_update().filter(item=item).first()
    if embargo is not None and embargo.state in OPEN:
        return _shortest(person, embargo, item, ends_at, at)
    _never_released(item, FOREVER)  # nothing is approved in advance without one: what begins later came meanwhile
    if embargo is not None and embargo.state != State.DECLINED:
        raise Refused(_("Its embargo is over, and it may be public: it can't be put under another."))
    embargo = _begun(embargo, item, person, at, ends_at=ends_at, reason=reason, **source)
    Terms.objects.create(embargo=embargo, number=embargo.terms, text=terms, handling=handling, since=at)
    handling_of.name(item, [person, *handlers], at)
    invite(embargo, named, at)
    place(item)
    record("propose_embargo", at, by=person, reference=item.reference, ends_at=ends_at.isoformat(), terms=embargo.terms)
    tell(item, Event.OFFERED, at)
    tell(item, Event.REMINDER, at)  # a second person is asked to approve it
    tasks.nudge()
    return embargo


def _can_have_one(item: Item) -> None:
    if item.anonymous:
        raise Refused(_("An anonymous report takes no embargo. Derive an item from it, and put that under one."))
    if item.parent_id is not None:  # it has no page to be offered, or to accept the terms of
        raise Refused(_("What belongs to an item has no embargo of its own. Put the item itself under one."))


def _never_released(item: Item, at: datetime) -> None:
    begun = Standing.objects.filter(item=item, state=Standing.State.RELEASED, since__lte=at, until__gt=F("since"))
    if begun.exists():
        said = _("%(ref)s has been released. What people have read can't be kept back any more.")
        raise Refused(said % {"ref": item.reference})


def _begun(before: Embargo | None, item: Item, person: Person, at: datetime, **fields: object) -> Embargo:
    """The row of a new proposal. One that was declined or ended is proposed again under new terms."""
    embargo = before or Embargo(item=item, proposed_at=at, terms=0)
    for name, value in fields.items():
        setattr(embargo, name, value)
    embargo.state, embargo.proposed_by, embargo.approved_by, embargo.approved_at = State.PROPOSED, person, None, None
    embargo.closed_at, embargo.closed_by, embargo.closed_because, embargo.reminded_at = None, None, "", None
    embargo.terms, embargo.terms_since, embargo.original_end = embargo.terms + 1, at, None
    embargo.save()
    return embargo


def _shortest(person: Person, embargo: Embargo, item: Item, ends_at: datetime, at: datetime) -> Embargo:
    """Conflicting ends: the shortest wins."""
    if ends_at >= embargo.ends_at:
        raise Refused(_("An earlier end is agreed already, and the shortest wins. Ask for an extension instead."))
    if ahead_of(item, at):
        cancel_ahead(item, at)  # whoever reported it agreed to the later end, and is asked again
    end_at(embargo, item, ends_at, at)
    record("shorten_embargo", at, by=person, reference=item.reference, ends_at=ends_at.isoformat())
    tell(item, Event.EXTENDED, at)
    tasks.nudge()
    return embargo


@transaction.atomic
def approve(person: Person, item: Item, at: datetime) -> Embargo:
    """The second person's word: the embargo binds. Raises Refused."""
    item = held(person, item, "approve", at)
    embargo = embargo_of(item, State.PROPOSED, State.REVISED)
    if embargo.proposed_by_id == person.pk:
        raise Refused(_("This needs a second person: ask another handler who is named on it."))
    if embargo.ends_at <= at:
        raise Refused(_("Its end has passed. Propose it again, with an end that is still to come."))
    embargo.state, embargo.approved_by, embargo.approved_at = State.ACTIVE, person, at
    embargo.original_end = embargo.original_end or embargo.ends_at
    embargo.save(update_fields=["state", "approved_by", "approved_at", "original_end"])
    record("approve_embargo", at, by=person, reference=item.reference, terms=embargo.terms)
    return embargo


@transaction.atomic
def decline(person: Person, item: Item, at: datetime, why: str) -> Embargo:
    """The second person says no. The item stays unreleased and guarded. Raises Refused."""
    item = held(person, item, "decline", at)
    embargo = embargo_of(item, State.PROPOSED)
    if embargo.proposed_by_id == person.pk:
        raise Refused(_("This needs a second person: ask another handler who is named on it."))
    embargo.state, embargo.closed_at, embargo.closed_by = State.DECLINED, at, person
    embargo.closed_because = required(why, _("Say why you decline it."))
    embargo.save(update_fields=["state", "closed_at", "closed_by", "closed_because"])
    record("decline_embargo", at, by=person, reference=item.reference)
    return embargo


@transaction.atomic
def revise(person: Person, item: Item, at: datetime, *, terms: str, handling: str = "") -> Embargo:
    """New terms: whoever accepted the earlier ones is offered it anew, and reads nothing until they accept.

    It binds again when a second person approves. Raises Refused.
    """
    item = held(person, item, "revise_terms", at)
    embargo = embargo_of(item, State.ACTIVE, State.REVISED)
    terms = required(terms, _("Write down the terms that a named person accepts."))
    embargo.state, embargo.proposed_by = State.REVISED, person
    embargo.terms, embargo.terms_since = embargo.terms + 1, at
    embargo.save(update_fields=["state", "proposed_by", "terms", "terms_since"])
    Terms.objects.create(embargo=embargo, number=embargo.terms, text=terms, handling=handling, since=at)
    offer_anew(embargo, at)
    place(item)
    record("revise_embargo", at, by=person, reference=item.reference, terms=embargo.terms)
    tell(item, Event.OFFERED, at)
    tell(item, Event.REMINDER, at)
    tasks.nudge()
    return embargo
