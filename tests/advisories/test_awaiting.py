"""Whoever keeps a report hears by mail that one is filed: of bob's to wm cuth if it is anonymous, else carol."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from django.apps import apps

from advisories import reporting
from advisories.models import Report
from advisories.whosees import sentences
from members.delivery.send import sweep
from members.models import Address, Announcement, Delivery, Office, Subscription, Tier
from tests.advisories.reported import WORDS, begun, filed
from tests.advisories.sharing.test_gate import moments
from tests.conftest import NOON
from tests.members.delivery.conftest import PostOffice, post
from tests.members.world import World

__all__ = ["post"]  # a fixture
pytestmark = pytest.mark.django_db
BOTH = pytest.mark.parametrize(("anonymous", "keeper"), [(True, "cuth"), (False, "carol")])
NIGHT = datetime(2026, 11, 2, 2, tzinfo=UTC)


@BOTH
def test_its_keepers_are_told_that_an_item_awaits_them_and_nobody_else_is_told_anything(
    world: World, post: PostOffice, anonymous: bool, keeper: str
) -> None:
    item = begun(world, anonymous=anonymous, **WORDS, severity=3)
    sweep(NOON)
    assert post.taken == []
    for _ in range(2):  # a nervous thumb
        reporting.file(world.people["bob"], item, NOON)
        sweep(NOON)
    assert post.names() == [keeper]
    [mail] = post.taken
    whole = mail.as_string()
    assert mail["Subject"] == "An item awaits you"
    for word in (WORDS["title"], WORDS["body"], item.reference, "Bob", "solihull", "wm", "TLP", "report"):
        assert word not in whole, word


@BOTH
def test_whose_office_ended_before_it_was_sent_is_told_nothing(
    world: World, post: PostOffice, anonymous: bool, keeper: str
) -> None:
    filed(world, anonymous=anonymous)
    Office.objects.filter(person=world.people[keeper]).update(until=NOON)
    sweep(NOON + timedelta(minutes=1))
    assert post.taken == []


def test_who_files_one_by_name_to_themselves_is_not_told_and_a_custodian_who_files_one_sealed_is_told_like_the_others(
    world: World, post: PostOffice
) -> None:
    """Left out, they would be the one whom the ledger does not hold."""
    bob = world.people["bob"]
    for role in (Office.Role.COORDINATOR, Office.Role.CUSTODIAN):
        Office.objects.create(person=bob, warp=world.warps["wm"], role=role, since=NOON - timedelta(days=1))
    filed(world, anonymous=False)
    sweep(NOON)
    assert post.names() == ["carol"]
    post.recipients.clear()
    filed(world, anonymous=True)
    sweep(NOON)
    assert post.names() == ["bob", "cuth"]


def test_nobodys_ticks_are_asked(world: World, post: PostOffice) -> None:
    Subscription.objects.all().delete()
    filed(world, anonymous=False, severity=1)
    sweep(NOON)
    assert post.names() == ["carol"]


@pytest.mark.parametrize(("severity", "tier", "rings"), [
    (None, Tier.URGENT, False), (1, Tier.INFORMATION, False), (3, Tier.URGENT, False), (4, Tier.FLASH, True),
])  # fmt: skip
def test_how_bad_it_is_says_whether_it_rings_at_night(
    world: World, post: PostOffice, severity: int | None, tier: int, rings: bool
) -> None:
    carol = world.people["carol"]
    carol.time_zone, carol.quiet_from, carol.quiet_until = "Europe/London", 22, 7
    carol.save()
    item = begun(world, anonymous=False, **WORDS, severity=severity)
    reporting.file(world.people["bob"], item, NIGHT)
    sweep(NIGHT)
    assert Announcement.objects.get(item=item).tier == tier and bool(post.taken) == rings
    sweep(NIGHT.replace(hour=8))
    assert post.names() == ["carol"]


def test_the_worst_is_tried_at_an_address_that_came_back_too(world: World, post: PostOffice) -> None:
    Address.objects.filter(person=world.people["carol"]).update(bad_since=NOON)
    filed(world, anonymous=False, severity=3)
    sweep(NOON)
    assert post.taken == []
    filed(world, anonymous=False, severity=4)
    sweep(NOON)
    assert post.names() == ["carol"]


def test_of_an_anonymous_one_the_row_says_no_more_than_the_day_and_names_its_author_nowhere(world: World) -> None:
    item = filed(world)
    owed = Announcement.objects.get(item=item)
    assert {owed.created_at, owed.due_at} == {NOON.replace(hour=0)} and owed.words == ""
    sweep(NOON)
    assert not Delivery.objects.filter(address__person=world.people["bob"]).exists()


def test_the_moment_of_an_anonymous_filing_stands_in_the_deliveries_of_its_custodians_and_nowhere_else(
    world: World, post: PostOffice
) -> None:
    """They are told at once, and the reporter is told so before (whosees.py)."""
    then, item = NOON + timedelta(minutes=37, seconds=11), begun(world, anonymous=True, **WORDS)
    assert any("as soon as you file it" in one for one in sentences(
        world.people["bob"], item, Report.rows.get(item=item), NOON
    ))  # fmt: skip
    reporting.file(world.people["bob"], item, then)
    models = [one for app in ("members", "advisories") for one in apps.get_app_config(app).get_models()]
    assert then not in moments(models)
    sweep(then)
    assert post.names() == ["cuth"]
    assert then not in moments([one for one in models if one not in (Announcement, Delivery)])
    assert [one.address.person for one in Delivery.objects.filter(sent_at=then)] == [world.people["cuth"]]
