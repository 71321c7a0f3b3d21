"""How people come to be known and reached. The rest of joining (apply, invite, approve, leave) comes with its issue."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from members.audit import record
from members.models import DEFAULT_TICKS, Address, Channel, Office, Organisation, Person, Subscription, Warp, Within
from members.models.organisation import Membership
from members.models.person import Affiliation


@transaction.atomic
def add_warp(name: str, slug: str, prefix: str, at: datetime, parent: Warp | None = None) -> Warp:
    """A WARP, below `parent` where one is given, with its place in the tree."""
    warp = Warp.objects.create(name=name, slug=slug, prefix=prefix, parent=parent)
    above = Within.objects.filter(warp=parent).values_list("ancestor_id", flat=True) if parent else []
    Within.objects.bulk_create(Within(warp=warp, ancestor_id=pk) for pk in (warp.pk, *above))
    record("add_warp", at, reference=slug)
    return warp


@transaction.atomic
def add_organisation(name: str, slug: str, warp: Warp, at: datetime) -> Organisation:
    """An organisation with an active membership in `warp`."""
    organisation = Organisation.objects.create(name=name, slug=slug)
    Membership.objects.create(organisation=organisation, warp=warp, since=at)
    record("add_organisation", at, reference=slug)
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


@transaction.atomic
def affiliate(person: Person, organisation: Organisation, role: Affiliation.Role, at: datetime) -> Affiliation:
    affiliation = Affiliation.objects.create(person=person, organisation=organisation, role=role, since=at)
    record("affiliate", at, by=person, reference=organisation.slug, role=role)
    return affiliation


@transaction.atomic
def appoint(person: Person, warp: Warp, role: Office.Role, at: datetime) -> Office:
    office = Office.objects.create(person=person, warp=warp, role=role, since=at)
    record("appoint", at, by=person, reference=warp.slug, role=role)
    return office
