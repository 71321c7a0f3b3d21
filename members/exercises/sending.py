"""An inject sent: its item, under whose grants those who get it read it, and what is owed to them. One transaction,
whoever sends it; nobody sends it twice, since the exercise is held meanwhile."""

from __future__ import annotations

from datetime import datetime

from members import items, stand, tlp
from members.audit import record
from members.exercises import clock
from members.exercises.players import taking_part, who_gets
from members.exercises.readers import welcome_back
from members.models import Announcement, Exercise, Inject, Kind, Person, Realm

State = Inject.State


def send(exercise: Exercise, inject: Inject, at: datetime, *, by: Person | None = None) -> None:
    """Send `inject` of `exercise`, which is held and runs. Part of the verb above, which has asked whether it is to be
    sent."""
    welcome_back(exercise, at, by=by)
    item = items.create(
        Kind.INJECT, exercise.item.warp, at, marking=exercise.item.marking, realm=Realm.EXERCISE, parent=exercise.item
    )
    people = taking_part(exercise, at).filter(who_gets(inject)).order_by("pk").values_list("person", flat=True)
    targets = [("person", pk) for pk in people]
    # Without a grant TLP:GREEN would be for the whole community.
    stand.release(item, 1, exercise.item.marking if targets else tlp.STRICT, targets, at, by=by)
    inject.state, inject.item, inject.sent_at = State.SENT, item, at
    inject.sent_clock = clock.reading(exercise, at)
    inject.save(update_fields=["state", "item", "sent_at", "sent_clock"])
    if inject.channel != Inject.Channel.PAGE:
        Announcement.objects.create(
            event=Announcement.Event.RELEASED, item=item, version=1, realm=Realm.EXERCISE, tier=inject.tier,
            created_at=at, due_at=at,
        )  # fmt: skip
    record("send_inject", at, by=by, reference=exercise.item.reference, inject=inject.number)


def due(exercise: Exercise, at: datetime) -> Inject | None:
    """The first that waits and whose time has come."""
    waiting = Inject.objects.filter(exercise=exercise, state=State.WAITING, offset__lte=clock.reading(exercise, at))
    return waiting.order_by("offset", "number").first()
