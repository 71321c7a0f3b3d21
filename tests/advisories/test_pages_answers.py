"""What organisations answer to an alert, on its page, and the coordinator's page of who has and who has not."""

from __future__ import annotations

import csv
from datetime import datetime
from io import StringIO
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from members.delivery.plan import plan
from members.models import Affiliation, Grant, Item, Membership, Organisation, Response, Tier
from members.place import place
from members.response.answer import acknowledge, respond
from tests import pages
from tests.members.delivery.conftest import owe
from tests.members.world import World
from tests.pages import visitor

pytestmark = pytest.mark.django_db
AMBER = {"id": "a", "label": "AMBER", "grants": [{"warp": "wm"}]}


@pytest.fixture
def alert(world: World, noon: datetime) -> Item:
    """Urgent, to the West Midlands: brum, solihull, dudley and walsall are asked, and maidstone as dudley's client."""
    item = pages.advisory(world, AMBER).item
    owe(item, noon, tier=Tier.URGENT)
    plan(noon)
    return item


def page(world: World, who: str, item: Item, name: str = "detail") -> Any:
    return visitor(world.people[who]).get(reverse(f"advisories:{name}", args=[item.reference]))


def say(world: World, who: str, item: Item, **said: object) -> Any:
    return visitor(world.people[who]).post(reverse("advisories:respond", args=[item.reference]), said, follow=True)


def stands(slug: str) -> Response:
    return Response.objects.get(organisation__slug=slug)


def test_who_answers_for_a_council_is_asked_on_the_page_and_confirms_at_one_click(world: World, alert: Item) -> None:
    shown = page(world, "alice", alert).content.decode()
    assert "Answer for your organisation" in shown and "to confirm by 3 November 2026, 12:00 GMT" in shown
    assert "Which organisations?" not in shown
    said = say(world, "alice", alert, act="confirm").content.decode()
    assert "Confirmed. Thank you." in said and "Confirm: we have it" not in said
    assert stands("brum").acknowledged_at is not None and stands("solihull").acknowledged_at is None


def test_a_coordinator_of_the_warp_alone_is_asked_nothing(world: World, alert: Item) -> None:
    assert "Answer for your organisation" not in page(world, "carol", alert).content.decode()


def test_who_answers_for_several_says_for_which(world: World, noon: datetime, alert: Item) -> None:
    Affiliation.objects.create(person=world.people["alice"], organisation=world.organisations["walsall"], since=noon)
    assert "Which organisations?" in page(world, "alice", alert).content.decode()
    none = say(world, "alice", alert, act="confirm").content.decode()
    assert "Choose at least one of your organisations." in none
    say(world, "alice", alert, **{"act": "confirm", "answer-for_whom": ["walsall"]})
    assert stands("walsall").acknowledged_at is not None and stands("brum").acknowledged_at is None


def test_an_answer_is_told_to_the_handlers_and_a_bad_one_comes_back_as_it_was_typed(world: World, alert: Item) -> None:
    bad = say(world, "bob", alert, act="say").content.decode()
    assert "Nothing was said" in bad and stands("solihull").acknowledged_at is None
    long = say(world, "bob", alert, **{"act": "say", "answer-words": "Gateways " + "x" * 2000}).content.decode()
    assert "Gateways xxx" in long and stands("solihull").acknowledged_at is None
    say(world, "bob", alert, **{"act": "say", "answer-applies": "affected", "answer-words": "Two <b>gateways</b>"})
    board = page(world, "carol", alert, "responses").content.decode()
    assert "1 of 5 confirmed" in board and "1 says that it is affected" in board
    assert "Two &lt;b&gt;gateways&lt;/b&gt;" in board and "Bob" in board


def test_it_is_closed_and_opened_again(world: World, alert: Item) -> None:
    say(world, "bob", alert, **{"act": "say", "answer-applies": "not-affected"})
    assert "Closed." in say(world, "bob", alert, act="close").content.decode()
    assert stands("solihull").closed_at is not None
    assert "Open again." in say(world, "bob", alert, act="reopen").content.decode()
    assert stands("solihull").closed_at is None


@pytest.mark.parametrize("who", ["alice", "kate", "olive"])
@pytest.mark.parametrize("name", ["responses", "responses-csv"])
def test_the_board_is_for_handlers_and_nobody_else(world: World, alert: Item, who: str, name: str) -> None:
    assert page(world, "carol", alert, name).status_code == 200
    assert page(world, who, alert, name).status_code == 404


@pytest.mark.parametrize("who", ["kate", "olive"])
def test_what_somebody_can_not_read_they_can_not_answer(world: World, alert: Item, who: str) -> None:
    assert say(world, who, alert, act="confirm").status_code == 404
    assert say(world, "alice", alert, act="confirm").status_code == 200


def test_a_coordinator_notes_whom_they_rang(world: World, alert: Item) -> None:
    path = reverse("advisories:rung", args=[alert.reference])
    shown = visitor(world.people["carol"]).post(path, {"organisation": "dudley"}, follow=True).content.decode()
    assert "Noted: they have it." in shown and "by telephone" in shown and "1 of 5 confirmed" in shown
    nobody = visitor(world.people["carol"]).post(path, {"organisation": "kent"}, follow=True).content.decode()
    assert "Choose at least one" in nobody
    assert visitor(world.people["alice"]).post(path, {"organisation": "walsall"}).status_code == 404


def test_the_table_for_a_spreadsheet_has_no_formula_in_it(world: World, noon: datetime, alert: Item) -> None:
    acknowledge(world.people["alice"], alert, noon, ["brum"])
    respond(world.people["bob"], alert, noon, ["solihull"], words="=HYPERLINK(1)")
    rows = list(csv.DictReader(StringIO(page(world, "carol", alert, "responses-csv").content.decode())))
    told = {row["organisation"]: (row["state"], row["by"], row["last update"]) for row in rows}
    assert told["brum"] == ("confirmed", "Alice", "") and told["solihull"] == ("confirmed", "Bob", "'=HYPERLINK(1)")
    assert told["dudley"] == ("late", "", "") and len(rows) == 5


def said(client: Client) -> str:
    return client.get("/").content.decode()


def test_the_first_page_says_what_is_to_be_confirmed_until_it_is(world: World, alert: Item) -> None:
    alice = visitor(world.people["alice"])
    assert f"Title of {alert.reference}: to be confirmed for brum by 3 November 2026, 12:00 GMT" in said(alice)
    say(world, "alice", alert, act="confirm")
    assert "to be confirmed" not in said(alice)
    assert "to be confirmed" not in said(visitor(world.people["carol"]))


def test_an_alert_whose_reader_lost_the_right_asks_them_nothing(world: World, noon: datetime, alert: Item) -> None:
    assert "to be confirmed" in said(visitor(world.people["alice"]))
    Membership.objects.filter(organisation__slug="brum").update(until=noon)
    assert "to be confirmed" not in said(visitor(world.people["alice"]))
    assert say(world, "alice", alert, act="confirm").status_code == 404


def test_an_alert_that_was_taken_from_a_council_is_not_named_to_it(world: World, noon: datetime, alert: Item) -> None:
    assert alert.reference in said(visitor(world.people["alice"]))
    Grant.objects.filter(standing__item=alert).update(until=noon)
    place(alert)
    assert alert.reference not in said(visitor(world.people["alice"]))


def test_the_board_takes_as_many_statements_for_forty_as_for_one(world: World, noon: datetime) -> None:
    def statements(item: Item) -> int:
        with CaptureQueriesContext(connection) as asked:
            assert page(world, "carol", item, "responses").status_code == 200
        return len(asked)

    def released(number: int) -> Item:
        item = pages.advisory(world, {**AMBER, "id": f"a{number}"}).item
        owe(item, noon, tier=Tier.URGENT)
        plan(noon)
        return item

    one = released(1)
    statements(one)  # the first asks what holds for the process
    few = statements(one)
    for number in range(40):
        world.organisation(f"council-{number}", [{"warp": "wm"}])
    many = released(2)
    assert Response.objects.filter(item=many).count() == 45 < Organisation.objects.count()
    assert statements(many) == few


def test_what_was_typed_is_kept_whichever_button_is_pressed(world: World, alert: Item) -> None:
    say(world, "bob", alert, **{"act": "confirm", "answer-applies": "affected", "answer-words": "Two gateways"})
    say(world, "bob", alert, **{"act": "close", "answer-words": "All updated"})
    assert stands("solihull").applies == "affected" and stands("solihull").closed_at is not None
    assert [note.words for note in stands("solihull").notes.all() if note.words] == ["Two gateways", "All updated"]


def test_a_page_that_was_opened_before_it_changed_confirms_nothing(world: World, noon: datetime, alert: Item) -> None:
    form = {"act": "confirm", "answer-to": Response.objects.latest("pk").announcement.code}
    owe(alert, noon, event="revised", tier=Tier.URGENT)
    plan(noon)
    assert "asked anew since you opened this" in say(world, "alice", alert, **form).content.decode()
    assert stands("brum").acknowledged_at is None
    shown = page(world, "alice", alert).content.decode()
    code = Response.objects.get(organisation__slug="brum").announcement.code
    assert f'value="{code}"' in shown
    say(world, "alice", alert, **{**form, "answer-to": code})
    assert stands("brum").acknowledged_at is not None
