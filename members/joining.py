"""How people and organisations come to be known, admitted, named and reached. What ends a right: leaving.py.

Each verb is one transaction with its audit row. `by` is who does it (None: the hub itself, in commands and setup);
they are asked for their mandate (mandate.py) and refused in words. Nothing is overwritten: a change of state ends one
dated row and begins another.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import F, QuerySet
from django.utils.translation import gettext as _

from members import journal, mandate
from members.audit import alias_of, record
from members.models import (
    DEFAULT_TICKS,
    Address,
    Affiliation,
    Channel,
    Membership,
    Office,
    Organisation,
    Person,
    Subscription,
    Warp,
    Within,
)
from members.refused import Refused

State = Membership.State


@transaction.atomic
def add_warp(name: str, slug: str, prefix: str, at: datetime, parent: Warp | None = None) -> Warp:
    """A WARP, below `parent` where one is given, with its place in the tree."""
    warp = Warp.objects.create(name=name, slug=slug, prefix=prefix, parent=parent)
    above = Within.objects.filter(warp=parent).values_list("ancestor_id", flat=True) if parent else []
    Within.objects.bulk_create(Within(warp=warp, ancestor_id=pk) for pk in (warp.pk, *above))
    record("add_warp", at, reference=slug)
    return warp


@transaction.atomic
def add_organisation(name: str, slug: str, warp: Warp, at: datetime, by: Person | None = None) -> Organisation:
    """An organisation with an active membership in `warp`."""
    mandate.over_warp(by, warp, at)
    organisation = Organisation.objects.create(name=name, slug=slug)
    Membership.objects.create(organisation=organisation, warp=warp, since=at)
    record("add_organisation", at, by=by, reference=slug, warp=warp.slug)
    return organisation


@transaction.atomic
def add_person(name: str, email: str, at: datetime) -> Person:
    """A person with an account, reached by mail at the address they sign in with, with the default tick-list."""
    person = Person.objects.create(name=name, email=email.strip().lower(), active_since=at)
    person.set_unusable_password()
    person.save(update_fields=["password"])
    give_address(person, person.email, at)
    record("add_person", at, by=person)
    return person


@transaction.atomic
def give_address(person: Person, value: str, at: datetime) -> Address:
    """A verified mail address for `person`, ticked as a new person's is."""
    address = Address.objects.create(person=person, channel=Channel.MAIL, value=value, verified_at=at)
    Subscription.objects.bulk_create(
        Subscription(address=address, lowest=lowest, frequency=frequency) for lowest, frequency in DEFAULT_TICKS
    )
    return address


# Organisations in WARPs


@transaction.atomic
def admit(organisation: Organisation, warp: Warp, at: datetime, by: Person | None) -> Membership:
    """`organisation` becomes a member of `warp`, whether it applied or had left. Raises Refused.

    Not one that never asked: whoever coordinates a WARP answers for the people of its members.
    """
    now = membership(organisation, warp, at)
    if now is None and by is not None:
        mandate.over_warp(by, warp, at)
        said = _("%(organisation)s has not applied to %(warp)s.")
        raise Refused(said % {"organisation": organisation, "warp": warp})
    if now is not None and now.state in (State.ACTIVE, State.SUSPENDED):
        said = _("%(organisation)s is a member of %(warp)s already.")
        if now.state == State.SUSPENDED:
            said = _("%(organisation)s is suspended in %(warp)s: lift that instead.")
        raise Refused(said % {"organisation": organisation, "warp": warp})
    return becomes("admit", organisation, warp, State.ACTIVE, at, by)


@transaction.atomic
def readmit(organisation: Organisation, warp: Warp, at: datetime, by: Person | None) -> Membership:
    """The suspension of `organisation` in `warp` is over. Raises Refused."""
    now = membership(organisation, warp, at)
    if now is None or now.state != State.SUSPENDED:
        said = _("%(organisation)s is not suspended in %(warp)s.")
        raise Refused(said % {"organisation": organisation, "warp": warp})
    return becomes("readmit", organisation, warp, State.ACTIVE, at, by)


def membership(organisation: Organisation, warp: Warp, at: datetime) -> Membership | None:
    """The state in force of `organisation` in `warp`, held until the transaction ends."""
    rows = Membership.objects.select_for_update().at(at).filter(organisation=organisation, warp=warp)
    return rows.order_by("-since", "-pk").first()


def becomes(
    verb: str, organisation: Organisation, warp: Warp, state: Membership.State, at: datetime, by: Person | None
) -> Membership:
    """Whatever `organisation` was in `warp` ends, and it is `state` from `at` on."""
    mandate.over_warp(by, warp, at)
    end(Membership.objects.filter(organisation=organisation, warp=warp), at)
    row = Membership.objects.create(organisation=organisation, warp=warp, state=state, since=at)
    record(verb, at, by=by, reference=organisation.slug, warp=warp.slug)
    return row


def end(rows: QuerySet[Any], at: datetime) -> int:
    """What is in force of these dated rows ends; what was to begin later never comes true. How many."""
    left = rows.filter(until__gt=at)
    journal.ended(left, at)
    return left.filter(since__gt=at).update(until=F("since")) + left.filter(since__lte=at).update(until=at)


# People


@transaction.atomic
def affiliate(
    person: Person, organisation: Organisation, role: Affiliation.Role, at: datetime, by: Person | None = None
) -> Affiliation:
    """`person` belongs to `organisation` from `at` on. Raises Refused."""
    mandate.over_people(by, organisation, at)
    _open(person, at)
    if Affiliation.objects.at(at).filter(person=person, organisation=organisation).exists():
        said = _("%(name)s is of %(organisation)s already.")
        raise Refused(said % {"name": person.name, "organisation": organisation})
    affiliation = Affiliation.objects.create(person=person, organisation=organisation, role=role, since=at)
    record("affiliate", at, by=by, reference=organisation.slug, whom=alias_of(person), role=role)
    return affiliation


@transaction.atomic
def appoint(person: Person, warp: Warp, role: Office.Role, at: datetime, by: Person | None = None) -> Office:
    """`person` is named for `warp` from `at` on: its coordinator, or its custodian. Raises Refused."""
    mandate.over_office(by, warp, role, at)
    _open(person, at)
    if Office.objects.at(at).filter(person=person, warp=warp, role=role).exists():
        said = _("%(name)s is %(role)s of %(warp)s already.")
        raise Refused(said % {"name": person.name, "role": Office.Role(role).label, "warp": warp})
    office = Office.objects.create(person=person, warp=warp, role=role, since=at)
    record("appoint", at, by=by, reference=warp.slug, whom=alias_of(person), role=role)
    return office


def _open(person: Person, at: datetime) -> None:
    if not mandate.is_open(person, at):
        raise Refused(_("The account of %(name)s is closed.") % {"name": person.name})
