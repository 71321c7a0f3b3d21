"""Under what somebody writes: their right to what they wrote ends with it."""

from __future__ import annotations

from datetime import datetime

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
