"""One at a time, over all processes of the hub."""

from __future__ import annotations

from enum import IntEnum

from django.db import connection


class Work(IntEnum):
    """What only one does at a time: the numbers of PostgreSQL's advisory locks."""

    SEALING = 0x5EA1
    DAILY = 0xDA11
    SIGHTINGS = 0x5EE4


def alone(work: Work) -> bool:
    """Whether nobody else is at `work`; if so, nobody is until this transaction ends. SQLite has one writer anyway."""
    if connection.vendor != "postgresql":
        return True
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [work])
        return bool(cursor.fetchone()[0])
