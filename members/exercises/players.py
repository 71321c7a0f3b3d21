"""Who takes part in an exercise, and which of its injects are for whom."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection
from datetime import datetime

from django.db.models import Q, QuerySet

from members.belonging import affiliated, in_office, of_any, of_this, open_account
from members.models import Exercise, Inject, Office, Organisation, Participant, Person

Role = Participant.Role


def of_houses(people: Collection[Person], at: datetime) -> dict[int, dict[int, Organisation]]:
    """By id of each of `people`: the active members that they are of, by id. One statement."""
    found: dict[int, dict[int, Organisation]] = defaultdict(dict)
    mine = affiliated(at).filter(person__in=people).select_related("organisation")
    for one in mine.order_by("organisation__name", "pk"):
        found[one.person_id][one.organisation_id] = one.organisation
    return found


def may_observe(at: datetime) -> QuerySet[Person]:
    """Whoever is of an active member, or coordinates a WARP."""
    return Person.objects.filter(of_any(at, "pk") | in_office(at, "pk", Office.Role.COORDINATOR))


def taking_part(exercise: Exercise | int, at: datetime) -> QuerySet[Participant]:
    """Those who take part still."""
    return Participant.objects.filter(still(at), exercise=exercise)


def still(at: datetime) -> Q:
    """Of participants: that they take part still. Players are of the organisation that they play for, and it is a
    member."""
    watch = of_any(at) | in_office(at, "person", Office.Role.COORDINATOR)
    return (Q(of_this(at), role=Role.PLAYER) | Q(watch, role=Role.OBSERVER)) & open_account(at)


def manned(exercise: Exercise, at: datetime) -> Counter[str]:
    """How many play in each team still, by its short name. One statement."""
    return Counter(taking_part(exercise, at).filter(role=Role.PLAYER).values_list("team__slug", flat=True))


def who_gets(inject: Inject) -> Q:
    """Of participants: that `inject` is for them. Observers see all of it."""
    return Q(role=Role.OBSERVER) | Q(role=Role.PLAYER, team__in=inject.teams.order_by().values("pk"))


def getting(inject: Inject, at: datetime) -> QuerySet[Participant]:
    """Those who take part still and get `inject`."""
    return taking_part(inject.exercise_id, at).filter(who_gets(inject))


def playing(inject: Inject, person: Person, at: datetime) -> Participant | None:
    """As what `person` plays `inject`; None where their team does not get it, or they only observe."""
    return getting(inject, at).filter(person=person, role=Role.PLAYER).select_related("organisation", "team").first()
