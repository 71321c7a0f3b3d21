"""What is due in the exercises that run, sent. Called in every sweep before it sends; where nothing runs, one cheap
statement."""

from __future__ import annotations

from datetime import datetime

import structlog
from django.db import transaction

from members.exercises.holding import taken
from members.exercises.pausing import pause_overdue
from members.exercises.sending import due, send
from members.journal import restoring
from members.models import Exercise

State = Exercise.State
log = structlog.get_logger(__name__)


def tick(at: datetime) -> int:
    """Send what is due at `at` in every exercise that runs, in the order of its scenario. How many injects.

    Each inject is a transaction of its own, in which the exercise is held: of two workers one sends it, and what a
    killed one left the next sends. One exercise that fails holds up no other.
    """
    running = Exercise.rows.filter(state=State.RUNNING).order_by("pk").values_list("pk", flat=True)
    sent = 0
    for pk in list(running):
        try:
            sent += _play(pk, at)
        except Exception:
            log.exception("an exercise could not be played on", exercise=pk)
    return sent


def _play(pk: int, at: datetime) -> int:
    if restoring():  # whose exercises are paused when it is finished
        return 0
    since = Exercise.rows.filter(pk=pk).values_list("runs_since", flat=True).first()
    if since is None or pause_overdue(pk, since, at):
        return 0
    sent = 0
    while _send_next(pk, at):
        sent += 1
    return sent


@transaction.atomic
def _send_next(pk: int, at: datetime) -> bool:
    exercise = taken(pk)
    inject = due(exercise, at) if exercise.state == State.RUNNING else None
    if inject is None:
        return False
    send(exercise, inject, at)
    return True
