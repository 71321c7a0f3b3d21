"""Rows from a question: one INSERT … SELECT, whoever is found."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import QuerySet

from members.models import Address, Announcement

DELIVERIES = """
    INSERT INTO members_delivery (announcement_id, address_id, step, state, due_at, tries, shown, outcome)
    SELECT %s, r.id, %s, 'due', %s, 0, 0, '' FROM ({recipients}) r WHERE 1 = 1
    ON CONFLICT (announcement_id, address_id, step) DO NOTHING"""


def owe(announcement: Announcement, to: QuerySet[Address], at: datetime, step: int = 0) -> int:
    """A message to each of `to`, due at `at`: once, however often this is asked. How many are new."""
    return write(DELIVERIES, [announcement.pk, int(step), at], to)


def write(insert: str, params: list[Any], recipients: QuerySet[Any], *columns: str) -> int:
    """Run one INSERT … SELECT over the ids of `recipients` and these columns of theirs. How many rows were new."""
    return write_rows(insert, params, recipients.order_by().values("id", *columns))


def write_rows(insert: str, params: list[Any], rows: QuerySet[Any, Any]) -> int:
    """The same over `rows`, whatever their columns."""
    try:
        sql, asked = rows.query.sql_with_params()
    except EmptyResultSet:  # nobody, and that is plain without asking the database
        return 0
    adapted = [connection.ops.adapt_datetimefield_value(p) if isinstance(p, datetime) else p for p in params]
    with connection.cursor() as cursor:
        cursor.execute(insert.format(recipients=sql), [*adapted, *asked])
        return int(cursor.rowcount)
