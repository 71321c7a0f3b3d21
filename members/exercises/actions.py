"""What is to be better the next time: whoever led the exercise says what, who sees to it, and by which day."""

from __future__ import annotations

from datetime import date, datetime

from django.db import transaction
from django.utils.translation import gettext as _

from members import permits
from members.audit import record
from members.exercises.spelling import line
from members.items import locked
from members.models import Action, Exercise, Person
from members.refused import Refused

MOST = 200  # of one exercise


@transaction.atomic
def add(person: Person, exercise: Exercise, at: datetime, text: str, owner: str, due_on: date) -> Action:
    """Note an action. Said twice, it is noted once. Raises Refused."""
    _permitted(person, exercise, at)
    text, owner = line(text), line(owner)
    if not text or not owner:
        raise Refused(_("Say what is to be done, and who sees to it: a name or an office."))
    if len(text) > 500 or len(owner) > 200:
        raise Refused(_("It is too long: at most 500 characters for the action, and 200 for who sees to it."))
    if not 2000 <= due_on.year <= 2200:
        raise Refused(_("There is no such day to be done by. Write it like 2026-12-31."))
    if before := exercise.actions.filter(text=text, owner=owner, due_on=due_on).first():
        return before
    if exercise.actions.count() >= MOST:
        raise Refused(_("There are %(most)d actions, and nobody does more. Take some together.") % {"most": MOST})
    action = Action.objects.create(exercise=exercise, text=text, owner=owner, due_on=due_on)
    record("add_action", at, by=person, reference=exercise.item.reference, action=action.code)
    return action


@transaction.atomic
def set_done(person: Person, action: Action, at: datetime, on: date | None) -> None:
    """It is done, on that day; None: it is not. Raises Refused."""
    _permitted(person, action.exercise, at)
    if Action.objects.filter(pk=action.pk, done_on__isnull=on is None).exists():
        return  # a nervous thumb
    Action.objects.filter(pk=action.pk).update(done_on=on)
    verb = "reopen_action" if on is None else "do_action"
    record(verb, at, by=person, reference=action.exercise.item.reference, action=action.code)


@transaction.atomic
def remove(person: Person, action: Action, at: datetime) -> None:
    """It was noted by mistake. Raises Refused."""
    _permitted(person, action.exercise, at)
    reference, code = action.exercise.item.reference, action.code
    if Action.objects.filter(pk=action.pk).delete()[0]:
        record("remove_action", at, by=person, reference=reference, action=code)


def _permitted(person: Person, exercise: Exercise, at: datetime) -> None:
    if not permits.can(person, "facilitate", locked(exercise.item_id), at):
        raise Refused(_("Only who leads the exercise keeps its actions."))
