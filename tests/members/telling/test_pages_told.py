"""The pages on which a member chooses what they are told, and on which an organisation keeps the list of its kit."""

from __future__ import annotations

import re
from datetime import datetime
from typing import Any

import pytest
from django.contrib.auth import SESSION_KEY
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from members import clock
from members.kit.lists import add_lines, products
from members.models import Address, Affiliation, Announcement, Frequency, Person, Subscription, Tier
from members.telling import ticks
from members.telling.ticks import Tick
from tests import pages
from tests.members.delivery.conftest import owe
from tests.members.world import World
from tests.pages import visitor

pytestmark = pytest.mark.django_db
LINE = {"frequency": "3", "lowest": "2", "category": "phishing", "warp": "wm", "kit": "on"}
HOURS = {
    "digest_hour": "7",
    "digest_weekday": "4",
    "quiet_from": "22",
    "quiet_until": "6",
    "time_zone": "Europe/Dublin",
}


def line_of(world: World, who: str) -> Subscription:
    return Subscription.objects.filter(address__person=world.people[who]).earliest("pk")


def path(name: str, world: World, who: str = "alice") -> str:
    row = line_of(world, who)
    args = {"told-add": [ticks.address_handle(row.address)], "told-change": [ticks.tick_handle(row)],
            "told-remove": [ticks.tick_handle(row)]}  # fmt: skip
    return reverse(name, args=args.get(name, []))


def show(client: Client, where: str, **kwargs: Any) -> str:
    return client.get(where, **kwargs).content.decode()


def test_it_says_in_plain_words_what_comes_where_and_how_often(world: World) -> None:
    shown = show(visitor(world.people["alice"]), "/account/told/")
    assert "E-mail: alice@example.org" in shown and "bob@example.org" not in shown
    for words in ("from Urgent up", "from Advisory up", "however urgent"):
        assert f"Every subject, {words}" in shown
    for words in ("At once", "Once a day", "Once a week", "Monday at 08:00", "United Kingdom"):
        assert words in shown
    assert "A Flash is for what must be done now. It always goes" in shown
    assert "What brum runs" in shown and "What solihull runs" not in shown


def test_a_line_is_added_changed_and_removed(world: World) -> None:
    alice = visitor(world.people["alice"])
    said = alice.post(path("told-add", world), LINE, follow=True).content.decode()
    assert "Kept." in said and "Phishing and fraud, from Advisory up, from wm, only what concerns our kit" in said
    assert alice.get(path("told-change", world)).status_code == 200
    alice.post(path("told-change", world), {**LINE, "category": "outage", "kit": ""}, follow=True)
    kept = {ticks.of(row) for row in ticks.ticks(world.people["alice"])}
    assert {Tick(2, 3, "phishing", "wm", kit=True), Tick(2, 3, "outage", "wm")} <= kept
    assert "Taken off your list." in alice.post(path("told-remove", world), follow=True).content.decode()
    assert len(ticks.ticks(world.people["alice"])) == 3


def test_what_is_refused_is_said_at_its_field_and_what_was_typed_stays(world: World) -> None:
    alice = visitor(world.people["alice"])
    twice = {"frequency": "2", "lowest": "4", "category": "", "warp": ""}
    said = alice.post(path("told-add", world), twice).content.decode()
    assert "Your list has a line for this already" in said and "There is a problem" in said
    wrong = alice.post(path("told-add", world), {**LINE, "warp": "kent"}).content.decode()
    assert "There is a problem" in wrong
    assert "There is a problem" in alice.post(path("told-add", world), {}).content.decode()
    assert Subscription.objects.filter(address__person=world.people["alice"]).count() == 3


@pytest.mark.parametrize("name", ["told-add", "told-change", "told-remove"])
@pytest.mark.parametrize("who", ["alan", "carol", "root"])
def test_anothers_list_is_not_there_as_one_that_never_was(world: World, name: str, who: str) -> None:
    theirs = path(name, world)
    never = theirs.replace(theirs.split("/")[4], "A" * 43)
    method = "post" if name == "told-remove" else "get"

    def asked(where: str) -> tuple[int, bytes, int]:
        client = visitor(world.people[who])
        with CaptureQueriesContext(connection) as captured:
            answer = getattr(client, method)(where)
        return answer.status_code, answer.content, len(captured)

    asked(never)
    assert asked(theirs) == asked(never)
    assert asked(theirs)[0] == 404
    before = list(Subscription.objects.order_by("pk").values_list())
    assert visitor(world.people[who]).post(theirs, LINE).status_code == 404
    assert list(Subscription.objects.order_by("pk").values_list()) == before
    assert visitor(world.people["alice"]).post(theirs, LINE).status_code == 302
    assert list(Subscription.objects.order_by("pk").values_list()) != before


@pytest.mark.parametrize("where", ["/account/told/", "/account/told/times/", "/account/kit/brum/"])
def test_nobody_sees_them_without_signing_in(world: World, where: str) -> None:
    answer = visitor().get(where)
    assert answer.status_code == 302 and answer.headers["Location"].startswith("/account/login/")
    assert SESSION_KEY not in visitor().session


def test_the_hours_are_kept(world: World) -> None:
    alice = visitor(world.people["alice"])
    assert "Kept." in alice.post("/account/told/times/", HOURS, follow=True).content.decode()
    shown = show(alice, "/account/told/")
    assert "Friday at 07:00" in shown and "From 22:00 until 06:00" in shown and "Ireland" in shown
    said = alice.post("/account/told/times/", {**HOURS, "quiet_until": ""}).content.decode()
    assert "Quiet hours need both a beginning and an end." in said
    Person.objects.filter(pk=world.people["alice"].pk).update(time_zone="Asia/Tokyo")
    assert '<option value="Asia/Tokyo" selected>' in show(visitor(world.people["alice"]), "/account/told/times/")


def test_an_address_at_which_nothing_arrives_says_so(world: World, noon: datetime) -> None:
    Address.objects.create(person=world.people["alice"], value="alice@example.net")
    Address.objects.filter(value="alice@example.org").update(bad_since=noon)
    shown = show(visitor(world.people["alice"]), "/account/told/")
    assert "Nobody has confirmed this address" in shown and "What was sent here came back" in shown


# The month before


@pytest.fixture
def told(world: World) -> World:
    """Of the last hour: one to plan for, one of Flash, and one by name."""
    at = clock.ask()
    brum, alice = [{"organisation": "brum"}], [{"person": "alice"}]
    for case, tier, title in (
        ({"label": "GREEN"}, 2, "Plan it"), ({"label": "AMBER", "grants": brum}, 4, "Do it now"),
        ({"label": "RED", "grants": alice}, 2, "By name"),
    ):  # fmt: skip
        owe(pages.advisory(world, case, title=title).item, at, tier=tier)
    return world


def test_it_shows_what_the_list_would_have_told_before_it_is_kept_and_after(told: World) -> None:
    alice = visitor(told.people["alice"], confirmed=True)
    shown = show(alice, "/account/told/")
    assert "2 at once, 1 in digests" in " ".join(shown.split()), "what no digest may carry comes at once"
    assert "Do it now" in shown and "Plan it" in shown
    look = alice.post(path("told-change", told), {"frequency": "1", "lowest": "1", "look": "1"}).content.decode()
    assert "3 at once, 0 in digests" in " ".join(look.split()) and "This is not kept yet." in look
    assert line_of(told, "alice").lowest == Tier.URGENT
    assert "0 at once, 0 in digests" not in shown


LEFT_OUT = "What is for named people is left out here until you have confirmed that it is you."


def test_what_is_for_named_people_is_left_out_until_they_say_once_more_who_they_are(told: World) -> None:
    shown = show(visitor(told.people["alice"]), "/account/told/")
    assert LEFT_OUT in shown and "By name" not in shown and "1 at once, 1 in digests" in " ".join(shown.split())
    sure = show(visitor(told.people["alice"], confirmed=True), "/account/told/")
    assert "By name" in sure and LEFT_OUT not in sure
    others = show(visitor(told.people["bob"]), "/account/told/")
    assert "Plan it" in others and not [title for title in ("By name", "Do it now", LEFT_OUT) if title in others]


def test_before_that_no_tick_tells_of_what_such_an_item_is(told: World) -> None:
    """The same bytes whether the ticks that somebody tries fit it or not."""
    red, line = Announcement.objects.filter(item__standings__label="RED"), line_of(told, "alice")
    line.address.subscriptions.exclude(pk=line.pk).delete()

    def looks(*, confirmed: bool) -> list[str]:
        client, said = visitor(told.people["alice"], confirmed=confirmed), []
        for subject in ("phishing", "outage"):
            red.update(categories=[subject], tier=Tier.URGENT)
            tick = {"frequency": "1", "lowest": "3", "category": "phishing", "look": "1"}
            shown = client.post(path("told-change", told), tick)
            said.append(re.sub(r'name="csrfmiddlewaretoken" value="\w+"', "", shown.content.decode()))
        return said

    fits, does_not = looks(confirmed=False)
    assert fits == does_not and LEFT_OUT in fits
    fits, does_not = looks(confirmed=True)
    assert "By name" in fits and "By name" not in does_not


def test_the_page_asks_as_many_statements_whatever_stands_on_it(told: World, noon: datetime) -> None:
    def asked() -> int:
        client = visitor(told.people["alice"])
        client.get("/account/told/")
        with CaptureQueriesContext(connection) as captured:
            assert client.get("/account/told/").status_code == 200
        return len(captured)

    one = asked()
    extra = Address.objects.create(person=told.people["alice"], value="alice@example.net", verified_at=noon)
    for category in ("phishing", "outage", "breach"):
        Subscription.objects.create(address=extra, lowest=1, frequency=Frequency.DAILY, category=category)
    for _more in range(5):
        owe(pages.advisory(told, {"label": "GREEN"}).item, clock.ask(), tier=2)
    assert asked() == one <= 26


# Kit


def lead(world: World) -> Client:
    Affiliation.objects.filter(person=world.people["alice"]).update(role="lead")
    Affiliation.objects.filter(person=world.people["alan"]).update(role="reader")
    return visitor(world.people["alice"])


def kit(world: World) -> list[str]:
    return [one.name for one in products(world.organisations["brum"])]


def test_a_lead_adds_one_pastes_many_and_removes(world: World) -> None:
    alice = lead(world)
    said = alice.post("/account/kit/brum/", {"name": "FortiGate", "known_as": ""}, follow=True).content.decode()
    assert "1 product is new." in said and "FortiGate" in said
    pasted = {"lines": "Veeam Backup\nOur site | pkg:pypi/django"}
    said = alice.post("/account/kit/brum/", pasted, follow=True).content.decode()
    assert "2 products are new." in said and "pkg:pypi/django" in said
    alice.post("/account/kit/brum/remove/", {"name": "FortiGate"})
    assert kit(world) == ["Our site", "Veeam Backup"]


def test_what_is_wrong_is_said_at_its_field(world: World) -> None:
    alice = lead(world)
    one = alice.post("/account/kit/brum/", {"name": "Windows", "known_as": ""}).content.decode()
    assert "alone stands in too many texts" in one and 'value="Windows"' in one
    many = alice.post("/account/kit/brum/", {"lines": "Veeam Backup\nFortiGate | cpe:wrong"}).content.decode()
    assert "Line 2:" in many and "FortiGate | cpe:wrong" in many
    assert kit(world) == []


def test_its_readers_see_it_and_change_nothing(world: World, noon: datetime) -> None:
    lead(world)
    add_lines(world.people["alice"], world.organisations["brum"], "FortiGate", noon)
    alan = visitor(world.people["alan"])
    shown = show(alan, "/account/kit/brum/")
    assert "FortiGate" in shown and "Add a product" not in shown and "Remove" not in shown
    assert alan.post("/account/kit/brum/", {"name": "Veeam Backup"}).status_code == 404
    assert alan.post("/account/kit/brum/remove/", {"name": "FortiGate"}).status_code == 404
    assert kit(world) == ["FortiGate"]


@pytest.mark.parametrize("who", ["bob", "carol", "ursula", "root"])
def test_for_everybody_else_there_is_no_such_list(world: World, noon: datetime, who: str) -> None:
    lead(world)
    add_lines(world.people["alice"], world.organisations["brum"], "FortiGate", noon)

    def asked(slug: str) -> tuple[int, bytes, int]:
        client = visitor(world.people[who])
        with CaptureQueriesContext(connection) as captured:
            answer = client.get(f"/account/kit/{slug}/")
        return answer.status_code, answer.content, len(captured)

    asked("nowhere")
    assert asked("brum") == asked("nowhere") and asked("brum")[0] == 404
    assert visitor(world.people[who]).post("/account/kit/brum/", {"name": "x"}).status_code == 404
    assert "FortiGate" in show(visitor(world.people["alice"]), "/account/kit/brum/")


def test_the_list_takes_as_many_statements_however_long_it_is(world: World, noon: datetime) -> None:
    alice = lead(world)

    def asked() -> int:
        with CaptureQueriesContext(connection) as captured:
            assert alice.get("/account/kit/brum/").status_code == 200
        return len(captured)

    asked()
    one = asked()
    add_lines(
        world.people["alice"], world.organisations["brum"], "\n".join(f"Widgetron {n} x" for n in range(30)), noon
    )
    assert asked() == one <= 10
