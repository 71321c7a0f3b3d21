"""Where those who handle a draft that comes from a report are too few, a second person is named for it.

bob of solihull reports to wm; cuth is its custodian, carol its one coordinator; kate coordinates Kent."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse

from advisories import draft, publish
from advisories.models import Advisory, Review
from advisories.sharing import consent, review, seconding
from members import clock, handling
from members.models import Announcement, Delivery, Handler, Item, Person
from members.policy import Answer, Viewer, can, may
from members.refused import Refused
from tests.advisories.incidents import agreed, handed
from tests.advisories.sharing.test_gate import anonymous, bob_agrees, named, release
from tests.conftest import NOON
from tests.members.world import World
from tests.pages import visitor

pytestmark = pytest.mark.django_db
LATER = NOON + timedelta(hours=1)


@pytest.fixture(autouse=True)
def an_hour_later(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clock, "ask", lambda: LATER)


def reads(person: Person, item: Item) -> bool:
    return may(Viewer(person.pk), item, LATER) == Answer.BODY


def page(item: Item, name: str = "seconds") -> str:
    return reverse(f"incidents:{name}", args=[item.reference])


def client(world: World, name: str) -> Client:
    return visitor(world.people[name], confirmed=True)


def changed(world: World, item: Item) -> str:
    """carol had something to change in what cuth handed on: by now she wrote it, and nobody else handles it."""
    handed(world, item, by="cuth")
    draft.edit(world.people["carol"], Advisory.rows.get(item=item), NOON, title="An attack with ransomware")
    return handed(world, item)


@pytest.mark.parametrize("who", ["cuth", "kate"])
def test_its_one_coordinator_changed_it_and_a_custodian_or_a_sister_warp_is_the_second_person(
    world: World, who: str
) -> None:
    carol, second, item = world.people["carol"], world.people[who], anonymous(world)
    changed(world, item)
    with pytest.raises(Refused, match="only those who handle it"):
        review.approve(second, item, LATER)
    seconding.name(carol, item, LATER, [second])
    seen = handed(world, item, LATER)
    assert reads(second, item) and can(second, "review", item, LATER)
    bob_agrees(world, item, LATER)
    review.approve(second, item, LATER, seen=seen)
    release(world, item, LATER)
    assert Review.objects.get(lapsed_at=None).decided_by == second


def test_once_it_is_released_they_handle_it_no_more_and_nobody_is_named(world: World) -> None:
    kate, item = world.people["kate"], anonymous(world, label="AMBER+STRICT")
    handed(world, item, by="cuth")
    seconding.name(world.people["carol"], item, NOON, [kate])
    agreed(world, item, second=kate)
    assert reads(kate, item)
    release(world, item)
    assert not reads(kate, item) and not can(kate, "review", item, LATER)
    with pytest.raises(Refused, match="while it is a draft"):
        seconding.name(world.people["carol"], item, LATER, [world.people["cuth"]])
    assert client(world, "carol").get(page(item)).status_code == 404


@pytest.mark.parametrize("act", ["named", "taken off"])
def test_who_reported_it_agreed_to_who_reads_it_so_each_change_of_them_asks_again(world: World, act: str) -> None:
    carol, kate, item = world.people["carol"], world.people["kate"], anonymous(world)
    handed(world, item, by="cuth")
    if act == "taken off":
        seconding.name(carol, item, NOON, [kate])
        handed(world, item)
    bob_agrees(world, item)
    if act == "named":
        seconding.name(carol, item, LATER, [kate])
    else:
        seconding.drop(carol, item, LATER, kate)
        assert not reads(kate, item) and reads(carol, item)
    assert "Hand it on first" in publish.preview(Advisory.rows.get(item=item), LATER).refusal
    one = Review.objects.get(lapsed_at=None)
    with pytest.raises(Refused, match="changed since you looked"):
        consent.agree(world.people["bob"], item, LATER, seen=one.fingerprint)
    with pytest.raises(Refused, match="changed since it was handed on"):
        review.approve(kate if act == "named" else carol, item, LATER, seen=one.fingerprint)


def test_the_page_offers_the_custodian_at_one_click_and_others_by_address(world: World) -> None:
    item, carol = anonymous(world), client(world, "carol")
    changed(world, item)
    content = carol.get(page(item, "hand-on")).content.decode()
    assert "Nobody else handles it" in content and page(item) in content
    content = carol.get(page(item)).content.decode()
    assert "cuth@example.org" in content and "kate@example.org" not in content
    assert "Choose somebody" in carol.post(page(item), {}).content.decode()
    assert "Nobody has an account with" in carol.post(page(item), {"others": "x@example.org"}).content.decode()
    answer = carol.post(page(item), {"keepers": ["cuth@example.org"], "others": "kate@example.org"})
    assert answer["Location"] == page(item, "hand-on")
    content = carol.get(page(item, "hand-on")).content.decode()
    assert "Cuth, Kate" in content and "was changed after it was handed on" in content
    carol.post(page(item, "hand-on"), {"seen": content.partition('name="seen" value="')[2].partition('"')[0]})
    told = Delivery.objects.filter(announcement__notice=Announcement.Notice.AWAITS, announcement__planned_at=LATER)
    assert set(told.values_list("address__person__name", flat=True)) >= {"Cuth", "Kate"}
    assert "Cuth, Kate" in client(world, "bob").get(page(item, "consent")).content.decode()
    assert client(world, "kate").get(page(item, "second")).status_code == 200
    assert carol.post(page(item), {"drop": "kate@example.org"})["Location"] == page(item)
    assert client(world, "kate").get(page(item, "second")).status_code == 404


@pytest.mark.parametrize("who", ["alice", "bob", "cuth", "kate", "root"])
@pytest.mark.parametrize("make", [anonymous, named])
def test_nobody_names_but_who_handles_it(world: World, make: Callable[..., Item], who: str) -> None:
    item = make(world)
    if make is anonymous:
        handed(world, item, by="cuth")
    with pytest.raises(Refused):
        seconding.name(world.people[who], item, LATER, [world.people["kate"]])
    assert client(world, who).get(page(item)).status_code == 404
    assert client(world, "carol").get(page(item)).status_code == 200
    assert not Handler.objects.filter(item=item).exists()


def test_of_what_comes_from_no_report_nobody_handles_it_by_being_named(world: World) -> None:
    office = world.people["carol"].offices.get()
    item = draft.begin(world.people["carol"], office, [], NOON).item
    with pytest.raises(Refused, match="a draft that comes from a report"):
        seconding.name(world.people["carol"], item, LATER, [world.people["kate"]])
    handling.name_handlers(world.people["carol"], item, LATER, [world.people["kate"]])
    assert not reads(world.people["kate"], item), "the rule: for RED and embargoed items alone"


def test_of_the_next_version_they_read_what_its_audience_reads(world: World) -> None:
    carol, kate, item = world.people["carol"], world.people["kate"], named(world, label="AMBER+STRICT")
    seconding.name(carol, item, NOON, [kate])
    agreed(world, item, second=kate)
    release(world, item)
    draft.edit(carol, Advisory.rows.get(item=item), LATER, title="The next version")
    assert reads(carol, item) and not reads(kate, item)
