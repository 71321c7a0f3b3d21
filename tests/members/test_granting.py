"""Whom what stands reaches, and who handles an item, changed one by one. carol coordinates wm."""

from __future__ import annotations

from datetime import timedelta

import pytest

from members import handling
from members.granting import end_grant, grant
from members.models import Delivery, Grant, Item
from members.place import misplaced
from members.policy import Answer, Viewer, may
from members.refused import Refused
from members.stand import release
from tests.conftest import NOON
from tests.members.delivery.conftest import owe
from tests.members.world import World

pytestmark = pytest.mark.django_db
LATER = NOON + timedelta(hours=1)


def reading(world: World, item: Item, at=NOON) -> set[str]:
    fresh = Item.rows.get(pk=item.pk)
    assert misplaced([fresh]) == []
    return {name for name, viewer in world.viewers().items() if may(viewer, fresh, at) == Answer.BODY}


@pytest.fixture
def amber(world: World) -> Item:
    return world.item({"id": "amber", "label": "AMBER+STRICT", "grants": [{"organisation": "brum"}]})


def test_a_grant_reaches_from_its_moment_on_and_ends_with_it(world: World, amber: Item) -> None:
    carol, solihull = world.people["carol"], world.organisations["solihull"]
    before = reading(world, amber)
    made = grant(carol, amber, NOON, [("organisation", solihull.pk)])[0]
    assert reading(world, amber) == before | {"bob"}
    assert may(Viewer(world.people["bob"].pk), amber, NOON - timedelta(microseconds=1)) == Answer.NOTHING
    end_grant(carol, amber, LATER, made)
    assert reading(world, amber, LATER) == before
    with pytest.raises(Refused, match="ended already"):
        end_grant(carol, amber, LATER, made)


def test_what_is_queued_by_a_grant_is_cancelled_with_it_and_nothing_else(world: World, amber: Item) -> None:
    carol = world.people["carol"]
    owed = owe(amber, NOON)
    mine = {
        name: Delivery.objects.create(announcement=owed, address=world.people[name].addresses.get(), due_at=NOON)
        for name in ("alice", "carol")
    }
    end_grant(carol, amber, LATER, Grant.objects.get(standing__item=amber))
    states = {name: Delivery.objects.get(pk=row.pk).state for name, row in mine.items()}
    assert states == {"alice": "cancelled", "carol": "due"}


@pytest.mark.parametrize("who", ["alice", "bob", "kate", "ursula", "root"])
def test_only_handlers_widen_and_narrow(world: World, amber: Item, who: str) -> None:
    with pytest.raises(Refused, match="only the handlers"):
        grant(world.people[who], amber, NOON, [("warp", world.warps["wm"].pk)])
    with pytest.raises(Refused, match="only the handlers"):
        end_grant(world.people[who], amber, NOON, Grant.objects.get(standing__item=amber))


def test_a_label_that_takes_no_such_grant_says_so(world: World) -> None:
    carol, target = world.people["carol"], ("organisation", world.organisations["brum"].pk)
    for case, said in (
        ({"label": "CLEAR"}, "everyone"), ({"label": "GREEN"}, "whole community"),
        ({"label": "RED", "grants": [{"person": "alice"}], "handlers": ["carol"]}, "named people"),
        ({"label": None}, "not released"),
    ):  # fmt: skip
        with pytest.raises(Refused, match=said):
            grant(carol, world.item({"id": "case", **case}), NOON, [target])


def test_a_grant_of_another_item_is_not_ended_through_this_one(world: World, amber: Item) -> None:
    other = world.item({"id": "other", "label": "AMBER", "own_warp": "kent", "grants": [{"organisation": "maidstone"}]})
    foreign = Grant.objects.get(standing__item=other)
    with pytest.raises(Refused):
        end_grant(world.people["carol"], amber, NOON, foreign)
    foreign.refresh_from_db()
    assert foreign.until > LATER


def test_handlers_of_a_red_item_name_others_and_one_is_always_left(world: World) -> None:
    item = world.item({"id": "red", "label": "RED", "grants": [{"person": "alice"}], "handlers": ["carol"]})
    carol, brian = world.people["carol"], world.people["brian"]
    with pytest.raises(Refused):
        handling.name_handlers(brian, item, NOON, [brian])
    with pytest.raises(Refused, match="left to handle"):
        handling.drop_handlers(carol, item, NOON, [carol])
    handling.name_handlers(carol, item, NOON, [brian])
    assert {"brian", "carol"} <= reading(world, item)
    handling.drop_handlers(brian, item, LATER, [carol])
    assert "carol" not in reading(world, item, LATER)
    with pytest.raises(Refused, match="None of them"):
        handling.drop_handlers(brian, item, LATER, [carol])
    with pytest.raises(Refused, match="closed"):
        handling.name_handlers(brian, item, LATER, [world.people["ivan"]])


def test_what_was_released_anew_meanwhile_is_looked_at_again_first(world: World, amber: Item) -> None:
    """Or the grant that somebody believes to have ended is one of the next version's too."""
    carol, given = world.people["carol"], Grant.objects.get(standing__item=amber)
    release(amber, 2, "AMBER+STRICT", [("organisation", world.organisations["brum"].pk)], LATER, by=carol)
    before = LATER - timedelta(microseconds=1)
    for act in (
        lambda: end_grant(carol, amber, before, given),
        lambda: grant(carol, amber, before, [("person", world.people["bob"].pk)]),
    ):
        with pytest.raises(Refused, match="Look again"):
            act()
