"""Where those who handle a draft that comes from a report are too few, a second person is named to look at it.

bob of solihull reports to wm; cuth is its custodian, carol its one coordinator; kate coordinates Kent."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from django.test import Client
from django.urls import reverse

from advisories import children, draft, publish
from advisories.models import Advisory, Review
from advisories.narrower import for_handlers
from advisories.sharing import consent, review, seconding
from members import clock, embargo, handling
from members.models import Announcement, Delivery, Handler, Item, Office, Person, Standing
from members.permits import can
from members.place import misplaced
from members.policy import Answer, Viewer, may
from members.refused import Refused
from members.verbs import VERBS
from tests.advisories.incidents import agreed, deputy, handed
from tests.advisories.sharing.test_gate import anonymous, bob_agrees, named, release
from tests.conftest import NOON
from tests.members.world import World
from tests.pages import visitor

pytestmark = pytest.mark.django_db
MINUTE, LATER, AFTER = timedelta(minutes=1), NOON + timedelta(hours=1), NOON + timedelta(hours=2)
WEEK = NOON + timedelta(days=7)


@pytest.fixture(autouse=True)
def an_hour_later(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clock, "ask", lambda: LATER)


def reads(person: Person, item: Item, at: datetime = LATER) -> bool:
    return may(Viewer(person.pk), item, at) == Answer.BODY


def page(item: Item, name: str = "seconds") -> str:
    return reverse(f"incidents:{name}", args=[item.reference])


def client(world: World, name: str) -> Client:
    return visitor(world.people[name], confirmed=True)


def shown(world: World, name: str, path: str) -> str:
    return client(world, name).get(path).content.decode()


def handed_on(world: World, **words: object) -> Item:
    item = anonymous(world, **words)
    handed(world, item, by="cuth")
    return item


def changed(world: World) -> Item:
    """carol had something to change in what cuth handed on: by now she wrote it, and nobody else handles it."""
    item = handed_on(world)
    draft.edit(world.people["carol"], Advisory.rows.get(item=item), NOON, title="An attack with ransomware")
    handed(world, item)
    return item


def kept_back(world: World, item: Item) -> None:
    carol, pam = world.people["carol"], deputy(world)
    embargo.propose(carol, item, NOON, ends_at=WEEK, reason="Not yet", terms="Tell nobody", handlers=[pam])
    embargo.approve(pam, item, NOON)


@pytest.mark.parametrize("who", ["cuth", "kate"])
def test_its_one_coordinator_changed_it_and_a_custodian_or_a_sister_warp_is_the_second_person(
    world: World, who: str
) -> None:
    carol, second, item = world.people["carol"], world.people[who], changed(world)
    with pytest.raises(Refused, match="only those who handle it"):
        review.approve(second, item, LATER)
    seconding.name(carol, item, LATER, [second])
    seen = handed(world, item, LATER)
    assert reads(second, item) and misplaced([Item.rows.get(pk=item.pk)]) == []
    bob_agrees(world, item, LATER)
    review.approve(second, item, LATER, seen=seen)
    release(world, item, LATER)
    assert Review.objects.get(lapsed_at=None).decided_by == second


def test_of_all_that_may_be_done_they_look_at_it_and_say_what_they_found(world: World) -> None:
    kate, item = world.people["kate"], handed_on(world)
    seconding.name(world.people["carol"], item, NOON, [kate])
    reader = {"acknowledge", "respond", "comment", "attach", "follow", "sight", "leave", "book", "learn", "play"}
    assert {verb for verb in VERBS if can(kate, verb, item, LATER)} - reader == {"review"}
    between = children.comment(world.people["carol"], item, NOON, "Between us", label=for_handlers(item, NOON)[0])
    assert not reads(kate, between.item), "that is for those who handle it"


@pytest.mark.parametrize("label", ["AMBER+STRICT", "RED"])
def test_once_it_is_released_they_read_it_no_more_nor_what_follows_and_nobody_is_named(
    world: World, label: str
) -> None:
    carol, kate, item = world.people["carol"], world.people["kate"], handed_on(world)
    whom = [("person", world.people["alice"].pk)]
    draft.edit(carol, Advisory.rows.get(item=item), NOON, label=label, audience=whom)
    seconding.name(carol, item, NOON, [kate])
    agreed(world, item, second=kate)
    assert reads(kate, item, NOON)
    release(world, item, NOON + MINUTE)
    assert not reads(kate, item) and not [verb for verb in VERBS if can(kate, verb, item, LATER)]
    assert "Kate" not in shown(world, "bob", page(item, "consent"))
    with pytest.raises(Refused, match="until its release is approved"):
        seconding.name(carol, item, LATER, [world.people["cuth"]])
    assert client(world, "carol").get(page(item)).status_code == 404
    draft.edit(carol, Advisory.rows.get(item=item), LATER, label="RED", audience=whom)
    if label == "RED":
        handed(world, item, LATER)
    else:
        agreed(world, item, LATER, second=deputy(world))
        release(world, item, LATER + MINUTE)
    assert not reads(kate, item, AFTER) and "Kate" not in shown(world, "bob", page(item, "consent"))


@pytest.mark.parametrize("what", ["named", "taken off", "named and taken off"])
def test_who_reported_it_agreed_to_who_reads_it_so_each_change_of_them_asks_again(world: World, what: str) -> None:
    carol, kate, item = world.people["carol"], world.people["kate"], handed_on(world)
    if what == "taken off":
        seconding.name(carol, item, NOON, [kate])
        handed(world, item)
    bob_agrees(world, item)
    seen = Review.objects.get(lapsed_at=None).fingerprint
    if what != "taken off":
        seconding.name(carol, item, NOON + MINUTE, [kate])
        assert reads(kate, item, NOON + 2 * MINUTE)
    if what != "named":
        seconding.drop(carol, item, NOON + 3 * MINUTE, kate)
        assert not reads(kate, item) and reads(carol, item)
    assert "Hand it on first" in publish.preview(Advisory.rows.get(item=item), LATER).refusal
    with pytest.raises(Refused, match="Nothing waits here"):
        consent.agree(world.people["bob"], item, LATER, seen=seen)
    with pytest.raises(Refused, match="changed since it was handed on"):
        review.approve(carol, item, LATER, seen=seen)
    handed(world, item, LATER)
    assert "has not agreed" in publish.preview(Advisory.rows.get(item=item), LATER).refusal, "nor does an earlier yes"
    content = shown(world, "bob", page(item, "consent"))
    assert "Kate" in content and ("taken off again" in content) == (what != "named")


def test_until_it_is_handed_on_again_nobody_is_sent_to_a_page_that_asks_nothing(world: World) -> None:
    carol, kate, item = world.people["carol"], world.people["kate"], handed_on(world)
    bob_agrees(world, item)
    seconding.name(carol, item, NOON, [kate])
    assert "waits for your word" not in shown(world, "bob", "/")
    assert "waits for a second person" not in shown(world, "kate", "/")
    handed(world, item, LATER)
    assert "waits for your word" in shown(world, "bob", "/")
    assert "waits for a second person" in shown(world, "kate", "/")
    assert "reporter" in shown(world, "carol", reverse("advisories:overview"))


def test_the_page_offers_the_custodian_at_one_click_and_others_by_address(world: World) -> None:
    item, carol = changed(world), client(world, "carol")
    content = shown(world, "carol", page(item, "hand-on"))
    assert "Nobody else handles it" in content and page(item) in content
    content = shown(world, "carol", page(item))
    assert "cuth@example.org" in content and "kate@example.org" not in content
    assert "Choose somebody" in carol.post(page(item), {}).content.decode()
    assert "Nobody has an account with" in carol.post(page(item), {"others": "x@example.org"}).content.decode()
    answer = carol.post(page(item), {"keepers": ["cuth@example.org"], "others": "kate@example.org"})
    assert answer["Location"] == page(item, "hand-on")
    content = shown(world, "carol", page(item, "hand-on"))
    assert "Cuth, Kate" in content
    carol.post(page(item, "hand-on"), {"seen": content.partition('name="seen" value="')[2].partition('"')[0]})
    told = Delivery.objects.filter(announcement__notice=Announcement.Notice.AWAITS, announcement__planned_at=LATER)
    assert set(told.values_list("address__person__name", flat=True)) >= {"Cuth", "Kate"}
    assert "Cuth, Kate" in shown(world, "bob", page(item, "consent"))
    assert client(world, "kate").get(page(item, "second")).status_code == 200
    assert client(world, "kate").get(page(item)).status_code == 404, "who is named names nobody"
    assert carol.post(page(item), {"drop": "kate@example.org"})["Location"] == page(item)
    assert client(world, "kate").get(page(item, "second")).status_code == 404


@pytest.mark.parametrize("who", ["alice", "dora", "olive", "lee", "ivan", "pat", "root"])
def test_nobody_is_named_but_a_custodian_or_who_holds_an_office_elsewhere(world: World, who: str) -> None:
    """dora is of the same WARP, olive of none, lee's organisation lapsed, ivan's account and pat's office ended."""
    item = changed(world)
    answer = client(world, "carol").post(page(item), {"others": f"{who}@example.org"})
    assert "neither a custodian of wm nor holds an office" in answer.content.decode()
    assert not reads(world.people[who], item) and not Handler.seconds.exists()


@pytest.mark.parametrize("who", ["alice", "bob", "cuth", "kate", "root"])
@pytest.mark.parametrize("make", [anonymous, named])
def test_nobody_names_but_who_handles_it(world: World, make: Callable[..., Item], who: str) -> None:
    item = make(world)
    if make is anonymous:
        handed(world, item, by="cuth")
    with pytest.raises(Refused, match="only those who handle"):
        seconding.name(world.people[who], item, LATER, [world.people["kate"]])
    assert client(world, who).get(page(item)).status_code == 404
    assert client(world, "carol").get(page(item)).status_code == 200
    assert not Handler.seconds.filter(item=item).exists()


def test_of_what_comes_from_no_report_nobody_is_named(world: World) -> None:
    item = draft.begin(world.people["carol"], world.people["carol"].offices.get(), [], NOON).item
    with pytest.raises(Refused, match="a draft that comes from a report"):
        seconding.name(world.people["carol"], item, LATER, [world.people["kate"]])


def test_under_an_embargo_those_named_on_it_are_enough_and_who_looked_before_reads_it_no_more(world: World) -> None:
    carol, kate, item = world.people["carol"], world.people["kate"], handed_on(world)
    seconding.name(carol, item, NOON, [kate])
    kept_back(world, item)
    assert not reads(kate, item) and reads(deputy(world), item)
    with pytest.raises(Refused, match="only those who handle"):
        seconding.name(carol, item, LATER, [kate])


def test_after_its_release_is_approved_in_advance_no_handler_is_named_whom_its_reporter_was_not_shown(
    world: World,
) -> None:
    carol, dora, item = world.people["carol"], world.people["dora"], handed_on(world, label="AMBER+STRICT")
    kept_back(world, item)
    agreed(world, item, second=deputy(world))
    release(world, item)
    assert Standing.objects.get().since == WEEK
    with pytest.raises(Refused, match="approved in advance"):
        handling.name_handlers(carol, item, LATER, [dora])
    assert not reads(dora, item)


def test_of_the_next_version_who_looked_at_the_first_is_waited_for_no_more_and_looks_as_its_handler(
    world: World,
) -> None:
    """Or a named report's only coordinator could never release again, and she never look when she coordinates it."""
    carol, kate, item = world.people["carol"], world.people["kate"], named(world)
    seconding.name(carol, item, NOON, [kate])
    agreed(world, item, second=kate)
    release(world, item)
    draft.edit(carol, Advisory.rows.get(item=item), LATER, title="The next version")
    handed(world, item, LATER)
    version = publish.newest(Advisory.rows.get(item=item))
    one = Review.objects.get(lapsed_at=None)
    assert not review.seconds(item, version, one, LATER).exists() and not can(kate, "review", item, LATER)
    assert "waits for a second person" not in shown(world, "kate", "/")
    Office.objects.create(person=kate, warp=world.warps["wm"], role=Office.Role.COORDINATOR, since=NOON)
    assert can(kate, "review", item, LATER) and review.seconds(item, version, one, LATER).get() == kate
