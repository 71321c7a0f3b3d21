"""Which organisations an alert asks to confirm it, and until when."""

from __future__ import annotations

from datetime import datetime, timedelta
from random import Random
from typing import Any

import pytest

from members import clock, tokens
from members.delivery.plan import plan
from members.models import Announcement, Credential, Item, Membership, Response, Standing, Tier
from members.place import place
from members.policy import Answer, Viewer, may, reached
from members.response.answer import acknowledge
from members.response.ask import ask
from members.stand import withdraw
from tests.members.delivery.conftest import owe
from tests.members.response.conftest import GREEN, Alert
from tests.members.world import World
from tests.prove import draw
from tests.prove.worlds import drawn

pytestmark = pytest.mark.django_db
MEMBERS = {"brum", "solihull", "dudley", "walsall", "maidstone", "faversham"}
HOUR = timedelta(hours=1)


def asked(item: Item) -> dict[str, datetime]:
    return dict(Response.objects.filter(item=item).values_list("organisation__slug", "due_at"))


def test_a_flash_asks_every_member_for_an_answer_within_the_hour(alert: Alert, noon: datetime) -> None:
    assert asked(alert()) == dict.fromkeys(MEMBERS, noon + HOUR)


def test_an_urgent_one_gives_them_two_days(alert: Alert, noon: datetime) -> None:
    assert asked(alert(tier=Tier.URGENT)) == dict.fromkeys(MEMBERS, noon + 48 * HOUR)


@pytest.mark.parametrize("tier", [Tier.ADVISORY, Tier.INFORMATION])
def test_what_is_to_plan_or_to_know_asks_for_no_answer(alert: Alert, tier: int) -> None:
    assert asked(alert(tier=tier)) == {}


@pytest.mark.parametrize(
    ("case", "houses"),
    [
        ({"label": "CLEAR"}, MEMBERS),
        ({"label": "AMBER", "grants": [{"organisation": "solihull"}]}, {"solihull", "dudley"}),  # its client
        ({"label": "AMBER", "grants": [{"warp": "wm"}]}, {"brum", "solihull", "dudley", "walsall", "maidstone"}),
        ({"label": "AMBER+STRICT", "grants": [{"organisation": "solihull"}]}, {"solihull"}),
        ({"label": "AMBER+STRICT", "grants": [{"group": "finance"}]}, {"brum", "maidstone"}),
        ({"label": "AMBER+STRICT", "grants": [{"organisation": "lapsed"}, {"organisation": "paused"}]}, set()),
        ({"label": "AMBER", "grants": [{"person": "alice"}]}, set()),  # by name: nobody answers for her council
        ({"label": "RED", "grants": [{"person": "alice"}], "handlers": ["carol"]}, set()),
    ],
)
def test_only_whom_it_reaches_is_asked(alert: Alert, case: dict[str, Any], houses: set[str]) -> None:
    assert set(asked(alert({"id": "x", **case}))) == houses


@pytest.mark.parametrize("number", range(12))
def test_it_reaches_exactly_the_organisations_whose_own_credential_reads_it(number: int) -> None:
    world = drawn(number)
    machines = {
        name: Viewer(credential=Credential.objects.create(
            organisation=house, use=Credential.Use.ATOM, name="x", token_hash=tokens.hashed(f"{number}{name}"),
            since=draw.MOMENTS[0] - timedelta(days=3650), until=clock.FOREVER,
        ).pk)
        for name, house in world.organisations.items()
    }  # fmt: skip
    for at in Random(number).sample(draw.MOMENTS, 2):
        active = Membership.objects.at(at).filter(state="active").values_list("organisation__slug", flat=True)
        for name, item in world.rows.items():
            want = {one for one in active if may(machines[one], item, at) == Answer.BODY}
            assert set(reached(item, at).values_list("slug", flat=True)) == want, (name, at)


def test_asked_twice_by_one_announcement_nothing_changes(alert: Alert, world: World, noon: datetime) -> None:
    item = alert()
    acknowledge(world.people["alice"], item, noon, ["brum"])
    announcement = Announcement.objects.get()
    assert ask(announcement, item, reached(item, noon + HOUR), noon + HOUR) == 0
    assert Response.objects.get(organisation__slug="brum").acknowledged_at == noon
    assert asked(item) == dict.fromkeys(MEMBERS, noon + HOUR)


def test_a_revised_alert_asks_again_and_what_was_said_before_stays_in_the_notes(
    alert: Alert, world: World, noon: datetime
) -> None:
    item = alert()
    acknowledge(world.people["alice"], item, noon, ["brum"])
    owe(item, noon + HOUR, event="revised", tier=Tier.URGENT)
    plan(noon + HOUR)
    again = Response.objects.get(organisation__slug="brum")
    assert (again.acknowledged_at, again.due_at) == (None, noon + 49 * HOUR)
    assert [note.at for note in again.notes.all()] == [noon]


def test_who_becomes_a_member_later_is_asked_by_the_next_one_alone(alert: Alert, world: World, noon: datetime) -> None:
    item = alert()
    world.organisation("telford", [{"warp": "wm"}])
    assert "telford" not in asked(item)
    owe(item, noon + HOUR, event="revised", tier=Tier.FLASH)
    plan(noon + HOUR)
    assert set(asked(item)) == {*MEMBERS, "telford"}


def test_of_a_withdrawn_alert_nobody_is_awaited(alert: Alert, world: World, noon: datetime) -> None:
    item = alert(GREEN)
    acknowledge(world.people["alice"], item, noon, ["brum"])
    withdraw(item, noon + HOUR)
    owe(item, noon + HOUR, event="withdrawn", tier=Tier.FLASH)
    plan(noon + HOUR)
    assert not Response.objects.filter(item=item, acknowledged_at=None, closed_at=None).exists()
    assert Response.objects.get(organisation__slug="brum").closed_at is None


@pytest.mark.parametrize(
    ("case", "tier", "left"),
    [
        ({"label": "AMBER+STRICT", "grants": [{"organisation": "brum"}]}, Tier.FLASH, {"brum"}),
        ({"label": "RED", "grants": [{"person": "alice"}]}, Tier.FLASH, set()),
        ({"label": "GREEN"}, Tier.ADVISORY, set()),  # a false alarm
    ],
)
def test_a_newer_version_waits_for_nobody_whom_it_does_not_ask(
    alert: Alert, world: World, noon: datetime, case: dict[str, Any], tier: int, left: set[str]
) -> None:
    item = alert()
    Standing.objects.filter(item=item).update(until=noon + HOUR)
    world._standings(item, {"standing_from": (noon + HOUR).isoformat(), **case})
    place(item)
    owe(item, noon + HOUR, event="revised", tier=tier)
    assert plan(noon + HOUR) == (1, 0)
    waited = Response.objects.filter(item=item, acknowledged_at=None, closed_at=None)
    assert set(waited.values_list("organisation__slug", flat=True)) == left


def test_withdrawn_and_released_again_it_asks_whichever_is_planned_first(
    alert: Alert, world: World, noon: datetime
) -> None:
    item = alert(tier=Tier.URGENT)
    withdraw(item, noon + HOUR)
    owe(item, noon + HOUR, event="withdrawn", tier=Tier.URGENT)
    Standing.objects.filter(item=item, state="withdrawn").update(until=noon + 2 * HOUR)
    world._standings(item, {"label": "GREEN", "standing_from": (noon + 2 * HOUR).isoformat()})
    place(item)
    owe(item, noon + 2 * HOUR, tier=Tier.FLASH)
    assert plan(noon + 3 * HOUR) == (2, 0)  # the Flash first
    assert set(Response.objects.filter(closed_at=None).values_list("organisation__slug", flat=True)) == MEMBERS
