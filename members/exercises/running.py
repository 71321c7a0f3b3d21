"""What a facilitator does with the clock of an exercise and its injects. Each verb done twice is done once: a thumb is
nervous, and two of them may sit at it.

The hub goes on by itself: whoever facilitates may be gone, and another of them takes over.
"""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from members import stand, tasks
from members.audit import record
from members.exercises import pausing
from members.exercises.ending import cancel_injects
from members.exercises.holding import facilitated, fresh, not_ended, opened
from members.exercises.players import Role, taking_part
from members.exercises.readers import welcome_back
from members.exercises.sending import send
from members.exercises.telling import Word, tell
from members.models import Exercise, Inject, Person
from members.refused import Refused

State = Exercise.State


@transaction.atomic
def invite(person: Person, exercise: Exercise, at: datetime) -> Exercise:
    """Whoever takes part reads the briefing from now on, and is told so. Raises Refused."""
    held = facilitated(person, exercise, at)
    not_ended(held)
    if opened(held, at) is not None:
        return held
    _open(held, at, person)
    _did(held, "invite_exercise", Word.INVITED, at, person)
    return held


@transaction.atomic
def start(person: Person, exercise: Exercise, at: datetime) -> Exercise:
    """Its clock runs from 0. Raises Refused."""
    held = facilitated(person, exercise, at)
    not_ended(held)
    if held.state != State.PREPARED:
        return held
    if not held.injects.exists():
        raise Refused(_("Nothing would happen in it: add at least one inject first."))
    if opened(held, at) is None:
        _open(held, at, person)
    held.state, held.started_at, held.runs_since, held.played = State.RUNNING, at, at, 0
    held.save(update_fields=["state", "started_at", "runs_since", "played"])
    _did(held, "start_exercise", Word.STARTED, at, person)
    return held


@transaction.atomic
def pause(person: Person, exercise: Exercise, at: datetime) -> Exercise:
    """Its clock stands, and what was not sent yet waits. Raises Refused."""
    held = facilitated(person, exercise, at)
    _begun(held)
    if held.state == State.RUNNING:
        pausing.stop(held, at, by=person)
        tasks.nudge()
    return held


@transaction.atomic
def resume(person: Person, exercise: Exercise, at: datetime) -> Exercise:
    """Its clock goes on from where it stood, whatever it was paused for. Raises Refused."""
    held = facilitated(person, exercise, at)
    _begun(held)
    if held.state != State.PAUSED:
        return held
    held.state, held.runs_since, held.paused_for = State.RUNNING, at, None
    held.save(update_fields=["state", "runs_since", "paused_for"])
    _did(held, "resume_exercise", Word.RESUMED, at, person)
    return held


@transaction.atomic
def end(person: Person, exercise: Exercise, at: datetime) -> Exercise:
    """It is over for good: nothing more of it goes out but that. Raises Refused."""
    held = facilitated(person, exercise, at)
    if held.state == State.ENDED:
        return held
    pausing.fold(held, at)
    held.state, held.ended_at, held.paused_for = State.ENDED, at, None
    held.save(update_fields=["state", "ended_at", "played", "runs_since", "paused_for"])
    cancel_injects(held)
    _did(held, "end_exercise", Word.ENDED, at, person)
    return held


@transaction.atomic
def send_now(person: Person, inject: Inject, at: datetime) -> Inject:
    """Sent whatever its time is, be it one that was skipped. Raises Refused."""
    held = facilitated(person, inject.exercise, at)
    _begun(held)
    found = fresh(inject)
    if found.state == Inject.State.SENT:
        return found
    if held.state != State.RUNNING:
        raise Refused(_("The exercise is paused. Resume it, then send this."))
    send(held, found, at, by=person)
    tasks.nudge()
    return found


@transaction.atomic
def skip(person: Person, inject: Inject, at: datetime) -> Inject:
    """It is not sent when its time comes. Raises Refused."""
    held = facilitated(person, inject.exercise, at)
    not_ended(held)
    found = fresh(inject)
    if found.state == Inject.State.SENT:
        raise Refused(_("It was sent already: it can’t be skipped any more."))
    if found.state == Inject.State.WAITING:
        found.state = Inject.State.SKIPPED
        found.save(update_fields=["state"])
        record("skip_inject", at, by=person, reference=held.item.reference, inject=found.number)
    return found


def _did(exercise: Exercise, verb: str, word: Word, at: datetime, person: Person) -> None:
    """It is recorded; who was invited is told, now."""
    record(verb, at, by=person, reference=exercise.item.reference)
    if opened(exercise, at) is not None:
        welcome_back(exercise, at, by=person)
        tell(exercise, word, at)
        tasks.nudge()


def _begun(exercise: Exercise) -> None:
    not_ended(exercise)
    if exercise.state == State.PREPARED:
        raise Refused(_("The exercise has not started yet. Start it first."))


def _open(exercise: Exercise, at: datetime, by: Person) -> None:
    """Whoever takes part reads it. Without a grant TLP:GREEN would be for the whole community."""
    people = taking_part(exercise, at).order_by("pk")
    if not people.filter(role=Role.PLAYER).exists():
        raise Refused(_("Nobody would play it: add at least one player first."))
    targets = [("person", pk) for pk in people.values_list("person", flat=True)]
    stand.release(exercise.item, 1, exercise.item.marking, targets, at, by=by)
