"""Two pages that hold one draft of bob's: nothing of either is overwritten unseen, and nothing is lost."""

from __future__ import annotations

import re
from datetime import datetime
from html import unescape
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from advisories import reporting, together
from advisories.models import Notified, Report
from members import clock
from members.models import Item
from tests.advisories.reported import WORDS, begun, filed
from tests.conftest import NOON
from tests.members.world import World
from tests.pages import visitor

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("folder")]
BOTH = pytest.mark.parametrize("anonymous", [True, False], ids=["anonymous", "by name"])
HTMX = {"HX-Request": "true"}


@pytest.fixture(autouse=True)
def at_noon(monkeypatch: pytest.MonkeyPatch, noon: datetime) -> None:
    monkeypatch.setattr(clock, "ask", lambda: noon)


class Tab:
    """One page of the draft, as a browser has it: what it was given, and what stands in its fields."""

    def __init__(self, client: Client, item: Item) -> None:
        self.client = client
        self.path = reverse("incidents:write", args=[item.reference])
        self.take(client.get(reverse("incidents:detail", args=[item.reference])).content.decode())

    def take(self, text: str) -> None:
        self.text = text
        found = re.search(r'name="given" value="([^"]*)"', text)
        self.given = unescape(found[1]) if found else ""
        self.fields: dict[str, Any] = {"label": "AMBER+STRICT", "nation": "england", "given": self.given}
        lines = re.findall(r'<input type="(?:text|datetime-local)" name="([\w-]+)"([^>]*)>', text)
        values = {name: re.search(r'value="([^"]*)"', rest) for name, rest in lines}
        self.fields |= {name: unescape(found[1]) if found else "" for name, found in values.items()}
        areas = re.findall(r'<textarea name="(\w+)"[^>]*>\n?(.*?)</textarea>', text, re.S)
        self.fields |= {name: unescape(value) for name, value in areas}

    def pauses(self, **typed: str) -> str:
        self.fields |= typed
        sent = {name: value for name, value in self.fields.items() if name != "indicators"}
        return self.client.post(self.path, sent, headers=HTMX).content.decode()

    def saves(self, **typed: str) -> Any:
        self.fields |= typed
        answer = self.client.post(self.path, self.fields)
        if answer.status_code == 200:
            self.take(answer.content.decode())
        return answer


def tabs(world: World, item: Item, *, confirmed: bool = True) -> tuple[Tab, Tab]:
    client = visitor(world.people["bob"], confirmed=confirmed)
    return Tab(client, item), Tab(client, item)


@BOTH
def test_what_one_page_did_not_touch_stays_as_the_other_saved_it(world: World, anonymous: bool) -> None:
    item = begun(world, anonymous=anonymous, **WORDS)
    old, new = tabs(world, item)
    assert new.saves(body="Files end in .locked since five.", severity="4").status_code == 302
    assert "Saved" in old.pauses(done="Pulled the plug") and old.saves().status_code == 302
    report = Report.rows.get(item=item)
    assert (report.body, report.done, report.severity) == (
        "Files end in .locked since five.", "Pulled the plug", 4
    )  # fmt: skip


@BOTH
def test_what_both_changed_is_kept_twice_and_said_until_they_have_seen_it(world: World, anonymous: bool) -> None:
    item = begun(world, anonymous=anonymous, **WORDS)
    old, new = tabs(world, item)
    new.saves(body="It began at five.")
    for _ in range(2):  # typing on changes nothing
        said = old.pauses(body="It began at seven.", title="Payroll is off")
        assert "“What happened?” was changed elsewhere" in said and "Press “Save” to see both" in said
    report = Report.rows.get(item=item)
    assert (report.body, report.title) == ("It began at five.", "Payroll is off")
    assert old.saves(act="file").status_code == 200
    assert "What is stored" in old.text and "It began at five." in old.text
    assert old.fields["body"] == "It began at seven." and 'href="#id_body"' in old.text
    item.refresh_from_db()
    assert Report.rows.get(item=item).body == "It began at five." and item.submitted_at is None
    said = old.pauses(done="Pulled the plug")  # typing elsewhere decides nothing
    assert "“What happened?” is not saved yet" in said
    report = Report.rows.get(item=item)
    assert (report.body, report.done) == ("It began at five.", "Pulled the plug")
    assert old.saves(body="It began at five or seven.").status_code == 302  # they have seen both
    assert Report.rows.get(item=item).body == "It began at five or seven."


def test_what_a_page_wrote_itself_it_may_write_again_whatever_became_of_the_answers(world: World) -> None:
    item = begun(world, **WORDS)
    tab, _other = tabs(world, item)
    for words in ("It began", "It began at", WORDS["body"], "It began at five."):  # its answers are never read
        assert "Saved 1 November" in tab.pauses(body=words)
        assert Report.rows.get(item=item).body == words


def test_a_page_that_is_loaded_anew_and_sends_what_it_sent_before_overwrites_nothing_newer(world: World) -> None:
    item = begun(world, **WORDS)
    tab, _other = tabs(world, item)
    sent = {**tab.fields, "body": "One", "started_at": "yesterday"}
    tab.take(tab.client.post(tab.path, sent).content.decode())
    assert "Saved" in tab.pauses(body="One and two")
    assert "One and two" in tab.client.post(tab.path, sent).content.decode()
    assert Report.rows.get(item=item).body == "One and two"


def test_back_in_the_page_of_before_nothing_newer_is_overwritten(world: World) -> None:
    item = begun(world, **WORDS)
    first, _other = tabs(world, item)
    first.saves(body="One")
    second = Tab(first.client, item)
    second.saves(body="One and two")
    assert first.saves(done="Rang them").status_code == 200  # the Back button, and a word in another field
    report = Report.rows.get(item=item)
    assert (report.body, report.done) == ("One and two", "Rang them") and "One and two" in first.text


def test_what_was_kept_while_the_sign_in_ended_overwrites_nothing_newer(world: World) -> None:
    item = begun(world, **WORDS)
    old, new = tabs(world, item)
    old.fields |= {"body": "From the train", "done": "Rang them"}
    kept = visitor(None).post(old.path, old.fields).content.decode()
    again = dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', kept))
    assert unescape(again["given"]) == old.given
    new.saves(body="From the office")
    assert old.saves(given=unescape(again["given"])).status_code == 200
    report = Report.rows.get(item=item)
    assert (report.body, report.done) == ("From the office", "Rang them")
    assert "From the office" in old.text and old.fields["body"] == "From the train"


def test_whoever_has_not_said_that_it_is_they_is_told_and_shown_nothing_of_what_is_stored(world: World) -> None:
    item = begun(world, **WORDS)
    old, new = tabs(world, item)
    new.saves(body="It began at five.")
    old.client = visitor(world.people["bob"], confirmed=False)
    for said in (old.pauses(body="It began at seven."), old.saves().content.decode()):
        assert "Open the report in another tab" in said and "at five" not in said
    old.client = new.client
    assert old.saves().status_code == 200 and "It began at five." in old.text  # now they see both
    assert Report.rows.get(item=item).body == "It began at five."


@BOTH
@pytest.mark.parametrize("is_filed", [True, False], ids=["filed", "begun"])
def test_of_whom_they_told_the_same_is_so(world: World, anonymous: bool, is_filed: bool) -> None:
    item = (filed if is_filed else begun)(world, anonymous=anonymous, **WORDS)
    old, new = tabs(world, item)
    new.saves(**{"told-ico-at": "", "told-ico-reference": "IC-1"})
    old.saves(**{"told-ico-at": "", "told-ico-reference": "", "told-ncsc-at": "", "told-ncsc-reference": "N-1"})
    assert [(one.body, one.reference) for one in Notified.objects.all()] == [("ico", "IC-1"), ("ncsc", "N-1")]
    assert old.saves(**{"told-ico-reference": "IC-2"}).status_code == 200 and "IC-1" in old.text
    assert Notified.objects.get(body="ico").reference == "IC-1"
    assert old.saves().status_code == 302 and Notified.objects.get(body="ico").reference == "IC-2"


def test_a_time_and_an_audience_are_compared_as_they_are_shown(world: World) -> None:
    wm = world.warps["wm"]
    item = begun(world, **WORDS, started_at=NOON.replace(second=31), audience=[("warp", wm.pk)], label="AMBER")
    old, new = tabs(world, item)
    both = {"label": "AMBER", "warps": "wm", "started_at": "2026-11-01T12:00"}
    new.saves(**both, hit="Payroll")
    old.saves(**both, done="Rang them")
    reporting.save(world.people["bob"], item, NOON, audience=[])
    assert old.saves(**both).status_code == 302 and Report.rows.get(item=item).audience == []
    assert Report.rows.get(item=item).started_at == NOON.replace(second=31)


@pytest.mark.parametrize("given", ["\0", "x", "x y:z", "x " + "body:0 " * 1000, "🙂" * 500, " "])
def test_what_no_page_of_ours_was_given_overwrites_nothing_and_breaks_nothing(world: World, given: str) -> None:
    item = begun(world, **WORDS)
    tab, _other = tabs(world, item)
    answer = tab.saves(given=given, body="Planted", done="x")
    assert answer.status_code in (200, 302)
    report = Report.rows.get(item=item)
    assert report.body in (WORDS["body"], "Planted") and not any(
        "\0" in one or len(one) > 12 for one in report.writers.values()
    )


def test_the_rows_say_which_page_and_never_who(world: World) -> None:
    item = begun(world, **WORDS)
    tab, _other = tabs(world, item)
    tab.saves(body="x")
    assert Report.rows.get(item=item).writers == {"body": together.read(tab.given).page}
