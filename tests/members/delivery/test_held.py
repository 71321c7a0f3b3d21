"""What a restore holds: nothing of it goes out, it ends like all else that is due, and is let go or dropped by name."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from members.delivery import held
from members.delivery.digest import digest
from members.delivery.plan import plan
from members.delivery.send import sweep
from members.models import Announcement, AuditRow, Delivery, DigestLine, Item, Tier
from members.refused import Refused
from members.stand import withdraw
from tests.members.delivery.conftest import PostOffice, owe
from tests.members.world import World

pytestmark = pytest.mark.django_db
GREEN = {"id": "g", "label": "GREEN"}
DAY = timedelta(days=1)


@pytest.fixture
def item(world: World) -> Item:
    return world.item(GREEN)


def test_what_is_held_does_not_go_out_and_what_comes_after_does(item: Item, noon: datetime, post: PostOffice) -> None:
    before = owe(item, noon)
    plan(noon)
    due = Delivery.objects.count()
    assert held.hold(noon) == 1 and due > 2
    assert sweep(noon).sent == 0
    owe(item, noon)
    assert sweep(noon).sent == due == len(post.taken)
    held.let_go(before.code, noon)
    assert sweep(noon).sent == due and held.held() == []


def test_what_is_held_and_not_planned_is_planned_only_for_its_deliveries(
    item: Item, noon: datetime, post: PostOffice
) -> None:
    owed = owe(item, noon)
    held.hold(noon)
    assert plan(noon).done == 0 and not Delivery.objects.exists()
    (one,) = held.held()
    assert (one.code, one.planned, one.urgent, one.messages) == (owed.code, False, True, 0)
    assert plan(noon, held=True).done == 1 and Delivery.objects.exists()
    assert sweep(noon).sent == 0


def test_lines_that_are_held_go_into_no_digest_until_they_are_let_go(
    item: Item, noon: datetime, post: PostOffice
) -> None:
    told = owe(item, noon, tier=Tier.ADVISORY)
    plan(noon)
    lines = DigestLine.objects.count()
    held.hold(noon)
    assert digest(noon + DAY) == 0 and held.held()[0].lines == lines > 2
    held.let_go(told.code, noon)
    assert digest(noon + DAY) == lines


def test_a_held_digest_does_not_stand_in_the_way_of_that_days_own(item: Item, noon: datetime, post: PostOffice) -> None:
    owe(item, noon, tier=Tier.ADVISORY)
    plan(noon)
    planned = digest(noon + DAY)
    held.hold(noon + DAY)
    owe(item, noon + DAY - timedelta(hours=6), tier=Tier.ADVISORY)
    plan(noon + DAY)
    assert digest(noon + DAY) == planned
    assert sweep(noon + DAY).sent == planned


def test_what_was_held_counts_as_told_where_it_is_withdrawn(item: Item, noon: datetime, post: PostOffice) -> None:
    """It may have gone out before the restore: whoever had it must hear that it is withdrawn."""
    owe(item, noon)
    plan(noon)
    due = Delivery.objects.count()
    held.hold(noon)
    withdraw(item, noon + DAY)
    owe(item, noon + DAY, event="withdrawn")
    assert sweep(noon + DAY).sent == due
    assert Delivery.objects.filter(state="cancelled").count() == due


def test_what_is_dropped_is_cancelled_in_words_and_in_the_audit(item: Item, noon: datetime, post: PostOffice) -> None:
    told = owe(item, noon)
    plan(noon)
    held.hold(noon)
    held.drop(told.code, noon)
    assert sweep(noon).sent == 0 and held.held() == []
    assert set(Delivery.objects.values_list("state", "outcome")) == {
        ("cancelled", "Dropped after a restore: it may have gone out after the backup was made.")
    }
    assert AuditRow.objects.filter(verb="drop", reference=item.reference).exists()
    with pytest.raises(Refused, match="Nothing of code"):
        held.drop(told.code, noon)


def test_what_owes_nothing_is_not_held(item: Item, noon: datetime, post: PostOffice) -> None:
    owe(item, noon, tier=Tier.INFORMATION)
    DigestLine.objects.all().delete()
    plan(noon)
    DigestLine.objects.all().delete()
    assert held.hold(noon) == 0
    Announcement.objects.update(held_since=noon)
    assert held.settle() == 0 and not Announcement.objects.filter(held_since__isnull=False).exists()
