"""Doors for the worker. Beat says "look"; what is due says the database. Safe to repeat, alone or side by side."""

from __future__ import annotations

import logging
from threading import BoundedSemaphore

from celery import shared_task
from django.conf import settings
from kombu.exceptions import OperationalError

from advisories import bounces, sighted
from advisories.collect import sidebyside
from advisories.collect.base import CollectError
from advisories.relaying import sending
from members import clock

log = logging.getLogger(__name__)
TOLD = ("outcome", "items", "new", "changed", "same", "refused", "seconds")
# One of this worker's threads sees to the sources (which have threads of their own): the others tell people what
# can't wait.
COLLECTING = BoundedSemaphore(1)
LONGEST = 240  # seconds after which no other source is begun: the broker would give the message out again


@shared_task
def read_bounces() -> None:
    """Look into the mailbox of what comes back, where there is one."""
    if not settings.BOUNCES_URL[0]:
        return
    try:
        log.info("mails came back", extra={"count": bounces.from_mailbox(clock.ask()).came_back})
    except CollectError as error:
        log.warning("the mailbox of what comes back can't be read", extra={"error": type(error).__name__})


@shared_task
def count_sightings() -> None:
    """Count once a day how many organisations see what is shared; beat asks every ten minutes."""
    sighted.count_daily(clock.ask())


@shared_task
def collect_due() -> None:
    """Collect from every source that is due, each claimed first, so that no two runs fetch the same one."""
    if not COLLECTING.acquire(blocking=False):  # beat asks again in a minute
        return
    try:
        for source, outcome in sidebyside.collect_due(LONGEST):
            if isinstance(outcome, BaseException):  # a bug: on the source's page already, and here in full
                log.error("collecting failed by a fault of the hub", exc_info=outcome, extra={"source": source.slug})
                continue
            for fetch in outcome:
                log.info("collected", extra={"source": source.slug, **{name: getattr(fetch, name) for name in TOLD}})
    finally:
        COLLECTING.release()


@shared_task
def relay_due() -> None:
    """Send what is to be relayed; beat says "look", and `nudge` in between."""
    sending.send(clock.ask())


def nudge() -> None:
    """Ask a worker to look now, without insisting: beat does it anyway."""
    try:
        relay_due.apply_async(expires=60, retry=False)
    except (OperationalError, OSError) as error:
        log.warning("nobody could be woken", extra={"error": type(error).__name__})
