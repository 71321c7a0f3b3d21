"""`backup` and `restore`: one moment of a running hub, whole or not at all, and checked before anything is touched."""

from __future__ import annotations

import json
import os
import sqlite3
import stat
import time
import zipfile
from pathlib import Path

import pytest

from tests.warp.backup.conftest import POSTGRESQL, Hub

WRITING = """
from members import clock, journal
from members.audit import record
from django.db import transaction
import itertools
for n in itertools.count():
    with transaction.atomic():
        record("pair", clock.ask(), reference=f"A{n}")
        record("pair", clock.ask(), reference=f"B{n}")
    if n == 20:
        print("begun", flush=True)
"""
PEOPLE = "print(json.dumps(Person.objects.count()))"
PAIRS = """
rows = [r for r in AuditRow.objects.filter(verb="pair").values_list("reference", flat=True)]
print(json.dumps([sorted(int(r[1:]) for r in rows if r[0] == x) for x in "AB"]))"""


def test_a_backup_of_a_hub_that_is_written_to_is_one_moment_of_it(hub: Hub, empty: Hub, tmp_path: Path) -> None:
    files = len(list((hub.home / "files").iterdir()))
    (hub.home / "files" / "KEPTFILE").write_bytes(b"\0of an item" * 1000)
    writer = hub.begin(python=WRITING)
    try:
        assert writer.stdout and writer.stdout.readline() == "begun\n"
        made = hub.run("backup", str(tmp_path / "one.backup"), "--json")
    finally:
        writer.kill()
        writer.communicate()
    assert made.status == 0 and made.json()["files"] == files + 1, made.error
    assert stat.S_IMODE((tmp_path / "one.backup").stat().st_mode) == 0o600
    assert [path.name for path in tmp_path.iterdir() if "backup" in path.name] == ["one.backup"]

    restored = empty.run("restore", str(tmp_path / "one.backup"), "--json")
    assert restored.status in (0, 1) and restored.json()["files"] == files + 1, restored.error
    assert (empty.home / "files" / "KEPTFILE").read_bytes() == b"\0of an item" * 1000
    assert stat.S_IMODE((empty.home / "files" / "KEPTFILE").stat().st_mode) == 0o600
    first, second = empty.ask(PAIRS)
    assert first == second == list(range(len(first))) and len(first) > 20, "whole transactions, from the first on"
    assert empty.tell("audit", "verify").status == 0
    assert empty.ask(PEOPLE) == hub.ask(PEOPLE) > 0
    refusing = "from django.db import DatabaseError\ntry:\n    AuditRow.objects.first().delete()\n    print('false')"
    assert empty.ask(f"{refusing}\nexcept DatabaseError:\n    print('true')"), "the audit's triggers are there again"


@pytest.mark.parametrize("how", ["a bit", "the end", "nothing of one", "an entry more"])
def test_a_damaged_backup_is_refused_and_nothing_is_touched(hub: Hub, empty: Hub, tmp_path: Path, how: str) -> None:
    path = tmp_path / "one.backup"
    assert hub.run("backup", str(path)).status == 0
    content = bytearray(path.read_bytes())
    if how == "a bit":
        content[len(content) // 3] ^= 1
    elif how == "the end":
        content = content[: len(content) // 2]
    elif how == "nothing of one":
        content = bytearray(b"no backup at all")
    path.write_bytes(content)
    if how == "an entry more":
        with zipfile.ZipFile(path, "a") as archive:
            archive.writestr("files/../../evil", b"x")
    before = sorted(str(one) for one in empty.home.rglob("*"))
    refused = empty.run("restore", str(path))
    assert refused.status == 2 and "Traceback" not in refused.error, refused.error
    assert "damaged" in refused.error or "no whole backup" in refused.error
    there = [one.name for one in empty.home.rglob("*") if str(one) not in before]
    assert [name for name in there if name != "operator-token" and not name.startswith("hub.sqlite3")] == []
    if not POSTGRESQL:
        tables = sqlite3.connect(empty.home / "hub.sqlite3").execute("SELECT count(*) FROM sqlite_master").fetchone()
        assert tables == (0,)


@pytest.mark.parametrize("room", [40, 120, 300])  # of 1024 bytes: less, and the live database itself opens no more
def test_a_backup_that_finds_no_room_leaves_nothing(hub: Hub, tmp_path: Path, room: int) -> None:
    ran = hub.run("backup", str(tmp_path / "one.backup"), files=room)
    assert ran.status == 2 and "Traceback" not in ran.error, ran.error
    assert not [path for path in tmp_path.iterdir() if "backup" in path.name]


def test_a_backup_that_is_killed_midway_has_no_name(hub: Hub, tmp_path: Path) -> None:
    files = len(list((hub.home / "files").iterdir()))
    for number in range(20):
        (hub.home / "files" / f"LARGE{number}").write_bytes(os.urandom(4 << 20))
    process, deadline = hub.begin("backup", str(tmp_path / "one.backup")), time.monotonic() + 60
    while not list(tmp_path.glob("one.backup.*.part")) and time.monotonic() < deadline:
        os.sched_yield()
    process.kill()
    process.communicate()
    assert not (tmp_path / "one.backup").exists()
    made = hub.run("backup", str(tmp_path / "one.backup"), "--json")
    assert made.status == 0 and made.json()["files"] == files + 20
    assert "there already" in hub.run("backup", str(tmp_path / "one.backup")).error, "and none is overwritten"


def test_a_hub_that_is_there_or_runs_is_not_overwritten(hub: Hub, tmp_path: Path) -> None:
    path = str(tmp_path / "one.backup")
    assert hub.run("backup", path).status == 0
    assert "--replace" in hub.run("restore", path).error
    hub.ask("Pulse.objects.create(name='beat', at=clock.ask()); print(0)")
    ran = hub.run("restore", path, "--replace")
    assert ran.status == 2 and "running" in ran.error
    hub.ask("Pulse.objects.all().delete(); print(0)")
    assert hub.run("restore", path, "--replace").status in (0, 1)


def test_another_key_is_told_before_anything_is_touched(hub: Hub, empty: Hub, tmp_path: Path) -> None:
    path = str(tmp_path / "one.backup")
    assert hub.run("backup", path).status == 0
    empty.keys["ORIGIN_KEY"] = "x" * 50
    refused = empty.run("restore", path)
    assert refused.status == 2 and "ORIGIN_KEY" in refused.error and "SECRET_KEY" not in refused.error
    assert empty.run("restore", path, "--other-keys").status in (0, 1)


def test_a_restore_that_broke_off_lets_nothing_start_until_it_is_run_again(hub: Hub, tmp_path: Path) -> None:
    path = str(tmp_path / "one.backup")
    assert hub.run("backup", path).status == 0
    (hub.home / "restoring").touch()
    assert "warp.E010" in hub.tell("prepare").error
    sent = hub.tell("send", "--json")
    assert sent.status != 0 and "restore" in sent.out + sent.error
    assert hub.run("restore", path).status in (0, 1), "without --replace: it was said once"
    assert not (hub.home / "restoring").exists() and hub.tell("prepare").status == 0


def test_verify_tells_a_restore_from_a_tail_that_was_cut_off(hub: Hub, tmp_path: Path) -> None:
    seal = "from members.audit import record; from members.sealing import seal, heads;"
    hub.ask(f"{seal} record('a', clock.ask()); seal(clock.ask()); print(0)")
    assert hub.run("backup", str(tmp_path / "one.backup")).status == 0
    more = "[record('a', clock.ask()) for n in range(9)]; seal(clock.ask()); print(json.dumps(str(heads.latest())))"
    later = hub.ask(f"{seal} {more}")
    assert hub.tell("audit", "verify", f"--head={later}").status == 0
    assert hub.run("restore", str(tmp_path / "one.backup"), "--replace").status in (0, 1)
    sound = hub.tell("audit", "verify")
    assert sound.status == 0, sound.out
    told = hub.tell("audit", "verify", f"--head={later}")
    assert told.status == 1 and "A restore on" in told.error, told.error
    assert json.loads(hub.tell("audit", "verify", "--json").out)[0]["sound"]
