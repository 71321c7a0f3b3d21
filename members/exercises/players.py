"""Who takes part in an exercise, and which of its injects are for whom."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from datetime import datetime

from django.db.models import Exists, OuterRef, Q, QuerySet

from members.models import Affiliation, Exercise, Inject, Membership, Office, Organisation, Participant, Person

Role = Participant.Role


def active_houses(at: datetime) -> QuerySet[Organisation]:
    """The active member organisations, of whatever WARP."""
    active = Membership.objects.at(at).filter(state=Membership.State.ACTIVE)
    return Organisation.objects.filter(pk__in=active.order_by().values("organisation"))


def _affiliated(at: datetime) -> QuerySet[Affiliation]:
    houses = active_houses(at).order_by().values("pk")
    return Affiliation.objects.at(at).filter(organisation__in=houses).order_by()


def of_houses(people: Collection[Person], at: datetime) -> dict[int, dict[int, Organisation]]:
    """By id of each of `people`: the active members that they are of, by id. One statement."""
    found: dict[int, dict[int, Organisation]] = defaultdict(dict)
    mine = _affiliated(at).filter(person__in=people).select_related("organisation")
    for one in mine.order_by("organisation__name", "pk"):
        found[one.person_id][one.organisation_id] = one.organisation
    return found


def may_observe(at: datetime) -> QuerySet[Person]:
    """Whoever is of an active member, or coordinates a WARP."""
    return Person.objects.filter(Q(Exists(_mine(at, "pk"))) | Q(Exists(_offices(at, "pk"))))


def _mine(at: datetime, person: str) -> QuerySet[Affiliation]:
    return _affiliated(at).filter(person=OuterRef(person))


def _offices(at: datetime, person: str) -> QuerySet[Office]:
    coordinates = Office.objects.filter(role=Office.Role.COORDINATOR, since__lte=at, until__gt=at)
    return coordinates.filter(person=OuterRef(person)).order_by()


def taking_part(exercise: Exercise | int, at: datetime) -> QuerySet[Participant]:
    """Those who take part still: players are of the organisation that they play for, and it is a member."""
    mine = Q(Exists(_mine(at, "person").filter(organisation=OuterRef("organisation"))))
    watch = Q(Exists(_mine(at, "person"))) | Q(Exists(_offices(at, "person")))
    still = Q(mine, role=Role.PLAYER) | Q(watch, role=Role.OBSERVER)
    open_ = {"person__active_since__lte": at, "person__active_until__gt": at}
    return Participant.objects.filter(still, exercise=exercise, **open_)


def who_gets(inject: Inject) -> Q:
    """Of participants: that `inject` is for them. Observers see all of it."""
    return Q(role=Role.OBSERVER) | Q(role=Role.PLAYER, team__in=inject.teams.order_by().values("pk"))


def getting(inject: Inject, at: datetime) -> QuerySet[Participant]:
    """Those who take part still and get `inject`."""
    return taking_part(inject.exercise_id, at).filter(who_gets(inject))


def playing(inject: Inject, person: Person, at: datetime) -> Participant | None:
    """As what `person` plays `inject`; None where their team does not get it, or they only observe."""
    return getting(inject, at).filter(person=person, role=Role.PLAYER).select_related("organisation", "team").first()
