"""Which organisations somebody leads."""

from __future__ import annotations

from datetime import datetime

from django.db.models import QuerySet

from members import mandate
from members.models import Affiliation, Membership, Organisation, Person


def led(person: Person, at: datetime) -> QuerySet[Organisation]:
    """As mandate.leads says of one: those that are active members somewhere, and whose lead they are at `at`."""
    if not mandate.is_open(person, at):
        return Organisation.objects.none()
    of = Affiliation.objects.at(at).filter(person=person, role=Affiliation.Role.LEAD).order_by()
    active = Membership.objects.at(at).filter(state=Membership.State.ACTIVE).order_by()
    found = Organisation.objects.filter(pk__in=of.values("organisation"))
    return found.filter(pk__in=active.values("organisation")).order_by("name", "pk")
