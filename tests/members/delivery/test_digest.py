"""The daily digest: when it is due in the clocks of whoever gets it, what it says, and what falls out of it."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from members.delivery.became import results
from members.delivery.digest import digest
from members.delivery.hours import slot
from members.delivery.ledger import ledger
from members.delivery.plan import plan
from members.delivery.send import sweep
from members.models import (
    Address,
    Affiliation,
    Announcement,
    Cell,
    Delivery,
    DigestLine,
    Item,
    Person,
    Tier,
)  # fmt: skip
from members.stand import release, withdraw
from tests.members.delivery.conftest import TEXT, TITLE, PostOffice, owe
from tests.members.delivery.test_send import AMBER, GREEN, RED, SECOND, STRICT, html, plain, readers, row, to
from tests.members.world import World

pytestmark = pytest.mark.django_db

EIGHT = datetime(2026, 11, 2, 8, tzinfo=UTC)  # the morning after the cases' noon, in London
DAY = timedelta(days=1)
ACCOUNT: dict[str, Any] = {"event": Announcement.Event.ACCOUNT, "tier": 0}  # of no item
MINUTE = timedelta(minutes=1)


def only(who: str) -> None:
    """Nobody else's digest is looked at."""
    DigestLine.objects.exclude(address__value=f"{who}@example.org").delete()


def wait(item: Item, at: datetime, tier: int = Tier.ADVISORY, **fields: Any) -> Announcement:
    announcement = owe(item, at, tier=tier, **fields)
    plan(at)
    return announcement


# When


@pytest.mark.parametrize(
    ("zone", "hour", "at", "begins", "day"),
    [
        ("Europe/London", 8, "2026-11-02T07:59:59Z", "2026-11-01T08:00Z", "2026-11-01"),
        ("Europe/London", 8, "2026-11-02T08:00:00Z", "2026-11-02T08:00Z", "2026-11-02"),
        ("Europe/London", 8, "2026-10-24T07:00Z", "2026-10-24T07:00Z", "2026-10-24"),  # summer
        ("Europe/London", 8, "2026-10-25T07:59Z", "2026-10-24T07:00Z", "2026-10-24"),  # the clocks went back
        ("Europe/London", 8, "2026-10-25T08:00Z", "2026-10-25T08:00Z", "2026-10-25"),
        ("Europe/London", 8, "2026-03-28T08:00Z", "2026-03-28T08:00Z", "2026-03-28"),
        ("Europe/London", 8, "2026-03-29T07:00Z", "2026-03-29T07:00Z", "2026-03-29"),  # they went forward
        ("Europe/London", 1, "2026-03-29T00:59Z", "2026-03-28T01:00Z", "2026-03-28"),
        ("Europe/London", 1, "2026-03-29T01:00Z", "2026-03-29T01:00Z", "2026-03-29"),  # 01:00 is not on the clock
        ("Europe/London", 1, "2026-10-25T00:00Z", "2026-10-25T00:00Z", "2026-10-25"),  # 01:00 for the first time
        ("Europe/London", 1, "2026-10-25T01:00Z", "2026-10-25T00:00Z", "2026-10-25"),  # and the second
        ("Pacific/Auckland", 8, "2026-11-01T19:00Z", "2026-11-01T19:00Z", "2026-11-02"),
        ("Mars/Olympus", 8, "2026-11-02T08:00Z", "2026-11-02T08:00Z", "2026-11-02"),  # as London's
    ],
)
def test_the_hour_is_that_of_the_persons_own_clock(zone: str, hour: int, at: str, begins: str, day: str) -> None:
    found = slot(zone, hour, 0, datetime.fromisoformat(at))
    assert (found.begins.astimezone(UTC), str(found.day)) == (datetime.fromisoformat(begins), day)


@pytest.mark.parametrize("first", [datetime(2026, 10, 24, 7, tzinfo=UTC), datetime(2026, 3, 28, 8, tzinfo=UTC)])
def test_days_on_which_the_clocks_change_neither_skip_nor_repeat(
    world: World, post: PostOffice, first: datetime
) -> None:
    """Swept every quarter of an hour over three mornings, with something new each night."""
    at, sent_at = first - timedelta(hours=20), []
    for _quarter in range(4 * 24 * 3):
        at += timedelta(minutes=15)
        if at.hour == 22 and at.minute == 0:
            item = world.item({**GREEN, "standing_from": at.isoformat()})
            wait(item, at)
            only("alice")
        if sweep(at).sent:
            sent_at.append(at)
    (one, two, three) = sent_at
    assert one == first
    assert two - one in (timedelta(hours=23), timedelta(hours=25))
    assert three - two == DAY


def test_what_comes_after_the_hour_waits_for_tomorrow(world: World, post: PostOffice) -> None:
    wait(world.item(GREEN), EIGHT - MINUTE)
    only("alice")
    sweep(EIGHT)
    wait(world.item(GREEN), EIGHT + MINUTE)
    only("alice")
    assert sweep(EIGHT + 2 * MINUTE).sent == 0
    assert sweep(EIGHT + timedelta(hours=15)).sent == 0
    assert sweep(EIGHT + DAY).sent == 1
    assert [mail["To"] for mail in post.taken] == ["alice@example.org"] * 2


def test_a_hub_that_was_down_catches_up_once(world: World, post: PostOffice) -> None:
    wait(world.item(GREEN), EIGHT - timedelta(hours=40))
    only("alice")
    at = EIGHT + timedelta(hours=6)
    assert sweep(at).digests == 1
    assert sweep(at + MINUTE).digests == 0
    assert len(post.taken) == 1


def test_planned_twice_is_one_digest(world: World, noon: datetime) -> None:
    wait(world.item(GREEN), noon)
    everyone = DigestLine.objects.count()
    assert digest(EIGHT) == everyone
    assert digest(EIGHT) == digest(EIGHT + MINUTE) == 0
    assert DigestLine.objects.filter(delivery=None).count() == 0
    (announcement,) = Announcement.objects.filter(event="digest")
    assert announcement.deliveries.count() == everyone


def test_each_person_has_it_at_their_own_hour(world: World, noon: datetime, post: PostOffice) -> None:
    Person.objects.exclude(pk=world.people["alice"].pk).update(digest_hour=17)
    Person.objects.filter(pk=world.people["bob"].pk).update(time_zone="Europe/Paris", digest_hour=9)
    wait(world.item(GREEN), noon + timedelta(hours=8))
    sweep(EIGHT)
    assert post.names() == ["alice", "bob"]
    sweep(EIGHT + timedelta(hours=9))
    assert "dora" in post.names()
    assert post.names().count("alice") == 1


def test_lines_that_come_while_a_digest_is_being_retried_are_in_the_next(
    world: World, noon: datetime, post: PostOffice
) -> None:
    wait(world.item(GREEN), noon)
    only("alice")
    post.on_rcpt["*"] = "451 later"
    sweep(EIGHT)
    late = world.item(AMBER)
    wait(late, EIGHT + MINUTE)
    only("alice")
    sweep(EIGHT + 5 * MINUTE)
    post.on_rcpt.clear()
    sweep(EIGHT + 30 * MINUTE)
    assert late.reference not in plain(to(post, "alice"))
    sweep(EIGHT + DAY)
    assert late.reference in plain(post.taken[-1])


# What


def test_it_says_what_to_act_on_then_what_to_know_under_the_strictest_label(
    world: World, noon: datetime, post: PostOffice
) -> None:
    green, amber, known = world.item(GREEN), world.item(AMBER), world.item({"id": "clear", "label": "CLEAR"})
    wait(green, noon)
    wait(amber, noon)
    wait(known, noon, Tier.INFORMATION)
    sweep(EIGHT)
    mail = to(post, "alice")
    assert mail["Subject"] == "[TLP:AMBER] 2 to act on, 1 to know"
    text = plain(mail)
    assert text.startswith("TLP:AMBER\n2 to act on, 1 to know\n")
    order = [text.index(part) for part in ("To act on", "[TLP:GREEN]", "To know", "[TLP:CLEAR]")]
    assert order == sorted(order)
    for item in (green, amber, known):
        assert f"https://hub.example.org/advisories/{item.reference}/" in text
        assert f"https://hub.example.org/advisories/{item.reference}/" in html(mail)
    assert text.count(TITLE) == 3
    assert text.count(TEXT) == 2, "the AMBER one by its title alone"
    assert html(mail).count(TEXT) == 2
    assert to(post, "mia")["Subject"] == "[TLP:GREEN] 1 to act on, 1 to know"
    assert mail["Auto-Submitted"] == "auto-generated"


def test_amber_strict_items_are_only_counted_and_red_ones_not_even_that(
    world: World, noon: datetime, post: PostOffice
) -> None:
    strict, red = world.item(STRICT), world.item(RED)
    wait(strict, noon)
    wait(world.item({**STRICT, "id": "second"}), noon)
    red_announcement = wait(red, noon)
    DigestLine.objects.create(address=row("alice").address, announcement=red_announcement)  # which planning never does
    Delivery.objects.all().delete()
    sweep(EIGHT)
    mail = to(post, "alice")
    assert mail["Subject"] == "[TLP:AMBER+STRICT] 2 items: sign in to read them"
    for said in (plain(mail), html(mail)):
        assert TITLE not in said
        assert strict.reference not in said
        assert red.reference not in said
        assert "RED" not in said


def test_an_item_announced_twice_is_one_line(world: World, noon: datetime, post: PostOffice) -> None:
    item = world.item(GREEN)
    wait(item, noon)
    release(item, 2, "GREEN", [], noon + MINUTE, by=world.people["carol"])
    wait(item, noon + MINUTE, Tier.INFORMATION, event="revised", version=2)
    sweep(EIGHT)
    mail = to(post, "alice")
    assert mail["Subject"] == "[TLP:GREEN] 1 to act on"
    assert f"{TEXT} (v2)" in plain(mail)
    assert "Changed" not in plain(mail), "they had not read of it before"
    release(item, 3, "GREEN", [], EIGHT + MINUTE, by=world.people["carol"])
    wait(item, EIGHT + MINUTE, event="revised", version=3)
    sweep(EIGHT + DAY)
    assert f"[TLP:GREEN] Changed: {TITLE}" in plain(post.taken[-1])


# What falls out


def test_what_was_withdrawn_or_is_no_longer_theirs_falls_out(world: World, noon: datetime, post: PostOffice) -> None:
    kept, gone, narrowed = (world.item({**GREEN, "id": name}) for name in ("kept", "gone", "narrowed"))
    for item in (kept, gone, narrowed):
        wait(item, noon)
    digest(EIGHT)
    withdraw(gone, EIGHT + SECOND)
    kent = [("organisation", world.organisations["maidstone"].pk)]
    release(narrowed, 2, "AMBER", kent, EIGHT + SECOND, by=world.people["carol"])
    sweep(EIGHT + 2 * SECOND)
    text = plain(to(post, "alice"))
    assert kept.reference in text
    assert gone.reference not in text
    assert narrowed.reference not in text
    assert narrowed.reference in plain(to(post, "mia"))
    told = {row.person: row for row in ledger(narrowed)}
    assert (told["Alice"].state, told["Alice"].shown) == ("cancelled", Cell.NOTHING)
    assert (told["Mia"].state, told["Mia"].shown) == ("sent", Cell.TITLE)


@pytest.mark.parametrize("others", [0, 1])
def test_that_other_items_were_left_in_a_digest_is_not_told_of_what_fell_out(
    world: World, noon: datetime, post: PostOffice, others: int
) -> None:
    """Whoever handles the item that fell out may not read the others, nor know that Alice was told of any."""
    narrowed = world.item(GREEN)
    waited = [narrowed, *(world.item({**GREEN, "id": f"other{n}"}) for n in range(others))]
    for item in waited:
        wait(item, noon)
    digest(EIGHT)
    kent = [("organisation", world.organisations["maidstone"].pk)]
    release(narrowed, 2, "AMBER", kent, EIGHT + SECOND, by=world.people["carol"])
    sweep(EIGHT + MINUTE)
    assert ("alice" in post.names()) == bool(others)
    told = next(row for row in ledger(narrowed) if row.person == "Alice")
    assert told == ("released", "Alice", "mail", True, "cancelled", None, noon, Cell.NOTHING, 0, "")
    words = results(world.people["alice"], narrowed, EIGHT + DAY, own=False)
    assert [*words.values()] == [["It was in no digest."]]


@pytest.mark.parametrize("others", [0, 1])
def test_neither_is_it_while_such_a_digest_waits_to_be_tried_again(
    world: World, noon: datetime, post: PostOffice, others: int
) -> None:
    narrowed, alice = world.item(GREEN), world.people["alice"]
    for item in (narrowed, *(world.item({**GREEN, "id": f"other{n}"}) for n in range(others))):
        wait(item, noon)
    digest(EIGHT)
    kent = [("organisation", world.organisations["maidstone"].pk)]
    release(narrowed, 2, "AMBER", kent, EIGHT + SECOND, by=world.people["carol"])
    post.on_rcpt["*"] = "451 later"
    sweep(EIGHT + MINUTE)
    told = next(row for row in ledger(narrowed) if row.person == "Alice")
    assert told == ("released", "Alice", "mail", True, "cancelled", None, noon, Cell.NOTHING, 0, "")
    for own in (False, True):
        words = [*results(alice, narrowed, EIGHT + DAY, own=own).values()]
        assert words == [["It was in no digest."]] or own, words
    post.on_rcpt.clear()
    release(narrowed, 2, "GREEN", [], EIGHT + 2 * MINUTE, by=world.people["carol"])
    sweep(EIGHT + DAY / 2)
    assert ("alice" in post.names()) == bool(others)
    assert next(row for row in ledger(narrowed) if row.person == "Alice").state == "cancelled", "once lost, it is lost"


@pytest.mark.parametrize("ahead", [0, 9])
def test_the_order_of_what_one_person_was_told_does_not_say_how_much_else_goes_out(
    world: World, noon: datetime, ahead: int
) -> None:
    """Messages and lines are numbered apart, and other items move the numbers of either: nobody may read it there."""
    phone = Address.objects.create(person=world.people["alice"], channel="sms", value="+447700900001")
    item = world.item(GREEN)
    announced = wait(item, noon)
    line = DigestLine.objects.get(address__value="alice@example.org")
    Delivery.objects.create(pk=line.pk + ahead, announcement=announced, address=phone, due_at=noon)
    assert [row.channel for row in ledger(item) if row.person == "Alice"] == ["sms", "mail"]


def test_what_they_read_only_as_they_reported_it_falls_out_of_theirs_as_of_others(
    world: World, noon: datetime, post: PostOffice
) -> None:
    """Or the one to whom a narrowed item still went, of all its first readers, is known to be the one."""
    item = world.item({"id": "d", "label": "GREEN", "derived_from_report_of": "bob"})
    wait(item, noon)
    release(item, 1, "AMBER", [("organisation", world.organisations["brum"].pk)], EIGHT, by=world.people["carol"])
    digest(EIGHT)
    sweep(EIGHT)
    states = {row.person: row.state for row in ledger(item)}
    assert (states["Alice"], states["Bob"], states["Wendy"]) == ("sent", "cancelled", "cancelled")
    assert "bob" not in post.names()


def test_an_empty_digest_is_not_sent(world: World, noon: datetime, post: PostOffice) -> None:
    item = world.item(GREEN)
    wait(item, noon)
    digest(EIGHT)
    withdraw(item, EIGHT + SECOND)
    report = sweep(EIGHT + 2 * SECOND)
    assert report.sent == 0
    assert report.cancelled == Delivery.objects.count() == len(readers(item, noon))
    assert {one.outcome for one in Delivery.objects.all()} == {"Nothing was left to tell."}


def test_nobody_has_a_digest_without_lines(world: World, post: PostOffice) -> None:
    assert digest(EIGHT) == 0
    assert not Announcement.objects.exists()


@pytest.mark.parametrize("end", ["affiliation", "account"])
def test_who_has_left_gets_none(world: World, noon: datetime, post: PostOffice, end: str) -> None:
    wait(world.item({"id": "clear", "label": "CLEAR"}), noon)  # which even a stranger may read
    wait(world.item(GREEN), noon)
    digest(EIGHT)
    alice = world.people["alice"]
    if end == "account":
        Person.objects.filter(pk=alice.pk).update(active_until=EIGHT)
    else:
        Affiliation.objects.filter(person=alice).update(until=EIGHT)
    sweep(EIGHT)
    if end == "account":
        assert "alice" not in post.names()
    else:
        assert to(post, "alice")["Subject"] == "[TLP:CLEAR] 1 to act on"


def test_a_withdrawal_reaches_those_who_read_it_in_a_digest(world: World, noon: datetime, post: PostOffice) -> None:
    item = world.item(GREEN)
    wait(item, noon)
    only("alice")
    sweep(EIGHT)
    withdraw(item, EIGHT + MINUTE)
    owe(item, EIGHT + MINUTE, event="withdrawn")
    sweep(EIGHT + MINUTE)
    assert [mail["Subject"] for mail in post.taken[1:]] == [f"{item.reference} was withdrawn"]


def test_a_withdrawal_does_not_reach_those_whose_digest_left_it_out(
    world: World, noon: datetime, post: PostOffice
) -> None:
    item, other = world.item(GREEN), world.item({**GREEN, "id": "other"})
    wait(item, noon)
    wait(other, noon)
    only("alice")
    brum = [("organisation", world.organisations["brum"].pk)]
    release(item, 2, "RED", brum, noon + MINUTE, by=world.people["carol"])
    sweep(EIGHT)
    release(item, 3, "AMBER", brum, EIGHT + MINUTE, by=world.people["carol"])
    withdraw(item, EIGHT + 2 * MINUTE)
    owe(item, EIGHT + 2 * MINUTE, event="withdrawn")
    sweep(EIGHT + 2 * MINUTE)
    assert len(post.taken) == 1


# The command


def test_digest_plans_those_due_at_a_time(world: World, noon: datetime, capsys: Any) -> None:
    wait(world.item(GREEN), noon)
    call_command("digest", "--at", "2026-11-02T09:00+01:00", "--json")
    (report,) = json.loads(capsys.readouterr().out)
    assert report == {"at": "2026-11-02T09:00:00+01:00", "planned": DigestLine.objects.count()}
    assert report["planned"] > 0


@pytest.mark.parametrize("text", ["2026-11-02T08:00", "tomorrow", "2026-02-30T08:00Z"])
def test_digest_refuses_a_time_that_might_be_another(world: World, text: str) -> None:
    with pytest.raises(CommandError, match="offset") as refused:
        call_command("digest", "--at", text)
    assert refused.value.returncode == 2


def test_nothing_is_bound_to_a_digest_of_the_day_that_goes_out_no_more(world: World, post: PostOffice) -> None:
    """Alice's lost its only line with her right to it; what comes later that day waits for tomorrow, also when the
    digests of others are planned in the meantime."""
    Person.objects.filter(pk=world.people["bob"].pk).update(digest_hour=14)
    wait(world.item(GREEN), EIGHT - MINUTE)
    digest(EIGHT)
    DigestLine.objects.filter(address__value="alice@example.org").delete()
    sweep(EIGHT)
    assert Delivery.objects.get(address__value="alice@example.org").state == Delivery.State.CANCELLED
    wait(world.item(GREEN), EIGHT + MINUTE)
    sweep(EIGHT + timedelta(hours=6))
    assert "bob@example.org" in post.recipients
    sweep(EIGHT + DAY)
    assert "alice@example.org" in post.recipients
