"""What the mail server took is in the journal at once: whoever takes over after a crash repeats none of it."""

from __future__ import annotations

from collections import Counter
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from members import journal, leaving, stand
from members.delivery.accepted import Accepted
from members.delivery.claim import LEASE
from members.delivery.plan import plan
from members.delivery.send import sweep
from members.journal import What
from members.models import Delivery
from tests.members.delivery.conftest import PostOffice, owe, post
from tests.members.world import World

__all__ = ["post"]  # a fixture
pytestmark = pytest.mark.django_db
GREEN = {"id": "green", "label": "GREEN"}
LATER = LEASE + timedelta(seconds=1)
SOON = timedelta(seconds=1)
ALICE = "alice@example.org"


class Crash(BaseException):
    """As kill -9 ends a process: nothing more is written."""


@pytest.fixture(autouse=True)
def home(settings: Any, tmp_path: Path) -> Path:
    settings.WARP_HOME = tmp_path
    return tmp_path


def crash_before_writing(monkeypatch: pytest.MonkeyPatch) -> None:
    def write(self: Accepted, at: datetime) -> None:
        raise Crash

    monkeypatch.setattr(Accepted, "write", write)


def often(post: PostOffice) -> Counter[str]:
    return Counter(str(mail["Message-ID"]) for mail in post.taken)


@pytest.mark.parametrize("journaled", [True, False], ids=["in the journal", "in no journal"])
def test_what_the_journal_has_is_not_sent_again_and_is_written_as_sent(
    world: World, noon: datetime, post: PostOffice, monkeypatch: pytest.MonkeyPatch, home: Path, journaled: bool
) -> None:
    owe(world.item(GREEN), noon)
    plan(noon)
    with monkeypatch.context() as struck:
        crash_before_writing(struck)
        with pytest.raises(Crash):
            sweep(noon)
    first = often(post)
    assert first and not Delivery.objects.filter(state="sent").exists(), "taken, and the database knows of none"
    if not journaled:
        (home / "journal").unlink()
    sweep(noon + LATER)
    again = often(post)
    assert {again[one] for one in first} == ({1} if journaled else {2}), "without a journal nobody could know"
    assert {number for one, number in again.items() if one not in first} <= {1}, "on a slow machine it crashed sooner"
    rows = Delivery.objects.all()
    assert {row.state for row in rows} == {"sent"} and all(row.sent_at and row.shown for row in rows)
    assert all(row.lease_until is None for row in rows)


@pytest.mark.parametrize("act", ["withdrawn", "revoked"])
@pytest.mark.parametrize("journaled", [True, False], ids=["in the journal", "in no journal"])
def test_what_a_dead_sender_had_sent_is_not_called_unsent_by_whoever_ends_the_right_to_it(
    world: World, noon: datetime, post: PostOffice, monkeypatch: pytest.MonkeyPatch, home: Path, journaled: bool,
    act: str,
) -> None:  # fmt: skip
    """And what it had not sent never goes out."""
    owe(item := world.item(GREEN), noon)
    plan(noon)
    with monkeypatch.context() as struck:
        crash_before_writing(struck)
        with pytest.raises(Crash):
            sweep(noon)
    assert post.recipients.count(ALICE) == 1
    if not journaled:
        (home / "journal").unlink()
    if act == "withdrawn":
        stand.withdraw(item, noon + SOON)
    else:
        leaving.disable(world.people["alice"], noon + SOON, None)
    sweep(noon + LATER)
    assert post.recipients.count(ALICE) == 1
    assert Delivery.objects.get(address__value=ALICE).state == ("sent" if journaled else "cancelled")


def test_the_one_between_the_servers_word_and_the_journals_may_come_twice_and_no_other(
    world: World, noon: datetime, post: PostOffice, monkeypatch: pytest.MonkeyPatch
) -> None:
    owe(world.item(GREEN), noon)
    plan(noon)
    sound = Accepted.note
    noted: list[str] = []

    def note(self: Accepted, claimed: Any, *words: Any) -> None:
        if len(noted) == 2:
            raise Crash
        noted.append(claimed.key)
        sound(self, claimed, *words)

    with monkeypatch.context() as struck:
        struck.setattr(Accepted, "note", note)
        crash_before_writing(struck)
        with pytest.raises(Crash):
            sweep(noon)
    sweep(noon + LATER)
    counts = sorted(often(post).values())
    assert counts == [1] * (len(counts) - 1) + [2]


def test_what_was_given_back_or_never_begun_is_looked_for_in_no_journal(
    world: World, noon: datetime, post: PostOffice, monkeypatch: pytest.MonkeyPatch
) -> None:
    owe(world.item(GREEN), noon)
    plan(noon)

    def asked(at: datetime) -> set[str]:
        raise AssertionError("nobody went without a word")

    monkeypatch.setattr(journal, "sent_since", asked)
    assert sweep(noon).sent == len(post.taken) > 0


def test_a_journal_that_cannot_be_written_costs_speed_and_no_message(
    world: World, noon: datetime, post: PostOffice, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def full(*_words: Any) -> None:
        raise OSError("no space left")

    owe(world.item(GREEN), noon)
    plan(noon)
    written: list[int] = []
    sound = Accepted.write

    def write(self: Accepted, at: datetime) -> None:
        written.append(sum(map(len, self._rows.values())))
        sound(self, at)

    monkeypatch.setattr(journal, "note", full)
    monkeypatch.setattr(Accepted, "write", write)
    sweep(noon)
    assert set(written) == {1}, "each by itself"
    assert len(written) == len(post.taken) == Delivery.objects.filter(state="sent").count()
    assert "the journal can't be written" in caplog.text


def test_the_journal_is_read_from_its_end_and_no_further_back_than_asked(
    noon: datetime, monkeypatch: pytest.MonkeyPatch, home: Path
) -> None:
    monkeypatch.setattr(journal, "BLOCK", 200)
    for hour in range(40):
        journal.note(What.SENT, [f"key{hour}"], noon + timedelta(hours=hour))
        journal.note(What.ENDED, [f"end{hour}"], noon + timedelta(hours=hour))
    with (home / "journal").open("a") as file:
        file.write("sent cut-sh")
    assert journal.sent_since(noon + timedelta(hours=37)) == {"key37", "key38", "key39"}
    assert len(journal.sent_since(noon)) == 40
    assert len(list(journal._backwards())) > 10
    (home / "journal").unlink()
    assert journal.sent_since(noon) == set()
