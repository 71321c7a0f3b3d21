"""What each door writes to the audit: carol handles what is of wm, alice of brum reads, bob reads nothing of it."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from advisories.models import Story, Version
from members import clock
from members.audit import record
from members.models import AuditRow, Office, Origin
from members.trail import MOST
from tests import pages
from tests.members.world import BEGINNING, World
from tests.pages import visitor

pytestmark = pytest.mark.django_db
RED = {"label": "RED", "grants": [{"person": "alice"}], "handlers": ["carol"], "import_label": "RED"}
AMBER = {"label": "AMBER", "grants": [{"organisation": "brum"}]}
EMBARGO = {"state": "active", "ends_at": "2026-12-01T12:00Z", "handlers": ["carol"], "named": {"alice": "accepted"}}
EMBARGOED = {"label": None, "embargo": EMBARGO}
READ, DRAFT = "read", "read_draft"


@pytest.fixture(autouse=True)
def at_noon(monkeypatch: pytest.MonkeyPatch, noon: datetime) -> None:
    monkeypatch.setattr(clock, "ask", lambda: noon)


def views(*verbs: str) -> list[tuple[str, str, str]]:
    rows = AuditRow.objects.filter(verb__in=verbs or [READ, DRAFT, "read_embargo", "read_terms", "read_story"])
    return list(rows.order_by("pk").values_list("verb", "reference", "actor"))


def code(world: World, name: str) -> str:
    return str(world.people[name].alias.code)


def get(client: Client, route: str, *args: str) -> int:
    return client.get(reverse(route, args=args)).status_code


@pytest.mark.parametrize("case", [RED, EMBARGOED], ids=["red", "embargoed"])
def test_every_reading_of_what_is_red_or_embargoed_is_recorded_once_it_is_shown(
    world: World, case: dict[str, Any]
) -> None:
    ref = pages.advisory(world, case).item.reference
    for name in ("alice", "carol", "bob"):
        get(visitor(world.people[name]), "advisories:detail", ref)  # away to the step-up, or nothing
    assert views() == []
    for name in ("alice", "carol", "bob"):
        get(visitor(world.people[name], confirmed=True), "advisories:detail", ref)
    assert views() == [(READ, ref, code(world, "alice")), (READ, ref, code(world, "carol"))]
    assert {row.detail["version"] for row in AuditRow.objects.filter(verb=READ)} == {1}


def test_what_is_neither_is_read_without_a_row(world: World) -> None:
    ref = pages.advisory(world, AMBER).item.reference
    for name in ("alice", "carol"):
        assert get(visitor(world.people[name], confirmed=True), "advisories:detail", ref) == 200
    assert views() == []


@pytest.mark.parametrize("route", ["advisories:draft-edit", "advisories:release"])
@pytest.mark.parametrize("case", [{**RED, "label": None}, EMBARGOED], ids=["red", "embargoed"])
def test_so_is_each_page_of_its_draft(world: World, case: dict[str, Any], route: str) -> None:
    advisory = pages.advisory(world, case)
    Version.objects.update(released_at=None)
    assert get(visitor(world.people["carol"], confirmed=True), route, advisory.item.reference) == 200
    assert views() == [(DRAFT, advisory.item.reference, code(world, "carol"))]


def test_and_the_page_that_withdraws_it(world: World) -> None:
    ref = pages.advisory(world, RED).item.reference
    assert get(visitor(world.people["carol"], confirmed=True), "advisories:withdraw", ref) == 200
    assert views() == [(READ, ref, code(world, "carol"))]


def test_and_how_its_embargo_stands_and_the_terms_of_an_offer(world: World) -> None:
    offered = {**EMBARGOED, "embargo": {**EMBARGO, "named": {"bob": "unanswered"}}}
    item = pages.advisory(world, offered).item
    assert get(visitor(world.people["carol"], confirmed=True), "advisories:embargo", item.reference) == 200
    named = item.embargo.named.get()
    assert get(visitor(world.people["bob"], confirmed=True), "offer", named.code) == 200
    assert views() == [
        ("read_embargo", item.reference, code(world, "carol")),
        ("read_terms", item.reference, code(world, "bob")),
    ]


def test_and_a_red_story_on_the_desk(world: World) -> None:
    story = Story.objects.create(code="STORY1")
    pages.entry(world, pages.source(world), "Boilers", story, import_label="RED", handlers=["carol"])
    assert get(visitor(world.people["carol"]), "advisories:story", "STORY1") == 302
    assert views() == []
    assert get(visitor(world.people["carol"], confirmed=True), "advisories:story", "STORY1") == 200
    assert views() == [("read_story", "STORY1", code(world, "carol"))]


def test_what_is_red_beneath_what_is_not_has_a_row_of_its_own_and_its_parent_none(world: World) -> None:
    """Else the handlers of the parent would learn from who read it that there is something beneath."""
    parent = pages.advisory(world, AMBER).item
    said = pages.comment(world, parent, "For alan", label="RED", grants=[{"person": "alan"}], author="alan")
    for name in ("alan", "alice"):
        assert get(visitor(world.people[name], confirmed=True), "advisories:detail", parent.reference) == 200
    assert views() == [(READ, said.item.reference, code(world, "alan"))]


def test_the_reporter_reads_under_the_pseudonym_and_the_day(world: World) -> None:
    ref = pages.advisory(world, {**EMBARGOED, "derived_from_report_of": "bob"}).item.reference
    assert get(visitor(world.people["bob"], confirmed=True), "advisories:detail", ref) == 200
    assert views() == [(READ, ref, Origin.objects.get().pseudonym)]
    at = AuditRow.objects.get(verb=READ).at
    assert (at.hour, at.minute, at.second, at.microsecond) == (0, 0, 0, 0)


def test_its_handlers_read_on_its_page_what_was_done_and_who_read_it_and_nobody_else_does(world: World) -> None:
    ref = pages.advisory(world, RED).item.reference
    alice, carol = (visitor(world.people[name], confirmed=True) for name in ("alice", "carol"))
    path = reverse("advisories:detail", args=[ref])
    assert "What was done and who read it" not in alice.get(path).content.decode()
    told = carol.get(path).content.decode().split("What was done and who read it")[1]
    assert told.count("read it</td>") == 2 and "Alice" in told and "1 November 2026, 12:00" in told
    with CaptureQueriesContext(connection) as before:
        carol.get(path)
    for n in range(70):
        record("read", clock.now(), by=world.people["alice"], reference=ref, version=n)
    with CaptureQueriesContext(connection) as after:
        assert carol.get(path).content.decode().count("read it</td>") == MOST
    assert len(after) == len(before)


# What is not found


NOWHERE = [
    ("advisories:story", "get"),
    ("advisories:dismiss", "post"),
    ("advisories:restore", "post"),
    ("advisories:source", "get"),
    ("advisories:draft-edit", "get"),
    ("advisories:release", "get"),
    ("advisories:withdraw", "get"),
    ("advisories:embargo", "get"),
    ("offer", "get"),
]


@pytest.mark.parametrize(("route", "method"), NOWHERE)
@pytest.mark.parametrize("who", ["kate", "alice"])  # coordinates another WARP; coordinates nothing
def test_whatever_is_asked_for_and_not_found_is_recorded_as_typed(
    world: World, route: str, method: str, who: str
) -> None:
    hidden = hidden_code(world, route)
    client = visitor(world.people[who], confirmed=True)
    getattr(client, method)(reverse(route, args=["NOTHING1"]))  # makes their name in the audit
    AuditRow.objects.filter(verb="asked for").count()
    seen = set()
    for ref in (hidden, "NOTHING2"):
        with CaptureQueriesContext(connection) as asked:
            answer = getattr(client, method)(reverse(route, args=[ref]))
        row = AuditRow.objects.filter(verb="asked for").latest("pk")
        seen.add((answer.status_code, len(asked), row.actor, row.detail["signed_in"]))
        assert row.reference == ref
    assert len(seen) == 1 and next(iter(seen))[0] == 404


def hidden_code(world: World, route: str) -> str:
    """Something of this route that neither kate nor alice has."""
    source = pages.source(world, "hidden")
    story = Story.objects.create(code="HIDDEN1")
    pages.entry(world, source, "Boilers", story)
    item = pages.advisory(world, {**EMBARGOED, "embargo": {**EMBARGO, "named": {"bob": "unanswered"}}}).item
    if route == "offer":
        return str(item.embargo.named.get().code)
    return {"advisories:source": "hidden"}.get(route, "HIDDEN1" if "desk" in reverse(route, args=["x"]) else "") or (
        item.reference
    )


def test_the_desk_itself_is_not_found_by_who_coordinates_nothing(world: World) -> None:
    visitor(world.people["alice"]).get("/desk/")
    assert AuditRow.objects.get(verb="asked for").reference == "/desk/"


def test_entries_that_a_draft_was_to_be_begun_from_and_that_were_not_found(world: World) -> None:
    Office.objects.create(person=world.people["alice"], warp=world.warps["kent"], role="coordinator", since=BEGINNING)
    hidden = pages.entry(world, pages.source(world), "Boilers").item.reference
    client = visitor(world.people["alice"])
    client.post(reverse("advisories:draft-new"), {"entry": [hidden, "WM-NOTHING"]})
    client.post(f"{reverse('advisories:draft-new')}?story=NOTHING1")
    rows = list(AuditRow.objects.filter(verb="asked for").order_by("pk").values_list("reference", "detail"))
    assert [ref for ref, _detail in rows] == [min(hidden, "WM-NOTHING"), "NOTHING1"] and rows[0][1]["more"] == 1
