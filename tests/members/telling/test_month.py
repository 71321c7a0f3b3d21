"""What a list would have told in the last month: as planning would have it, and of nothing that one can't read now."""

from __future__ import annotations

from datetime import datetime, timedelta
from itertools import product
from random import Random
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from members.delivery import plan as planning
from members.delivery.plan import plan
from members.kit.match import matched
from members.models import (
    Affiliation,
    Announcement,
    Delivery,
    DigestLine,
    Frequency,
    KitMatch,
    Standing,
    Subscription,
    Tier,
)
from members.place import place
from members.policy import Viewer
from members.stand import withdraw
from members.telling import month as months
from members.telling.month import Told, month, told
from members.telling.ticks import Tick, of
from tests.members.delivery.conftest import kind, owe
from tests.members.delivery.test_send import AMBER, GREEN, RED
from tests.members.world import World

__all__ = ["kind"]  # a fixture
pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)
ALL = Tick(Tier.INFORMATION, Frequency.AT_ONCE)
SUBJECTS = ("", "phishing", "outage")


def heard(world: World, at: datetime, *ticks: Tick, who: str = "alice", confirmed: bool = True) -> Told:
    person = world.people[who]
    return told(ticks, month(person, Viewer(person.pk), at, confirmed=confirmed))


def references(one: Told) -> list[str]:
    return [line.item.reference for line in (*one.at_once, *one.daily, *one.weekly)]


def test_it_says_what_would_have_come_at_once_and_what_in_digests(world: World, noon: datetime) -> None:
    items = [world.item(GREEN) for _tier in Tier]
    for item, tier in zip(items, Tier, strict=True):
        owe(item, noon - DAY, tier=tier)
    at_once, daily, weekly = Frequency
    ticks = (Tick(Tier.URGENT, at_once), Tick(Tier.ADVISORY, daily), Tick(Tier.INFORMATION, weekly))
    found = heard(world, noon, *ticks)
    assert [line.tier for line in found.at_once] == [Tier.FLASH, Tier.URGENT]
    assert [line.tier for line in found.daily] == [Tier.ADVISORY] and [line.tier for line in found.weekly] == [1]
    assert found.digest == 2


def test_what_one_can_not_read_now_is_not_in_it_however_it_was(world: World, noon: datetime) -> None:
    kept, lost, never = world.item(AMBER), world.item({**AMBER, "id": "b"}), world.item({**AMBER, "id": "c"})
    for item in (kept, lost, never):
        owe(item, noon - DAY)
    assert len(references(heard(world, noon, ALL))) == 3
    Standing.objects.filter(item=lost).update(until=noon)
    place(lost)
    withdraw(never, noon)
    assert references(heard(world, noon, ALL)) == [kept.reference]
    assert references(heard(world, noon, ALL, who="mia")) == []
    Affiliation.objects.filter(person=world.people["alice"]).update(until=noon)
    assert references(heard(world, noon, ALL)) == []


def test_what_asks_who_looks_is_held_against_no_tick_before_they_said_so(world: World, noon: datetime) -> None:
    red, open_to_all = world.item(RED), world.item(GREEN)
    for item in (red, open_to_all):
        owe(item, noon - DAY, tier=Tier.FLASH)
    assert references(heard(world, noon, ALL, confirmed=False)) == [open_to_all.reference]
    assert references(heard(world, noon, ALL)) == [open_to_all.reference, red.reference]


def test_of_the_last_thirty_days_alone_and_never_ahead(world: World, noon: datetime) -> None:
    times = (noon - 31 * DAY, noon - 29 * DAY, noon, noon + DAY)
    items = [world.item({**GREEN, "standing_from": "2026-01-01T00:00Z"}) for _time in times]
    for item, at in zip(items, times, strict=True):
        owe(item, at)
    assert references(heard(world, noon, ALL)) == [items[2].reference, items[1].reference]


def test_what_they_read_only_as_they_reported_it_is_not_in_it(world: World, noon: datetime) -> None:
    case = {"id": "d", "label": "AMBER", "grants": [{"organisation": "maidstone"}], "derived_from_report_of": "alice"}
    item = world.item(case)
    owe(item, noon)
    assert references(heard(world, noon, ALL, who="mia")) == [item.reference]
    assert references(heard(world, noon, ALL)) == []


def test_a_long_month_is_cut_and_costs_no_more(world: World, noon: datetime, monkeypatch: pytest.MonkeyPatch) -> None:
    def asked() -> int:
        with CaptureQueriesContext(connection) as captured:
            heard(world, noon, ALL)
        return len(captured)

    monkeypatch.setattr(months, "MOST", 5)
    owe(world.item(GREEN), noon)
    one = asked()
    for _more in range(6):
        owe(world.item(GREEN), noon)
    assert asked() == one <= 15
    person = world.people["alice"]
    found = month(person, Viewer(person.pk), noon, confirmed=False)
    assert len(found.heard) == 5 and found.more


@pytest.mark.parametrize("seed", range(6))
def test_it_is_what_planning_writes(world: World, noon: datetime, seed: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Twelve announcements of every kind, against lists drawn by chance, of one who is woken by a Flash and one who
    is not."""
    r = Random(seed)
    monkeypatch.setattr(planning, "match", lambda announcement, item, version: matched(announcement))
    Affiliation.objects.filter(person=world.people["alan"]).update(role="responder")
    lists = {who: _list(r, world, who) for who in ("alice", "alan")}
    cases: list[dict[str, Any]] = [GREEN, AMBER, RED]
    items = [world.item({**case, "own_warp": warp}) for case, warp in product(cases, ("wm", "kent"))]
    announced = [owe(item, noon, tier=r.choice(Tier.values), categories=[r.choice(SUBJECTS[1:])]) for item in items * 2]
    _concern(r, world, announced)
    plan(noon)
    for who, ticks in lists.items():
        found = heard(world, noon, *ticks, who=who)
        address = world.people[who].addresses.get()
        lines = DigestLine.objects.filter(address=address)
        written = [Delivery.objects.filter(address=address), lines.filter(weekly=False), lines.filter(weekly=True)]
        expected = [sorted(rows.values_list("announcement__item__reference", flat=True)) for rows in written]
        ours = [sorted(one.item.reference for one in part) for part in (found.at_once, found.daily, found.weekly)]
        assert ours == expected, who


def _list(r: Random, world: World, who: str) -> list[Tick]:
    """A list of some lines, as it is kept."""
    address = world.people[who].addresses.get()
    address.subscriptions.all().delete()
    every = list(product(Frequency.values, SUBJECTS, (None, "wm", "kent"), (False, True)))
    rows = [
        Subscription.objects.create(
            address=address, lowest=r.choice(Tier.values), frequency=frequency, category=category, kit=kit,
            warp=world.warps[warp] if warp else None,
        )
        for frequency, category, warp, kit in r.sample(every, 4)
    ]  # fmt: skip
    return [of(row) for row in rows]


def _concern(r: Random, world: World, announced: list[Announcement]) -> None:
    """Half of them concern what Birmingham runs, as planning would have found by its list."""
    for one in announced:
        if r.random() < 0.5:
            KitMatch.objects.create(announcement=one, organisation=world.organisations["brum"])
