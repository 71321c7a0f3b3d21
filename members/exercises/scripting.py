"""The teams and the injects of an exercise. What was sent stays as it went out; what waits may be written anew at any
time, be it while the exercise runs."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Max, Q
from django.utils.text import slugify
from django.utils.translation import gettext as _

from members.audit import record
from members.exercises import spelling
from members.exercises.holding import THUMB, facilitated, fresh, not_ended
from members.exercises.scenario import LONGEST, MOST_INJECTS, MOST_TEAMS, SLUG
from members.exercises.words import Words, checked
from members.models import Exercise, Inject, Person, Team
from members.refused import Refused


@transaction.atomic
def add_team(person: Person, exercise: Exercise, at: datetime, name: str, slug: str = "") -> Team:
    """A team; that of the same name where there is one already. `slug`: its word in files. Raises Refused."""
    held = facilitated(person, exercise, at)
    not_ended(held)
    name = spelling.line(name.replace("\0", ""))
    if not 0 < len(name) <= LONGEST["team"]:
        raise Refused(_("A team needs a name of 1 to %(team)d characters.") % LONGEST)
    if there := held.teams.filter(name=name).first():
        return there
    taken = set(held.teams.values_list("slug", flat=True))
    if len(taken) >= MOST_TEAMS:
        raise Refused(_("An exercise has no more than %(most)d teams.") % {"most": MOST_TEAMS})
    team = Team.objects.create(exercise=held, name=name, slug=_slug(slug or slugify(name), taken))
    _changed(held, person, at)
    return team


@transaction.atomic
def remove_team(person: Person, team: Team, at: datetime) -> None:
    """A team that nobody is in, and that gets no inject. Raises Refused."""
    held = facilitated(person, team.exercise, at)
    not_ended(held)
    if team.participants.exists() or team.injects.exists():
        raise Refused(_("Somebody is in this team, or an inject is for it. Change those first."))
    Team.objects.filter(pk=team.pk).delete()
    _changed(held, person, at)


@transaction.atomic
def add_inject(
    person: Person, exercise: Exercise, at: datetime, *, teams: Sequence[Team], number: int | None = None, **words: Any
) -> Inject:
    """One more inject, of these `words` (Words); the next one where no `number` is given, and then none where the same
    waits, or has just come: a nervous thumb. Raises Refused."""
    held = facilitated(person, exercise, at)
    not_ended(held)
    fields = checked(held, Words(teams, **words))
    if number is None and (same := _same(held, at, teams, fields)) is not None:
        return same
    there = held.injects.aggregate(last=Max("number"))["last"] or 0
    if held.injects.count() >= MOST_INJECTS:
        raise Refused(_("An exercise has no more than %(most)d injects.") % {"most": MOST_INJECTS})
    number = there + 1 if number is None else number
    if number < 1 or (number <= there and held.injects.filter(number=number).exists()):
        raise Refused(_("There is an inject %(n)d already. Give this one another number.") % {"n": number})
    made = Inject.objects.create(exercise=held, number=number, **fields)
    made.teams.set(teams)
    _changed(held, person, at)
    return made


@transaction.atomic
def edit_inject(person: Person, inject: Inject, at: datetime, *, teams: Sequence[Team], **words: Any) -> Inject:
    """Written anew, before it is sent. Raises Refused."""
    held = facilitated(person, inject.exercise, at)
    found = _unsent(held, inject)
    fields = checked(held, Words(teams, **words))
    for name, value in fields.items():
        setattr(found, name, value)
    found.save(update_fields=[*fields])
    found.teams.set(teams)
    _changed(held, person, at)
    return found


@transaction.atomic
def remove_inject(person: Person, inject: Inject, at: datetime) -> None:
    """Taken out, before it is sent. Raises Refused."""
    held = facilitated(person, inject.exercise, at)
    _unsent(held, inject).delete()
    _changed(held, person, at)


def _unsent(held: Exercise, inject: Inject) -> Inject:
    not_ended(held)
    found = fresh(inject)
    if found.state == Inject.State.SENT:
        raise Refused(_("It was sent already: it stays as it went out. Add another that puts it right."))
    return found


def _same(held: Exercise, at: datetime, teams: Sequence[Team], fields: dict[str, Any]) -> Inject | None:
    """The inject of these words, for these teams, that waits or was sent within the minute."""
    there = Q(state=Inject.State.WAITING) | Q(sent_at__gt=at - THUMB)
    found = held.injects.filter(there, **fields).prefetch_related("teams")
    return next((one for one in found if set(one.teams.all()) == set(teams)), None)


def _slug(wanted: str, taken: set[str]) -> str:
    """That, or with a number behind it where another team has it."""
    wanted = wanted[: LONGEST["slug"]].strip("-")
    wanted = wanted if SLUG.fullmatch(wanted) else "team"
    numbered = (f"{wanted[: LONGEST['slug'] - 4].strip('-')}-{n}" for n in range(2, MOST_TEAMS + 2))
    return wanted if wanted not in taken else next(one for one in numbered if one not in taken)


def _changed(held: Exercise, person: Person, at: datetime) -> None:
    record("edit_exercise", at, by=person, reference=held.item.reference)
