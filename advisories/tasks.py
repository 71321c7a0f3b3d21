"""Doors for the worker. Beat says "look"; what is due says the database. Safe to repeat, alone or side by side."""

from __future__ import annotations

import logging
import time
from threading import BoundedSemaphore

from celery import shared_task

from advisories.collect import run, schedule
from advisories.models import Source
from members import clock

log = logging.getLogger(__name__)
TOLD = ("outcome", "items", "new", "changed", "same", "refused", "seconds")
# Of this worker's threads: slow sources must never hold them all, since the others tell people what can't wait.
COLLECTING = BoundedSemaphore(2)
LONGEST = 240  # seconds after which no other source is begun: the broker would give the message out again


@shared_task
def collect_due() -> None:
    """Collect from every source that is due, each claimed first, so that no two runs fetch the same one."""
    if not COLLECTING.acquire(blocking=False):  # beat asks again in a minute
        return
    try:
        _collect()
    finally:
        COLLECTING.release()


def _collect() -> None:
    begun = time.monotonic()
    while time.monotonic() - begun < LONGEST and (source := _next()) is not None:
        try:
            for fetch in run.collect(source, clock.ask()):
                log.info("collected", extra={"source": source.slug, **{name: getattr(fetch, name) for name in TOLD}})
        except Exception:  # a bug: on the source's page already, and here in full; the other sources go on
            log.exception("collecting failed by a fault of the hub", extra={"source": source.slug})


def _next() -> Source | None:
    at = clock.ask()
    return next((source for source in schedule.due(at) if schedule.take(source, at)), None)
