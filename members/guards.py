"""What an embargo guards can't be placed where others than the named look, whatever the code forgets: the database
refuses the row, and an embargo that begins or is put off takes away those that are there.

A second lock behind `place`, at no cost to reading. The triggers are put back after every migration: SQLite drops a
table's triggers with it when Django builds the table anew.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.db import connections

from members.buckets import Bucket, Level

# Buckets that an embargo leaves: a person's, an author's by affiliation, office and seal; and the custody of anonymous
# reports, which take no embargo, so that one written by mistake shuts their custodians out of nothing.
LEFT = (Bucket.PERSON, Bucket.AFFILIATION, Bucket.OFFICE, Bucket.SEALED, Bucket.CUSTODY)
NAMED = f"({', '.join(str(int(bucket)) for bucket in LEFT)})"
BODY = int(Level.BODY)

SQLITE_MICRO = (
    "(CAST(strftime('%s', {0}) AS INTEGER) * 1000000"
    " + CASE WHEN instr({0}, '.') THEN CAST(substr({0} || '000000', 21, 6) AS INTEGER) ELSE 0 END)"
)
SAID = "an embargoed item is placed for the people named on it alone: place() it by the rule"


def sqlite() -> Iterator[str]:
    ends, began = SQLITE_MICRO.format("e.ends_at"), SQLITE_MICRO.format("e.proposed_at")
    condition = (
        f"NEW.level >= {BODY} AND (NEW.bucket & 15) NOT IN {NAMED} AND EXISTS (SELECT 1 FROM members_embargo e"
        f" WHERE e.item_id = NEW.item_id AND NEW.since < {ends} AND NEW.until > {began})"
    )
    for when in ("INSERT", "UPDATE"):
        yield (
            f"CREATE TRIGGER members_placement_guard_{when.lower()} BEFORE {when} ON members_placement"
            f" WHEN {condition} BEGIN SELECT RAISE(ABORT, '{SAID}'); END"
        )
    ends, began = SQLITE_MICRO.format("NEW.ends_at"), SQLITE_MICRO.format("NEW.proposed_at")
    for when in ("INSERT", "UPDATE OF ends_at, proposed_at, item_id"):
        yield (
            f"CREATE TRIGGER members_embargo_guard_{when.split()[0].lower()} AFTER {when} ON members_embargo BEGIN"
            f" DELETE FROM members_placement WHERE item_id = NEW.item_id AND level >= {BODY}"
            f" AND (bucket & 15) NOT IN {NAMED} AND since < {ends} AND until > {began}; END"
        )


def postgresql() -> Iterator[str]:
    micro = "(extract(epoch from {0}) * 1000000)::bigint"
    ends, began = micro.format("e.ends_at"), micro.format("e.proposed_at")
    yield (
        "CREATE OR REPLACE FUNCTION members_placement_guarded() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN"
        " IF EXISTS (SELECT 1 FROM members_embargo e WHERE e.item_id = NEW.item_id"
        f" AND NEW.since < {ends} AND NEW.until > {began}) THEN RAISE EXCEPTION '{SAID}'; END IF;"
        " RETURN NEW; END $$"
    )
    yield (
        "CREATE TRIGGER members_placement_guard BEFORE INSERT OR UPDATE ON members_placement FOR EACH ROW"
        f" WHEN (NEW.level >= {BODY} AND (NEW.bucket & 15) NOT IN {NAMED})"
        " EXECUTE FUNCTION members_placement_guarded()"
    )
    ends, began = micro.format("NEW.ends_at"), micro.format("NEW.proposed_at")
    yield (
        "CREATE OR REPLACE FUNCTION members_embargo_guards() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN"
        f" DELETE FROM members_placement WHERE item_id = NEW.item_id AND level >= {BODY}"
        f" AND (bucket & 15) NOT IN {NAMED} AND since < {ends} AND until > {began};"
        " RETURN NULL; END $$"
    )
    yield (
        "CREATE TRIGGER members_embargo_guard AFTER INSERT OR UPDATE OF ends_at, proposed_at, item_id"
        " ON members_embargo FOR EACH ROW EXECUTE FUNCTION members_embargo_guards()"
    )


DROPS = {
    "sqlite": [
        f"DROP TRIGGER IF EXISTS members_{table}_guard_{when}"
        for table in ("placement", "embargo")
        for when in ("insert", "update")
    ],
    "postgresql": [
        f"DROP TRIGGER IF EXISTS members_{table}_guard ON members_{table}" for table in ("placement", "embargo")
    ],
}


def install(using: str = "default", **_: Any) -> None:
    """Put the triggers there, if their tables are. Called after every migration."""
    connection = connections[using]
    tables = connection.introspection.table_names()
    if not {"members_placement", "members_embargo"} <= set(tables):
        return
    create = sqlite() if connection.vendor == "sqlite" else postgresql()
    with connection.cursor() as cursor:
        for statement in (*DROPS[connection.vendor], *create):
            cursor.execute(statement)


def remove(using: str = "default", **_: Any) -> None:
    """Take them away before a migration: SQLite renames no table that a trigger speaks of."""
    connection = connections[using]
    if {"members_placement", "members_embargo"} <= set(connection.introspection.table_names()):
        with connection.cursor() as cursor:
            for statement in DROPS[connection.vendor]:
                cursor.execute(statement)
