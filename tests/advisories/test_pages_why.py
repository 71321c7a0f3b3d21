"""Why somebody did, or did not, get a message about an advisory; and their own list of messages."""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from members import clock
from members.audit import alias_of
from members.delivery import mark
from members.delivery.channels.base import ChannelError, Receipt
from members.delivery.claim import claim
from members.delivery.digest import digest
from members.delivery.plan import plan
from members.delivery.why import why
from members.models import (
    Address,
    Affiliation,
    Announcement,
    AuditRow,
    Delivery,
    Frequency,
    Item,
    KitMatch,
    Membership,
    Person,
    Subscription,
    Tier,
)
from tests import pages
from tests.members.delivery.conftest import owe
from tests.members.world import World
from tests.pages import visitor

pytestmark = pytest.mark.django_db
GREEN: dict[str, Any] = {"id": "g", "label": "GREEN"}
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


@pytest.fixture(autouse=True)
def at_noon(monkeypatch: pytest.MonkeyPatch, noon: datetime) -> None:
    monkeypatch.setattr(clock, "ask", lambda: noon + HOUR)


@pytest.fixture
def item(world: World) -> Item:
    return pages.advisory(world, GREEN).item


def told(item: Item, at: datetime, tier: int = Tier.URGENT, **fields: Any) -> Announcement:
    announced = owe(item, at, tier=tier, **fields)
    plan(at)
    return announced


def asked(world: World, who: str, item: Item, about: str = "") -> Any:
    query = {"who": f"{about}@example.org"} if about else {}
    return visitor(world.people[who]).get(reverse("advisories:why", args=[item.reference]), query)


def said(world: World, who: str, item: Item, about: str = "") -> str:
    answer = asked(world, who, item, about)
    assert answer.status_code == 200
    return " ".join(answer.content.decode().split())


def send(announcement: Announcement, at: datetime) -> None:
    for one in claim(announcement.pk, at, "mail").ours:
        mark.sent(one, at, Receipt("250 OK"))


def test_whoever_was_told_at_once_reads_when_by_which_tick_and_what_the_server_said(
    world: World, item: Item, noon: datetime
) -> None:
    announcement = told(item, noon)
    assert "On its way to alice@example.org." in said(world, "alice", item)
    send(announcement, noon)
    page = said(world, "alice", item)
    assert "Released, 1 November 2026, 12:00" in page
    assert "Sent to alice@example.org on 1 November 2026, 12:00: 250 OK." in page
    assert "Because a tick asks for everything from Urgent up, at once." in page
    assert "bob@" not in page


def test_what_waits_for_a_digest_says_for_which(world: World, item: Item, noon: datetime) -> None:
    told(item, noon, tier=Tier.ADVISORY)
    page = said(world, "alice", item)
    assert "It waits for the digest of 2 November 2026, 08:00 GMT." in page
    assert "Because a tick asks for everything from Advisory up, in the daily digest." in page
    digest(noon + DAY)
    send(Announcement.objects.get(event="digest"), noon + DAY)
    assert "In a digest. Sent to alice@example.org on 2 November 2026, 12:00: 250 OK." in said(world, "alice", item)


@pytest.mark.parametrize("step", [1, -1])
def test_in_which_order_its_rows_were_written_changes_nothing(
    world: World, item: Item, noon: datetime, step: int
) -> None:
    alice, announcement = world.people["alice"], owe(item, noon, planned_at=noon)
    phone = Address.objects.create(person=alice, channel="sms", value="+447700900001", verified_at=noon)
    for address in [*Address.objects.filter(person=alice, channel="mail"), phone][::step]:
        Delivery.objects.create(announcement=announcement, address=address, due_at=noon)
    page = said(world, "alice", item)
    assert page.index("On its way to alice@example.org.") < page.index("On its way to +447700900001.")


def test_a_flash_rings_whatever_was_ticked(world: World, item: Item, noon: datetime) -> None:
    Affiliation.objects.filter(person=world.people["alice"]).update(role="responder")
    Subscription.objects.all().delete()
    told(item, noon, tier=Tier.FLASH)
    assert "it reaches all who answer for an organisation" in said(world, "alice", item)


def no_tick(alice: Person, noon: datetime) -> None:
    Subscription.objects.filter(address__person=alice).delete()


def ticked_higher(alice: Person, noon: datetime) -> None:
    Subscription.objects.filter(address__person=alice).update(lowest=Tier.FLASH)


def unverified(alice: Person, noon: datetime) -> None:
    Address.objects.filter(person=alice).update(verified_at=None)


def bad(alice: Person, noon: datetime) -> None:
    Address.objects.filter(person=alice).update(bad_since=noon - HOUR)


def no_address(alice: Person, noon: datetime) -> None:
    Address.objects.filter(person=alice).delete()


NOTHING = [
    (no_tick, "No tick asks for it: it is Urgent, Phishing and fraud."),
    (ticked_higher, "No tick asks for it: it is Urgent, Phishing and fraud."),
    (unverified, "The address alice@example.org is not verified."),
    (bad, "Mail to alice@example.org came back: it is not written to since 1 November 2026, 11:00."),
    (no_address, "The hub knows no address to write to."),
]


@pytest.mark.parametrize(("change", "words"), NOTHING, ids=[change.__name__ for change, _words in NOTHING])
def test_whoever_got_nothing_reads_why(world: World, item: Item, noon: datetime, change: Any, words: str) -> None:
    change(world.people["alice"], noon)
    told(item, noon, categories=["phishing"])
    page = said(world, "alice", item)
    assert "No message." in page and words in page
    assert "No message." not in said(world, "brian", item), "the same announcement, for somebody else"


def test_a_right_that_began_later_an_account_too_and_ticks_made_since(world: World, item: Item, noon: datetime) -> None:
    later = noon + HOUR / 2
    lee, alice, alan = (world.people[name] for name in ("lee", "alice", "alan"))
    Person.objects.filter(pk=alice.pk).update(active_since=later)
    Subscription.objects.filter(address__person=alan).delete()
    told(item, noon)
    Membership.objects.create(
        organisation=Affiliation.objects.filter(person=lee).earliest("pk").organisation,
        warp=world.warps["wm"], since=later,
    )  # fmt: skip
    Subscription.objects.create(
        address=Address.objects.get(person=alan), lowest=Tier.URGENT, frequency=Frequency.AT_ONCE
    )
    assert "it was not for this account yet: the right began later" in said(world, "lee", item)
    assert "It was announced before the account was opened, on 1 November 2026, 12:30." in said(world, "alice", item)
    assert "The ticks ask for it now; when it was announced they did not, or nobody was told then." in said(
        world, "alan", item
    )


def test_what_failed_was_cancelled_or_is_held_is_said(world: World, item: Item, noon: datetime) -> None:
    announcement = told(item, noon)
    (one,) = [one for one in claim(announcement.pk, noon, "mail").ours if one.to == "alice@example.org"]
    mark.failed(one, noon, ChannelError("451 try later"))
    assert "Not sent to alice@example.org yet (451 try later); the next try is on" in said(world, "alice", item)
    Announcement.objects.update(held_since=noon)
    assert "the hub was restored from a backup, and this may have gone to alice@example.org" in said(
        world, "alice", item
    )
    Delivery.objects.update(state="cancelled", outcome="It was withdrawn.")
    assert "Not sent to alice@example.org: It was withdrawn." in said(world, "alice", item)


def test_a_handler_asks_about_a_reader_and_nobody_else_does(world: World, item: Item, noon: datetime) -> None:
    told(item, noon)
    page = said(world, "carol", item, about="alice")
    assert "Why Alice did, or did not," in page and "On its way by e-mail." in page
    unknown, outsider = (said(world, "carol", item, about=name) for name in ("nobody", "olive"))
    assert "Nobody who reads this has that address." in unknown
    assert unknown.replace("nobody@", "") == outsider.replace("olive@", "")
    mine = said(world, "alice", item, about="bob")
    assert "bob@" not in mine and "On its way to alice@example.org." in mine


def test_a_handler_reads_by_which_channel_and_neither_where_nor_why_nor_what_a_server_said(
    world: World, item: Item, noon: datetime
) -> None:
    alice, announcement = world.people["alice"], told(item, noon)
    phone = Address.objects.create(person=alice, channel="sms", value="+447700900123", verified_at=noon)
    Delivery.objects.create(
        announcement=announcement, address=phone, state="dead", due_at=noon, outcome="550 <+447700900123>: unknown"
    )
    send(announcement, noon)
    page = said(world, "carol", item, about="alice")
    assert "Sent by e-mail on 1 November 2026, 12:00." in page and "Given up by text message:" in page
    # What was typed stays in the form, and stands nowhere else.
    assert page.count("alice@example.org") == 1 and not [s for s in ("7700900123", "250 OK", "Because") if s in page]
    own = said(world, "alice", item)
    assert "+447700900123" in own and "250 OK" in own and "Because a tick asks" in own


@pytest.mark.parametrize(("change", "words"), NOTHING, ids=[change.__name__ for change, _words in NOTHING])
def test_of_an_address_that_fails_a_handler_reads_that_it_does_and_of_ticks_nothing(
    world: World, item: Item, noon: datetime, change: Any, words: str
) -> None:
    change(world.people["alice"], noon)
    told(item, noon, categories=["phishing"])
    others = {unverified: "Their address is not verified.", bad: "Mail to them came back.", no_address: words}
    page = said(world, "carol", item, about="alice")
    assert "No message." in page and others.get(change, "No message.") in page
    assert "tick" not in page and page.count("alice@example.org") == 1
    assert words in said(world, "alice", item)


def test_who_was_told_by_their_kit_alone_looks_to_a_handler_like_who_ticked_it_all(
    world: World, item: Item, noon: datetime
) -> None:
    """Or a handler knew what an organisation runs."""
    alice, ticks = world.people["alice"], Subscription.objects.filter(address__person=world.people["alice"])
    plainly = told(item, noon)
    ordinary = said(world, "carol", item, about="alice")
    ticks.update(kit=True)
    KitMatch.objects.create(announcement=plainly, organisation=world.organisations["brum"])
    assert same(said(world, "carol", item, about="alice")) == same(ordinary)
    assert "concerns what your organisation runs" in said(world, "alice", item)
    Delivery.objects.filter(address__person=alice).delete()
    without = said(world, "carol", item, about="alice")
    ticks.delete()
    assert same(said(world, "carol", item, about="alice")) == same(without)


def same(page: str) -> str:
    return re.sub(r'name="csrfmiddlewaretoken" value="\w+"', "", page)


def test_that_a_handler_looked_at_a_reader_is_in_the_audit(world: World, item: Item, noon: datetime) -> None:
    told(item, noon)
    said(world, "carol", item)
    said(world, "alice", item, about="bob")
    said(world, "carol", item, about="nobody")
    assert not AuditRow.objects.filter(verb="ask_why").exists()
    said(world, "carol", item, about="alice")
    row = AuditRow.objects.get(verb="ask_why")
    assert (row.actor, row.reference) == (alias_of(world.people["carol"]), item.reference)
    assert row.detail["whom"] == alias_of(world.people["alice"])


def test_whoever_may_not_read_it_meets_what_is_not_there(world: World, noon: datetime) -> None:
    amber = pages.advisory(world, {"id": "a", "label": "AMBER", "grants": [{"organisation": "brum"}]}).item
    told(amber, noon)
    assert asked(world, "alice", amber).status_code == 200
    hidden, absent = asked(world, "bob", amber), asked(world, "bob", Item(reference="WM-22222"))
    assert (hidden.status_code, absent.status_code) == (404, 404)
    assert hidden.content.decode().replace(amber.reference, "") == absent.content.decode().replace("WM-22222", "")


def test_who_filed_the_report_behind_it_is_not_told_and_reads_why(world: World, noon: datetime) -> None:
    case = {"label": "AMBER", "grants": [{"organisation": "brum"}], "derived_from_report_of": "wendy"}
    amber = pages.advisory(world, case).item
    told(amber, noon)
    assert "it is read on its page alone" in said(world, "wendy", amber)
    assert "Nobody who reads this has that address." in said(world, "carol", amber, about="wendy")


def test_it_asks_as_much_for_ten_announcements_as_for_one(
    world: World, item: Item, noon: datetime, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    told(item, noon)
    alice = world.people["alice"]
    with django_assert_num_queries(5):
        assert len(why(alice, item, noon + HOUR)) == 1
    for n in range(9):
        told(item, noon + timedelta(minutes=n), event="revised")
    with django_assert_num_queries(5):
        assert len(why(alice, item, noon + HOUR)) == 10
    olive = world.people["olive"]
    with django_assert_num_queries(21):
        (one,) = why(olive, item, noon + HOUR)
    assert one.results == () and one.why


# Messages to you


def listed(world: World, who: str, *, confirmed: bool = False) -> str:
    answer = visitor(world.people[who], confirmed=confirmed).get(reverse("messages"))
    assert answer.status_code == 200
    return " ".join(answer.content.decode().split())


def test_their_own_messages_with_the_titles_of_what_they_may_still_read(
    world: World, item: Item, noon: datetime
) -> None:
    case = {"id": "a", "label": "AMBER", "grants": [{"organisation": "brum"}]}
    amber = pages.advisory(world, case, title="Amber").item
    for one in (told(item, noon), told(amber, noon)):
        send(one, noon)
    page = listed(world, "alice")
    assert f"Title of {item.reference}" in page and ">Amber<" in page and "alice@example.org" in page
    assert "250 OK" in page and "bob@" not in page
    assert ">Amber<" not in listed(world, "bob")
    Affiliation.objects.filter(person=world.people["alice"]).update(until=noon)
    left = listed(world, "alice")
    assert ">Amber<" not in left and "An item that is not named here" in left


def test_what_is_for_named_people_is_named_to_who_has_just_confirmed(world: World, noon: datetime) -> None:
    red = pages.advisory(world, {"id": "r", "label": "RED", "grants": [{"person": "alice"}]}, title="Red").item
    send(told(red, noon), noon)
    assert ">Red<" not in listed(world, "alice") and "An item that is not named here" in listed(world, "alice")
    assert ">Red<" in listed(world, "alice", confirmed=True)


def test_it_goes_back_90_days_and_asks_as_much_for_many(
    world: World, noon: datetime, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    counts = []
    for n in (1, 7):
        for _ in range(n):
            send(told(pages.advisory(world, GREEN).item, noon), noon)
        client = visitor(world.people["alice"])
        with CaptureQueriesContext(connection) as asked_for:
            page = client.get(reverse("messages")).content.decode()
        counts.append(len(asked_for))
        assert page.count("250 OK") in (1, 8)
    assert counts[0] == counts[1] <= 20
    Announcement.objects.update(due_at=noon - timedelta(days=91))
    assert "sent you nothing" in listed(world, "alice")


def test_nobody_who_is_not_signed_in_has_messages() -> None:
    assert visitor().get(reverse("messages")).status_code == 302
