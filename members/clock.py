"""The one clock: the database's. No rule asks the time itself; it is handed a moment.

A request, a command or a claim asks once (`one_moment`) and uses that answer throughout, so that
a page never shows two truths, and a worker with a wrong clock can't release or withhold anything.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, datetime, timedelta

from django.db import connection

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
FOREVER = datetime(9999, 1, 1, tzinfo=UTC)  # the end of what has no end: comparable, so no rule meets a NULL
MICROSECOND = timedelta(microseconds=1)

_held: ContextVar[datetime | None] = ContextVar("moment", default=None)


def ask() -> datetime:
    """The database's clock at this instant, aware, UTC. Tests replace this one function."""
    if connection.vendor == "sqlite":  # runs inside this process: its clock is ours, and finer than its SQL
        return datetime.now(UTC)
    with connection.cursor() as cursor:
        cursor.execute("SELECT clock_timestamp()")
        moment: datetime = cursor.fetchone()[0]
    return moment.astimezone(UTC)


def now() -> datetime:
    """The moment that this request, command or claim holds; asked anew where none is held."""
    return _held.get() or ask()


@contextmanager
def one_moment(moment: datetime | None = None) -> Iterator[datetime]:
    """Hold one moment for everything inside."""
    token = _held.set(moment or ask())
    try:
        yield _held.get() or ask()
    finally:
        _held.reset(token)


def micro(moment: datetime) -> int:
    """Microseconds since 1970, the unit of placements. Refuses a naive time."""
    if moment.tzinfo is None:
        raise ValueError("a naive time has no place here: give it a time zone")
    return (moment - EPOCH) // MICROSECOND


def moment(micros: int) -> datetime:
    """The aware UTC time of `micro`'s answer."""
    return EPOCH + timedelta(microseconds=micros)
