"""Who takes part. Once somebody was invited, each of them has a grant of their own to the exercise and to what was sent
to their team; whoever is taken off reads nothing of it any more, and what is due to them is cancelled."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from members import tasks
from members.audit import record
from members.belonging import active_houses
from members.delivery.revoke import revoke
from members.exercises.holding import facilitated, not_ended
from members.exercises.players import Role, may_observe, of_houses
from members.exercises.readers import settle
from members.exercises.telling import tell_newcomers
from members.models import Affiliation, Exercise, Organisation, Participant, Person, Team
from members.refused import Refused

MOST = 1_000
QUOTED = 254  # characters of what was typed: no address has more
ANSWER = (Affiliation.Role.RESPONDER, Affiliation.Role.LEAD)


def houses(at: datetime) -> QuerySet[Organisation]:
    """Those that may play: the active members, of whatever WARP."""
    return active_houses(at).order_by("name", "pk")


@transaction.atomic
def players(
    person: Person, exercise: Exercise, at: datetime, addresses: Iterable[str], team: Team, house: Organisation | None
) -> int:
    """Whoever has these addresses plays in `team`, for `house` or for the one organisation that they are of, whatever
    they were in it before. How many. Raises Refused, and then nobody was added."""
    held = facilitated(person, exercise, at)
    people = _people(addresses, at)
    theirs = of_houses(people, at)
    wanted = {one: {"organisation": _house(one, theirs[one.pk], house), "team": team} for one in people}
    return _take(held, person, at, wanted, team)


@transaction.atomic
def house(person: Person, exercise: Exercise, at: datetime, house: Organisation, team: Team) -> int:
    """Whoever answers for `house` plays for it in `team`, but who takes part already. How many. Raises Refused."""
    held = facilitated(person, exercise, at)
    answer = Affiliation.objects.at(at).filter(organisation=house, role__in=ANSWER)
    people = list(_active(at).filter(pk__in=answer.order_by().values("person")).order_by("pk"))
    if not people or not active_houses(at).filter(pk=house.pk).exists():
        raise Refused(_("Nobody answers for %(house)s, or it is no active member.") % {"house": house.name})
    there = set(held.participants.values_list("person", flat=True))
    wanted = {one: {"organisation": house, "team": team} for one in people if one.pk not in there}
    return _take(held, person, at, wanted, team)


@transaction.atomic
def observers(person: Person, exercise: Exercise, at: datetime, addresses: Iterable[str]) -> int:
    """Whoever has these addresses sees all of it and plays nothing: people of members, and coordinators. How many.
    Raises Refused, and then nobody was added."""
    held = facilitated(person, exercise, at)
    people = _people(addresses, at)
    may = set(may_observe(at).filter(pk__in=[one.pk for one in people]).values_list("pk", flat=True))
    for one in people:
        if one.pk not in may:
            said = _("%(email)s is of no active member, and coordinates no WARP. Take it out.")
            raise Refused(said % {"email": one.email})
    return _take(held, person, at, {one: {"role": Role.OBSERVER} for one in people}, None)


@transaction.atomic
def leave(person: Person, enrolled: Participant, at: datetime) -> None:
    """They take part no more; what they said in it stays. Raises Refused."""
    held = facilitated(person, enrolled.exercise, at)
    not_ended(held)
    if not Participant.objects.filter(pk=enrolled.pk).delete()[0]:
        return
    settle(held, at, by=person)
    revoke(Person.objects.filter(pk=enrolled.person_id), at)
    record("leave_exercise", at, by=person, reference=held.item.reference)


def _active(at: datetime) -> QuerySet[Person]:
    return Person.objects.filter(active_since__lte=at, active_until__gt=at)


def _people(addresses: Iterable[str], at: datetime) -> list[Person]:
    typed = list(dict.fromkeys(one.strip().lower() for one in addresses))
    if not typed:
        raise Refused(_("Nobody is named. Write at least one address."))
    if len(typed) > MOST:
        raise Refused(_("No more than %(most)d people take part in an exercise.") % {"most": MOST})
    found = {one.email: one for one in _active(at).filter(email__in=typed)}
    for email in typed:
        if email not in found:
            raise Refused(
                _("Nobody has an account with %(email)s. Correct it or take it out.") % {"email": email[:QUOTED]}
            )
    return [found[email] for email in typed]


def _house(person: Person, theirs: dict[int, Organisation], wanted: Organisation | None) -> Organisation:
    """For which organisation they play. Raises Refused."""
    if wanted is not None and wanted.pk not in theirs:
        said = _("%(email)s is not of %(house)s, or that is no active member.")
        raise Refused(said % {"email": person.email, "house": wanted.name})
    if not theirs:
        raise Refused(_("%(email)s is of no active member. Take it out.") % {"email": person.email})
    if wanted is None and len(theirs) > 1:
        raise Refused(_("%(email)s is of several organisations: say for which they play.") % {"email": person.email})
    return wanted or next(iter(theirs.values()))


def _take(held: Exercise, by: Person, at: datetime, wanted: dict[Person, dict[str, Any]], team: Team | None) -> int:
    not_ended(held)
    if team is not None and team.exercise_id != held.pk:
        raise Refused(_("This team is of another exercise. Choose one of this exercise."))
    there = set(held.participants.values_list("person", flat=True))
    if len(there | {one.pk for one in wanted}) > MOST:
        raise Refused(_("No more than %(most)d people take part in an exercise.") % {"most": MOST})
    usual = {"organisation": None, "team": None, "role": Role.PLAYER}
    Participant.objects.bulk_create(
        [Participant(exercise=held, person=one, **{**usual, **fields}) for one, fields in wanted.items()],
        update_conflicts=True, unique_fields=["exercise", "person"], update_fields=["organisation", "team", "role"],
    )  # fmt: skip
    if wanted:
        settle(held, at, by=by)
        revoke(Person.objects.filter(pk__in=[one.pk for one in wanted]), at)
        tell_newcomers(held)
        tasks.nudge()
        record("enrol", at, by=by, reference=held.item.reference, people=len(wanted))
    return len(wanted)
