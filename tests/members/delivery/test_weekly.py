"""What is told weekly: on which day, with what, and what becomes of it when the hub was down. Monday is 2 November."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from members.delivery.digest import digest
from members.delivery.hours import slot
from members.delivery.plan import plan
from members.delivery.send import sweep
from members.models import DigestLine, Frequency, Person, Subscription, Tier
from tests.members.delivery.conftest import PostOffice, owe
from tests.members.delivery.test_digest import DAY, EIGHT, MINUTE, only, wait
from tests.members.delivery.test_plan import names, tick, told
from tests.members.delivery.test_send import AMBER, GREEN, RED, plain, to
from tests.members.test_subscribing import SAM, subscriber
from tests.members.world import World

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)
TUESDAY = EIGHT + DAY
KNOW, PLAN = Tier.INFORMATION, Tier.ADVISORY
DAILY, WEEKLY = Frequency.DAILY, Frequency.WEEKLY


def weekly_too(who: str) -> None:
    """Information weekly, what is to be planned for in the morning: as a new person's list has it."""
    tick(who, (PLAN, DAILY, ""), (KNOW, WEEKLY, ""))


def days_of_mail(first: datetime, days: int) -> list[datetime]:
    """When something was sent, of a look every hour within so many days."""
    looks = (first + HOUR * n for n in range(days * 24))
    return [at for at in looks if digest(at) and sweep(at).sent]


@pytest.mark.parametrize(
    ("zone", "hour", "weekday", "at", "week"),
    [
        ("Europe/London", 8, 0, "2026-11-02T07:59:59Z", "2026-10-26T08:00Z"),
        ("Europe/London", 8, 0, "2026-11-02T08:00Z", "2026-11-02T08:00Z"),
        ("Europe/London", 8, 0, "2026-11-08T23:00Z", "2026-11-02T08:00Z"),
        ("Europe/London", 8, 6, "2026-11-02T08:00Z", "2026-11-01T08:00Z"),
        ("Europe/London", 8, 0, "2026-10-26T08:00Z", "2026-10-26T08:00Z"),  # the clocks went back the day before
        ("Europe/London", 8, 6, "2026-10-25T07:30Z", "2026-10-18T07:00Z"),
        ("Europe/London", 1, 6, "2026-03-29T00:59Z", "2026-03-22T01:00Z"),  # 01:00 is not on the clock
        ("Europe/London", 1, 6, "2026-03-29T01:00Z", "2026-03-29T01:00Z"),
        ("Europe/London", 1, 6, "2026-10-25T01:30Z", "2026-10-25T00:00Z"),  # 01:00 for the first time
        ("Pacific/Auckland", 8, 0, "2026-11-01T19:00Z", "2026-11-01T19:00Z"),  # Monday there
    ],
)
def test_the_day_is_that_of_the_persons_own_calendar(zone: str, hour: int, weekday: int, at: str, week: str) -> None:
    found = slot(zone, hour, weekday, datetime.fromisoformat(at))
    assert found.week.astimezone(UTC) == datetime.fromisoformat(week)


def test_a_new_person_is_told_what_is_urgent_at_once_what_is_to_be_planned_daily_and_the_rest_weekly(
    world: World, noon: datetime, post: PostOffice
) -> None:
    for tier in (Tier.URGENT, PLAN, KNOW):
        owe(world.item(GREEN), TUESDAY + MINUTE, tier=tier)
    sweep(TUESDAY + MINUTE)
    only("alice")
    assert names(DigestLine.objects.filter(weekly=False)) == names(DigestLine.objects.filter(weekly=True)) == {"alice"}
    assert post.names().count("alice") == 1
    assert days_of_mail(TUESDAY + HOUR, 9) == [TUESDAY + DAY, EIGHT + 7 * DAY]


def test_mondays_message_holds_what_was_told_daily_and_weekly_together(
    world: World, noon: datetime, post: PostOffice
) -> None:
    weekly_too("alice")
    known, to_plan = world.item(GREEN), world.item(AMBER)
    wait(known, EIGHT - 3 * DAY, KNOW)
    wait(to_plan, EIGHT - HOUR, PLAN)
    only("alice")
    assert days_of_mail(EIGHT - 2 * DAY, 9) == [EIGHT]
    text = plain(to(post, "alice"))
    assert known.reference in text and to_plan.reference in text


def test_whoever_is_told_weekly_alone_has_one_message_a_week(world: World, noon: datetime, post: PostOffice) -> None:
    tick("alice", (KNOW, WEEKLY, ""))
    for day in range(14):
        wait(world.item(GREEN), TUESDAY + day * DAY, PLAN)
    only("alice")
    assert days_of_mail(TUESDAY, 22) == [EIGHT + 7 * DAY, EIGHT + 14 * DAY]


def test_the_faster_of_two_ticks_decides(world: World, noon: datetime) -> None:
    tick("alice", (KNOW, WEEKLY, ""), (KNOW, DAILY, "phishing"))
    tick("bob", (KNOW, WEEKLY, ""), (KNOW, DAILY, "outage"))
    tick("dora", (KNOW, WEEKLY, ""), (KNOW, DAILY, "outage"), (KNOW, Frequency.AT_ONCE, "phishing"))
    owe(world.item(GREEN), noon, tier=PLAN, categories=["phishing"])
    plan(noon)
    assert "alice" in names(DigestLine.objects.filter(weekly=False))
    assert "bob" in names(DigestLine.objects.filter(weekly=True))
    assert "dora" in told() and not {"dora"} & names(DigestLine.objects.all())


def test_a_hub_that_was_down_for_three_days_over_a_monday_tells_it_with_the_next_digest_once(
    world: World, noon: datetime, post: PostOffice
) -> None:
    weekly_too("alice")
    known, to_plan = world.item(GREEN), world.item(AMBER)
    wait(known, EIGHT - 2 * DAY, KNOW)
    wait(to_plan, EIGHT - DAY, PLAN)
    only("alice")
    back = EIGHT + 2 * DAY - HOUR  # Wednesday at seven; the last look was on Sunday morning
    wait(world.item(GREEN), back - MINUTE, KNOW)  # that is for the next Monday
    only("alice")
    assert days_of_mail(back, 6) == [back, EIGHT + 7 * DAY]
    first, second = (plain(mail) for mail in post.taken)
    assert known.reference in first and to_plan.reference in first
    assert known.reference not in second


@pytest.mark.parametrize("sunday", [datetime(2026, 10, 25, tzinfo=UTC), datetime(2026, 3, 29, tzinfo=UTC)])
@pytest.mark.parametrize(("hour", "weekday"), [(1, 6), (8, 0)])
def test_weeks_in_which_the_clocks_change_neither_skip_nor_repeat(
    world: World, post: PostOffice, sunday: datetime, hour: int, weekday: int
) -> None:
    """Looked at every hour over three weeks, with something new each night."""
    Person.objects.filter(pk=world.people["alice"].pk).update(digest_hour=hour, digest_weekday=weekday)
    tick("alice", (KNOW, WEEKLY, ""))
    for night in range(-7, 13):
        at = sunday + night * DAY + 20 * HOUR
        wait(world.item({**GREEN, "standing_from": at.isoformat()}), at, KNOW)
    only("alice")
    sent = days_of_mail(sunday - 7 * DAY + 12 * HOUR, 21)
    local = [slot("Europe/London", hour, weekday, at) for at in sent]
    assert len(sent) == 3
    assert [one.begins == one.week for one in local] == [True] * 3
    assert [(b.day - a.day).days for a, b in pairwise(local)] == [7, 7]


def test_each_person_has_their_own_day(world: World, noon: datetime, post: PostOffice) -> None:
    for who, weekday in (("alice", 0), ("bob", 3)):
        tick(who, (KNOW, WEEKLY, ""))
        Person.objects.filter(pk=world.people[who].pk).update(digest_weekday=weekday)
    wait(world.item(GREEN), noon, KNOW)
    DigestLine.objects.exclude(address__value__in=["alice@example.org", "bob@example.org"]).delete()
    assert days_of_mail(noon, 9) == [EIGHT, EIGHT + 3 * DAY]
    assert post.recipients == ["alice@example.org", "bob@example.org"]


def test_a_subscriber_has_it_on_monday_at_eight_in_london(world: World, noon: datetime, post: PostOffice) -> None:
    one = subscriber(noon - 7 * DAY, at_once=False)
    Subscription.objects.filter(address__subscriber=one).update(frequency=WEEKLY)
    owe(world.item({"id": "c", "label": "CLEAR"}), EIGHT - 5 * DAY, tier=PLAN)
    plan(EIGHT - 5 * DAY)
    DigestLine.objects.exclude(address__value=SAM).delete()
    assert days_of_mail(EIGHT - 5 * DAY, 13) == [EIGHT]


def test_what_no_digest_may_carry_is_told_at_once_to_who_ticked_it_weekly(world: World, noon: datetime) -> None:
    tick("alice", (KNOW, WEEKLY, ""))
    owe(world.item(RED), noon, tier=KNOW)
    plan(noon)
    assert told() == {"alice"}
    assert not DigestLine.objects.exists()


def statements(at: datetime, run: Any) -> list[str]:
    with CaptureQueriesContext(connection) as asked:
        run(at)
    return [query["sql"] for query in asked.captured_queries]


def test_planning_is_one_insert_for_each_way_of_telling_whoever_ticked_what(world: World, noon: datetime) -> None:
    tick("alice", (KNOW, WEEKLY, ""), (KNOW, DAILY, "outage"))
    tick("bob", (KNOW, Frequency.AT_ONCE, ""))
    owe(world.item(GREEN), noon, tier=PLAN)
    asked = statements(noon, plan)
    for table in ("members_delivery", "members_digestline"):
        assert len([sql for sql in asked if f"INSERT INTO {table} " in sql]) == 1
    assert told() and len(names(DigestLine.objects.all())) > 5


def test_a_digest_is_one_insert_and_one_binding_for_each_rhythm(world: World, noon: datetime) -> None:
    tick("alice", (KNOW, WEEKLY, ""))
    Person.objects.filter(pk=world.people["bob"].pk).update(digest_weekday=1)
    wait(world.item(GREEN), noon, PLAN)
    asked = statements(EIGHT, digest)
    assert len([sql for sql in asked if "INSERT INTO members_delivery " in sql]) == 2
    assert len([sql for sql in asked if "UPDATE members_digestline" in sql]) == 2
    assert not DigestLine.objects.filter(delivery=None).exists()
