"""Which addresses are whose to see and to change: a person's own, and for a lead those of the organisation."""

from __future__ import annotations

from datetime import datetime

from django.db.models import Q, QuerySet

from members.handles import handle, opened
from members.models import Address, Affiliation, Membership, Organisation, Person

PURPOSE = "reached"


def led_by(person: Person, at: datetime) -> QuerySet[Organisation]:
    """The active members that `person` leads."""
    mine = Affiliation.objects.at(at).filter(person=person, role=Affiliation.Role.LEAD)
    active = Membership.objects.at(at).filter(state=Membership.State.ACTIVE)
    return Organisation.objects.filter(
        pk__in=mine.order_by().values("organisation"), memberships__in=active.order_by().values("pk")
    ).distinct()


def addresses_of(person: Person, at: datetime) -> QuerySet[Address]:
    """Their own, and those of the organisations that they lead, in a fixed order; none that was taken off."""
    theirs = Q(person=person) | Q(organisation__in=led_by(person, at).order_by().values("pk"))
    found = Address.objects.filter(theirs, ended_at=None).select_related("organisation", "person", "proof")
    return found.order_by("organisation__name", "organisation", "channel", "pk")


def address_of(person: Person, code: str, at: datetime) -> Address | None:
    """The one of those that has this code."""
    return addresses_of(person, at).filter(pk__in=[0, *opened(PURPOSE, code)]).first()


def code_of(address: Address) -> str:
    """What an address is called in that of its page."""
    return handle(PURPOSE, address.pk)


def lowest_of(address: Address) -> int | None:
    """The tier from which it is told, by the only line of its list; None where it has none, or a person's own list."""
    return address.subscriptions.order_by("lowest").values_list("lowest", flat=True).first()
