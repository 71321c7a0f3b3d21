"""Stories put together and taken apart by hand, and what their sources say next changes nothing of it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.urls import reverse

from advisories.collect.base import Parsed, RawEntry
from advisories.collect.store import store
from advisories.models import Dismissal, Entry, Source, Story
from advisories.triage import byhand, desk
from members import clock
from members.models import AuditRow
from members.policy import Viewer
from members.refused import Refused
from tests import pages
from tests.members.world import World
from tests.pages import visitor

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)
CVE = "CVE-2026-1001"
DAY = "1 November 2026"


@pytest.fixture(autouse=True)
def at_noon(monkeypatch: pytest.MonkeyPatch, noon: datetime) -> None:
    monkeypatch.setattr(clock, "ask", lambda: noon)


def say(of: Source, guid: str, at: datetime, text: str = "It is hit.", *cves: str, label: str = "CLEAR") -> Story:
    raw = RawEntry.of(guid=guid, title=f"Entry {guid}", summary=text, published=at, cves=cves, label=label)
    store(of, Parsed((raw,)), at)
    return story_of(guid)


def story_of(guid: str) -> Story:
    return Story.objects.get(entries__guid=guid, entries__superseded_at=None)


def reference(guid: str) -> str:
    return str(Entry.rows.get(guid=guid, superseded_at=None).item.reference)


@pytest.fixture
def hub(world: World) -> Source:
    return pages.source(world, "hub", warp=world.warps["uk"], hub_wide=True)


@pytest.fixture
def news(world: World) -> Source:
    return pages.source(world, "news", warp=world.warps["uk"], hub_wide=True)


def split(world: World, name: str, *guids: str, at: datetime, warp: str = "wm") -> Story:
    code, refs = story_of(guids[0]).code, [reference(guid) for guid in guids]
    return byhand.split(world.people[name], code, refs, world.warps[warp], at)


def join(world: World, name: str, one: str, two: str, at: datetime, warp: str = "wm") -> Story:
    return byhand.join(world.people[name], story_of(one).code, story_of(two).code, world.warps[warp], at)


def test_what_was_set_apart_stays_apart_whatever_is_said_next(
    world: World, hub: Source, news: Source, noon: datetime
) -> None:
    say(hub, "a", noon, "It is hit.", CVE)
    assert say(news, "b", noon, "It is hit, too.", CVE) == story_of("a")
    made = split(world, "carol", "b", at=noon)
    assert made == story_of("b") != story_of("a")
    say(news, "b", noon + HOUR, "It is hit harder.", CVE)
    say(hub, "a", noon + HOUR, "It is hit harder, too.", CVE)
    say(hub, "c", noon + HOUR, "Another one tells it.", CVE)
    assert (story_of("b"), story_of("c")) == (made, story_of("a")) and made != story_of("a")
    found = desk.stories(Viewer(world.people["carol"].pk), noon + HOUR, query=CVE)
    assert {one.code for one in found} == {made.code, story_of("a").code}, "a search by its CVE still finds both"


def test_what_was_put_together_stays_together_and_says_so(
    world: World, hub: Source, news: Source, noon: datetime
) -> None:
    assert say(hub, "a", noon) != say(news, "b", noon, "Quite other words.")
    kept = join(world, "carol", "a", "b", noon)
    say(news, "b", noon + HOUR, "Yet other words.")
    assert story_of("a") == story_of("b") == kept
    found = desk.story(Viewer(world.people["carol"].pk), kept.code, noon + HOUR)
    assert found and desk.why_together([one.entry for one in found[1]]) == [
        f"Put together by hand: {world.warps['wm'].name}, {DAY}"
    ]


def test_each_takes_the_other_back_and_the_later_one_counts(
    world: World, hub: Source, news: Source, noon: datetime
) -> None:
    say(hub, "a", noon, "It is hit.", CVE)
    say(news, "b", noon, "It is hit, too.", CVE)
    split(world, "carol", "b", at=noon)
    kept = join(world, "kate", "b", "a", noon, "kent")
    assert story_of("a") == story_of("b") == kept
    assert say(hub, "c", noon + HOUR, "A third one.", CVE) == kept, "its keys join again"
    split(world, "carol", "b", at=noon)
    say(news, "b", noon + HOUR, "It is hit harder.", CVE)
    assert story_of("b") != story_of("a") == story_of("c")
    verbs = AuditRow.objects.filter(verb__endswith="_story").order_by("pk") | AuditRow.objects.filter(
        verb="join_stories"
    )
    assert list(verbs.values_list("verb", flat=True)) == ["split_story", "join_stories", "split_story"]


def test_several_set_apart_are_one_story(world: World, hub: Source, news: Source, noon: datetime) -> None:
    for guid, of in (("a", hub), ("b", news), ("c", news)):
        say(of, guid, noon, f"It is hit, says {guid}.", CVE)
    made = split(world, "carol", "b", "c", at=noon)
    assert story_of("b") == story_of("c") == made != story_of("a")


def test_nothing_or_all_of_it_is_no_other_story(world: World, hub: Source, news: Source, noon: datetime) -> None:
    code = say(hub, "a", noon, "It is hit.", CVE).code
    say(news, "b", noon, "It is hit, too.", CVE)
    carol, wm = world.people["carol"], world.warps["wm"]
    with pytest.raises(Refused, match="Tick what"):
        byhand.split(carol, code, ["WM-22222"], wm, noon)
    with pytest.raises(Refused, match="Leave what stays"):
        byhand.split(carol, code, [reference("a"), reference("b")], wm, noon)
    with pytest.raises(Refused, match="one story already"):
        byhand.join(carol, code, code, wm, noon)


@pytest.mark.parametrize(("name", "warp"), [("kate", "kent"), ("alice", "wm"), ("kate", "wm")])
def test_on_anothers_desk_nothing_is_decided(world: World, noon: datetime, name: str, warp: str) -> None:
    own = pages.source(world, "own")
    for guid in ("a", "b"):
        say(own, guid, noon, f"Words of {guid}.", CVE)
    say(own, "c", noon, "Quite other words.")
    acts: list[Callable[[str, str], Story]] = [
        lambda who, of: split(world, who, "b", at=noon, warp=of),
        lambda who, of: join(world, who, "a", "c", noon, of),
    ]
    for act in acts:
        before = [story_of(guid) for guid in "abc"]
        with pytest.raises((Story.DoesNotExist, PermissionDenied)):
            act(name, warp)
        assert [story_of(guid) for guid in "abc"] == before
        act("carol", "wm")
        assert [story_of(guid) for guid in "abc"] != before


def test_what_one_warp_alone_hears_moves_on_its_own_desk_alone(world: World, hub: Source, noon: datetime) -> None:
    own = pages.source(world, "own")
    wide = say(hub, "a", noon)
    say(own, "b", noon, "Quite other words.")
    assert join(world, "carol", "b", "a", noon) == wide, "never the whole hub's story into a WARP's"
    seen = {name: desk.story(Viewer(world.people[name].pk), wide.code, noon) for name in ("carol", "kate")}
    assert [len(found[1]) for found in seen.values() if found] == [2, 1]
    made = split(world, "carol", "b", at=noon)
    assert made.warp == world.warps["wm"] and desk.story(Viewer(world.people["kate"].pk), made.code, noon) is None


def test_a_warps_own_entry_changes_nothing_that_others_see(
    world: World, hub: Source, news: Source, noon: datetime
) -> None:
    own, kate, kent = pages.source(world, "own"), world.people["kate"], world.warps["kent"]
    say(hub, "a", noon, "It is hit.", CVE)
    say(news, "b", noon, "It is hit, too.", CVE)
    say(own, "c", noon, "Quite other words.")
    code = story_of("a").code
    desk.dismiss(kate, code, kent, noon)

    def seen() -> tuple[object, ...]:
        found = desk.story(Viewer(kate.pk), code, noon)
        assert found
        return found[0], sorted(one.entry.guid for one in found[1]), desk.why_together([t.entry for t in found[1]])

    before = seen()
    join(world, "carol", "c", "a", noon)
    assert seen() == before and story_of("c") == story_of("a")
    split(world, "carol", "a", "b", at=noon)
    assert seen() == before and story_of("c") != story_of("a") == story_of("b"), "it is her own that goes"
    assert desk.story(Viewer(kate.pk), story_of("c").code, noon) is None
    split(world, "carol", "b", at=noon)
    assert seen() != before, "and what all read, all see"


def test_a_warps_own_entry_takes_back_no_decision_on_what_all_read(
    world: World, hub: Source, news: Source, noon: datetime
) -> None:
    own = pages.source(world, "own")
    say(hub, "a", noon, "It is hit.", CVE)
    say(news, "b", noon, "It is hit, too.", CVE)
    say(own, "c", noon, "Quite other words.")
    split(world, "kate", "b", at=noon, warp="kent")
    join(world, "carol", "c", "b", noon)
    say(news, "b", noon + HOUR, "It is hit harder.", CVE)
    assert story_of("a") != story_of("b") == story_of("c")


def test_what_came_red_is_put_together_with_nothing(world: World, hub: Source, noon: datetime) -> None:
    own = pages.source(world, "own")
    own.red_handlers.add(world.people["carol"])
    say(hub, "a", noon)
    say(own, "r", noon, "Quite other words.", label="RED")
    with pytest.raises(Refused, match="lies alone"):
        join(world, "carol", "r", "a", noon)
    say(own, "c", noon, "Yet other words.")
    assert join(world, "carol", "c", "a", noon) == story_of("a") != story_of("r")


def test_what_a_desk_has_done_with_does_not_come_back(world: World, hub: Source, news: Source, noon: datetime) -> None:
    say(hub, "a", noon, "It is hit.", CVE)
    say(news, "b", noon, "It is hit, too.", CVE)
    kate, kent = world.people["kate"], world.warps["kent"]
    desk.dismiss(kate, story_of("a").code, kent, noon)
    split(world, "carol", "b", at=noon)
    assert not desk.stories(Viewer(kate.pk), noon) and len(desk.stories(Viewer(world.people["carol"].pk), noon)) == 2
    join(world, "carol", "a", "b", noon)
    assert not desk.stories(Viewer(kate.pk), noon)
    assert list(Dismissal.objects.values_list("story", "warp")) == [(story_of("a").pk, kent.pk)]


def test_from_the_page_of_a_story(world: World, hub: Source, news: Source, noon: datetime) -> None:
    say(hub, "a", noon, "It is hit.", CVE)
    say(news, "b", noon, "It is hit, too.", CVE)
    say(news, "z", noon, "Quite other words.")
    carol, code = visitor(world.people["carol"]), story_of("a").code
    shown = carol.post(reverse("advisories:split", args=[code]), {"entry": reference("b")}, follow=True)
    assert (
        b"a story of its own now" in shown.content
        and b"Set apart by hand: " + world.warps["wm"].name.encode() in shown.content
    )
    page = reverse("advisories:story", args=[code])
    assert b"Put together" not in carol.get(page).content
    offered = carol.get(page, {"same": "Entry"}).content.decode()
    assert offered.count("Put together<") == 2 and f'value="{story_of("z").code}"' in offered
    shown = carol.post(reverse("advisories:join", args=[code]), {"other": story_of("b").code}, follow=True)
    assert b"They are one story now" in shown.content and story_of("b") == story_of("a")
    for name, other in (("carol", "NOWHERE22"), ("kate", "NOWHERE22"), ("alice", story_of("z").code)):
        answer = visitor(world.people[name]).post(reverse("advisories:join", args=[code]), {"other": other})
        assert answer.status_code == 404, name
