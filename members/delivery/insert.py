"""Rows from a question: one INSERT … SELECT, whoever is found."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import QuerySet


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
