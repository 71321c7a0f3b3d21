"""What players do about an inject, for their organisation: they say that they have it, and what they do. In rows of
their own, which no count of real answers reaches."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from members import permits
from members.audit import record
from members.exercises import clock
from members.exercises.holding import THUMB, State, taken
from members.exercises.players import playing
from members.models import Exercise, Inject, Organisation, Participant, Person, Reply
from members.refused import Refused

Means, What = Reply.Means, Reply.What
LONGEST = 5_000


@transaction.atomic
def acknowledge(person: Person, inject: Inject, at: datetime, means: str = Means.PAGE) -> Reply:
    """The organisation of `person` has `inject`: once, whoever of it says so first. Raises Refused."""
    exercise, house = _playing(person, inject, at)
    if not inject.asks:
        raise Refused(_("This inject asks for no acknowledgement. Answer it instead, if there is something to say."))
    reply, new = Reply.objects.get_or_create(
        inject=inject, organisation=house, what=What.ACKNOWLEDGED,
        defaults={"person": person, "means": means, "at": at, "clock": clock.reading(exercise, at)},
    )  # fmt: skip
    if new:
        record("acknowledge_inject", at, by=person, reference=exercise.item.reference, inject=inject.number)
    return reply


@transaction.atomic
def answer(person: Person, inject: Inject, at: datetime, words: str, means: str = Means.PAGE) -> Reply:
    """What they do about it, in their words; as often as they like. Raises Refused."""
    exercise, house = _playing(person, inject, at)
    words = words.replace("\r\n", "\n").replace("\0", "").strip()
    if not 0 < len(words) <= LONGEST:
        raise Refused(_("Say what you do about it, in 1 to %(most)d characters.") % {"most": LONGEST})
    mine = Reply.objects.filter(inject=inject, person=person, what=What.ANSWERED, words=words, at__gt=at - THUMB)
    if there := mine.first():
        return there
    reply = Reply.objects.create(
        inject=inject, organisation=house, person=person, what=What.ANSWERED, means=means, words=words,
        at=at, clock=clock.reading(exercise, at),
    )  # fmt: skip
    record("answer_inject", at, by=person, reference=exercise.item.reference, inject=inject.number)
    return reply


def may_play(person: Person, inject: Inject, at: datetime) -> Participant | None:
    """As what `person` may answer `inject` at `at`; None where they may not, or not any more."""
    if inject.item is None or not permits.can(person, "play", inject.item, at):
        return None
    return playing(inject, person, at)


def _playing(person: Person, inject: Inject, at: datetime) -> tuple[Exercise, Organisation]:
    exercise = taken(inject.exercise_id)
    part = may_play(person, inject, at)
    if part is None or part.organisation is None:
        raise Refused(_("You can’t answer this: only players of the teams that got it can."))
    if exercise.state == State.ENDED:
        raise Refused(_("The exercise has ended: nothing in it changes any more."))
    return exercise, part.organisation
