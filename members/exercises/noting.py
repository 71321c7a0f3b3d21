"""What whoever leads or observes an exercise notes while it is played, and after."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from members import permits
from members.audit import record
from members.exercises import clock
from members.exercises.holding import THUMB
from members.exercises.spelling import lines
from members.items import locked
from members.models import Exercise, Inject, Observation, Organisation, Participant, Person
from members.refused import Refused

LONGEST = 5_000


@transaction.atomic
def note(
    person: Person, exercise: Exercise, at: datetime, *, inject: Inject | None = None,
    organisation: Organisation | None = None, met: str = "", words: str = "",
) -> Observation:  # fmt: skip
    """Note something, and of an inject and an organisation whether it was done as expected. Raises Refused."""
    words = lines(words.replace("\0", ""))
    exercise = _permitted(person, exercise, at)
    _sensible(exercise, inject, organisation, met, words)
    fields = {"by": person, "inject": inject, "organisation": organisation, "met": met, "words": words}
    if before := exercise.observations.filter(at__gt=at - THUMB, **fields).first():
        return before
    made = Observation.objects.create(exercise=exercise, at=at, clock=clock.reading(exercise, at), **fields)
    record("note_exercise", at, by=person, reference=exercise.item.reference, inject=inject.number if inject else 0)
    return made


def _permitted(person: Person, exercise: Exercise, at: datetime) -> Exercise:
    item = locked(exercise.item_id)
    exercise = Exercise.rows.select_related("item").get(pk=item.pk)
    leads = permits.can(person, "facilitate", item, at)
    reads = leads or permits.can(person, "play", item, at)
    watches = exercise.participants.filter(person=person, role=Participant.Role.OBSERVER).exists()
    if not leads and not (reads and watches):
        raise Refused(_("Only who leads or observes the exercise can note something."))
    if exercise.state == Exercise.State.PREPARED:
        raise Refused(_("It has not begun: there is nothing to note yet."))
    return exercise


def _sensible(exercise: Exercise, inject: Inject | None, house: Organisation | None, met: str, words: str) -> None:
    if not words and not met:
        raise Refused(_("There is nothing in it yet. Write a note, or say whether it was done."))
    if len(words) > LONGEST:
        raise Refused(_("It is too long: at most %(most)d characters. Make two notes of it.") % {"most": LONGEST})
    if met not in Observation.Met.values or (met and (inject is None or house is None)):
        raise Refused(_("Say of which inject and which organisation, if it was done or not."))
    if inject is not None and (inject.exercise_id != exercise.pk or inject.state != Inject.State.SENT):
        raise Refused(_("That inject has not come. Choose one that has."))
    if house is not None and not exercise.participants.filter(organisation=house).exists():
        raise Refused(_("That organisation does not play. Choose one that does."))
