"""The pages on the way from a report to what is shared of it: bob reports to wm, cuth is its custodian, carol and pam
its coordinators."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from advisories import draft, incidents, publish
from advisories.models import Advisory, Consent, Review, Word
from advisories.sharing import review
from members import clock, embargo, kinds
from members.models import Announcement, AuditRow, Delivery, Item, Office, Origin, ReporterNotice, Standing
from members.policy import Viewer
from members.trail import trail
from tests.advisories.incidents import agreed, deputy, handed, text
from tests.advisories.reported import filed as by_hand
from tests.advisories.sharing.test_places import found, written
from tests.conftest import NOON
from tests.members.world import World
from tests.pages import visitor

pytestmark = pytest.mark.django_db
LATER = NOON + timedelta(hours=1)
PAGES = ("sanitise", "hand-on", "second", "consent")


@pytest.fixture(autouse=True)
def an_hour_later(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clock, "ask", lambda: LATER)


def at(page: str, item: Item) -> str:
    return reverse(f"incidents:{page}", args=[item.reference])


def client(world: World, name: str) -> Client:
    return visitor(world.people[name], confirmed=True)


def shown(browser: Client, path: str) -> str:
    answer = browser.get(path)
    assert answer.status_code == 200, path
    return answer.content.decode()


OPEN = {  # to whom each page answers before it is handed on, and after
    "sanitise": ({"cuth"}, {"carol", "pam"}),
    "hand-on": ({"cuth"}, {"carol", "pam", "cuth"}),  # who handed it on sees what becomes of it
    "second": (set(), {"carol", "pam"}),
    "consent": (set(), {"bob"}),
}


@pytest.mark.parametrize("page", PAGES)
def test_each_page_is_for_those_whose_step_it_is_and_for_others_as_if_there_were_nothing(
    world: World, page: str
) -> None:
    deputy(world)
    item = written(world)
    for place, opens in enumerate(OPEN[page]):
        for name in ("bob", "cuth", "carol", "pam", "alice", "kate", "root", "dora"):
            status = client(world, name).get(at(page, item)).status_code
            assert status == (200 if name in opens else 404), (page, place, name)
        assert visitor().get(at(page, item)).status_code in (302, 404)
        if place == 0:
            handed(world, item, by="cuth")


@pytest.mark.parametrize("page", ["sanitise", "hand-on", "second"])
def test_of_what_derives_from_no_report_there_is_no_such_page(world: World, page: str) -> None:
    item = draft.begin(world.people["carol"], Office.objects.get(person=world.people["carol"]), [], NOON).item
    assert client(world, "carol").get(at(page, item)).status_code == 404


def test_place_by_place_it_is_decided_on_one_page_and_what_is_left_stays_open(world: World) -> None:
    item, cuth = written(world), client(world, "cuth")
    content = shown(cuth, at("sanitise", item))
    assert "<mark>Solihull</mark>" in content and "It is a help, not a" in content
    there = found(item)
    data = {"seen": content.partition('name="seen" value="')[2].partition('"')[0]}
    data |= {there["Bob"].code: "redact", there["Solihull"].code: "own"}
    again = cuth.post(at("sanitise", item), data)
    assert "Write what is to stand there instead." in again.content.decode()
    data[f"{there['Solihull'].code}-own"] = "a council"
    left = cuth.post(at("sanitise", item), data)
    assert left["Location"] == at("sanitise", item) and "1 place is left" in shown(cuth, at("sanitise", item))
    data = {"seen": shown(cuth, at("sanitise", item)).partition('name="seen" value="')[2].partition('"')[0]}
    done = cuth.post(at("sanitise", item), {**data, found(item)["srv-fin-01"].code: "keep"})
    assert done["Location"] == at("hand-on", item)
    assert text(item).what_is_known.startswith("person 1 of a council found srv-fin-01")


def test_its_custodian_hands_it_on_and_everybody_is_told_that_something_awaits_them(world: World) -> None:
    pam, item, cuth = deputy(world), written(world, what_is_known="A share was locked."), client(world, "cuth")
    content = shown(cuth, at("hand-on", item))
    seen = content.partition('name="seen" value="')[2].partition('"')[0]
    cuth.post(at("hand-on", item), {"seen": seen})
    assert "Whoever reported it has not answered yet." in shown(client(world, "carol"), at("hand-on", item))
    told = Delivery.objects.filter(announcement__notice=Announcement.Notice.AWAITS)
    assert set(told.values_list("address__person__name", flat=True)) == {"Carol"}
    assert pam.addresses.count() == 0 and ReporterNotice.objects.count() == 1
    assert Item.rows.get(pk=item.pk).submitted_at == LATER


def test_the_second_person_reads_exactly_what_goes_out_and_approves_or_asks_for_a_change(world: World) -> None:
    item = written(world, what_is_known="A share was locked.")
    seen, carol = handed(world, item, by="cuth"), client(world, "carol")
    content = shown(carol, at("second", item))
    assert "A share was locked." in content and "brum" in content and "Cuth handed it on" in content
    refused = carol.post(at("second", item), {"seen": seen, "no": "1", "words": ""})
    assert "Say what must be changed" in refused.content.decode()
    assert "has been changed since" in carol.post(at("second", item), {"seen": "other"}).content.decode()
    assert Review.objects.get().decided_at is None
    assert carol.post(at("second", item), {"seen": seen})["Location"] == f"{kinds.page(item)}#tend"
    assert Review.objects.get().approved is True
    assert "Carol approved it" in shown(carol, at("second", item))


def test_of_more_places_than_a_page_holds_those_that_are_left_are_asked_about(world: World) -> None:
    many = "\n".join(f"10.1.{n // 200}.{n % 200} was hit, line {n}." for n in range(230))
    item, cuth = written(world, what_is_known=many), client(world, "cuth")
    left = []
    for _ in range(2):
        content = shown(cuth, at("sanitise", item))
        left.append(content.count("<mark>"))
        data = dict.fromkeys(re.findall(r'name="([0-9a-f]{32})"', content), "keep")
        cuth.post(at("sanitise", item), {**agreeing(content), **data})
    assert left == [200, 30]


def agreeing(content: str) -> dict[str, str]:
    return {name: content.partition(f'name="{name}" value="')[2].partition('"')[0] for name in ("seen", "until")}


def test_whoever_reported_it_is_shown_exactly_what_goes_out_and_agrees(world: World) -> None:
    item = written(world, what_is_known="A share was locked.")
    ends = NOON + timedelta(days=7)
    embargo.propose(world.people["cuth"], item, NOON, ends_at=ends, reason="x", terms="x",
                    handlers=[world.people["carol"]])  # fmt: skip
    bob = client(world, "bob")
    assert bob.get(at("consent", item)).status_code == 404, "it is still being written"
    handed(world, item, by="cuth")
    content = shown(bob, at("consent", item))
    for said in ("A share was locked.", "TLP:AMBER", "brum", "8 November 2026, 12:00 GMT", "I agree to exactly this"):
        assert said in content, said
    bob.post(at("consent", item), agreeing(content))
    assert (Consent.objects.get().not_before, Consent.objects.get().person) == (ends, None)
    assert "You agree to exactly this." in shown(bob, at("consent", item))
    bob.post(at("consent", item), {**agreeing(content), "no": "1", "words": "Not the day."})
    assert Word.objects.get().body == "Not the day."
    assert "You do not agree." in shown(bob, at("consent", item))


def test_where_it_may_be_shared_sooner_than_they_agreed_they_are_asked_again_and_told_so(world: World) -> None:
    item = written(world, what_is_known="A share was locked.")
    cuth, people = client(world, "cuth"), world.people
    embargo.propose(people["cuth"], item, NOON, ends_at=NOON + timedelta(days=7), reason="x", terms="x",
                    handlers=[people["carol"]])  # fmt: skip
    agreed(world, item, by="cuth", second=people["carol"])
    bob, button = client(world, "bob"), "Hand it on, exactly so"
    assert at("consent", item) not in shown(bob, "/") and button not in shown(cuth, at("hand-on", item))
    ReporterNotice.objects.all().delete()
    embargo.end(people["carol"], item, LATER, why="It is public.")
    assert at("consent", item) in shown(bob, "/")
    content = shown(cuth, at("hand-on", item))
    assert "and not before" in content and button in content
    cuth.post(at("hand-on", item), agreeing(content))
    assert ReporterNotice.objects.count() == 1
    content = shown(bob, at("consent", item))
    assert "I agree to exactly this" in content
    bob.post(at("consent", item), agreeing(content))
    assert at("consent", item) not in shown(bob, "/") and button not in shown(cuth, at("hand-on", item))
    publish.release(people["carol"], item, LATER)


def test_the_page_of_their_report_links_it_once_it_is_handed_on_and_then_where_it_is_shared(world: World) -> None:
    deputy(world)
    item = written(world, anonymous=False, what_is_known="A share was locked.")
    page = kinds.page(item.derived_from.get().report)
    bob, carol = client(world, "bob"), client(world, "carol")
    assert kinds.page(item) in shown(carol, page)
    assert item.reference not in shown(bob, page), "it is still being written"
    agreed(world, item, second=world.people["pam"])
    assert at("consent", item) in shown(bob, page)
    publish.release(world.people["carol"], item, LATER)
    incidents.note(world.people["carol"], item, LATER, NOON.date(), "It was a mail.")
    assert at("consent", item) not in shown(bob, page), "its next version is being written"
    agreed(world, item, LATER, second=world.people["pam"])
    assert at("consent", item) in shown(bob, page)


def test_the_next_version_is_for_its_handlers_and_not_for_the_custodian_who_handed_on_the_first(world: World) -> None:
    item = written(world)
    agreed(world, item, by="cuth", second=world.people["carol"])
    publish.release(world.people["carol"], item, LATER)
    assert client(world, "cuth").get(at("hand-on", item)).status_code == 200
    draft.edit(world.people["carol"], Advisory.rows.get(item=item), LATER, what_is_known="Not for Cuth yet.")
    assert client(world, "cuth").get(at("hand-on", item)).status_code == 404


def test_the_page_asks_once_more_who_they_are_since_to_see_it_is_to_have_reported(world: World) -> None:
    item = written(world)
    path = at("consent", item)
    assert "reauthenticate" in visitor(world.people["bob"]).get(path)["Location"]
    assert visitor(world.people["carol"]).get(path).status_code == 404


def test_what_they_do_there_names_them_nowhere(world: World) -> None:
    item = written(world)
    handed(world, item, by="cuth")
    bob = client(world, "bob")
    content = shown(bob, at("consent", item))
    bob.post(at("consent", item), agreeing(content))
    pseudonym = Origin.objects.get(item__derivatives__item=item).pseudonym
    rows = AuditRow.objects.filter(reference=item.reference, verb__in=["agree", "read_draft"], actor=pseudonym)
    assert {row.at for row in rows} == {NOON.replace(hour=0)} and rows.count() >= 2
    for name in ("carol", "cuth"):
        assert "Bob" not in shown(client(world, name), kinds.page(item)).replace("Bob of Solihull", "")
    assert "Somebody who stays anonymous" in shown(client(world, "carol"), kinds.page(item))
    assert not Delivery.objects.filter(address__person=world.people["bob"]).exists()


def test_that_they_look_again_once_it_is_shared_with_them_as_well_names_them_nowhere(world: World) -> None:
    """They read it in their own name by then, and no other reader sees this page."""
    item = written(world, audience=[("organisation", world.organisations["solihull"].pk)])
    agreed(world, item, by="cuth", second=world.people["carol"])
    publish.release(world.people["carol"], item, LATER)
    shown(client(world, "bob"), at("consent", item))
    told = [one.who for one in trail(item, Viewer(world.people["carol"].pk), LATER) if one.did == "read its draft"]
    assert told == ["Somebody who stays anonymous"]


def test_the_first_page_says_to_each_that_something_waits_and_to_nobody_else(world: World) -> None:
    pam, item = deputy(world), written(world)
    for name in ("bob", "carol", "pam", "cuth", "alice"):
        assert at("second", item) not in shown(client(world, name), "/")
        assert at("consent", item) not in shown(client(world, name), "/")
    seen = handed(world, item, by="cuth")
    for name in ("bob", "carol", "pam", "cuth", "alice", "root"):
        content = shown(client(world, name), "/")
        assert (at("consent", item) in content) == (name == "bob"), name
        assert (at("second", item) in content) == (name in ("carol", "pam")), name
    review.approve(pam, item, LATER, seen=seen)
    assert at("second", item) not in shown(client(world, "carol"), "/")
    assert at("hand-on", item) in shown(client(world, "cuth"), "/")
    assert "Pam approved it" in shown(client(world, "cuth"), at("hand-on", item))
    assert at("hand-on", item) not in shown(client(world, "bob"), "/")


def test_the_release_page_says_what_is_missing_and_the_verb_behind_it_refuses(world: World) -> None:
    item = written(world)
    seen = handed(world, item, by="cuth")
    carol, path = client(world, "carol"), reverse("advisories:release", args=[item.reference])
    assert "has not agreed to this text yet" in shown(carol, path)
    assert "has not agreed" in carol.post(path, {"seen": ""}).content.decode() or not Standing.objects.exists()
    bob = client(world, "bob")
    bob.post(at("consent", item), agreeing(shown(bob, at("consent", item))))
    assert "waits for a second person" in shown(carol, path)
    review.approve(world.people["carol"], item, LATER, seen=seen)
    content = shown(carol, path)
    carol.post(path, {"seen": content.partition('name="seen" value="')[2].partition('"')[0]})
    assert Standing.objects.filter(item=item, state="released").exists()


def asked(browser: Client, path: str) -> int:
    with CaptureQueriesContext(connection) as queries:
        assert browser.get(path).status_code == 200
    return len(queries)


@pytest.mark.parametrize("page", PAGES)
def test_no_page_asks_more_of_the_database_for_many_places_than_for_one(world: World, page: str) -> None:
    item = written(world, what_is_known="Bob saw it.")
    handed(world, item, by="cuth")
    browser = client(world, "bob" if page == "consent" else "carol")
    browser.get(at(page, item))
    with_one = asked(browser, at(page, item))
    draft.edit(world.people["carol"], Advisory.rows.get(item=item), LATER, what_is_known="Bob saw Dora.\n" * 30)
    handed(world, item, LATER)
    assert asked(browser, at(page, item)) == with_one


def test_whoever_filed_it_the_same_is_marked(world: World) -> None:
    marked: list[Any] = []
    for who in ("bob", "dora"):
        item = incidents.derive_incident(world.people["cuth"], by_hand(world, who, anonymous=True), NOON).item
        said = {"title": "Locked out", "what_is_known": "Dora of Dudley and Bob of Solihull."}
        draft.edit(world.people["cuth"], Advisory.rows.get(item=item), NOON, **said)  # type: ignore[arg-type]
        content = shown(client(world, "cuth"), at("sanitise", item))
        marked.append((sorted(found(item)), content.count("<mark>")))
    assert marked[0] == marked[1] and "Solihull" in marked[0][0]
