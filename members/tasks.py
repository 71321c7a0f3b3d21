"""Doors for the queue. A task only wakes somebody: what is due stands in the database, so a lost one costs a moment."""

from __future__ import annotations

import structlog
from celery import shared_task
from django.db import transaction
from kombu.exceptions import OperationalError

from members import clock, sealing
from members.delivery.send import sweep as sweep_once
from members.models import Pulse

BUDGET = 12.0  # seconds: less than the time between two sweeps, so that they don't take all workers
PLAYED = 1.0  # seconds of a sweep for exercises: as long as a pass goes on before it looks for something more urgent
log = structlog.get_logger(__name__)


@shared_task(name="members.tasks.sweep", ignore_result=True)
def sweep() -> None:
    """Plan and send what is due. Called by beat every 15 seconds, and by `nudge` in between."""
    from members import embargo  # its verbs nudge: it stands above this door
    from members.delivery import reporter
    from members.exercises import ticking
    from members.reach import key
    from members.training import reminding

    played = 0
    try:  # before: what is due in an exercise leaves in this sweep, after all that is real
        played = ticking.tick(clock.ask(), budget=PLAYED)
    except Exception:
        log.exception("exercises could not be played on")
    sweep_once(budget=BUDGET)
    if played:  # and more may be due
        wake()
    reminders = (reporter.send, embargo.remind, key.warn, reminding.remind)
    for also in reminders:  # none of them is as urgent as what is due may be
        try:
            if also(clock.ask()):
                wake()
        except Exception:
            log.exception("a reminder failed", reminder=f"{also.__module__}.{also.__name__}")


@shared_task(name="members.tasks.heartbeat", ignore_result=True)
def heartbeat() -> None:
    """Proof that beat, the queue, a worker and the database are alive: it has come all the way."""
    Pulse.objects.update_or_create(name="beat", defaults={"at": clock.ask()})


@shared_task(name="members.tasks.seal", ignore_result=True)
def seal() -> None:
    """Chain what was written to the audit since the last time. Called by beat every five seconds."""
    sealing.seal(clock.ask())


@shared_task(name="members.tasks.report_daily", ignore_result=True)
def report_daily() -> None:
    """The operator's daily mail, where it is due. Called by beat every ten minutes."""
    from members import daily  # compares items: it stands above this door

    daily.report(clock.ask())


def nudge() -> None:
    """Have what this transaction owes told as soon as it is committed. Never fails: the next sweep finds it anyway."""
    transaction.on_commit(wake)


def wake() -> None:
    """Ask a worker to sweep now, without insisting."""
    try:
        sweep.apply_async(expires=60, retry=False)
    except (OperationalError, OSError) as error:
        log.warning("nobody could be woken", error=type(error).__name__)
