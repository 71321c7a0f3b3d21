"""After a restore: no exercise goes on by itself. Nobody knows what its players were sent since the backup was made."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from members.exercises.holding import taken
from members.exercises.pausing import stop
from members.models import Announcement, Delivery, Exercise, Realm


@transaction.atomic
def drop(at: datetime) -> int:
    """What was owed of exercises is dropped: none of it is worth asking the operator. How many announcements."""
    owed = Announcement.objects.filter(realm=Realm.EXERCISE)
    due = Delivery.objects.filter(announcement__realm=Realm.EXERCISE, state=Delivery.State.DUE)
    unsent = set(due.order_by().values_list("announcement", flat=True))
    unsent |= set(owed.filter(planned_at=None).values_list("pk", flat=True))
    why = _("Dropped after a restore: it is of an exercise, and may have gone out after the backup was made.")
    due.update(state=Delivery.State.CANCELLED, outcome=str(why), lease_until=None)
    owed.filter(planned_at=None).update(planned_at=at)
    return len(unsent)


@transaction.atomic
def pause(taken_at: datetime, at: datetime) -> list[str]:
    """Those that ran are paused, their clocks where the backup has them, and who is in them is told. Their references:
    an inject that went out since goes out again once somebody resumes."""
    found = []
    for pk in list(Exercise.rows.filter(state=Exercise.State.RUNNING).order_by("pk").values_list("pk", flat=True)):
        exercise = taken(pk)
        stop(exercise, at, stood=taken_at)
        found.append(exercise.item.reference)
    return found
