"""Which organisations somebody leads."""

from __future__ import annotations

from datetime import datetime

from django.db.models import QuerySet

from members import mandate
from members.belonging import affiliated
from members.models import Affiliation, Organisation, Person


def led(person: Person, at: datetime) -> QuerySet[Organisation]:
    """As mandate.leads says of one: those that are active members somewhere, and whose lead they are at `at`."""
    if not mandate.is_open(person, at):
        return Organisation.objects.none()
    leads = affiliated(at).filter(person=person, role=Affiliation.Role.LEAD)
    return Organisation.objects.filter(pk__in=leads.values("organisation")).order_by("name", "pk")
