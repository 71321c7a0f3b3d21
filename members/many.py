"""Many rows in a statement or two, past the objects of Django's models, which cost ten times what the database does.

PostgreSQL by COPY and arrays; SQLite by one prepared statement and a list in JSON. Call it inside a transaction.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Iterable, Sequence
from functools import lru_cache
from operator import attrgetter
from typing import Any, TypeVar

from django.db import connection, models
from django.db.models.expressions import RawSQL

M = TypeVar("M", bound=models.Model)
CONVERTED = (models.DateTimeField, models.JSONField)  # of other fields the database takes the value as it is


def ids(model: type[models.Model], count: int) -> list[int]:
    """As many ids that no row of `model` has had; taken, whether a row comes of them or not."""
    table, pk = model._meta.db_table, model._meta.pk.column
    if connection.vendor == "postgresql":
        drawn = "SELECT nextval(pg_get_serial_sequence(%s, %s)) FROM generate_series(1, %s)"
        with connection.cursor() as cursor:
            cursor.execute(drawn, [table, pk, count])
            return [number for (number,) in cursor.fetchall()]
    with connection.cursor() as cursor:  # SQLite has one writer at a time, and AUTOINCREMENT sees what is inserted
        cursor.execute("SELECT COALESCE(MAX(seq), 0) FROM sqlite_sequence WHERE name = %s", [table])
        (last,) = cursor.fetchone()
    return list(range(last + 1, last + 1 + count))


def insert(model: type[models.Model], names: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    """Plain values (a number or a string is no enumeration's member) by the names of fields, all that have no default
    in the database. Nothing of the model runs: no save(), no signals, no defaults.
    """
    fields: list[Any] = [model._meta.get_field(name) for name in names]
    columns = ", ".join(connection.ops.quote_name(field.column) for field in fields)
    where, converted = f"{connection.ops.quote_name(model._meta.db_table)} ({columns})", _converted(fields, rows)
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            with connection.wrap_database_errors, cursor.copy(f"COPY {where} FROM STDIN") as copy:
                for row in converted:
                    copy.write_row(row)
        else:
            places: Any = ", ".join(["%s"] * len(fields))
            cursor.executemany(f"INSERT INTO {where} VALUES ({places})", converted)  # noqa: S608


def create(model: type[M], objects: Iterable[M]) -> None:
    """New objects that have their ids, with all their fields."""
    names = [field.attname for field in model._meta.concrete_fields]
    insert(model, names, map(attrgetter(*names), objects))


def _converted(fields: Sequence[Any], rows: Iterable[Sequence[Any]]) -> Any:
    special = [(place, _writer(field)) for place, field in enumerate(fields) if isinstance(field, CONVERTED)]
    if not special:
        yield from rows
        return
    for row in rows:
        values = list(row)
        for place, write in special:
            values[place] = write(values[place])
        yield values


def _writer(field: Any) -> Callable[[Any], Any]:
    def write(value: Any) -> Any:
        return field.get_db_prep_save(value, connection)

    # Many rows were seen at one time; what JSON holds can't be looked up.
    return lru_cache(maxsize=256)(write) if isinstance(field, models.DateTimeField) else write


def among(values: Collection[int] | Collection[str]) -> RawSQL | list[Any]:
    """For `field__in=among(…)`: as one parameter, however many they are."""
    if not (told := list(values)):
        return []  # of no type, as an empty array would have one
    if connection.vendor != "postgresql":
        return RawSQL("SELECT value FROM json_each(%s)", [json.dumps(told)])
    kind = "bigint" if isinstance(told[0], int) else "text"
    return RawSQL(f"SELECT unnest(%s::{kind}[])", [told])  # noqa: S611
