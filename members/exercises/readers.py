"""The grants of an exercise, and of what was sent in it, brought to who takes part now."""

from __future__ import annotations

from collections import defaultdict
from datetime import datetime

from django.db.models import QuerySet

from members.exercises.holding import opened
from members.exercises.players import Role, taking_part
from members.joining import end
from members.models import Exercise, Grant, Inject, Person, Standing
from members.place import place


def settle(exercise: Exercise, at: datetime, *, by: Person | None) -> None:
    """Whoever takes part has a grant, and nobody else. Before anybody was invited there is none. As many statements
    for a hundred as for one."""
    if opened(exercise, at) is None:
        return
    wanted = _wanted(exercise, at)
    due = {(standing, person) for standing, people in wanted.items() for person in people}
    found = Grant.objects.at(at).filter(standing__in=wanted, person__isnull=False)
    there = {pk: (standing, person or 0) for pk, standing, person in found.values_list("pk", "standing", "person")}
    # Two who settle at once may have given the same twice: each of them ends.
    if gone := [pk for pk, key in there.items() if key not in due]:
        end(Grant.objects.filter(pk__in=gone), at)
    Grant.objects.bulk_create(
        Grant(standing_id=standing, person_id=person, since=at, granted_by=by)
        for standing, person in sorted(due - set(there.values()))
    )
    place(exercise.item)


def welcome_back(exercise: Exercise, at: datetime, *, by: Person | None) -> None:
    """The same where somebody takes part who has no grant: whose organisation was readmitted, or whose role in it
    changed, lost it in between, and no verb there knows of exercises. Part of the verbs that send something."""
    has = Grant.objects.at(at).filter(standing__item=exercise.pk, person__isnull=False)
    if taking_part(exercise, at).exclude(person__in=has.order_by().values("person")).exists():
        settle(exercise, at, by=by)


def lapse(people: QuerySet[Person], at: datetime) -> None:
    """Those of `people` who are not any more what they take part as read nothing of it any more. Part of the verb that
    ends a right; a few statements for each exercise that one of them is in."""
    mine = Exercise.rows.filter(participants__person__in=people.order_by().values("pk"))
    for exercise in mine.select_related("item__warp").distinct().order_by("pk"):
        settle(exercise, at, by=None)


def _wanted(exercise: Exercise, at: datetime) -> dict[int, set[int]]:
    """By id of each standing in force: who is to have a grant of it. One that is for nobody never was for the
    community, and a first grant opens it to whom it names."""
    players: dict[int, set[int]] = defaultdict(set)
    everyone, observers = set(), set()
    for person, team, role in taking_part(exercise, at).values_list("person", "team", "role"):
        everyone.add(person)
        if role == Role.OBSERVER:
            observers.add(person)
        else:
            players[team or 0].add(person)
    teams: dict[int, set[int]] = defaultdict(set)
    sent = Inject.objects.filter(exercise=exercise, item__isnull=False)
    for item, team in sent.values_list("item", "teams"):
        teams[item or 0].add(team or 0)
    standings = Standing.objects.at(at).filter(item__in=[exercise.pk, *teams]).values_list("pk", "item")
    return {
        pk: everyone if item == exercise.pk else observers.union(*(players[team] for team in teams[item]))
        for pk, item in standings
    }
