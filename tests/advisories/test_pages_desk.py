"""The desk: for coordinators alone, each with what lies on theirs; dismissing, and how the sources are."""

from __future__ import annotations

import re
from datetime import datetime, timedelta

import pytest
from django.urls import reverse

from advisories.models import Story
from members import clock
from members.models import Office
from tests import pages
from tests.members.world import BEGINNING, World
from tests.pages import visitor

DESK = "/desk/"
COORDINATORS = {"carol", "brian", "kate", "ursula"}


@pytest.fixture(autouse=True)
def at_noon(monkeypatch: pytest.MonkeyPatch, noon: datetime) -> None:
    monkeypatch.setattr(clock, "ask", lambda: noon)


def test_the_desk_and_its_pages_exist_for_coordinators_alone(world: World) -> None:
    source = pages.source(world, hub_wide=True)
    for name, person in world.people.items():
        if name == "ivan":
            continue  # his account is closed: nobody
        expected = 200 if name in COORDINATORS else 404
        for path in (DESK, reverse("advisories:sources"), reverse("advisories:source", args=[source.slug])):
            assert visitor(person).get(path).status_code == expected, (name, path)
    assert visitor().get(DESK)["Location"] == f"{reverse('account_login')}?next=/desk/"


def test_each_desk_shows_what_lies_on_it(world: World) -> None:
    entry = pages.entry(world, pages.source(world), "Boilers of the West Midlands")
    path = reverse("advisories:story", args=[entry.story.code])
    assert b"Boilers of the West Midlands" in visitor(world.people["carol"]).get(DESK).content
    opened = visitor(world.people["carol"]).get(path).content
    assert b"Boilers of the West Midlands" in opened and entry.item.reference.encode() in opened
    for other in ("brian", "kate", "ursula"):
        assert b"Boilers of the West Midlands" not in visitor(world.people[other]).get(DESK).content
        assert visitor(world.people[other]).get(path).status_code == 404


def test_a_dismissed_story_leaves_the_desk_and_comes_back_by_undo(world: World) -> None:
    story = pages.entry(world, pages.source(world), "Old news").story
    carol = visitor(world.people["carol"])
    act = re.search(rb'action="(/desk/stories/[^"]+/dismiss/[^"]*)"', carol.get(DESK).content)
    assert act
    after = carol.post(act[1].decode(), follow=True)
    assert b"Dismissed, until a source says something new." in after.content and b"Old news" not in after.content
    assert b"Old news" in carol.get(DESK, {"dismissed": "1"}).content
    restored = carol.post(reverse("advisories:restore", args=[story.code]), follow=True)
    assert b"Old news" in restored.content


def test_another_desks_story_can_be_neither_dismissed_nor_restored(world: World) -> None:
    story = pages.entry(world, pages.source(world), "Not Kate’s").story
    for name in ("advisories:dismiss", "advisories:restore"):
        assert visitor(world.people["kate"]).post(reverse(name, args=[story.code])).status_code == 404
        assert visitor(world.people["kate"]).get(reverse(name, args=[story.code])).status_code == 405
        assert visitor(world.people["alice"]).post(reverse(name, args=[story.code])).status_code == 404


def test_what_a_source_changed_is_marked(world: World, noon: datetime) -> None:
    story, source = Story.objects.create(code="STORY1"), pages.source(world)
    before = pages.entry(world, source, "Boilers leak", story, summary="<p>Fix in version 1.</p>")
    after = pages.entry(world, source, "Boilers leak", story, summary="<p>Fix in version 2.</p>")
    type(before).rows.filter(pk=before.pk).update(guid="one", superseded_at=noon)
    type(after).rows.filter(pk=after.pk).update(guid="one", seen_at=BEGINNING + timedelta(days=1))
    content = visitor(world.people["carol"]).get(reverse("advisories:story", args=["STORY1"])).content.decode()
    assert "Boilers leak. Fix in version <del>1.</del> <ins>2.</ins>" in content


def test_an_address_that_is_none_is_no_link(world: World) -> None:
    entry = pages.entry(world, pages.source(world), "Trap", url="javascript:alert(1)")
    content = visitor(world.people["carol"]).get(reverse("advisories:story", args=[entry.story.code])).content
    assert b"javascript:" not in content


def test_drafts_lie_on_the_desk_of_their_warp(world: World) -> None:
    advisory = pages.advisory(world, {"id": "d", "label": None}, title="Being written")
    advisory.versions.update(released_at=None)
    assert b"Being written" in visitor(world.people["carol"]).get(DESK).content
    for other in ("brian", "kate", "ursula"):
        assert b"Being written" not in visitor(world.people[other]).get(DESK).content


def test_source_health_is_told_in_words(world: World, noon: datetime) -> None:
    well, ill, new = (pages.source(world, slug) for slug in ("well", "ill", "new"))
    pages.fetch(well, at=noon - timedelta(hours=1), new=3)
    pages.fetch(ill, at=noon - timedelta(hours=1), outcome="error", error="feed.example.org does not answer.")
    content = visitor(world.people["carol"]).get(reverse("advisories:sources")).content.decode()
    assert "3 new" in content and "feed.example.org does not answer." in content and "Not asked yet" in content
    desk = visitor(world.people["carol"]).get(DESK).content.decode()
    assert reverse("advisories:source", args=[ill.slug]) in desk
    assert reverse("advisories:source", args=[new.slug]) not in desk


def test_one_source_shows_its_last_fifty_fetches_and_what_was_refused(world: World, noon: datetime) -> None:
    source = pages.source(world)
    for age in range(55):
        pages.fetch(source, at=noon - timedelta(hours=age), new=age + 1)
    pages.fetch(source, at=noon, refused=1, refusals=[["guid-7", "It has no title."]])
    content = visitor(world.people["carol"]).get(reverse("advisories:source", args=[source.slug])).content.decode()
    assert content.count("hub-row__title") == 50
    assert "guid-7: It has no title." in content


def test_another_warps_source_is_not_there(world: World) -> None:
    source = pages.source(world)
    path = reverse("advisories:source", args=[source.slug])
    assert visitor(world.people["carol"]).get(path).status_code == 200
    assert visitor(world.people["kate"]).get(path).status_code == 404
    assert visitor(world.people["carol"]).get(reverse("advisories:source", args=["none"])).status_code == 404


@pytest.mark.parametrize(
    "path",
    ["/advisories/%00/", "/desk/stories/%00/", "/desk/drafts/%00/", "/desk/sources/%00/", "/advisories/?before=%00",
     "/advisories/?q=%00", "/desk/?q=%00", "/desk/?before=%00", "/desk/?done=%00", "/desk/?done=a/b"],
)  # fmt: skip
def test_what_no_database_takes_breaks_no_page(world: World, path: str) -> None:
    expected = 200 if "?" in path else 404
    assert visitor(world.people["carol"]).get(path).status_code == expected


def test_what_a_source_of_red_sent_is_counted_and_named_for_those_alone_who_may_read_it(
    world: World, noon: datetime
) -> None:
    """Carol coordinates the WARP, and is not named on the source: a file's name would tell her what lies in it."""
    source = pages.source(world)
    source.red_handlers.add(world.people["ursula"])
    Office.objects.create(person=world.people["ursula"], warp=world.warps["wm"], role="coordinator", since=BEGINNING)
    pages.fetch(source, at=noon, new=1, document="zero-day-at-acme.json", refusals=[["acme-7", "No title."]])
    for path in (reverse("advisories:sources"), reverse("advisories:source", args=[source.slug])):
        told = {name: visitor(world.people[name]).get(path).content.decode() for name in ("carol", "ursula")}
        assert "1 new" in told["ursula"], path
        assert "acme" not in told["carol"] and "1 new" not in told["carol"] and "Well" in told["carol"], path


@pytest.mark.parametrize("kind", ["nvd", "feed"])
def test_what_the_terms_of_a_source_demand_stands_where_its_entries_are_shown(world: World, kind: str) -> None:
    entry = pages.entry(world, pages.source(world, kind=kind), "Boilers")
    page = visitor(world.people["carol"]).get(reverse("advisories:story", args=[entry.story.code])).content
    assert (b"not endorsed or certified by the NVD" in page) == (kind == "nvd")
