"""Who answers for an organisation: its responders and leads, or where it has named none, all of its people; and whoever
stands on its ladder of contacts."""

from __future__ import annotations

from datetime import datetime

from django.db.models import Exists, OuterRef, Q, QuerySet

from members.models import Affiliation, Contact

ANSWERING = (Affiliation.Role.RESPONDER, Affiliation.Role.LEAD)


def answering(at: datetime) -> QuerySet[Affiliation]:
    """The affiliations by which somebody answers for an organisation at `at`."""
    return Affiliation.objects.at(at).filter(_answers(at))


def _answers(at: datetime) -> Q:
    """Asked of each affiliation that something else has narrowed down, not of all first."""
    others = Affiliation.objects.at(at).filter(
        organisation=OuterRef("organisation"),
        role__in=ANSWERING,
        person__active_since__lte=at,
        person__active_until__gt=at,
    )
    return Q(role__in=ANSWERING) | Q(~Exists(others.order_by()))


def may_answer(at: datetime) -> QuerySet[Affiliation]:
    """The affiliations by which somebody may confirm for an organisation: those, and whoever stands on its ladder. A
    deputy is asked later, and by then must be able to answer."""
    named = Contact.objects.filter(organisation=OuterRef("organisation"), person=OuterRef("person")).order_by()
    return Affiliation.objects.at(at).filter(_answers(at) | Q(Exists(named)))
