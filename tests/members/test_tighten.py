"""A WARP says less by a channel than the table allows, of its own items; there is no way to say more."""

from __future__ import annotations

from datetime import datetime
from itertools import product
from typing import Any

import pytest

from members.delivery.plan import plan
from members.delivery.send import sweep
from members.keys import Viewer
from members.models import AuditRow, Cell, Delivery, DigestLine, Tightening
from members.refused import Refused
from members.shows import TABLE, Exit, Stand, cell, shows, stands
from members.tighten import SAYS, tighten
from tests.members.delivery.conftest import PostOffice, kind, owe, post
from tests.members.world import World

__all__ = ["kind", "post"]  # fixtures
BRUM = [{"organisation": "brum"}]
AMBER = {"id": "a", "label": "AMBER", "grants": BRUM}


def test_no_tightening_loosens_a_cell() -> None:
    """Every row, channel and value, whatever stands in the table of tightenings: also what no verb would write."""
    for row, channel, chosen, private in product(TABLE, Exit, Cell, (False, True)):
        said = Stand(row, tightened={channel.value: chosen}).cell(channel, private=private)
        assert said <= cell(row, channel, private=private) and said <= chosen


@pytest.mark.parametrize("channel", [channel for channel in Exit if channel != Exit.PAGE])
def test_every_value_is_either_smaller_and_taken_or_refused_in_words(
    world: World, noon: datetime, channel: Exit
) -> None:
    carol, wm = world.people["carol"], world.warps["wm"]
    for row, to in product(TABLE, Cell):
        allowed = cell(row, channel, private=True)
        if to in SAYS[channel] and to <= allowed:
            tighten(carol, wm, row, channel, to, noon)
            kept = Tightening.objects.filter(warp=wm, row=row, channel=channel).values_list("cell", flat=True)
            assert list(kept) == ([to] if to < allowed else [])
        else:
            with pytest.raises(Refused, match=r"can only say less|can't say that"):
                tighten(carol, wm, row, channel, to, noon)


def test_it_is_the_items_own_warp_that_counts(world: World, noon: datetime) -> None:
    alice = world.viewers()["alice"]
    here, there = world.item(AMBER), world.item({**AMBER, "own_warp": "birmingham"})
    tighten(world.people["carol"], world.warps["wm"], "AMBER", Exit.MAIL, Cell.NOTICE, noon)
    assert shows(alice, here, noon, Exit.MAIL) == Cell.NOTICE
    assert shows(alice, there, noon, Exit.MAIL) == Cell.TITLE
    assert shows(alice, here, noon, Exit.DIGEST) == Cell.TITLE
    assert shows(alice, here, noon, Exit.PAGE) == Cell.BODY
    assert shows(Viewer(), here, noon, Exit.MAIL) == Cell.NOTHING


def test_a_comment_goes_by_the_row_that_it_takes(world: World, noon: datetime) -> None:
    child = world.item({"id": "c", "kind": "comment", "inherits": True, "parent": {"label": "CLEAR"}})
    tighten(world.people["carol"], world.warps["wm"], "CLEAR", Exit.MAIL, Cell.NOTHING, noon)
    assert shows(world.viewers()["alice"], child, noon, Exit.MAIL) == Cell.BODY
    tighten(world.people["carol"], world.warps["wm"], "GREEN", Exit.MAIL, Cell.NOTHING, noon)
    assert shows(world.viewers()["alice"], child, noon, Exit.MAIL) == Cell.NOTHING


@pytest.mark.parametrize("name", ["alice", "brian", "ursula", "root", "cuth"])
def test_only_who_coordinates_the_warp_itself_may(world: World, noon: datetime, name: str) -> None:
    with pytest.raises(Refused, match="Only a coordinator"):
        tighten(world.people[name], world.warps["wm"], "AMBER", Exit.MAIL, Cell.NOTICE, noon)
    tighten(world.people["carol"], world.warps["wm"], "AMBER", Exit.MAIL, Cell.NOTICE, noon)
    assert AuditRow.objects.filter(verb="tighten").values_list("reference", "detail").get() == (
        "wm", {"row": "AMBER", "channel": "mail", "cell": Cell.NOTICE},
    )  # fmt: skip


def test_the_page_is_the_rules(world: World, noon: datetime) -> None:
    with pytest.raises(Refused, match="stricter label"):
        tighten(world.people["carol"], world.warps["wm"], "AMBER", Exit.PAGE, Cell.NOTHING, noon)


def test_a_mail_that_was_planned_before_says_only_what_it_may_now(
    world: World, noon: datetime, post: PostOffice
) -> None:
    owe(world.item(AMBER), noon)
    plan(noon)
    tighten(world.people["carol"], world.warps["wm"], "AMBER", Exit.MAIL, Cell.AWAITS, noon)
    sweep(noon)
    assert post.names() == ["alan", "alice", "carol"]
    assert {mail["Subject"] for mail in post.taken} == {"An item awaits you"}


def test_a_channel_that_says_nothing_is_sent_nothing(world: World, noon: datetime, post: PostOffice) -> None:
    tighten(world.people["carol"], world.warps["wm"], "AMBER", Exit.MAIL, Cell.NOTHING, noon)
    owe(world.item(AMBER), noon)
    sweep(noon)
    assert post.taken == []
    assert set(Delivery.objects.values_list("state", flat=True)) == {Delivery.State.CANCELLED}


def test_what_a_digest_may_not_say_is_told_at_once_instead(world: World, noon: datetime) -> None:
    tighten(world.people["carol"], world.warps["wm"], "AMBER", Exit.DIGEST, Cell.NOTHING, noon)
    owe(world.item(AMBER), noon, tier=1)
    plan(noon)
    assert DigestLine.objects.count() == 0 and Delivery.objects.count() == 3


def test_how_many_stand_costs_one_statement_more_in_all(
    world: World, noon: datetime, django_assert_num_queries: Any
) -> None:
    items = [world.item({**AMBER, "own_warp": warp}) for warp in ("wm", "kent", "wm", "birmingham")]
    with django_assert_num_queries(3):
        stands(items, noon)
