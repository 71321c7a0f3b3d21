"""Under what somebody writes: their right to what they wrote ends with it."""

from __future__ import annotations

from datetime import datetime

from django.utils.translation import gettext as _

from members.models import Affiliation, Membership, Office, Person

Capacity = Affiliation | Office


def capacities(person: Person, at: datetime) -> list[Capacity]:
    """Under what `person` may write at `at`: an office, or an organisation whose membership is active."""
    if not (person.active_since <= at < person.active_until):
        return []
    members = Membership.objects.at(at).filter(state=Membership.State.ACTIVE).values("organisation")
    offices = Office.objects.at(at).filter(person=person).select_related("warp")
    of = Affiliation.objects.at(at).filter(person=person, organisation__in=members).select_related("organisation")
    return [*offices.order_by("role", "warp__name", "pk"), *of.order_by("organisation__name", "pk")]


def name_of(capacity: Capacity | None) -> str:
    """Under what something was written, as its readers see it beside the name."""
    if capacity is None:
        return ""
    if isinstance(capacity, Affiliation):
        return capacity.organisation.name
    said = _("coordinator of %(warp)s") if capacity.role == Office.Role.COORDINATOR else _("custodian of %(warp)s")
    return said % {"warp": capacity.warp.name}
