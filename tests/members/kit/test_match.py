"""Who ticked what concerns their kit alone is told of that, and of nothing else; and nobody learns what they run."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from members import kinds
from members.delivery.plan import plan, preview
from members.kinds import Content, KindOf, Naming
from members.kit.lists import add, add_lines
from members.models import Affiliation, DigestLine, Frequency, Item, Kind, KitMatch, Product, Subscription, Tier, Warp
from members.stand import proposed
from tests.members.delivery.conftest import owe
from tests.members.delivery.test_plan import names, told
from tests.members.world import World

pytestmark = pytest.mark.django_db
GREEN = {"id": "green", "label": "GREEN"}
TEXT = "Patch FortiGate\nThe vendor mended pkg:pypi/django in December"


@pytest.fixture(autouse=True)
def kind(monkeypatch: pytest.MonkeyPatch) -> None:
    def naming(item: Item, version: int) -> Naming:
        return Naming(TEXT, ("cpe:2.3:o:paloaltonetworks:pan-os:10.1:*:*:*:*:*:*:*",), ("pkg:npm/left-pad@1.3",))

    ours = KindOf(lambda *of: Content("x"), lambda item: "/", lambda item, version: TEXT, naming=naming)
    monkeypatch.setattr(kinds, "_KINDS", {Kind.ADVISORY: ours})


def ticked(
    world: World, who: str, *, frequency: int = Frequency.AT_ONCE, warp: Warp | None = None, kit: bool = False
) -> None:
    address = world.people[who].addresses.get()
    address.subscriptions.all().delete()
    Subscription.objects.create(address=address, lowest=Tier.INFORMATION, frequency=frequency, warp=warp, kit=kit)


def runs(world: World, house: str, *lines: str) -> None:
    lead = Affiliation.objects.filter(organisation=world.organisations[house]).earliest("pk")
    Affiliation.objects.filter(pk=lead.pk).update(role="lead")
    assert add_lines(lead.person, world.organisations[house], "\n".join(lines), lead.since) == len(lines)


def matched() -> set[str]:
    return set(KitMatch.objects.values_list("organisation__slug", flat=True))


def test_only_those_whose_organisation_runs_it_are_told_at_once_and_in_digests(world: World, noon: datetime) -> None:
    runs(world, "brum", "FortiGate")
    runs(world, "maidstone", "Veeam Backup")
    ticked(world, "alice", kit=True)
    ticked(world, "alan", frequency=Frequency.WEEKLY, kit=True)
    for who in ("mia", "bob"):
        ticked(world, who, kit=True)
    ticked(world, "dora")
    owe(world.item(GREEN), noon, tier=Tier.ADVISORY)
    plan(noon)
    assert matched() == {"brum"}
    assert told() >= {"alice", "dora"} and not {"mia", "bob"} & told()
    assert names(DigestLine.objects.filter(weekly=True)) >= {"alan"}
    assert not {"mia", "bob"} & names(DigestLine.objects.all())


@pytest.mark.parametrize(
    ("line", "concerned"),
    [
        ("FortiGate", True), ("FortiGateway", False),
        ("Firewalls | cpe:2.3:o:paloaltonetworks:pan-os:9.0:*:*:*:*:*:*:*", True),
        ("Firewalls | cpe:2.3:o:paloaltonetworks:globalprotect:*:*:*:*:*:*:*:*", False),
        ("Our website | pkg:pypi/django@4.2", True), ("Our website | pkg:pypi/flask", False),
        ("Padding | pkg:npm/left-pad", True), ("Vendor mended", True), ("Mended FortiGate", False),
    ],
)  # fmt: skip
def test_by_words_by_cpe_and_by_package_url(world: World, noon: datetime, line: str, concerned: bool) -> None:
    runs(world, "brum", line)
    owe(world.item(GREEN), noon)
    plan(noon)
    assert matched() == ({"brum"} if concerned else set())


def test_a_tick_for_one_warp_is_met_by_that_warp_alone(world: World, noon: datetime) -> None:
    ticked(world, "alice", warp=world.warps["wm"])
    ticked(world, "alan", warp=world.warps["kent"])
    ticked(world, "bob", warp=world.warps["kent"], kit=True)
    runs(world, "solihull", "FortiGate")
    owe(world.item({**GREEN, "own_warp": "wm"}), noon, tier=Tier.ADVISORY)
    plan(noon)
    assert "alice" in told() and not {"alan", "bob"} & (told() | names(DigestLine.objects.all()))
    owe(world.item({**GREEN, "own_warp": "kent"}), noon, tier=Tier.ADVISORY)
    plan(noon)
    assert {"alan", "bob"} <= told()


def test_whoever_is_of_no_such_organisation_any_more_is_not_told(world: World, noon: datetime) -> None:
    runs(world, "brum", "FortiGate")
    for who in ("alice", "alan"):
        ticked(world, who, kit=True)
    Affiliation.objects.filter(person=world.people["alice"]).update(until=noon)
    owe(world.item(GREEN), noon)
    plan(noon)
    assert "alan" in told() and "alice" not in told()


def test_were_it_not_found_out_everybody_else_is_told_all_the_same(
    world: World, noon: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(item: Item, version: int) -> Naming:
        raise RuntimeError("a bug")

    monkeypatch.setattr(kinds, "naming", broken)
    runs(world, "brum", "FortiGate")
    owe(world.item(GREEN), noon, tier=Tier.FLASH)
    assert plan(noon) == (1, 0)
    assert "alice" in told() and matched() == set()


def test_planning_takes_as_many_statements_however_many_lists_there_are(world: World, noon: datetime) -> None:
    def asked() -> int:
        owe(world.item(GREEN), noon)
        with CaptureQueriesContext(connection) as captured:
            plan(noon)
        assert len([one for one in captured.captured_queries if "INSERT INTO members_kitmatch" in one["sql"]]) == 1
        return len(captured)

    runs(world, "brum", "FortiGate")
    one = asked()
    for house in ("solihull", "dudley", "walsall", "maidstone"):
        runs(world, house, "FortiGate", "Veeam Backup", "Our website | pkg:pypi/django")
    assert asked() == one
    assert Product.objects.count() == 13


def test_the_count_before_a_release_is_the_same_whatever_anybody_runs(world: World, noon: datetime) -> None:
    ticked(world, "alice", kit=True)
    item = world.item({"id": "draft", "label": None})
    standing, grants = proposed(item, 1, "GREEN", [], noon)
    wanted: Any = (item, standing, grants, Tier.ADVISORY, [], noon)
    before = preview(*wanted)
    runs(world, "brum", "FortiGate")
    assert preview(*wanted) == before
    ticked(world, "alice")
    assert preview(*wanted).now == before.now + 1
    assert add(world.people["alice"], world.organisations["brum"], "Veeam Backup", "", noon) == 1
