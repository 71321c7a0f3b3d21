"""The audit is only ever added to: the database itself refuses to change or to take away a row of it, or a seal.

It also notes of each row, in the transaction that adds it, that it is still to be sealed: however late that commits,
the sealer finds it without looking at all the others. The triggers are put back after every migration: SQLite drops
a table's triggers with it when Django builds the table anew.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.db import connections
from django.db.backends.base.base import BaseDatabaseWrapper

ROWS, SEALS, OWED = "members_auditrow", "members_seal", "members_unsealed"
KEYS = {ROWS: ("id",), SEALS: ("number", "row_id")}
SAID = "the audit is only ever added to: no row of it, and no seal, is changed or taken away"


def sqlite() -> Iterator[str]:
    refuse = f"BEGIN SELECT RAISE(ABORT, '{SAID}'); END"
    for table, keys in KEYS.items():
        for when in ("update", "delete"):
            yield f"CREATE TRIGGER {table}_kept_{when} BEFORE {when} ON {table} {refuse}"
        # INSERT OR REPLACE takes away what stands in its place without asking the triggers of DELETE.
        there = " OR ".join(f"{key} = NEW.{key}" for key in keys)
        replaces = f"WHEN EXISTS (SELECT 1 FROM {table} WHERE {there})"
        yield f"CREATE TRIGGER {table}_kept_insert BEFORE INSERT ON {table} {replaces} {refuse}"
    yield f"CREATE TRIGGER {ROWS}_owed AFTER INSERT ON {ROWS} BEGIN INSERT INTO {OWED} (row_id) VALUES (NEW.id); END"


def postgresql() -> Iterator[str]:
    yield (
        "CREATE OR REPLACE FUNCTION members_audit_kept() RETURNS trigger LANGUAGE plpgsql AS"
        f" $$ BEGIN RAISE EXCEPTION '{SAID}'; END $$"
    )
    for table in KEYS:
        for name, when in (("kept", "UPDATE OR DELETE"), ("whole", "TRUNCATE")):
            yield (
                f"CREATE TRIGGER {table}_{name} BEFORE {when} ON {table}"
                f" FOR EACH {'STATEMENT' if name == 'whole' else 'ROW'} EXECUTE FUNCTION members_audit_kept()"
            )
    yield (
        "CREATE OR REPLACE FUNCTION members_audit_owed() RETURNS trigger LANGUAGE plpgsql AS"
        f" $$ BEGIN INSERT INTO {OWED} (row_id) SELECT id FROM added; RETURN NULL; END $$"
    )
    yield (
        f"CREATE TRIGGER {ROWS}_owed AFTER INSERT ON {ROWS} REFERENCING NEW TABLE AS added"
        " FOR EACH STATEMENT EXECUTE FUNCTION members_audit_owed()"
    )


DROPS = {
    "sqlite": [
        *(f"DROP TRIGGER IF EXISTS {table}_kept_{when}" for table in KEYS for when in ("update", "delete", "insert")),
        f"DROP TRIGGER IF EXISTS {ROWS}_owed",
    ],
    "postgresql": [
        f"DROP TRIGGER IF EXISTS {table}_{name} ON {table}" for table in KEYS for name in ("kept", "whole", "owed")
    ],
}
COUNT = {
    "sqlite": ("SELECT count(*) FROM sqlite_master WHERE type = 'trigger' AND tbl_name IN (%s, %s)", 7),
    "postgresql": (
        "SELECT count(*) FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid"
        " WHERE c.relname IN (%s, %s) AND NOT t.tgisinternal AND t.tgenabled <> 'D'",
        5,
    ),
}
# What was written while they were away, or before there were any, is to be sealed like all the rest.
CATCH_UP = f"""INSERT INTO {OWED} (row_id) SELECT r.id FROM {ROWS} r
    WHERE NOT EXISTS (SELECT 1 FROM {SEALS} s WHERE s.row_id = r.id)
    AND NOT EXISTS (SELECT 1 FROM {OWED} u WHERE u.row_id = r.id)"""


def install(using: str = "default", **_: Any) -> None:
    """Put the triggers there, if their tables are. Called after every migration."""
    connection = connections[using]
    if not {ROWS, SEALS, OWED} <= set(connection.introspection.table_names()):
        return
    create = sqlite() if connection.vendor == "sqlite" else postgresql()
    _run(connection, [*DROPS[connection.vendor], *create, CATCH_UP])


def remove(using: str = "default", **_: Any) -> None:
    """Take them away before a migration: SQLite renames no table that a trigger speaks of."""
    connection = connections[using]
    if {ROWS, SEALS} <= set(connection.introspection.table_names()):
        _run(connection, DROPS[connection.vendor])


def missing(using: str = "default") -> bool:
    """Whether one of the triggers is not there."""
    connection = connections[using]
    statement, triggers = COUNT[connection.vendor]
    with connection.cursor() as cursor:
        cursor.execute(statement, [ROWS, SEALS])
        return bool(cursor.fetchone()[0] < triggers)


def _run(connection: BaseDatabaseWrapper, statements: list[str]) -> None:
    with connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)
