"""What ends a right ends what is queued by it, in the same transaction; what others have a right to stays."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import transaction

from members import ending, joining, leaving, sharing
from members.delivery.digest import digest
from members.delivery.plan import plan
from members.delivery.revoke import revoke
from members.delivery.send import sweep
from members.models import (
    Affiliation,
    ClientLink,
    Delivery,
    DigestLine,
    Grant,
    Item,
    Office,
    Person,
    Tier,
)
from members.place import place
from members.refused import Refused
from tests.members.delivery.conftest import PostOffice, owe
from tests.members.world import World

AMBER = {"id": "a", "label": "AMBER", "grants": [{"warp": "wm"}]}
LATER = timedelta(minutes=5)
Act = Callable[[World, datetime], Any]


def suspend_solihull(world: World, at: datetime) -> None:
    leaving.suspend(world.organisations["solihull"], world.warps["wm"], at, world.people["carol"])


def dudley_leaves(world: World, at: datetime) -> None:
    leaving.leave(world.organisations["dudley"], world.warps["wm"], at, None)


def alice_goes_to_faversham(world: World, at: datetime) -> None:
    to = world.organisations["faversham"]
    leaving.move(world.people["alice"], world.people["alice"].affiliations.get(), to, Affiliation.Role.READER, at, None)


def alan_is_closed(world: World, at: datetime) -> None:
    leaving.disable(world.people["alan"], at, None)


def brian_is_no_coordinator(world: World, at: datetime) -> None:
    leaving.end_office(world.people["brian"].offices.get(), at, None, last=True)


def birmingham_moves(world: World, at: datetime) -> None:
    sharing.move_warp(world.warps["birmingham"], world.warps["kent"], at, None)


def dudley_passes_nothing_on(world: World, at: datetime) -> None:
    lead = world.people["dora"]
    lead.affiliations.update(role="lead")
    link = ClientLink.objects.get(provider=world.organisations["dudley"], client=world.organisations["maidstone"])
    sharing.pass_on_amber(link, False, at, lead)


ALL = {"alice", "alan", "bob", "dora", "wendy", "carol", "brian", "mia", "mo"}
ACTS: list[tuple[Act, set[str]]] = [
    (suspend_solihull, {"bob"}),
    (dudley_leaves, {"dora", "mia", "mo"}),  # maidstone's come as dudley's clients
    (alice_goes_to_faversham, {"alice"}),
    (alan_is_closed, {"alan"}),
    (brian_is_no_coordinator, {"brian"}),
    (birmingham_moves, {"alice", "alan", "brian"}),
    (dudley_passes_nothing_on, {"mia", "mo"}),
]


def due(item: Item) -> set[str]:
    """Whom the queue still means to tell of `item`."""
    rows = Delivery.objects.filter(announcement__item=item, state=Delivery.State.DUE)
    lines = DigestLine.objects.filter(announcement__item=item)
    found = [*rows.values_list("address__value", flat=True), *lines.values_list("address__value", flat=True)]
    return {value.split("@")[0] for value in found}


@pytest.mark.parametrize(("act", "lost"), ACTS, ids=[act.__name__ for act, _lost in ACTS])
@pytest.mark.parametrize("tier", [Tier.URGENT, Tier.INFORMATION], ids=["mail", "digest"])
def test_what_is_queued_is_gone_with_the_right(
    world: World, noon: datetime, act: Act, lost: set[str], tier: Tier, post: PostOffice
) -> None:
    item = world.item(AMBER)
    owe(item, noon, tier=tier)
    plan(noon)
    assert due(item) == ALL
    act(world, noon + LATER)
    assert due(item) == ALL - lost
    at = noon + (LATER if tier == Tier.URGENT else timedelta(days=1))
    sweep(at)
    assert set(post.names()) == ALL - lost


@pytest.mark.parametrize(("act", "lost"), ACTS, ids=[act.__name__ for act, _lost in ACTS])
def test_were_the_queue_forgotten_the_claim_would_say_no(
    world: World, noon: datetime, act: Act, lost: set[str], post: PostOffice, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Two guards, each by itself enough."""
    monkeypatch.setattr(ending, "revoke", lambda people, at: 0)
    item = world.item(AMBER)
    owe(item, noon)
    plan(noon)
    act(world, noon + LATER)
    assert due(item) == ALL
    sweep(noon + LATER)
    assert set(post.names()) == ALL - lost


def test_a_digest_that_is_built_loses_the_line_and_what_is_left_is_sent(
    world: World, noon: datetime, post: PostOffice
) -> None:
    lost, kept = world.item(AMBER), world.item({"id": "g", "label": "CLEAR"})
    for item in (lost, kept):
        owe(item, noon, tier=Tier.INFORMATION)
    plan(noon)
    morning = noon + timedelta(days=1)
    assert digest(morning) > 0
    leaving.leave(world.organisations["solihull"], world.warps["wm"], morning, None)
    bobs = DigestLine.objects.filter(address__person=world.people["bob"])
    assert [line.announcement.item for line in bobs] == [kept]
    sweep(morning)
    mine = [mail for mail in post.taken if mail["To"] == "bob@example.org"]
    assert len(mine) == 1 and lost.reference not in mine[0].as_string()


def test_what_was_sent_stays_sent(world: World, noon: datetime, post: PostOffice) -> None:
    item = world.item(AMBER)
    owe(item, noon)
    sweep(noon)
    leaving.disable(world.people["alice"], noon + LATER, None)
    assert set(Delivery.objects.values_list("state", flat=True)) == {Delivery.State.SENT}


def test_a_refused_act_ends_nothing(world: World, noon: datetime) -> None:
    item = world.item(AMBER)
    owe(item, noon)
    plan(noon)
    with pytest.raises(Refused):
        leaving.move(
            world.people["alice"], world.people["alice"].affiliations.get(), world.organisations["dudley"],
            Affiliation.Role.READER, noon, world.people["brian"],
        )  # fmt: skip
    assert due(item) == ALL


def test_an_act_that_is_rolled_back_gives_the_queue_back(world: World, noon: datetime) -> None:
    item = world.item(AMBER)
    owe(item, noon)
    plan(noon)
    with transaction.atomic():
        leaving.disable(world.people["alice"], noon, None)
        assert "alice" not in due(item)
        transaction.set_rollback(True)
    assert due(item) == ALL


def test_who_reads_it_by_another_right_keeps_it(world: World, noon: datetime) -> None:
    item = world.item({**AMBER, "grants": [{"warp": "wm"}, {"person": "bob"}]})
    owe(item, noon)
    plan(noon)
    suspend_solihull(world, noon)
    assert due(item) == ALL


def test_a_grant_that_ends_can_be_revoked_for_everybody(world: World, noon: datetime) -> None:
    item = world.item({**AMBER, "grants": [{"organisation": "brum"}, {"organisation": "dudley"}]})
    owe(item, noon)
    plan(noon)
    Grant.objects.filter(organisation=world.organisations["brum"]).update(until=noon)
    place(item)
    assert revoke(Person.objects.all(), noon) == 2  # alice's and alan's
    assert due(item) == {"dora", "mia", "mo", "carol"}


def test_it_costs_by_announcement_not_by_person(
    world: World, noon: datetime, django_assert_max_num_queries: Any
) -> None:
    owe(world.item(AMBER), noon)
    plan(noon)
    with django_assert_max_num_queries(20):
        revoke(Person.objects.all(), noon)


def test_naming_and_admitting_queue_nothing(world: World, noon: datetime) -> None:
    item = world.item(AMBER)
    owe(item, noon)
    plan(noon)
    joining.appoint(world.people["olive"], world.warps["wm"], Office.Role.COORDINATOR, noon)
    joining.admit(world.organisations["newco"], world.warps["wm"], noon, None)
    assert due(item) == ALL and plan(noon).done == 0
