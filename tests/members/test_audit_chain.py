"""The chain over the audit: nothing is skipped, and whatever is changed afterwards is found."""

from __future__ import annotations

import random
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from pytest_django import DjangoAssertNumQueries

from members import appendonly
from members.audit import record
from members.models import AuditRow, Seal, Unsealed
from members.sealing import Head, Unreadable, heads, seal, sealer, verify
from members.sealing.link import BEGINNING, Sealed, canonical, digest
from tests.conftest import NOON
from tests.members import tampering

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


@pytest.fixture(autouse=True)
def home(settings: Any, tmp_path: Path) -> Path:
    settings.WARP_HOME = tmp_path
    return tmp_path


def write(count: int) -> list[AuditRow]:
    return [record("test", NOON, reference=f"WM-{n}") for n in range(count)]


def chain() -> list[int]:
    return list(Seal.objects.order_by("number").values_list("row", flat=True))


def test_a_row_is_the_same_bytes_on_every_database() -> None:
    """Written down once for good: were it to change, every chain of every hub would break."""
    row = Sealed(7, NOON, "ALIAS", "release", "WM-7K3QF", {"version": 1, "label": "GREEN", "é": None})
    said = (
        b'[7,"2026-11-01T12:00:00.000000+00:00","ALIAS","release","WM-7K3QF",'
        b'{"label":"GREEN","version":1,"\\u00e9":null}]'
    )
    assert canonical(row) == said
    assert digest(BEGINNING, row) == "2e61c55576eab49fe6cc0e81170a6284b95795d3669ba38dea92e9295d1fc6ef"


def test_rows_are_chained_by_id_each_once(django_assert_num_queries: DjangoAssertNumQueries) -> None:
    rows = write(3)
    assert seal(NOON) == 3 and chain() == [row.pk for row in rows]
    with django_assert_num_queries(1):
        assert seal(NOON) == 0
    more = write(2)
    assert seal(NOON) == 2 and chain() == [row.pk for row in [*rows, *more]]
    assert list(Seal.objects.values_list("number", flat=True)) == [1, 2, 3, 4, 5]
    assert verify(NOON + DAY).sound and not Unsealed.objects.exists()


def test_a_row_whose_transaction_commits_late_is_chained_late() -> None:
    early, late, last = write(3)
    Unsealed.objects.filter(row=late).delete()  # as if it were not there yet
    assert seal(NOON) == 2
    Unsealed.objects.create(row=late)
    assert seal(NOON) == 1 and chain() == [early.pk, last.pk, late.pk]
    assert verify(NOON + DAY).sound


def test_a_long_queue_is_taken_in_bounded_turns(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sealer, "BATCH", 4)
    monkeypatch.setattr(sealer, "MOST", 2)
    rows = write(11)
    assert (seal(NOON), seal(NOON), seal(NOON)) == (8, 3, 0)
    assert chain() == [row.pk for row in rows]


# The head, outside the database


def test_the_head_is_written_down_and_each_day_has_its_line(home: Path) -> None:
    write(2)
    seal(NOON)
    first = (home / "audit-head").read_text()
    assert first == f"2:{Seal.objects.get(number=2).digest} 2026-11-01T12:00:00+00:00\n"
    write(1)
    seal(NOON + timedelta(seconds=5))
    write(1)
    seal(NOON + DAY)
    days = (home / "audit-heads").read_text().splitlines(keepends=True)
    assert days == [first, (home / "audit-head").read_text()] and days[1].startswith("4:")
    assert {path.stat().st_mode & 0o777 for path in home.iterdir()} == {0o600} and len(list(home.iterdir())) == 2


@pytest.mark.parametrize("text", ["", "5", "5:abc", f"x:{BEGINNING}", f"5:{BEGINNING} yesterday", f"-1:{BEGINNING}"])
def test_what_is_no_head_is_refused(text: str) -> None:
    with pytest.raises(Unreadable):
        Head.read(text)


def test_a_head_that_the_chain_has_lost_is_not_written_over(home: Path) -> None:
    """Else the next row that is sealed would hide that there were others."""
    write(5)
    seal(NOON)
    kept = (home / "audit-head").read_text()
    appendonly.remove()
    tampering.cut_tail(random.Random(3))
    appendonly.install()
    write(30)
    assert seal(NOON) == 30 and (home / "audit-head").read_text() == kept
    assert "made anew" in verify(NOON + DAY).said


def test_without_a_place_for_the_head_rows_are_sealed_all_the_same(settings: Any, home: Path) -> None:
    (home / "file").touch()
    settings.WARP_HOME = home / "file"
    write(1)
    assert seal(NOON) == 1


def test_a_head_that_was_mailed_tells_where_the_one_on_the_machine_is_gone(home: Path) -> None:
    write(30)
    seal(NOON)
    mailed = heads.latest()
    assert mailed is not None and verify(NOON + DAY, mailed).sound
    appendonly.remove()
    tampering.cut_tail(random.Random(3))
    for file in home.iterdir():
        file.unlink()
    alone = verify(NOON + DAY)
    assert alone.sound and "No head is kept" in alone.notes[0]
    assert "its tail was cut off" in verify(NOON + DAY, mailed).said
    assert "made anew" in verify(NOON + DAY, Head(3, "0" * 64)).said


def test_files_that_cannot_be_read_are_not_sound(home: Path) -> None:
    write(1)
    seal(NOON)
    (home / "audit-head").write_text("nonsense")
    assert not verify(NOON).sound and "can’t be read" in verify(NOON).said


# What is found


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("a field edited", "is not what link"),
        ("two rows swapped", "is not what link"),
        ("a row deleted", "is gone"),
        ("a seal deleted", "or was given another number"),
        ("the tail cut off", "its tail was cut off"),
        ("everything deleted", "its tail was cut off"),
        ("the chain made anew", "made anew"),
        ("a row inserted", "is not sealed"),
        ("a row taken before its seal", "taken away before it was sealed"),
    ],
)
def test_the_first_place_that_does_not_fit_is_said_in_words(name: str, said: str) -> None:
    tampering.lay(90, random.Random(1))
    appendonly.remove()
    tampering.TAMPERINGS[name](random.Random(2))
    verdict = verify(tampering.LATER)
    assert not verdict.sound and said in verdict.said


def test_any_one_of_a_thousand_random_tamperings_is_found() -> None:
    found = tampering.run(1000, seed=20261101)
    print("".join(f"\n{name}: {n} of {tried} found" for name, (n, tried) in found.items()))
    assert sum(tried for _n, tried in found.values()) == 1000
    assert {name: n for name, (n, tried) in found.items() if n != tried} == {}


def test_what_is_of_the_last_minute_may_wait_and_what_is_older_may_not() -> None:
    write(1)
    assert verify(NOON + timedelta(seconds=60)).sound
    assert "is not sealed" in verify(NOON + timedelta(seconds=61)).said


def test_what_carries_only_its_day_may_wait_until_that_is_over() -> None:
    record("read", NOON, pseudonym="MOTHNIGHT")
    assert verify(NOON + timedelta(hours=11)).sound
    assert not verify(NOON + timedelta(hours=12, seconds=61)).sound


@pytest.mark.parametrize("at", [NOON, NOON + timedelta(days=400), NOON.replace(hour=0)])
def test_a_row_that_nobody_owes_a_seal_is_found_whatever_time_it_says(at: datetime) -> None:
    write(1)
    row = record("release", at)
    Unsealed.objects.filter(row=row).delete()
    seal(NOON)
    assert f"Row {row.pk} is not sealed" in verify(NOON).said


def test_triggers_that_are_gone_are_said() -> None:
    write(1)
    seal(NOON)
    assert verify(NOON).notes == []
    appendonly.remove()
    assert "triggers" in verify(NOON).notes[0]
