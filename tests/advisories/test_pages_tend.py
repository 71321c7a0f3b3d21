"""The handlers' part of an incident's page: carol coordinates wm, cuth is its custodian, alice of brum only reads."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse

from advisories import draft
from advisories.models import Advisory, Happened, Incident, Indicator, Version
from members import clock, kinds, reports
from members.models import AuditRow, Item, Kind
from tests.advisories.incidents import derived, filed, kept, shared
from tests.conftest import NOON
from tests.members.world import World
from tests.pages import confirm, visitor

pytestmark = pytest.mark.django_db
LATER = NOON + timedelta(hours=1)
BODIES = {
    "state": {"state": "contained"},
    "note": {"on": "2026-10-31", "words": "The share is off."},
    "strike": {"on": "2026-10-31", "words": "The share is off."},
    "take": {},
    "close": {"lessons": "Back up daily."},
    "indicators": {"typed": "hxxp://bad[.]example/"},
    "become": {},
}


@pytest.fixture(autouse=True)
def an_hour_later(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clock, "ask", lambda: LATER)


def at(act: str, item: Item) -> str:
    return reverse(f"incidents:{act}", args=[item.reference])


def content(client: Client, item: Item) -> str:
    return client.get(kinds.page(item)).content.decode()


@pytest.mark.parametrize("act", BODIES)
def test_whoever_handles_it_does_it_and_comes_back_and_whoever_does_not_finds_nothing(world: World, act: str) -> None:
    item = shared(world, kept(world))
    for name in ("alice", "bob", "kate", "root", "nobody"):
        client = visitor(world.people.get(name))
        client.get(at("stix", Item(reference="WM-77777")))  # who asks for the first time is given an alias
        answers = [client.post(at(act, Item(reference=one)), BODIES[act]) for one in (item.reference, "WM-77777")]
        assert [one.status_code for one in answers] == [404, 404], name
        bodies = [one.content.decode().replace(item.reference, "WM-77777") for one in answers]
        assert bodies[0] == bodies[1], name
    assert not Happened.objects.exists() and Incident.rows.get().owner is None
    carol = visitor(world.people["carol"])
    answer = carol.post(at(act, item), BODIES[act])
    where = answer["Location"]
    assert where.startswith("/desk/drafts/") if act == "become" else where == f"{kinds.page(item)}#tend"
    assert "Done" in carol.get(where).content.decode()


def test_a_page_of_an_incident_offers_its_handlers_what_they_may_do(world: World) -> None:
    item = shared(world, kept(world))
    for name, offered in (("carol", True), ("alice", False), ("bob", False)):
        shown = content(visitor(world.people[name]), item)
        assert all((at(act, item) in shown) == offered for act in BODIES if act != "strike"), name


def test_it_says_who_sees_to_it(world: World) -> None:
    item, carol = kept(world), visitor(world.people["carol"])
    shown = content(carol, item)
    assert "Nobody has taken it on yet" in shown and 'value="2026-11-01"' in shown  # as a browser takes a date
    carol.post(at("take", item))
    shown = content(carol, item)
    assert "Carol sees to it" in shown and at("take", item) not in shown


def test_a_line_that_cannot_stand_is_told_at_the_top_and_what_was_typed_is_kept(world: World) -> None:
    item, carol = kept(world), visitor(world.people["carol"])
    shown = carol.post(at("note", item), {"on": "31.10.", "words": "The share is off."}).content.decode()
    assert "There is a problem" in shown and 'href="#id_on"' in shown and "Write the date like" in shown
    assert "The share is off." in shown and "31.10." in shown
    shown = carol.post(at("note", item), {"on": "2026-12-24", "words": "x"}).content.decode()
    assert "That day has not come yet" in shown
    shown = carol.post(at("state", item), {"state": "closed"}).content.decode()
    assert "There is a problem" in shown and Incident.rows.get().state == "open"


def test_closing_asks_what_was_learned(world: World) -> None:
    item, carol = kept(world), visitor(world.people["carol"])
    assert carol.get(at("close", item)).status_code == 200
    shown = carol.post(at("close", item), {"lessons": " "}).content.decode()
    assert "Say what was learned" in shown and Incident.rows.get().state == "open"
    carol.post(at("close", item), {"lessons": "Back up\r\ndaily."})
    assert (Incident.rows.get().state, Version.objects.get().lessons) == ("closed", "Back up\ndaily.")
    assert "Back up\ndaily." in carol.get(at("close", item)).content.decode()
    assert "Change what was learned" in content(carol, item)


def test_indicators_stand_in_their_box_harmless_and_inner_ones_are_told_of(world: World) -> None:
    item, carol = kept(world), visitor(world.people["carol"])
    answer = carol.post(at("indicators", item), {"typed": "http://bad.example/x and 10.20.30.40"})
    shown = carol.get(answer["Location"]).content.decode()
    assert "It names 2 indicators." in shown and "10.20.30.40" in shown and "own network" in shown
    assert "hxxp://bad[.]example/x" in carol.get(at("indicators", item)).content.decode()
    shown = carol.post(at("indicators", item), {"typed": "a.example.org\n" * 20_000}).content.decode()
    assert "There is a problem" in shown and Indicator.objects.count() == 2


def test_where_there_can_be_no_advisory_it_says_why(world: World) -> None:
    item = kept(world)
    draft.edit(world.people["carol"], Advisory.rows.get(item=item), NOON, title="Ransomware")
    carol = visitor(world.people["carol"])
    answer = carol.post(at("become", item))
    assert "Release it first" in carol.get(answer["Location"]).content.decode()
    withdrawn = shared(world, kept(world))
    assert carol.post(at("become", withdrawn))["Location"].startswith("/desk/drafts/")
    carol.post(reverse("advisories:withdraw", args=[withdrawn.reference]), {"reason": "It was a drill."})
    answer = carol.post(at("become", withdrawn))
    assert "It is withdrawn" in carol.get(answer["Location"]).content.decode()
    assert at("become", withdrawn) not in content(carol, withdrawn)


@pytest.mark.parametrize(("anonymous", "keeper"), [(True, "cuth"), (False, "carol")])
def test_what_the_report_names_is_shown_beside_the_box_to_whoever_keeps_it(
    world: World, anonymous: bool, keeper: str
) -> None:
    item = derived(world, keeper, anonymous=anonymous)
    report = Item.rows.get(kind=Kind.REPORT)
    Indicator.objects.create(item=report, kind="domain", value="mail.solihull.example")
    client, person = visitor(world.people[keeper]), world.people[keeper]
    shown = [client.get(at("indicators", item)).content.decode()]
    assert not AuditRow.objects.filter(verb="read", reference=report.reference).exists()
    confirm(client, person)
    shown.append(client.get(at("indicators", item)).content.decode())
    assert ["mail[.]solihull[.]example" in one for one in shown] == [not anonymous, True]
    assert AuditRow.objects.filter(verb="read", reference=report.reference).exists() == anonymous
    assert "mail[.]solihull" not in content(client, item)


def test_who_tends_it_and_does_not_read_the_report_is_shown_nothing_of_it(world: World) -> None:
    item = derived(world)
    Indicator.objects.create(item=Item.rows.get(kind=Kind.REPORT), kind="domain", value="mail.solihull.example")
    reports.submit(world.people["cuth"], item, NOON)
    shown = visitor(world.people["carol"], confirmed=True).get(at("indicators", item))
    assert shown.status_code == 200 and "mail[.]solihull" not in shown.content.decode()


# What is guarded


def red(world: World) -> Item:
    item = kept(world, label="RED")
    whom = [("person", world.people["alice"].pk)]
    return shared(world, item, label="RED", audience=whom)


@pytest.mark.parametrize("act", BODIES)
def test_what_is_red_asks_once_more_who_it_is_and_does_nothing_before(world: World, act: str) -> None:
    item, carol = red(world), visitor(world.people["carol"])
    before = AuditRow.objects.count()
    answer = carol.post(at(act, item), BODIES[act])
    if act == "note":  # so that no word is lost
        assert "The share is off." in answer.content.decode() and "Confirm that it is you" in answer.content.decode()
    else:
        assert "reauthenticate" in answer["Location"]
    assert AuditRow.objects.count() == before and Incident.rows.get().state == "open"
    confirm(carol, world.people["carol"])
    assert carol.post(at(act, item), BODIES[act]).status_code == 302
    assert AuditRow.objects.count() > before or act == "strike"


def test_a_next_version_that_is_red_shows_no_line_of_it_unasked(world: World) -> None:
    item, carol = shared(world, kept(world)), world.people["carol"]
    draft.edit(carol, Advisory.rows.get(item=item), LATER, label="RED")
    client = visitor(carol)
    client.post(at("note", item), BODIES["note"])
    assert "The share is off." not in content(client, item)
    assert [client.get(at(act, item)).status_code for act in ("close", "indicators")] == [302, 302]
    confirm(client, carol)
    assert "The share is off." in content(client, item)
    assert AuditRow.objects.filter(verb="read_draft", reference=item.reference, detail__version=2).exists()
    assert "The share is off." not in content(visitor(world.people["alice"]), item)


# From a report


@pytest.mark.parametrize(("anonymous", "keeper"), [(True, "cuth"), (False, "carol")])
def test_who_keeps_a_report_begins_an_incident_from_it_and_nobody_else_does(
    world: World, anonymous: bool, keeper: str
) -> None:
    report = filed(world, anonymous=anonymous)
    for name in {"alice", "bob", "carol", "cuth", "kate", "root", "nobody"} - {keeper}:
        client = visitor(world.people.get(name), confirmed=name in world.people)
        assert client.post(at("derive", report)).status_code == 404, name
    assert not Item.rows.filter(kind=Kind.INCIDENT).exists()
    client = visitor(world.people[keeper], confirmed=True)
    answers = [client.post(at("derive", report)) for _ in range(2)]  # a nervous thumb
    [item] = Item.rows.filter(kind=Kind.INCIDENT)
    assert [one["Location"] for one in answers] == [kinds.page(item)] * 2
    shown = content(client, item)
    assert "We are locked out" not in shown and "nothing of the report is in it" in shown
    assert reverse("advisories:draft-edit", args=[item.reference]) in shown


@pytest.mark.parametrize(("anonymous", "keeper"), [(True, "cuth"), (False, "carol")])
def test_who_derives_it_is_told_of_the_embargo_that_its_reporter_asked_for(
    world: World, anonymous: bool, keeper: str
) -> None:
    report = filed(world, anonymous=anonymous, embargo_until=LATER + timedelta(days=1))
    client = visitor(world.people[keeper], confirmed=True)
    shown = client.post(at("derive", report), follow=True).content.decode()
    assert "under an embargo until 2 November 2026, 13:00 GMT, as its reporter asked" in shown
    page = reverse("advisories:embargo", args=[Item.rows.get(kind=Kind.INCIDENT).reference])
    assert "End it now" in client.get(page).content.decode()
    for name in {"alice", "bob", "carol", "cuth", "kate"} - {keeper}:
        assert visitor(world.people[name], confirmed=True).get(page).status_code == 404, name


def test_an_anonymous_report_asks_its_custodian_who_they_are(world: World) -> None:
    client = visitor(world.people["cuth"])
    assert "reauthenticate" in client.post(at("derive", filed(world)))["Location"]
    assert not Item.rows.filter(kind=Kind.INCIDENT).exists()


def test_its_reporter_reads_the_draft_and_tends_nothing(world: World) -> None:
    item = derived(world)
    bob, cuth = visitor(world.people["bob"]), visitor(world.people["cuth"])
    cuth.post(at("note", item), BODIES["note"])
    assert "The share is off." in content(bob, item)
    assert "See to it" not in content(bob, item) and "See to it" in content(cuth, item)
    assert bob.post(at("note", item), BODIES["note"]).status_code == 404
