"""What is due in the exercises that run, sent. Called in every sweep before it sends; where nothing runs, one cheap
statement."""

from __future__ import annotations

import time
from datetime import datetime

import structlog
from django.db import transaction

from members.exercises.holding import taken_soon
from members.exercises.pausing import pause_overdue
from members.exercises.sending import due, send
from members.journal import restoring
from members.models import Exercise

State = Exercise.State
log = structlog.get_logger(__name__)


def tick(at: datetime, budget: float = float("inf")) -> int:
    """Send what is due at `at` in every exercise that runs, in the order of its scenario. How many injects.

    Each inject is a transaction of its own, in which the exercise is held: of two workers one sends it, and what a
    killed one left the next sends. One exercise that fails holds up no other. Whatever is real waits for this: so
    after `budget` seconds the rest, of a long outage, is left to the next tick, and who holds one is not waited for.
    """
    running = Exercise.rows.filter(state=State.RUNNING).order_by("pk").values_list("pk", flat=True)
    ends, sent = time.monotonic() + budget, 0
    for pk in list(running):
        try:
            sent += _play(pk, at, ends)
        except Exception:
            log.exception("an exercise could not be played on", exercise=pk)
        if time.monotonic() > ends:
            break
    return sent


def _play(pk: int, at: datetime, ends: float) -> int:
    if restoring():  # whose exercises are paused when it is finished
        return 0
    since = Exercise.rows.filter(pk=pk).values_list("runs_since", flat=True).first()
    if since is None or pause_overdue(pk, since, at):
        return 0
    sent = 0
    while _send_next(pk, at):
        sent += 1
        if time.monotonic() > ends:
            break
    return sent


@transaction.atomic
def _send_next(pk: int, at: datetime) -> bool:
    exercise = taken_soon(pk)
    inject = due(exercise, at) if exercise is not None and exercise.state == State.RUNNING else None
    if exercise is None or inject is None:
        return False
    send(exercise, inject, at)
    return True
