"""Incidents have the pages of advisories: a list, a page each, and whatever is done with one leads back to its page."""

from __future__ import annotations

from datetime import date, datetime

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from advisories.models import Happened, Incident, Indicator, MadeFrom, Version
from members import clock, search
from members.models import AuditRow, Item
from tests import pages
from tests.advisories.incidents import incident
from tests.members.world import World
from tests.pages import visitor

AMBER = {"id": "amber", "label": "AMBER", "grants": [{"organisation": "brum"}]}
CLEAR = {"id": "clear", "label": "CLEAR"}
MORE = {"nobody": 10, "alice": 10, "carol": 15}


@pytest.fixture(autouse=True)
def at_noon(monkeypatch: pytest.MonkeyPatch, noon: datetime) -> None:
    monkeypatch.setattr(clock, "ask", lambda: noon)


def page(item: Item) -> str:
    return reverse("incidents:detail", args=[item.reference])


def test_the_list_is_of_incidents_that_its_reader_may_read(world: World) -> None:
    amber, clear = incident(world, AMBER, title="Ransomware"), incident(world, CLEAR, title="Phishing")
    pages.advisory(world, CLEAR, title="Boilers")
    for name, seen in (("alice", {amber, clear}), ("bob", {clear}), ("nobody", {clear})):
        content = visitor(world.people.get(name)).get(reverse("incidents:list")).content.decode()
        assert {item for item in (amber, clear) if f'href="{page(item)}"' in content} == seen, name
        assert "Boilers" not in content and "feeds/advisories.atom" not in content


def test_incidents_stand_on_no_list_of_advisories(world: World) -> None:
    item = incident(world, CLEAR, title="Phishing")
    for path in (reverse("advisories:list"), reverse("home"), reverse("feed-advisories")):
        assert item.reference not in visitor(world.people["alice"]).get(path).content.decode()


def test_a_search_over_incidents_finds_incidents(world: World) -> None:
    item = incident(world, AMBER, title="Boilers locked")
    search.index(item, "Boilers locked", "")
    other = pages.advisory(world, CLEAR, title="Boilers leak").item
    search.index(other, "Boilers leak", "")
    content = visitor(world.people["alice"]).get(reverse("incidents:list"), {"q": "boilers"}).content.decode()
    assert item.reference in content and other.reference not in content


def test_its_page_tells_how_it_stands(world: World) -> None:
    item = incident(world, AMBER, title="Ransomware", what_to_do="Pull the plug")
    Incident.rows.update(rsit="malicious-code", state="contained", started=date(2026, 10, 30))
    told = Version.objects.get(advisory=item.pk)
    Happened.objects.create(version=told, on=date(2026, 10, 31), words="The share is off.")
    Indicator.objects.create(item=item, version=told, kind="domain", value="evil.example")
    Version.objects.update(lessons="Back up daily.")
    content = visitor(world.people["alice"]).get(page(item)).content.decode()
    said = ("Ransomware", "Pull the plug", "Malicious code", "Contained", "30 October 2026", "31 October 2026",
            "The share is off.", "Back up daily.", "evil[.]example", f'href="{reverse("incidents:list")}"')  # fmt: skip
    for one in said:
        assert one in content, one


def test_who_may_not_read_it_finds_nothing_of_it(world: World) -> None:
    item = incident(world, AMBER)
    for name in ("bob", "root", "kate", "nobody"):
        assert visitor(world.people.get(name)).get(page(item)).status_code == 404


def found_nothing(client: Client, path: str, ref: str) -> tuple[int, str, int]:
    with CaptureQueriesContext(connection) as queries:
        answer = client.get(path)
    return answer.status_code, answer.content.decode().replace(ref, "REF"), len(queries)


def test_under_the_address_of_the_other_kind_it_is_as_if_there_were_nothing(world: World) -> None:
    kept, warned = incident(world, AMBER).reference, pages.advisory(world, AMBER).item.reference
    client = visitor(world.people["alice"])
    client.get(reverse("incidents:detail", args=["WM-77777"]))  # their name in the audit is made at the first
    for route, ref in (("advisories:detail", kept), ("incidents:detail", warned)):
        answers = [found_nothing(client, reverse(route, args=[one]), one) for one in (ref, "WM-77777")]
        assert answers[0] == answers[1] and answers[0][0] == 404
        assert AuditRow.objects.filter(verb="asked for", reference=ref).exists()


def test_the_box_for_a_comment_calls_it_no_advisory(world: World) -> None:
    shown = visitor(world.people["carol"], confirmed=True).get(page(incident(world, AMBER))).content.decode()
    assert 'name="comment-readers"' in shown and "this advisory" not in shown


def test_what_is_done_with_it_leads_back_to_its_page(world: World) -> None:
    item = incident(world, AMBER)
    client = visitor(world.people["carol"], confirmed=True)
    said = client.post(reverse("advisories:comment", args=[item.reference]),
                       {"comment-body": "We too", "comment-readers": "readers", "comment-capacity": ""})  # fmt: skip
    assert said["Location"].startswith(f"{page(item)}#")
    assert f'href="{page(item)}"' in client.get(reverse("advisories:why", args=[item.reference])).content.decode()
    assert f'href="{page(item)}"' in client.get(reverse("advisories:responses", args=[item.reference])).content.decode()
    gone = client.post(reverse("advisories:withdraw", args=[item.reference]), {"reason": "It was a drill."})
    assert gone["Location"] == page(item)
    assert "is withdrawn" in visitor(world.people["alice"]).get(page(item)).content.decode()


def test_a_link_to_what_was_made_of_it_stands_only_where_both_ends_are_read(world: World) -> None:
    kept = incident(world, AMBER)
    warned = pages.advisory(world, CLEAR).item
    MadeFrom.objects.create(advisory_id=warned.pk, incident_id=kept.pk)
    path = reverse("advisories:detail", args=[warned.reference])
    for name, both in (("alice", True), ("carol", True), ("bob", False), ("nobody", False)):
        assert (kept.reference in visitor(world.people.get(name)).get(path).content.decode()) == both, name
    assert f'href="{path}"' in visitor(world.people["alice"]).get(page(kept)).content.decode()
    draft = pages.advisory(world, {"id": "draft", "label": None}).item
    MadeFrom.objects.create(advisory_id=draft.pk, incident_id=kept.pk)
    for name, both in (("alice", False), ("carol", True)):
        assert (draft.reference in visitor(world.people[name]).get(page(kept)).content.decode()) == both, name


def asked(client: Client, path: str) -> int:
    with CaptureQueriesContext(connection) as queries:
        assert client.get(path).status_code == 200
    return len(queries)


@pytest.mark.parametrize("viewer", ["nobody", "alice", "carol"])
def test_its_pages_ask_what_those_of_advisories_ask_and_for_its_life_a_few_statements_more(
    world: World, viewer: str
) -> None:
    """However long its timeline, and however many incidents are listed: the state, what stands beside its text, and
    whether it is for machines; which others name the same, and how those stand; for those who tend it what comes next
    as well."""
    warned = pages.advisory(world, CLEAR).item
    for _ in range(3):
        item = incident(world, CLEAR)
        for day in range(1, 20):
            told = Version.objects.get(advisory=item.pk)
            Happened.objects.create(version=told, on=date(2026, 10, day), words="The share is off.")
            Indicator.objects.create(item=item, version=told, kind="domain", value=f"{day}.example.org")
    client = visitor(world.people.get(viewer))
    client.get(page(item))
    reports = 2 if viewer in world.people else 0  # their own, and those that wait for them
    assert asked(client, reverse("incidents:list")) == asked(client, reverse("advisories:list")) + reports
    warning = reverse("advisories:detail", args=[warned.reference])
    assert asked(client, page(item)) == asked(client, warning) + MORE[viewer]
