"""The clock of an exercise stopped, by whoever or whatever does it. What participants are told is the same: those whom
a real Flash does not reach must not learn of it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

import structlog
from django.db import transaction
from django.db.models import Q, QuerySet

from members.audit import record
from members.delivery.right import hearers
from members.exercises import clock
from members.exercises.holding import taken_if_free, taken_soon
from members.exercises.telling import Word, tell
from members.models import Announcement, Exercise, Item, Person, Realm, Tier
from members.policy import audience

State = Exercise.State
TOLD = (Announcement.Event.RELEASED, Announcement.Event.REVISED)
log = structlog.get_logger(__name__)


def stop(
    exercise: Exercise, at: datetime, *, by: Person | None = None, reason: Item | None = None,
    stood: datetime | None = None,
) -> None:  # fmt: skip
    """`exercise`, which is held and runs, is paused. `reason`: the real alert for which it is. `stood`: since when its
    clock has stood already."""
    fold(exercise, stood or at)
    exercise.state, exercise.paused_for = State.PAUSED, reason
    exercise.save(update_fields=["played", "runs_since", "state", "paused_for"])
    record("pause_exercise", at, by=by, reference=exercise.item.reference)
    tell(exercise, Word.PAUSED, at)


def fold(exercise: Exercise, at: datetime) -> None:
    """Its clock stands where it is."""
    exercise.played, exercise.runs_since = clock.reading(exercise, at), None


def pause_for(announcement: int, at: datetime) -> int:
    """Pause every running exercise in which somebody takes part whom a real Flash, of that id, reaches; of one that is
    paused already, note what it waits for. How many.

    Called once the Flash is planned, and never in its way: what goes wrong here is in the log, and the next tick
    finds it (`pause_overdue`). Where nothing is played, one statement.
    """
    paused = 0
    for one in _played():
        try:
            flash = _flashes().filter(pk=announcement).first()
            paused += flash is not None and _pause(one, flash, at, taken_if_free) is True
        except Exception:
            log.exception("an exercise could not be paused for a Flash", announcement=announcement, exercise=one)
    return paused


def pause_overdue(exercise: int, since: datetime, at: datetime) -> bool:
    """The same at a tick, for the exercise of that item, which runs since `since`: for every Flash planned after.
    Whether nothing of it is to be sent now: it is paused, or held by another, and the next tick looks again."""
    flashes = _flashes().filter(planned_at__gte=since, held_since=None).order_by("planned_at", "pk")
    return any(_pause(exercise, one, at, taken_soon) is not False for one in flashes)


def _flashes() -> QuerySet[Announcement]:
    found = Announcement.objects.filter(realm=Realm.REAL, tier=Tier.FLASH, event__in=TOLD, item__isnull=False)
    return found.select_related("item__warp")


def _played() -> list[int]:
    """Those that run, and those that wait for nothing real yet."""
    try:
        played = Exercise.rows.filter(Q(state=State.RUNNING) | Q(state=State.PAUSED, paused_for=None))
        return list(played.order_by("pk").values_list("pk", flat=True))
    except Exception:
        log.exception("whether an exercise runs was not found out")
        return []


@transaction.atomic
def _pause(pk: int, announcement: Announcement, at: datetime, hold: Callable[[int], Exercise | None]) -> bool | None:
    """None where another holds it: nobody waits here with a Flash in hand, and not long where one may be behind."""
    exercise = hold(pk)
    if exercise is None:
        return None
    waits = exercise.state == State.PAUSED and exercise.paused_for_id is None
    if announcement.item is None or not (waits or exercise.state == State.RUNNING):
        return False
    # Whoever reads the exercise: its participants and those who facilitate it.
    people = audience(exercise.item, at).order_by().values("pk")
    if not hearers(announcement.item, announcement.event, at).filter(pk__in=people).exists():
        return False
    if waits:
        _wait_for(exercise, announcement.item, at)
    else:
        stop(exercise, at, reason=announcement.item)
    return True


def _wait_for(exercise: Exercise, reason: Item, at: datetime) -> None:
    """It was paused by somebody, and must not go on as if nothing had happened. Told to nobody: a second word of a
    pause would show all who take part that something real has come."""
    exercise.paused_for = reason
    exercise.save(update_fields=["paused_for"])
    record("pause_exercise", at, reference=exercise.item.reference)
