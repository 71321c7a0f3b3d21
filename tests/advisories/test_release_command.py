"""`release` and `withdraw`: the same verbs by another door."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from members import clock
from members.models import Standing, Tier
from tests.advisories.commands import run
from tests.advisories.desk import drafted, released
from tests.conftest import NOON
from tests.members.world import World

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def at_noon(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr(clock, "ask", lambda: NOON)
    yield


def test_release_says_what_it_did(world: World) -> None:
    ref = drafted(world, label="AMBER", audience=[("organisation", world.organisations["brum"].pk)]).item.reference
    ran = run("release", ref.lower(), "--as", "Carol@example.org")
    assert ran.status == 0
    assert ran.out.startswith(f"{ref} is released. 3 people in 1 organisation will be able to read this.")
    assert Standing.objects.get().item.reference == ref


def test_a_refusal_is_one_sentence_and_status_1(world: World) -> None:
    ref = drafted(world, label="AMBER").item.reference
    assert run("release", ref, "--as", "carol@example.org")[::2] == (
        1, "Nobody could read it: name at least one organisation, group, WARP or person."
    )  # fmt: skip
    assert not Standing.objects.exists()


@pytest.mark.parametrize("who", ["kate", "alice", "root"])
def test_what_somebody_cannot_read_does_not_exist_for_them(world: World, who: str) -> None:
    ref = drafted(world).item.reference
    ran, none = (
        run("release", ref, "--as", f"{who}@example.org"),
        run("release", "WM-NONE9", "--as", f"{who}@example.org"),
    )
    assert ran.status == none.status == 2
    assert ran.error.replace(ref, "") == none.error.replace("WM-NONE9", "")


@pytest.mark.parametrize("command", ["release", "withdraw"])
def test_for_whom_it_exists_only_as_they_reported_it_answers_as_for_anybody(world: World, command: str) -> None:
    """Or whoever runs the hub tries one address after the other, and knows who filed the report."""
    item = world.item({"label": None, "derived_from_report_of": "bob"})
    bob, wendy = (run(command, item.reference, "--as", f"{who}@example.org") for who in ("bob", "wendy"))
    assert (bob.status, bob.out, bob.error.replace("bob", "wendy")) == (wendy.status, wendy.out, wendy.error)


def test_who_reads_it_but_does_not_handle_it_is_refused(world: World) -> None:
    ref = released(world).item.reference
    assert run("withdraw", ref, "--as", "alice@example.org").status == 1


@pytest.mark.parametrize("command", ["release", "withdraw"])
def test_a_person_whom_nobody_knows_is_wrong_use(world: World, command: str) -> None:
    ran = run(command, "WM-NONE9", "--as", "stranger@example.org")
    assert ran.status == 2 and "stranger@example.org" in ran.error


def test_a_flash_is_released_with_its_title(world: World) -> None:
    ref = drafted(world, tier=Tier.FLASH).item.reference
    assert run("release", ref, "--as", "carol@example.org").status == 1
    assert run("release", ref, "--as", "carol@example.org", "--title", "Patch Widgetron").status == 0


def test_withdraw_needs_no_terminal(world: World) -> None:
    advisory = released(world)
    ran = run("withdraw", advisory.item.reference, "--as", "carol@example.org", "--reason", "Wrong")
    assert (ran.status, ran.out) == (0, f"{advisory.item.reference} is withdrawn. Those who had it are being told.\n")
    assert advisory.versions.get().withdrawn_because == "Wrong"
    assert run("withdraw", advisory.item.reference, "--as", "carol@example.org").status == 1, "it is withdrawn already"
