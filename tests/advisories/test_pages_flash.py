"""A Flash from a telephone: written, looked at, released once, by the verbs of the ordinary way."""

from __future__ import annotations

import re
from datetime import datetime
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from advisories import draft
from advisories.models import Advisory, Version
from members import clock
from members.delivery.plan import plan
from members.delivery.send import sweep
from members.models import Announcement, AuditRow, Delivery, Item, Office, Response, Standing, Warp
from tests.members.world import World
from tests.pages import visitor

pytestmark = pytest.mark.django_db
TYPED = {"title": "Tarnwell Gateway is being broken into", "what_is_known": "Two councils are encrypted.",
         "what_to_do": "Switch it off.\nRing us.", "label": "AMBER"}  # fmt: skip


@pytest.fixture(autouse=True)
def at_noon(monkeypatch: pytest.MonkeyPatch, noon: datetime) -> None:
    monkeypatch.setattr(clock, "ask", lambda: noon)


@pytest.fixture
def carol(world: World) -> Client:
    return visitor(world.people["carol"])


def written(client: Client, **typed: str) -> tuple[Item, str, Any]:
    """The item of a Flash that was typed, the path of its preview, and that page."""
    shown = client.post("/flash/", {**TYPED, **typed}, follow=True)
    item = Advisory.rows.select_related("item").latest("item__pk").item
    return item, reverse("advisories:flash-release", args=[item.reference]), shown


def press(client: Client, path: str, shown: Any) -> Any:
    return client.post(path, {"seen": shown.context["seen"]})


def test_it_is_written_looked_at_and_released(carol: Client, noon: datetime) -> None:
    item, path, shown = written(carol)
    said = shown.content.decode()
    assert "people</strong>" not in said and "in 5 organisations will be able to read this." in said
    assert "will be told now by mail" in said and "[TLP:AMBER] Tarnwell Gateway" in said
    assert "Switch it off" not in said, "of what is AMBER a mail has the title and the link"
    assert not Standing.objects.filter(item=item).exists()
    assert press(carol, path, shown).headers["Location"] == f"/advisories/{item.reference}/responses/"
    owed = Announcement.objects.get(item=item)
    assert (owed.event, owed.tier) == ("released", 4)
    plan(noon)
    assert Response.objects.filter(item=item).count() == 5 and Delivery.objects.filter(announcement=owed).exists()
    verbs = list(AuditRow.objects.filter(reference=item.reference).order_by("pk").values_list("verb", flat=True))
    assert [verb for verb in verbs if verb in ("draft", "edit", "release")] == ["draft", "edit", "release"]


def test_as_many_are_told_as_the_preview_says(carol: Client, noon: datetime) -> None:
    _item, path, shown = written(carol)
    press(carol, path, shown)
    plan(noon)
    told = Delivery.objects.values("address__person").distinct().count()
    assert f"{told} will be told now by mail" in shown.content.decode() and told > 5


def test_the_mail_that_is_shown_is_the_one_that_is_sent(
    world: World, carol: Client, noon: datetime, mailoutbox: Any
) -> None:
    _item, path, shown = written(carol, label="GREEN")
    press(carol, path, shown)
    sweep(noon)
    sent = next(mail for mail in mailoutbox if mail.to == ["bob@example.org"])
    mail = shown.context["mail"]
    link = next(line for line in sent.body.splitlines() if "/a/" in line)
    shown_link = next(line for line in mail.text.splitlines() if "/a/" in line)
    assert (sent.subject, sent.body.replace(link, shown_link)) == (mail.subject, mail.text)
    assert "Switch it off." in mail.text


def test_pressed_twice_it_is_released_once(carol: Client) -> None:
    item, path, shown = written(carol)
    first, second = press(carol, path, shown), press(carol, path, shown)
    assert first.status_code == second.status_code == 302
    assert Announcement.objects.filter(item=item).count() == Standing.objects.filter(item=item).count() == 1
    assert "problem" not in carol.get(second.headers["Location"]).content.decode()


def test_what_was_changed_since_it_was_looked_at_is_looked_at_again(
    world: World, carol: Client, noon: datetime
) -> None:
    item, path, shown = written(carol)
    draft.edit(world.people["carol"], Advisory.rows.get(item=item), noon, title="Another title")
    assert press(carol, path, shown).headers["Location"] == path
    assert "changed since you looked" in carol.get(path).content.decode()
    assert not Standing.objects.filter(item=item).exists()


def test_it_is_changed_without_a_second_draft(carol: Client) -> None:
    item, path, _shown = written(carol)
    again = f"/flash/{item.reference}/change/"
    assert "Two councils are encrypted." in carol.get(again).content.decode()
    shown = carol.post(again, {**TYPED, "label": "CLEAR"}, follow=True)
    assert "Everyone will be able to read this" in shown.content.decode()
    assert Advisory.rows.count() == 1 and Version.objects.get().audience == []
    assert press(carol, path, shown).status_code == 302


def test_the_label_is_the_usual_one_of_the_warp_and_the_members_are_its_own(world: World, noon: datetime) -> None:
    Warp.objects.filter(slug="kent").update(usual_label="AMBER+STRICT")
    kate = world.people["kate"]
    browser = visitor(kate)
    shown = browser.get("/flash/").content.decode()
    assert re.search(r'<input[^>]*value="AMBER\+STRICT"[^>]*checked', shown) and shown.count("checked") == 1
    Office.objects.create(person=kate, warp=world.warps["wm"], role="coordinator", since=noon)
    item, _path, _shown = written(browser, warp="wm")
    assert item.warp.slug == "wm" and Version.objects.get().audience == [["warp", world.warps["wm"].pk]]


def test_what_is_left_out_is_asked_for_and_the_rest_is_kept(carol: Client) -> None:
    said = carol.post("/flash/", {**TYPED, "title": "", "label": "RED"}).content.decode()
    assert "Fill in “What it is, in one line”." in said and "Switch it off." in said
    assert not Advisory.rows.exists()


@pytest.mark.parametrize("who", ["alice", "cuth", "root", "olive"])
def test_nobody_else_sends_one(world: World, carol: Client, who: str) -> None:
    _item, path, shown = written(carol)
    other = visitor(world.people[who])
    assert other.get("/flash/").status_code == other.post("/flash/", TYPED).status_code == 404
    for hidden in (path, f"{path}change/"):
        nothing = hidden.replace(path.split("/")[2], "WM-22222")
        other.get(nothing)
        with CaptureQueriesContext(connection) as one:
            said = other.get(hidden)
        with CaptureQueriesContext(connection) as two:
            absent = other.get(nothing)
        assert said.status_code == 404 and said.content == absent.content and len(one) == len(two)
    assert press(other, path, shown).status_code == 404 and Advisory.rows.count() == 1


@pytest.mark.parametrize("changes", [{"tier": 3}, {"label": "RED"}])
def test_what_is_no_flash_for_organisations_goes_the_long_way(
    world: World, carol: Client, noon: datetime, changes: dict[str, Any]
) -> None:
    item, path, _shown = written(carol)
    draft.edit(world.people["carol"], Advisory.rows.get(item=item), noon, **changes)
    assert carol.get(path).headers["Location"] == f"/desk/drafts/{item.reference}/release/"
    assert carol.post(path, {"seen": ""}).status_code == 302 and not Standing.objects.filter(item=item).exists()
