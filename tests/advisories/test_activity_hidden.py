"""The activity report tells nobody of what they may not read, and the next reader of it of nothing that is guarded.

carol and pam coordinate wm; cuth keeps what is reported anonymously; bob of solihull reports."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from members import clock, reports
from members.models import Affiliation, Announcement, Item, Office, Response
from tests import pages
from tests.advisories.incidents import deputy, derived, filed, incident
from tests.advisories.test_pages_activity import HOUSES, PAGE, TABLE, advisory, alert
from tests.conftest import NOON
from tests.members.world import BEGINNING, World
from tests.pages import visitor

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)
RED = {"label": "RED", "handlers": ["pam"], "standing_from": "2026-11-01T10:00Z", "grants": [{"person": "alice"}]}
KEPT = {"label": None, "embargo": {"state": "active", "ends_at": "2026-12-01T00:00Z", "handlers": ["pam"], "named": {}}}


@pytest.fixture(autouse=True)
def an_hour_later(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clock, "ask", lambda: NOON + HOUR)


def seen(client: Client) -> tuple[list[bytes], int]:
    """Every byte of the page and the table, and how many statements they took."""
    with CaptureQueriesContext(connection) as queries:
        answers = [client.get(path, {"period": period}) for path in (PAGE, TABLE) for period in ("2026-11", "2026-Q4")]
    assert {answer.status_code for answer in answers} == {200}
    return [answer.content for answer in answers], len(queries)


def busy(world: World) -> None:
    deputy(world)
    alert(world, *HOUSES)
    incident(world, {"id": "i", "label": "GREEN", "standing_from": "2026-11-01T10:00Z"})
    filed(world, anonymous=False)


def asked_of(world: World, item: Item) -> None:
    told = Announcement.objects.create(item=item, version=1, event="released", tier=4, created_at=NOON, due_at=NOON)
    for name in HOUSES:
        Response.objects.create(item=item, organisation=world.organisations[name], announcement=told, asked_at=NOON,
                                due_at=NOON + HOUR)  # fmt: skip


HIDDEN: dict[str, Callable[[World], object]] = {
    "a RED advisory that pam handles": lambda world: asked_of(world, pages.advisory(world, {"id": "x", **RED}).item),
    "a RED incident that pam handles": lambda world: asked_of(world, incident(world, {"id": "x", **RED})),
    "an incident under an embargo on which pam is named": lambda world: incident(world, {"id": "x", **KEPT}),
    "an anonymous report in the custody of cuth": lambda world: filed(world),
    "what cuth derives from one": lambda world: derived(world),
    "an advisory of Birmingham": lambda world: advisory(world, own_warp="birmingham", author="brian"),
    "a draft that a member has not submitted": lambda world: pages.advisory(
        world, {"id": "x", "label": None, "submitted": False, "author": "bob"}
    ),
}


@pytest.mark.parametrize("what", HIDDEN)
def test_what_carol_may_not_read_changes_no_byte_and_no_statement(world: World, what: str) -> None:
    busy(world)
    client = visitor(world.people["carol"])
    seen(client)
    before = seen(client)
    HIDDEN[what](world)
    assert seen(client) == before


@pytest.mark.parametrize("case", [RED, KEPT])
def test_two_coordinators_hand_on_the_same_figures_whoever_is_named(world: World, case: dict[str, object]) -> None:
    """The figures are passed on: what is for named people is in none of them, theirs neither."""
    busy(world)
    item = incident(world, {"id": "x", **case})
    asked_of(world, item)
    pam, carol = (visitor(world.people[name], confirmed=True) for name in ("pam", "carol"))
    assert pam.get(f"/incidents/{item.reference}/").status_code == 200
    assert carol.get(f"/incidents/{item.reference}/").status_code == 404
    assert pam.get(TABLE).content == carol.get(TABLE).content


def test_a_coordinator_who_is_custodian_counts_an_anonymous_report_and_one_who_filed_it_does_not(world: World) -> None:
    """Their figures are passed on: one more than a colleague's would tell who filed it."""
    carol = deputy(world, "pam")
    house = {"person": carol, "organisation": world.organisations["solihull"], "since": BEGINNING}
    affiliation = Affiliation.objects.create(**house, role=Affiliation.Role.LEAD)
    item = reports.begin(carol, affiliation, world.warps["wm"], NOON, anonymous=True)
    reports.file(carol, item, NOON)
    client = visitor(carol)
    assert "No report was received" not in client.get(PAGE).content.decode()
    assert "Nothing has been released" in client.get(PAGE).content.decode()
    Office.objects.create(person=carol, warp=world.warps["wm"], role=Office.Role.CUSTODIAN, since=BEGINNING)
    assert "1 report was received" in visitor(carol).get(PAGE).content.decode()
