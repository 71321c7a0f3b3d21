"""The list of each of one's own addresses: changed by its owner, with what they may choose, and by nobody else."""

from __future__ import annotations

from datetime import datetime, timedelta
from functools import partial
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from members.handles import handle, opened
from members.models import Address, Affiliation, AuditRow, Frequency, Person, Subscription, Tier
from members.refused import Refused
from members.telling import ticks
from members.telling.rhythm import Rhythm, rhythm_of, set_rhythm
from members.telling.ticks import Tick, add, change, remove, warps_of
from tests.members.world import World

pytestmark = pytest.mark.django_db
LINE = Tick(Tier.ADVISORY, Frequency.WEEKLY, "phishing", "wm", kit=True)


def address(world: World, who: str) -> Address:
    return world.people[who].addresses.get()


def listed(world: World, who: str) -> list[Tick]:
    return [ticks.of(row) for row in ticks.ticks(world.people[who])]


def test_a_line_is_added_changed_and_removed(world: World, noon: datetime) -> None:
    alice = world.people["alice"]
    row = add(alice, address(world, "alice"), LINE, noon)
    assert listed(world, "alice")[-1] == LINE
    change(alice, row, Tick(Tier.URGENT, Frequency.AT_ONCE, "outage"), noon)
    assert Tick(Tier.URGENT, Frequency.AT_ONCE, "outage") in listed(world, "alice")
    remove(alice, row, noon)
    assert len(listed(world, "alice")) == 3
    verbs = list(AuditRow.objects.order_by("-pk").values_list("verb", flat=True)[:3])
    assert verbs == ["remove_tick", "change_tick", "add_tick"]


@pytest.mark.parametrize("who", ["alan", "carol", "root"])
def test_nobody_changes_anothers_list(world: World, noon: datetime, who: str) -> None:
    theirs, other = address(world, "alice"), world.people[who]
    row = theirs.subscriptions.earliest("pk")
    before = listed(world, "alice")
    for act in (
        partial(add, other, theirs, LINE, noon),
        partial(change, other, row, LINE, noon),
        partial(remove, other, row, noon),
    ):
        with pytest.raises(Refused, match="no such address"):
            act()
    assert listed(world, "alice") == before
    add(world.people["alice"], theirs, LINE, noon)
    assert len(listed(world, "alice")) == 4


def test_a_handle_opens_ones_own_rows_alone(world: World) -> None:
    alice, alan = world.people["alice"], world.people["alan"]
    mine, row = address(world, "alice"), address(world, "alice").subscriptions.earliest("pk")
    assert ticks.own_address(alice, ticks.address_handle(mine)) == mine
    assert ticks.own_tick(alice, ticks.tick_handle(row)) == row
    assert ticks.own_address(alan, ticks.address_handle(mine)) is None
    assert ticks.own_tick(alan, ticks.tick_handle(row)) is None
    assert ticks.own_tick(alice, ticks.address_handle(mine)) is None


def test_a_handle_is_of_one_purpose_and_guessed_by_nobody() -> None:
    assert opened("a", handle("a", 7, 2**40)) == (7, 2**40)
    made = handle("a", 7)
    assert made == handle("a", 7) != handle("a", 8)
    for wrong in (handle("b", 7), made[:-1], f"{made}A", "", "x", "é", "A" * 40, made + "\n", f"={made}"):
        assert opened("a", wrong) == ()


@pytest.mark.parametrize(
    ("tick", "why"),
    [
        (Tick(5, 1), "offered"), (Tick(1, 0), "offered"), (Tick(1, 1, "weather"), "subject"),
        (Tick(1, 1, warp="kent"), "belong"), (Tick(1, 1, warp="nowhere"), "belong"),
        (Tick(Tier.URGENT, Frequency.WEEKLY), "already"),
    ],
)  # fmt: skip
def test_what_is_not_offered_or_there_already_is_refused(world: World, noon: datetime, tick: Tick, why: str) -> None:
    with pytest.raises(Refused, match=why):
        add(world.people["alice"], address(world, "alice"), tick, noon)
    assert len(listed(world, "alice")) == 3


def test_one_may_choose_among_the_warps_that_one_belongs_to(world: World, noon: datetime) -> None:
    slugs = {who: set(warps_of(world.people[who], noon).values_list("slug", flat=True)) for who in world.people}
    assert "wm" in slugs["alice"] and "kent" not in slugs["alice"]
    assert "kent" in slugs["mia"] and "wm" not in slugs["mia"]
    assert "wm" in slugs["carol"] and slugs["olive"] == set()
    assert all(not slugs[who] & {"wm", "kent"} for who in ("lee", "paul", "nina"))


def test_a_line_of_a_warp_that_one_has_left_may_be_kept_and_changed(world: World, noon: datetime) -> None:
    alice, later = world.people["alice"], noon + timedelta(days=1)
    row = add(alice, address(world, "alice"), LINE, noon)
    Affiliation.objects.filter(person=alice).update(until=noon)
    row.refresh_from_db()
    assert ticks.of(change(alice, row, Tick(Tier.FLASH, Frequency.DAILY, warp="wm"), later)).warp == "wm"
    with pytest.raises(Refused, match="belong"):
        add(alice, address(world, "alice"), LINE, later)


def test_a_list_has_a_bound(world: World, noon: datetime, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ticks, "MOST", 4)
    add(world.people["alice"], address(world, "alice"), LINE, noon)
    with pytest.raises(Refused, match="at most 4"):
        add(world.people["alice"], address(world, "alice"), Tick(1, 1, "outage"), noon)


@pytest.mark.parametrize("warp", [None, "wm"])
def test_the_database_holds_each_line_once_with_a_warp_and_without(world: World, warp: str | None) -> None:
    same: dict[str, Any] = {"address": address(world, "alice"), "frequency": 2, "category": "outage", "lowest": 1,
                            "warp": world.warps[warp] if warp else None}  # fmt: skip
    Subscription.objects.create(**same)
    Subscription.objects.create(**{**same, "kit": True})
    with pytest.raises(IntegrityError), transaction.atomic():
        Subscription.objects.create(**same)


# Hours

ALWAYS = Rhythm("Europe/London", 8, 0)


def test_the_hours_are_kept_and_the_audit_says_that_they_were_set(world: World, noon: datetime) -> None:
    alice = world.people["alice"]
    assert rhythm_of(alice) == ALWAYS
    wanted = Rhythm("Atlantic/Stanley", 0, 6, 23, 0)
    set_rhythm(alice, wanted, noon)
    alice.refresh_from_db()
    assert rhythm_of(alice) == wanted
    assert AuditRow.objects.latest("pk").verb == "set_rhythm"


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ({"time_zone": "Mars/Olympus"}, "time zone"), ({"digest_hour": 24}, "hour"), ({"digest_weekday": 7}, "day"),
        ({"quiet_from": 22}, "both"), ({"quiet_until": 7}, "both"), ({"quiet_from": 7, "quiet_until": 7}, "differ"),
        ({"quiet_from": 25, "quiet_until": 7}, "hour"),
    ],
)  # fmt: skip
def test_hours_that_no_clock_has_are_refused_and_the_database_refuses_them_too(
    world: World, noon: datetime, change: dict[str, Any], why: str
) -> None:
    with pytest.raises(Refused, match=why):
        set_rhythm(world.people["alice"], Rhythm(**{**vars(ALWAYS), **change}), noon)
    if "time_zone" not in change:
        with pytest.raises(IntegrityError), transaction.atomic():
            Person.objects.filter(pk=world.people["alice"].pk).update(**change)
