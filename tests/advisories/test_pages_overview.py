"""The coordinator's page of what is not done yet. carol coordinates wm, brian Birmingham; bob of solihull reports."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from advisories import draft, publish
from advisories.models import Advisory, Incident, Review, Version
from advisories.sharing import consent, review
from members import clock, embargo, kinds
from members.models import Announcement, Extension, Item, Membership, Response
from tests import pages
from tests.advisories.incidents import agreed, deputy, derived, handed, incident, kept
from tests.conftest import NOON
from tests.members.world import World
from tests.pages import visitor

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)
PATH = "/desk/overview/"


@pytest.fixture(autouse=True)
def an_hour_later(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clock, "ask", lambda: NOON + HOUR)


def page(world: World, name: str) -> str:
    answer = visitor(world.people.get(name)).get(PATH)
    assert answer.status_code == 200
    return answer.content.decode()


def embargoed(world: World, state: str = "proposed") -> Item:
    kept_back = {"state": state, "ends_at": "2026-12-01T00:00Z", "handlers": ["carol"], "named": {}}
    return pages.advisory(world, {"id": "e", "label": None, "embargo": kept_back}).item


def alert(world: World, *houses: str, late: int = 0) -> Item:
    item = pages.advisory(world, {"id": "a", "label": "GREEN"}).item
    told = Announcement.objects.create(item=item, version=1, event="released", tier=3, created_at=NOON)
    for place, name in enumerate(houses):
        due = NOON if place < late else NOON + 2 * HOUR
        Response.objects.create(item=item, organisation=world.organisations[name], announcement=told, asked_at=NOON,
                                due_at=due)  # fmt: skip
    return item


def wholly_agreed(world: World, item: Item) -> None:
    audience = [("organisation", world.organisations["brum"].pk)]
    text = Advisory.rows.get(item=item)
    draft.edit(world.people["carol"], text, NOON, title="Ransomware", what_to_do="Pull the plug", audience=audience)
    draft.edit(world.people["carol"], text, NOON, label="AMBER")
    agreed(world, item)


def test_it_is_for_coordinators_and_says_where_nothing_waits(world: World) -> None:
    for name in ("alice", "cuth", "root"):
        assert visitor(world.people[name]).get(PATH).status_code == 404
    assert visitor().get(PATH).status_code == 302
    shown = page(world, "carol")
    said = ("Every alert is confirmed", "Nobody waits for you", "Nothing waits for whoever reported", "No incident is")
    assert all(one in shown for one in said)
    assert PATH in visitor(world.people["carol"]).get("/desk/").content.decode()


def test_what_is_open_is_listed_until_it_is_closed_to_whoever_handles_it(world: World) -> None:
    item = incident(world, {"id": "i", "label": "GREEN"}, title="Ransomware")
    for name, handles in (("carol", True), ("brian", False), ("kate", False)):  # who all read it
        assert ("Ransomware" in page(world, name)) == handles, name
    Incident.rows.update(state=Incident.State.CLOSED)
    assert "Ransomware" not in page(world, "carol") and item.reference not in page(world, "carol")


@pytest.mark.parametrize("anonymous", [False, True])
def test_what_awaits_consent_is_listed_until_exactly_that_text_has_it(world: World, anonymous: bool) -> None:
    carol, bob = world.people["carol"], world.people["bob"]
    item = written(world, derived(world), "cuth") if anonymous else written(world, kept(world))
    handed(world, item, by="cuth" if anonymous else "carol")
    for name, handles in (("carol", True), ("brian", False)):
        assert ("its reporter" in page(world, name)) == handles == (item.reference in page(world, name)), name
    agreed(world, item)
    assert "its reporter" not in page(world, "carol")
    consent.decline(bob, item, NOON, "No", seen=Review.objects.get(lapsed_at=None).fingerprint)
    assert "its reporter" in page(world, "carol")
    agreed(world, item)
    draft.edit(carol, Advisory.rows.get(item=item), NOON, what_to_do="Ring us")
    assert "its reporter" in page(world, "carol"), "another text than they agreed to"
    agreed(world, item)
    assert "its reporter" not in page(world, "carol")


def test_what_is_agreed_to_for_later_awaits_consent_where_it_may_be_shared_sooner(world: World) -> None:
    carol, item = world.people["carol"], written(world, kept(world))
    embargo.propose(carol, item, NOON, ends_at=NOON + 99 * HOUR, reason="x", terms="x")
    agreed(world, item)
    assert "its reporter" not in page(world, "carol")
    embargo.end(carol, item, NOON, why="It is public.")
    assert "its reporter" in page(world, "carol")


def test_what_was_approved_in_advance_and_is_not_agreed_to_any_more_stands_there_once_with_its_next_version(
    world: World,
) -> None:
    carol, pam, item = world.people["carol"], deputy(world), written(world, kept(world))
    embargo.propose(carol, item, NOON, ends_at=NOON + 99 * HOUR, reason="x", terms="x", handlers=[pam])
    embargo.approve(pam, item, NOON)
    agreed(world, item, second=pam)
    publish.release(pam, item, NOON)
    written(world, item)
    one = Review.objects.get(lapsed_at=None)
    consent.decline(world.people["bob"], item, NOON, "No", seen=one.fingerprint)
    assert page(world, "carol").count("its reporter") == 1


def written(world: World, item: Item, by: str = "carol") -> Item:
    whom = [("organisation", world.organisations["brum"].pk)]
    draft.edit(world.people[by], Advisory.rows.get(item=item), NOON, title="x", label="AMBER", audience=whom)
    return item


def test_what_comes_from_a_report_awaits_a_second_person_and_not_whoever_wrote_it_or_handed_it_on(
    world: World,
) -> None:
    pam, item = deputy(world), written(world, kept(world))
    second = reverse("incidents:second", args=[item.reference])
    assert second not in page(world, "pam")
    handed(world, item, by="pam")
    for name in ("carol", "pam", "brian"):  # carol wrote it
        assert second not in page(world, name), name
    draft.edit(pam, Advisory.rows.get(item=item), NOON, title="y")
    handed(world, item, by="pam")
    assert second in page(world, "carol") and "a second look" in page(world, "carol")
    review.approve(world.people["carol"], item, NOON)
    assert second not in page(world, "carol")


def test_what_a_second_person_decides_is_listed_to_them_and_not_to_who_asked(world: World) -> None:
    item = embargoed(world)
    path = reverse("advisories:embargo", args=[item.reference])
    assert path in page(world, "carol") and item.reference not in page(world, "brian")
    type(item.embargo).objects.update(proposed_by=world.people["carol"])
    assert path not in page(world, "carol")
    other = embargoed(world, "active")
    asked = Extension.objects.create(
        embargo=other.embargo, ends_at=NOON + 99 * HOUR, reason="x", asked_by=world.people["brian"]
    )
    assert "a later end" in page(world, "carol") and other.reference not in page(world, "brian")
    asked.delete()
    assert "a later end" not in page(world, "carol")


def test_what_organisations_owe_is_counted_to_whoever_handles_the_alert(world: World) -> None:
    item = alert(world, "brum", "solihull", "dudley", late=1)
    board = reverse("advisories:responses", args=[item.reference])
    for name, handles in (("carol", True), ("brian", False)):
        assert (board in page(world, name)) == handles, name
    shown = page(world, "carol")
    assert f"Title of {item.reference}" in shown and "3 organisations" in shown and "1 too late" in shown
    Response.objects.filter(due_at=NOON).update(acknowledged_at=NOON)
    shown = page(world, "carol")
    assert "2 organisations" in shown and "too late" not in shown
    Response.objects.update(acknowledged_at=NOON)
    assert board not in page(world, "carol")


def test_a_title_that_asks_for_a_step_up_is_not_told_before_it(world: World) -> None:
    item = incident(world, {"id": "i", "label": "RED", "handlers": ["carol"]}, title="Ransomware")
    client = visitor(world.people["carol"])
    shown = client.get(PATH).content.decode()
    assert item.reference in shown and kinds.page(item) in shown and "Ransomware" not in shown
    assert "Ransomware" in visitor(world.people["carol"], confirmed=True).get(PATH).content.decode()


def test_it_asks_as_many_statements_for_twenty_as_for_one(world: World) -> None:
    client, counts = visitor(world.people["carol"]), []
    for more in (1, 19):
        for _ in range(more):
            incident(world, {"id": "i", "label": "GREEN"})
            embargoed(world)
            alert(world, "brum", "solihull")
        kept(world)
        client.get(PATH)
        with CaptureQueriesContext(connection) as queries:
            assert client.get(PATH).status_code == 200
        counts.append(len(queries))
    assert Version.objects.count() > 40
    assert counts[0] == counts[1] <= 40


def test_who_has_lost_an_alert_owes_no_answer(world: World) -> None:
    item = alert(world, "brum", "maidstone")
    assert "2 organisations" in page(world, "carol")
    Membership.objects.filter(organisation=world.organisations["maidstone"]).update(until=NOON)
    shown = page(world, "carol")
    assert "1 organisation" in shown and "2 organisations" not in shown
    Membership.objects.filter(organisation=world.organisations["brum"]).update(until=NOON)
    assert item.reference not in page(world, "carol")


def test_consent_to_what_was_changed_since_is_no_consent(world: World) -> None:
    item = kept(world)
    wholly_agreed(world, item)
    assert "its reporter" not in page(world, "carol")
    draft.edit(world.people["carol"], Advisory.rows.get(item=item), NOON, title="Another")
    assert "its reporter" in page(world, "carol")
