"""The coordinators' board: who is to be rung, by whom it was tried, who is ringing them, and that it renews itself."""

from __future__ import annotations

import json
import re
from datetime import datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.conf import settings
from django.contrib.auth import SESSION_KEY
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from members import clock
from members.delivery.plan import plan
from members.delivery.send import sweep
from members.models import Address, Affiliation, Item, Office, Tier
from members.response import ladder
from members.response.answer import acknowledge
from members.response.ladder import Rung
from tests import pages
from tests.members.delivery.conftest import owe
from tests.members.world import World
from tests.pages import visitor

pytestmark = pytest.mark.django_db
AMBER = {"id": "a", "label": "AMBER", "grants": [{"warp": "wm"}]}
HOUR = timedelta(hours=1)


@pytest.fixture
def alert(world: World, noon: datetime, monkeypatch: pytest.MonkeyPatch) -> Item:
    """A Flash to the West Midlands, an hour and a minute later: both steps are done for those who did not confirm."""
    for who in ("bob", "alice"):
        Affiliation.objects.filter(person=world.people[who]).update(role="lead")
    porter = Rung("night", name="Nora Porter", telephone="01632 960 123", mail="porter@example.net")
    ladder.add(world.people["bob"], world.organisations["solihull"], noon, porter)
    ladder.add(world.people["alice"], world.organisations["brum"], noon, porter._replace(name="Bert Porter"))
    Address.objects.filter(rung__isnull=False).update(verified_at=noon)  # both were proved
    Address.objects.filter(person=world.people["wendy"]).update(bad_since=noon)
    item = pages.advisory(world, AMBER).item
    owe(item, noon, tier=Tier.FLASH)
    plan(noon)
    acknowledge(world.people["dora"], item, noon, ["dudley"])
    sweep(noon + HOUR / 2)
    sweep(noon + HOUR)
    monkeypatch.setattr(clock, "ask", lambda: noon + HOUR * 61 / 60)
    return item


def board(world: World, item: Item, who: str = "carol", **headers: str) -> str:
    path = reverse("advisories:responses", args=[item.reference])
    return visitor(world.people[who]).get(path, headers=headers).content.decode()


def ring(world: World, item: Item, act: str, who: str = "carol", organisation: str = "solihull") -> Any:
    path = reverse("advisories:rung", args=[item.reference])
    said = {"act": act, "organisation": organisation}
    return visitor(world.people[who]).post(path, said, follow=True)


def test_it_says_who_is_to_be_rung_by_whom_it_was_tried_and_with_what_result(world: World, alert: Item) -> None:
    said = " ".join(board(world, alert).split())
    assert "1 of 5 confirmed" in said and said.count("not confirmed: to be rung") == 4
    assert "told once more: <bdi>Bob</bdi>, by mail: sent 1 November 2026, 12:30" in said
    assert "coordinator told to ring: <bdi>Carol</bdi>, by mail: sent 1 November 2026, 13:00" in said


def test_where_the_hub_could_tell_nobody_it_says_so(world: World, alert: Item) -> None:
    said = board(world, alert)
    assert said.count("Nobody there has a verified address") == 1
    assert said.index(">walsall<") < said.index("Nobody there has a verified address")


def test_contacts_are_shown_to_who_may_see_that_organisations_and_to_no_other_handler(
    world: World, noon: datetime, alert: Item
) -> None:
    said = board(world, alert)
    assert "Nora Porter" in said and "01632 960 123" in said, "carol coordinates the WARP of solihull"
    assert "Bert Porter" not in said and said.count("a contact without an account") == 1, "brum is Birmingham's"
    Office.objects.create(person=world.people["brian"], warp=world.warps["wm"], role="coordinator", since=noon)
    assert "Bert Porter" in board(world, alert, "brian") and "Nora Porter" in board(world, alert, "brian")
    detail = visitor(world.people["carol"]).get(reverse("advisories:detail", args=[alert.reference])).content.decode()
    assert "a contact without an account" in detail and "Porter" not in detail


def test_what_a_server_said_of_an_address_is_shown_to_who_may_see_that_and_to_no_other(
    world: World, noon: datetime, alert: Item
) -> None:
    for address in Address.objects.filter(value__in=["porter@example.net", "bob@example.org"]):
        said = f"550 5.1.1 <{address.value}>: Recipient address rejected"
        address.deliveries.filter(step=1).update(state="dead", sent_at=None, outcome=said)
    Office.objects.create(person=world.people["brian"], warp=world.warps["wm"], role="coordinator", since=noon)
    both, one = (" ".join(board(world, alert, who).split()) for who in ("brian", "carol"))
    assert both.count("&lt;porter@example.net&gt;: Recipient address rejected") == 2
    assert one.count("&lt;porter@example.net&gt;") == 1, "of solihull's, and of no other's"
    assert "a contact without an account, by mail: given up (the other side did not take it)" in one
    assert "<bdi>Bob</bdi>, by mail: given up (the other side did not take it)" in one and "bob@" not in one
    detail = visitor(world.people["carol"]).get(reverse("advisories:detail", args=[alert.reference])).content.decode()
    assert "given up: the other side did not take it" in detail and "porter@" not in detail and "bob@" not in detail


def test_who_rings_is_shown_to_the_others_and_what_came_of_it_to_all(world: World, noon: datetime, alert: Item) -> None:
    Office.objects.create(person=world.people["kate"], warp=world.warps["wm"], role="coordinator", since=noon)
    assert "Ring them<" in board(world, alert, "kate")
    assert "They are yours to ring" in ring(world, alert, "ring").content.decode()
    seen = board(world, alert, "kate")
    assert "Carol is ringing them, since 1 November 2026, 13:01" in seen and 'id="ring-solihull"' not in seen
    assert "Carol is ringing solihull already" in ring(world, alert, "ring", "kate").content.decode()
    assert "Noted: no answer." in ring(world, alert, "no-answer").content.decode()
    seen = board(world, alert, "kate")
    assert "rung: no answer, 1 November 2026, 13:01, Carol" in seen and "is ringing them" not in seen
    assert "2 of 5 confirmed" in ring(world, alert, "rung", "kate").content.decode()


@pytest.mark.parametrize("who", ["alice", "olive"])
def test_nobody_else_rings(world: World, alert: Item, who: str) -> None:
    assert ring(world, alert, "ring", who).status_code == 404
    assert ring(world, alert, "ring").status_code == 200


def test_it_asks_for_itself_again_and_is_given_the_board_alone(world: World, alert: Item) -> None:
    page, part = board(world, alert), board(world, alert, **{"HX-Request": "true"})
    assert 'hx-trigger="every 10s"' in page and "<html" in page
    assert part.lstrip().startswith('<div id="board"') and "<html" not in part and "1 of 5 confirmed" in part
    path = reverse("advisories:responses", args=[alert.reference])
    gone = visitor(world.people["alice"]).get(path, headers={"HX-Request": "true"})
    assert gone.status_code == 404


def test_a_board_that_nobody_looks_at_ends_with_the_sign_in(world: World, alert: Item) -> None:
    path, carol = reverse("advisories:responses", args=[alert.reference]), visitor(world.people["carol"])
    with time_machine.travel("2026-11-01T13:01Z", tick=False) as hand:
        page = carol.get(path).content.decode()
        (said,) = re.findall(r"hx-headers='([^']+)'", page)
        headers = {"HX-Request": "true", **json.loads(said)}
        for _ in range(3):
            hand.shift(settings.SESSION_IDLE_SECONDS // 3)
            assert "1 of 5 confirmed" in carol.get(path, headers=headers).content.decode()
        hand.shift(1)
        assert carol.get(path, headers=headers).status_code == 404 and SESSION_KEY not in carol.session


def test_it_takes_as_many_statements_for_forty_as_for_five(world: World, noon: datetime, alert: Item) -> None:
    carol = visitor(world.people["carol"])

    def statements(item: Item) -> int:
        path = reverse("advisories:responses", args=[item.reference])
        carol.get(path, headers={"HX-Request": "true"})
        with CaptureQueriesContext(connection) as asked:
            assert carol.get(path, headers={"HX-Request": "true"}).status_code == 200
        return len(asked)

    few = statements(alert)
    for number in range(40):
        world.organisation(f"c{number}", [{"warp": "wm"}])
        world.person(f"p{number}", {"affiliations": [f"c{number}"]})
    many = pages.advisory(world, {**AMBER, "id": "b"}).item
    owe(many, noon, tier=Tier.FLASH)
    plan(noon)
    acknowledge(world.people["dora"], many, noon, ["dudley"])
    sweep(noon + HOUR)
    assert statements(many) == few <= 27
