"""An exercise held for one verb, for whoever facilitates it. Whatever changes one holds its item first: the hub's own
tick, a facilitator and a real Flash take turns."""

from __future__ import annotations

import time
from datetime import datetime, timedelta

from django.utils.translation import gettext as _

from members import permits
from members.items import locked, locked_if_free
from members.models import Exercise, Inject, Item, Kind, Person, Standing
from members.refused import Refused
from members.stand import in_force

State = Exercise.State
SOON, AGAIN = 0.5, 0.02  # seconds
THUMB = timedelta(minutes=1)  # the same, once more within it, is a nervous thumb


def taken(item: int) -> Exercise:
    """The exercise of that item, held until the transaction ends."""
    return _of(locked(item))


def taken_if_free(item: int) -> Exercise | None:
    """The same for who must not wait: None where another holds it."""
    held = locked_if_free(item)
    return _of(held) if held is not None else None


def taken_soon(item: int) -> Exercise | None:
    """The same for who may wait a moment and no longer: who acknowledges something holds it as long."""
    ends = time.monotonic() + SOON
    while (found := taken_if_free(item)) is None and time.monotonic() < ends:
        time.sleep(AGAIN)
    return found


def _of(held: Item) -> Exercise:
    exercise = Exercise.rows.get(pk=held.pk)
    exercise.item = held
    return exercise


def facilitated(person: Person, exercise: Exercise, at: datetime) -> Exercise:
    """The same for `person`. Raises Refused where they don't facilitate it."""
    held = taken(exercise.pk)
    if not may_facilitate(person, held.item, at):
        raise Refused(_("You can’t do this: only whoever facilitates the exercise can."))
    return held


def may_facilitate(person: Person, item: Item, at: datetime) -> bool:
    return item.kind == Kind.EXERCISE and permits.can(person, "facilitate", item, at)


def not_ended(exercise: Exercise) -> None:
    """Raise Refused once it has ended: what was done in it stays as it was."""
    if exercise.state == State.ENDED:
        raise Refused(_("The exercise has ended: nothing in it changes any more."))


def fresh(inject: Inject) -> Inject:
    """As it is now that the exercise is held. Raises Refused where it was taken out."""
    found = Inject.objects.filter(pk=inject.pk).first()
    if found is None:
        raise Refused(_("This inject was taken out in the meantime. Look at the list again."))
    return found


def opened(exercise: Exercise, at: datetime) -> Standing | None:
    """The standing by which participants read it; None before anybody was invited."""
    return in_force(exercise.item, at)
