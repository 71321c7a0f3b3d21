"""What must be right before the hub serves anyone. Each finding has an id and says what to do."""

from __future__ import annotations

import sqlite3
import sys
from collections.abc import Sequence
from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error, Info, Tags, Warning, register, run_checks
from django.db import connections

from members.journal import restoring
from warp.environment import WRONG, loopback

OURS = "warp"  # the tag under which `manage.py check --tag warp` runs these alone


def stop_if_wrong(**_: Any) -> None:
    """For programs that run no system checks of their own: says what is wrong with the settings, and ends them."""
    if found := [message for message in run_checks(tags=[OURS]) if message.is_serious()]:
        print(*found, sep="\n", file=sys.stderr)
        sys.exit(3)  # by which gunicorn knows that trying again is of no use


@register(OURS)
def settings_are_understood(**_: Any) -> list[CheckMessage]:
    return [Error(f"{name}: {problem}.", hint=hint, id="warp.E001") for name, problem, hint in WRONG]


@register(OURS)
def mail_can_leave(**_: Any) -> list[CheckMessage]:
    """Only the demonstration may write mails to files: a hub that tells no one looks well until the day."""
    if settings.DEMO or not settings.EMAIL_MISSING:
        return []
    hint = "Set EMAIL_URL, for example smtp+tls://user:password@mail.example.org:587."
    return [Error("EMAIL_URL is not set: nobody would be told of anything.", hint=hint, id="warp.E002")]


@register(OURS)
def somebody_keeps_the_head(**_: Any) -> list[CheckMessage]:
    """Without it, whoever holds this machine can cut the audit short, and nothing elsewhere tells."""
    if settings.DEMO or settings.OPERATOR_EMAIL:
        return []
    hint = "Set OPERATOR_EMAIL to an address whose mails are kept: it gets one a day. See docs/operators.md."
    return [Warning("OPERATOR_EMAIL is not set: the end of the audit leaves this machine in no mail.", hint=hint,
                    id="warp.W002")]  # fmt: skip


@register(OURS)
def demonstration_stays_here(**_: Any) -> list[CheckMessage]:
    """Its sign-in page lets anyone in as anyone."""
    outside = [host for host in [settings.HOST, *settings.ALLOWED_HOSTS] if not loopback(host)]
    if not settings.DEMO or settings.TESTING or not outside:
        return []
    hint = "Set WARP_DEMO=0 for a real hub, or leave ALLOWED_HOSTS and BASE_URL at this machine."
    said = f"The demonstration would answer to {', '.join(sorted(set(outside)))}, not only to this machine."
    return [Error(said, hint=hint, id="warp.E003")]


@register(OURS)
def no_restore_is_half_done(**_: Any) -> list[CheckMessage]:
    """Its rights and what it owes are not put right yet: nobody may read it, and nothing may be sent."""
    if not restoring():
        return []
    hint = "Run manage.py restore again, with the same file."
    return [Error("A restore began and did not end.", hint=hint, id="warp.E010")]


@register(OURS)
def folder_broker_is_for_one_machine(**_: Any) -> list[CheckMessage]:
    if settings.SQLITE or settings.REDIS_URL:
        return []
    hint = "Set REDIS_URL: web and workers on several machines don't share a folder, and a folder is polled."
    return [Warning("The database is PostgreSQL but the broker is a folder.", hint=hint, id="warp.W001")]


@register(Tags.database)
def database_keeps_its_word(databases: Sequence[str] | None = None, **_: Any) -> list[CheckMessage]:
    return sqlite_warning() if any(connections[name].vendor == "sqlite" for name in databases or []) else []


def sqlite_warning() -> list[CheckMessage]:
    if not (lost := rows_past_their_bound(sqlite3.connect(":memory:"))):
        return []
    said = (
        f"SQLite {sqlite3.sqlite_version} can return rows that a query excludes ({lost} in a trial just now)."
        " The hub's queries are built to avoid that: there is nothing to do."
    )
    hint = (
        "The shape is IN on an index column before a range on a later one: don't write such queries against this"
        " database. SQLite 3.42 and later are free of the fault."
    )
    return [Info(said, hint=hint, id="warp.I001")]


def rows_past_their_bound(database: sqlite3.Connection) -> int:
    """How many rows come back although `until <= 40` excludes them: 0 from a sound SQLite.

    Some releases before 3.42 answer `owner = ? AND place IN (…) AND until <= ?` wrongly once ANALYZE has told them
    that few rows share an (owner, place): they step from one place to the next, and forget the bound there. In the
    hub that would be an embargoed row, shown.
    """
    key = "owner, place, until"
    database.execute(f"CREATE TABLE placed (owner TEXT, place INT, until INT NOT NULL, PRIMARY KEY ({key}))")
    crowd = ((f"owner {n // 10}", n // 6, n) for n in range(2000))
    database.executemany("INSERT INTO placed VALUES (?, ?, ?)", [*crowd, ("ours", 1, 40), ("ours", 2, 90)])
    database.execute("ANALYZE")
    query = "SELECT until FROM placed WHERE owner = 'ours' AND place IN (1, 2) AND until <= 40"
    return sum(until > 40 for (until,) in database.execute(query))
