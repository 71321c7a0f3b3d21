"""The moments at which it goes wrong elsewhere: the end of an embargo and the instants beside it, the two nights on
which clocks change, and the time between queueing and sending."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.core import mail
from django.test import Client
from django.urls import reverse

from members import granting, joining, leaving, search
from members.delivery.digest import digest
from members.delivery.plan import plan
from members.delivery.send import sweep
from members.models import Affiliation, Announcement, Grant, Item, Tier
from tests import pages
from tests.members.world import World
from tests.pages import visitor
from tests.prove.tokens import found
from tests.prove.walk import standing_still

pytestmark = pytest.mark.django_db
TITLE, BODY = "jlgggg kept back", "jlgggh kept back"
ENDS = [
    datetime(2026, 11, 1, 12, tzinfo=UTC),
    datetime(2026, 3, 29, 0, 59, tzinfo=UTC),  # 00:59 by UK clocks, a minute before they go forward
    datetime(2026, 3, 29, 1, tzinfo=UTC),  # 02:00: an hour was never shown
    datetime(2026, 10, 25, 0, 30, tzinfo=UTC),  # 01:30, shown for the first time
    datetime(2026, 10, 25, 1, tzinfo=UTC),  # 01:00, shown for the second time
    datetime(2026, 10, 25, 1, 30, tzinfo=UTC),  # 01:30, shown for the second time
]
DAY, SECOND, MICROSECOND = timedelta(days=1), timedelta(seconds=1), timedelta(microseconds=1)
OFFSETS = [-DAY, -SECOND, -MICROSECOND, 0 * DAY, MICROSECOND, SECOND, DAY]
NAMED = {"alice": "unanswered", "bob": "accepted", "dora": "declined"}


def kept_back(world: World, ends: datetime, label: str | None) -> Item:
    """Under an embargo until `ends`; with a label, approved in advance to be released then."""
    embargo = {"state": "active", "ends_at": ends, "handlers": ["kate"], "named": NAMED}
    case: dict[str, Any] = {"id": "x", "label": label, "standing_from": ends, "author": "pat", "embargo": embargo}
    item = pages.advisory(world, case, title=TITLE, what_is_known=BODY, tier=4).item
    search.index(item, TITLE, BODY)
    return item


def seen(client: Client, item: Item) -> set[str]:
    """Every exit that would tell of it."""
    paths = ["/", "/advisories/", "/advisories/?q=kept", "/feeds/advisories.atom", "/desk/",
             reverse("advisories:detail", args=[item.reference])]  # fmt: skip
    return {token for path in paths for token in found(client.get(path).content)}


@pytest.mark.parametrize("ends", ENDS, ids=str)
@pytest.mark.parametrize("offset", OFFSETS, ids=str)
def test_what_is_approved_in_advance_is_seen_from_its_instant_on(
    world: World, ends: datetime, offset: timedelta
) -> None:
    item = kept_back(world, ends, "GREEN")
    with standing_still(ends + offset):
        for who in ("alice", "dora", "wendy"):
            assert bool(seen(visitor(world.people[who], confirmed=True), item)) == (offset >= 0 * DAY), who
        assert seen(visitor(world.people["bob"], confirmed=True), item)
        assert not seen(visitor(), item) and not seen(visitor(world.people["olive"]), item)


@pytest.mark.parametrize("ends", ENDS[:4], ids=str)
@pytest.mark.parametrize("offset", OFFSETS, ids=str)
def test_an_end_releases_nothing_by_itself(world: World, ends: datetime, offset: timedelta) -> None:
    item = kept_back(world, ends, None)
    with standing_still(ends + offset):
        for who in ("alice", "dora", "wendy", "carol"):
            assert not seen(visitor(world.people[who], confirmed=True), item), who
        assert seen(visitor(world.people["bob"], confirmed=True), item)


@pytest.mark.parametrize("ends", ENDS, ids=str)
def test_who_is_to_be_told_at_the_end_is_not_told_an_instant_before(world: World, ends: datetime) -> None:
    item = kept_back(world, ends, "GREEN")
    Announcement.objects.create(
        event="released", item=item, version=1, tier=Tier.FLASH, due_at=ends, created_at=ends - DAY
    )
    for offset, told in ((-MICROSECOND, False), (0 * DAY, True)):
        mail.outbox = []
        with standing_still(ends + offset):
            sweep(ends + offset)
        assert any(found(one.message().as_bytes()) for one in mail.outbox) == told


def owed(world: World, tier: int, at: datetime) -> Item:
    item = pages.advisory(world, {"id": "x", "label": "GREEN", "grants": [{"organisation": "brum"}]}, title=TITLE).item
    Announcement.objects.create(event="released", item=item, version=1, tier=tier, due_at=at, created_at=at)
    return item


def narrowed(world: World, item: Item, at: datetime) -> None:
    granting.end_grant(world.people["carol"], item, at, Grant.objects.get(standing__item=item))


LOSSES: dict[str, Callable[[World, Item, datetime], Any]] = {
    "the organisation is suspended": lambda world, item, at: leaving.suspend(
        world.organisations["brum"], world.warps["birmingham"], at, by=None
    ),
    "the organisation leaves": lambda world, item, at: leaving.leave(
        world.organisations["brum"], world.warps["birmingham"], at, by=None
    ),
    "they leave it": lambda world, item, at: leaving.end_affiliation(
        world.people["alice"], world.organisations["brum"], at, by=None
    ),
    "they move": lambda world, item, at: leaving.move(
        world.people["alice"], Affiliation.objects.get(person=world.people["alice"]),
        world.organisations["walsall"], Affiliation.Role.READER, at, by=None,
    ),
    "their account is closed": lambda world, item, at: leaving.disable(world.people["alice"], at, by=None),
    "it is narrowed": narrowed,
}  # fmt: skip


@pytest.mark.parametrize("loss", LOSSES)
@pytest.mark.parametrize("tier", [Tier.URGENT, Tier.INFORMATION], ids=["queued mail", "digest"])
def test_what_is_queued_is_not_sent_to_who_has_lost_the_right(
    world: World, noon: datetime, loss: str, tier: int
) -> None:
    item, later = owed(world, tier, noon), noon + DAY
    with standing_still(noon):
        assert plan(noon).done == 1
    with standing_still(later):
        assert digest(later) == (3 if tier == Tier.INFORMATION else 0), "built, and not sent"
        LOSSES[loss](world, item, later)
        sweep(later)
    alice = [one for one in mail.outbox if one.to == ["alice@example.org"]]
    assert alice == []


@pytest.mark.parametrize("tier", [Tier.URGENT, Tier.INFORMATION], ids=["queued mail", "digest"])
def test_and_is_sent_to_who_has_not(world: World, noon: datetime, tier: int) -> None:
    owed(world, tier, noon)
    with standing_still(noon):
        plan(noon)
    with standing_still(noon + DAY):
        digest(noon + DAY)
        joining.admit(world.organisations["brum"], world.warps["kent"], noon + DAY, by=None)
        sweep(noon + DAY)
    assert {one.to[0].split("@")[0] for one in mail.outbox} == {"alice", "alan", "carol"}
    assert all(found(one.message().as_bytes()) for one in mail.outbox)
