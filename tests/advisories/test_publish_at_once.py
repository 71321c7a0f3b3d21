"""Two coordinators press the button in the same moment: one of them releases, the other reads that it is done."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import timedelta
from functools import partial
from pathlib import Path
from threading import Barrier

import pytest
from django.db import connection

from advisories import publish
from members.models import Announcement, AuditRow, Office, Standing
from members.refused import Refused
from tests.advisories.desk import drafted, released
from tests.conftest import NOON
from tests.members.world import World

pytestmark = pytest.mark.django_db(transaction=True)


@contextmanager
def shared(home: Path) -> Iterator[None]:
    """A database that threads share as processes do: PostgreSQL itself, or a copy of the tests' SQLite in a file."""
    if connection.vendor != "sqlite":
        yield
        return
    with sqlite3.connect(home / "hub.sqlite3") as copy:
        connection.connection.backup(copy)
    copy.close()
    name, connection.settings_dict["NAME"] = connection.settings_dict["NAME"], str(home / "hub.sqlite3")
    try:
        yield
    finally:
        connection.settings_dict["NAME"] = name
        with connection.cursor() as cursor:
            cursor.execute("DELETE FROM members_search")  # no table of Django's: nothing else would empty it


def at_once(acts: list[Callable[[], object]]) -> list[str]:
    """Each act in a thread and connection of its own, all let go together: the names of what they came to."""
    gate = Barrier(len(acts))

    def run(act: Callable[[], object]) -> str:
        connection.ensure_connection()
        gate.wait(10)
        try:
            return type(act()).__name__
        except Refused:
            return "Refused"
        finally:
            connection.close()

    with ThreadPoolExecutor(len(acts)) as pool:
        return sorted(pool.map(run, acts))


def counted() -> tuple[int, int, int]:
    """In a connection that sees what the threads committed: standings, announcements, audit rows of releases."""

    def count() -> tuple[int, int, int]:
        try:
            audited = AuditRow.objects.filter(verb__in=["release", "revise"]).count()
            return Standing.objects.count(), Announcement.objects.count(), audited
        finally:
            connection.close()

    with ThreadPoolExecutor(1) as pool:
        return pool.submit(count).result()


def test_of_two_who_release_at_once_one_does(world: World, tmp_path: Path) -> None:
    Office.objects.create(person=world.people["olive"], warp=world.warps["wm"], role="coordinator", since=NOON)
    advisory = drafted(world)
    with shared(tmp_path):
        came = at_once([partial(publish.release, world.people[who], advisory.item, NOON) for who in ("carol", "olive")])
        assert came == ["Refused", "Standing"]
        assert counted() == (1, 1, 1)


def test_of_two_who_withdraw_at_once_one_does(world: World, tmp_path: Path) -> None:
    advisory = released(world)
    later = NOON + timedelta(hours=1)
    with shared(tmp_path):
        came = at_once([lambda: publish.withdraw(world.people["carol"], advisory.item, later, "Wrong")] * 2)
        assert came == ["Refused", "Standing"]
        assert counted() == (2, 2, 1)
