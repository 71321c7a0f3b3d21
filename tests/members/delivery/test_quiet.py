"""Quiet hours: what is told at once waits for their end, on the person's own clock, and a Flash does not."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from members.delivery.hours import quiet_until
from members.delivery.plan import plan
from members.delivery.send import sweep
from members.models import Announcement, Delivery, Person, Tier
from members.stand import withdraw
from tests.members.delivery.conftest import PostOffice, owe, phone
from tests.members.delivery.receiver import Receiver
from tests.members.delivery.test_send import GREEN, RED
from tests.members.world import World

pytestmark = pytest.mark.django_db
HOUR, MINUTE = timedelta(hours=1), timedelta(minutes=1)
NIGHT = datetime(2026, 11, 3, 23, 30, tzinfo=UTC)
SEVEN = datetime(2026, 11, 4, 7, tzinfo=UTC)


def quieted(world: World, who: str, begins: int = 22, ends: int = 7, zone: str = "Europe/London") -> None:
    Person.objects.filter(pk=world.people[who].pk).update(quiet_from=begins, quiet_until=ends, time_zone=zone)


@pytest.mark.parametrize(
    ("zone", "begins", "ends", "at", "until"),
    [
        ("Europe/London", 22, 7, "2026-11-03T21:59:59Z", None),
        ("Europe/London", 22, 7, "2026-11-03T22:00Z", "2026-11-04T07:00Z"),
        ("Europe/London", 22, 7, "2026-11-04T06:59:59Z", "2026-11-04T07:00Z"),
        ("Europe/London", 22, 7, "2026-11-04T07:00Z", None),
        ("Europe/London", 22, 0, "2026-11-03T23:00Z", "2026-11-04T00:00Z"),
        ("Europe/London", 22, 0, "2026-11-04T00:00Z", None),
        ("Europe/London", 0, 6, "2026-11-04T00:00Z", "2026-11-04T06:00Z"),
        ("Europe/London", 12, 14, "2026-11-04T13:00Z", "2026-11-04T14:00Z"),
        ("Europe/London", 12, 14, "2026-11-04T11:00Z", None),
        ("Europe/London", 12, 14, "2026-11-04T14:00Z", None),
        ("Pacific/Auckland", 22, 7, "2026-11-03T12:00Z", "2026-11-03T18:00Z"),
        ("Europe/London", 22, 7, "2026-10-24T22:00Z", "2026-10-25T07:00Z"),  # the clocks go back in the night
        ("Europe/London", 22, 7, "2026-03-28T23:00Z", "2026-03-29T06:00Z"),  # and forward
        ("Europe/London", 22, 1, "2026-03-29T00:30Z", "2026-03-29T01:00Z"),  # 01:00 is not on the clock
        ("Mars/Olympus", 22, 7, "2026-11-03T23:00Z", "2026-11-04T07:00Z"),  # as London's
    ],
)
def test_they_are_those_of_the_persons_own_clock(zone: str, begins: int, ends: int, at: str, until: str | None) -> None:
    found = quiet_until(zone, begins, ends, datetime.fromisoformat(at))
    assert found == (datetime.fromisoformat(until) if until else None)


def test_what_is_told_at_once_waits_for_their_end_and_goes_once(world: World, post: PostOffice) -> None:
    quieted(world, "alice")
    owe(world.item(GREEN), NIGHT, tier=Tier.URGENT)
    sweep(NIGHT)
    assert "bob" in post.names() and "alice" not in post.names()
    sweep(SEVEN - MINUTE)
    assert "alice" not in post.names()
    for _twice in range(2):
        sweep(SEVEN)
    assert post.names().count("alice") == 1


def test_a_flash_ignores_them(world: World, post: PostOffice) -> None:
    quieted(world, "alice")
    owe(world.item(GREEN), NIGHT, tier=Tier.FLASH)
    sweep(NIGHT)
    assert "alice" in post.names()


@pytest.mark.parametrize(("tier", "asked"), [(Tier.URGENT, 24 * HOUR), (Tier.FLASH, HOUR / 2)], ids=["urgent", "flash"])
@pytest.mark.parametrize("step", [1, 2])
def test_what_escalates_waits_for_their_end_unless_it_is_a_flash(
    world: World, post: PostOffice, tier: Tier, asked: timedelta, step: int
) -> None:
    owe(world.item(GREEN), NIGHT - step * asked, tier=tier)
    sweep(NIGHT - step * asked)
    who = "alice" if step == 1 else "carol"
    quieted(world, who)
    post.recipients.clear()
    sweep(NIGHT)
    assert "bob" in post.names() and (who in post.names()) is (tier == Tier.FLASH)
    sweep(SEVEN)
    assert post.names().count(who) == 1


def test_what_goes_to_the_next_channel_in_the_night_waits_for_the_morning(
    world: World, post: PostOffice, there: Receiver
) -> None:
    post.on_rcpt |= {f"{who}@example.org": "451 later" for who in ("alice", "bob")}
    owe(world.item(GREEN), NIGHT - 2 * HOUR, tier=Tier.URGENT)
    sweep(NIGHT - 2 * HOUR)
    quieted(world, "alice")
    for who, number in (("alice", "+447700900101"), ("bob", "+447700900102")):
        phone(world, who, number, private=True)
    post.on_rcpt |= {f"{who}@example.org": "550 no such user" for who in ("alice", "bob")}
    sweep(NIGHT)
    assert [one.json["phone_number"] for one in there.at("/v2/notifications/sms")] == ["+447700900102"]
    sweep(SEVEN)
    assert there.at("/v2/notifications/sms")[-1].json["phone_number"] == "+447700900101"


@pytest.mark.parametrize("begins", [22, None])
def test_by_day_or_where_none_are_set_nothing_waits(world: World, post: PostOffice, begins: int | None) -> None:
    if begins:
        quieted(world, "alice")
    at = SEVEN + 6 * HOUR if begins else NIGHT
    owe(world.item(GREEN), at, tier=Tier.URGENT)
    sweep(at)
    assert "alice" in post.names()


def test_an_account_mail_goes_at_once(world: World, post: PostOffice) -> None:
    quieted(world, "alice")
    mail = Announcement.objects.create(
        event="account", notice="broken-glass", words="x", due_at=NIGHT, planned_at=NIGHT, tier=Tier.URGENT
    )
    Delivery.objects.create(announcement=mail, address=world.people["alice"].addresses.get(), due_at=NIGHT)
    sweep(NIGHT)
    assert post.names() == ["alice"]


def test_what_no_digest_may_carry_waits_for_the_morning_too_and_is_lost_to_nobody(
    world: World, post: PostOffice
) -> None:
    quieted(world, "alice")
    owe(world.item(RED), NIGHT, tier=Tier.INFORMATION)
    sweep(NIGHT)
    assert "alice" not in post.names()
    sweep(SEVEN)
    assert "alice" in post.names()


def test_what_is_withdrawn_in_the_night_is_not_told_in_the_morning(world: World, post: PostOffice) -> None:
    quieted(world, "alice")
    item = world.item(GREEN)
    owe(item, NIGHT, tier=Tier.URGENT)
    sweep(NIGHT)
    withdraw(item, NIGHT + HOUR)
    owe(item, NIGHT + HOUR, "withdrawn", tier=Tier.URGENT)
    sweep(NIGHT + HOUR)
    sweep(SEVEN)
    assert "alice" not in post.names()
    assert post.names().count("bob") == 2


def test_one_statement_for_each_rhythm_however_many_people_keep_it(world: World) -> None:
    def updates() -> int:
        owe(world.item(GREEN), NIGHT, tier=Tier.URGENT)
        with CaptureQueriesContext(connection) as asked:
            plan(NIGHT)
        return len([q for q in asked.captured_queries if 'UPDATE "members_delivery" SET "due_at"' in q["sql"]])

    quieted(world, "alice")
    assert updates() == 1
    for who in ("bob", "dora", "mia"):
        quieted(world, who)
    assert updates() == 1
    quieted(world, "alan", 23, 6)
    assert updates() == 2
    assert Delivery.objects.filter(due_at=SEVEN).count() == 1 + 4 + 4
