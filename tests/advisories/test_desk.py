"""The desk: what each coordinator sees of what came, in which order, and what they may do with it."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from pytest_django import DjangoAssertNumQueries

from advisories.collect.base import Parsed, RawEntry
from advisories.collect.store import store
from advisories.models import Fetch, Source, Story
from advisories.triage import desk
from advisories.triage.desk import DeskStory
from members.models import AuditRow, Office
from members.policy import NOBODY, Viewer
from tests.advisories.feeds import AT, source
from tests.members.world import World

HOUR = timedelta(hours=1)


def raw(guid: str, title: str = "", **rest: Any) -> RawEntry:
    return RawEntry.of(guid=guid, title=title or f"Entry {guid}", **{"published": AT, **rest})


def kev(cve: str, day: datetime = AT, **facts: str) -> RawEntry:
    facts = {"dateAdded": f"{day:%Y-%m-%d}", "dueDate": "2026-11-20", **facts}
    return raw(cve, f"Catalogue on {cve}", cves=(cve,), facts=facts, published=day, label="CLEAR")


def say(which: Source, *entries: RawEntry, hours: float = 0, complete: bool = False) -> None:
    store(which, Parsed(entries, complete=complete), AT + hours * HOUR)


def on_desk(world: World, name: str, hours: float = 100, **more: Any) -> list[DeskStory]:
    return desk.stories(Viewer(world.people[name].pk), AT + hours * HOUR, **more)


def titles(world: World, name: str, hours: float = 100, **more: Any) -> list[str]:
    return [story.title for story in on_desk(world, name, hours, **more)]


# Whose desk


def test_each_coordinator_sees_what_comes_to_their_desk(world: World) -> None:
    say(source(world.warps["wm"], "wm"), raw("1", "To West Midlands"))
    say(source(world.warps["kent"], "kent"), raw("2", "To Kent"))
    say(source(world.warps["uk"], "uk", hub_wide=True), raw("3", "To every desk"))
    assert sorted(titles(world, "carol")) == ["To West Midlands", "To every desk"]
    assert sorted(titles(world, "kate")) == ["To Kent", "To every desk"]
    assert titles(world, "brian") == titles(world, "ursula") == ["To every desk"]
    for name in ("bob", "alice", "cuth", "root", "pat"):
        assert titles(world, name) == []
    assert desk.stories(NOBODY, AT) == []


def test_what_members_read_as_labelled_is_still_on_the_handlers_desk_only(world: World) -> None:
    say(source(world.warps["wm"], show_as_labelled=True), raw("1", label="CLEAR"))
    assert titles(world, "carol") and not titles(world, "bob") and not titles(world, "kate")


def test_red_lies_on_the_desk_of_its_named_handlers_only(world: World) -> None:
    news = source(world.warps["wm"])
    news.red_handlers.add(world.people["brian"])
    say(news, raw("1", label="RED"))
    assert titles(world, "brian") == ["Entry 1"] and titles(world, "carol") == []


def test_a_desk_of_one_warp_holds_that_warps_entries_and_those_of_the_whole_hub(world: World) -> None:
    Office.objects.create(person=world.people["carol"], warp=world.warps["kent"], role="coordinator", since=AT)
    for name in ("wm", "kent"):
        say(source(world.warps[name], name), raw(name, f"To {name}"))
    assert titles(world, "carol", warp=world.warps["kent"]) == ["To kent"]
    assert len(titles(world, "carol")) == 2
    assert titles(world, "carol", warp=world.warps["birmingham"]) == []


# Order


def test_known_exploited_comes_first_and_says_why(world: World) -> None:
    wm = source(world.warps["wm"])
    say(wm, raw("loud", "Critical flaw, actively exploited, CVSS 10.0"), raw("calm"))
    say(source(world.warps["uk"], "kev", "kev", hub_wide=True), kev("CVE-2026-1001"))
    first, second, third = on_desk(world, "carol")
    assert first.known_exploited and not second.known_exploited
    assert [first.title, second.title, third.title] == [
        "Catalogue on CVE-2026-1001", "Critical flaw, actively exploited, CVSS 10.0", "Entry calm",
    ]  # fmt: skip
    assert first.reasons[0] == "Known exploited (CISA KEV, since 1 November 2026)"
    assert first.rank > second.rank > third.rank


def test_an_old_catalogue_does_not_bury_the_desk_but_lifts_what_is_fresh(world: World) -> None:
    long_ago = AT - timedelta(days=900)
    say(
        source(world.warps["uk"], "kev", "kev", hub_wide=True), kev("CVE-2024-1", long_ago), kev("CVE-2024-2", long_ago)
    )
    say(source(world.warps["wm"]), raw("calm"), raw("new", "A new way to use an old flaw", cves=("CVE-2024-2",)))
    first, second, third = on_desk(world, "carol")
    assert (first.title, first.entries, first.sources) == ("A new way to use an old flaw", 2, 2)
    assert first.rank >= 80 and "2 sources tell it" in first.reasons
    assert not any(reason.startswith("Old news") for reason in first.reasons)
    assert second.title == "Entry calm"
    assert third.known_exploited and any(reason.startswith("Old news") for reason in third.reasons)


def test_an_entry_is_lifted_only_for_those_who_may_read_what_lifts_it(world: World) -> None:
    say(source(world.warps["wm"], "kev", "kev"), kev("CVE-2026-1001"))
    say(source(world.warps["uk"], "uk", hub_wide=True), raw("1", "A vendor's notice", cves=("CVE-2026-1001",)))
    (carol,), (kate,) = on_desk(world, "carol"), on_desk(world, "kate")
    assert carol.code == kate.code
    assert carol.known_exploited and carol.rank >= 80 and carol.entries == 2
    assert not kate.known_exploited and kate.rank < 80 and (kate.entries, kate.sources) == (1, 1)
    assert kate.title == "A vendor's notice" and kate.reasons == ("Names CVE-2026-1001",)


def test_a_hidden_entry_changes_nothing_on_another_desk(world: World) -> None:
    say(source(world.warps["uk"], "uk", hub_wide=True), raw("1", cves=("CVE-2026-1",)), raw("2", cves=("CVE-2026-2",)))
    before = on_desk(world, "kate")
    say(source(world.warps["wm"], "wm"), raw("3", cves=("CVE-2026-1", "CVE-2026-2")), kev("CVE-2026-1"), hours=1)
    red = source(world.warps["kent"], "red")
    say(red, raw("4", cves=("CVE-2026-1", "CVE-2026-2"), label="RED"), hours=1)
    assert on_desk(world, "kate") == before and len(before) == 2


def test_a_story_carries_the_strictest_label_of_its_entries(world: World) -> None:
    say(
        source(world.warps["wm"]),
        raw("1", cves=("CVE-2026-1",), label="CLEAR"),
        raw("2", cves=("CVE-2026-1",), label="AMBER"),
    )
    assert on_desk(world, "carol")[0].label == "AMBER"


def test_what_is_gone_or_said_otherwise_does_not_count(world: World) -> None:
    catalogue = source(world.warps["wm"], "kev", "kev")
    say(catalogue, kev("CVE-2026-1"), kev("CVE-2026-2"), complete=True)
    say(catalogue, kev("CVE-2026-1", knownRansomwareCampaignUse="Known"), hours=1, complete=True)
    (only,) = on_desk(world, "carol")
    assert only.entries == 1 and "Used by ransomware groups (CISA KEV)" in only.reasons


def test_pages_follow_one_another_without_gap_or_repeat(world: World) -> None:
    say(
        source(world.warps["wm"]),
        *(raw(str(n), published=AT - timedelta(hours=n % 3)) for n in range(17)),
        kev("CVE-2026-1"),
    )
    whole = on_desk(world, "carol")
    seen: list[DeskStory] = []
    while page := on_desk(world, "carol", limit=5, before=seen[-1].cursor if seen else None):
        seen += page
    assert seen == whole and len({story.code for story in whole}) == 18
    assert on_desk(world, "carol", before="no cursor") == whole


def test_a_desk_costs_the_same_few_statements_however_full_it_is(
    world: World, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    say(source(world.warps["wm"]), *(raw(str(n)) for n in range(60)))
    with django_assert_num_queries(3):  # keys, ranks, texts
        assert len(on_desk(world, "carol", limit=50)) == 50


# Looking for something


@pytest.mark.parametrize("query", ["gateway", "cve-2026-1", "  CVE-2026-1 ", "strangers"])
def test_a_story_is_found_by_its_words_and_its_cves(world: World, query: str) -> None:
    told = raw("1", "The Example Gateway", summary="<p>It lets strangers in</p>", cves=("CVE-2026-1",))
    say(source(world.warps["wm"]), told, raw("2", "Something else"))
    assert titles(world, "carol", query=query) == ["The Example Gateway"]
    assert titles(world, "carol", query="100%") == []


def test_a_story_is_not_found_by_words_that_the_viewer_may_not_read(world: World) -> None:
    say(source(world.warps["uk"], "uk", hub_wide=True), raw("1", cves=("CVE-2026-1",)))
    say(source(world.warps["wm"], "wm"), raw("2", "Secret words", cves=("CVE-2026-1",)))
    assert titles(world, "carol", query="secret") and not titles(world, "kate", query="secret")


# One story


def test_a_story_tells_what_each_source_said_and_says_now(world: World) -> None:
    one, other = source(world.warps["wm"], "one"), source(world.warps["wm"], "other")
    say(one, raw("1", "First words", cves=("CVE-2026-1",)))
    say(one, raw("1", "Better words", cves=("CVE-2026-1",)), hours=1)
    say(other, raw("2", "Others' words", cves=("CVE-2026-1",)), hours=2)
    (listed,) = on_desk(world, "carol")
    found = desk.story(Viewer(world.people["carol"].pk), listed.code, AT + 3 * HOUR)
    assert found is not None
    told, tellings = found
    assert told == listed
    assert [(t.entry.title, [e.title for e in t.earlier]) for t in tellings] == [
        ("Others' words", []), ("Better words", ["First words"]),
    ]  # fmt: skip


def test_a_story_shows_only_what_its_viewer_handles_and_else_is_not_there(world: World) -> None:
    say(source(world.warps["uk"], "uk", hub_wide=True), raw("1", cves=("CVE-2026-1",)))
    say(source(world.warps["wm"], "wm"), raw("2", cves=("CVE-2026-1",)), raw("3"))
    shared, own = sorted(on_desk(world, "carol"), key=lambda story: -story.entries)
    found = desk.story(Viewer(world.people["kate"].pk), shared.code, AT)
    assert found is not None and [telling.entry.guid for telling in found[1]] == ["1"]
    for viewer in (Viewer(world.people["bob"].pk), NOBODY):
        assert desk.story(viewer, shared.code, AT) is None
    assert desk.story(Viewer(world.people["kate"].pk), own.code, AT) is None
    assert desk.story(Viewer(world.people["kate"].pk), "NOTHING", AT) is None


def test_the_address_of_a_merged_story_leads_to_the_one_that_stayed(world: World) -> None:
    news = source(world.warps["wm"])
    say(news, raw("1", cves=("CVE-2026-1",)), raw("2", cves=("CVE-2026-2",)), raw("3", cves=("CVE-2026-3",)))
    codes = [story.code for story in on_desk(world, "carol")]
    say(news, raw("4", cves=("CVE-2026-2", "CVE-2026-3")), hours=1)
    say(news, raw("5", cves=("CVE-2026-1", "CVE-2026-2")), hours=2)
    (left,) = on_desk(world, "carol")
    for code in codes:
        found = desk.story(Viewer(world.people["carol"].pk), code, AT + 3 * HOUR)
        assert found is not None and found[0].code == left.code


def test_a_story_of_which_nobody_says_anything_any_more_can_still_be_read(world: World) -> None:
    catalogue = source(world.warps["wm"], "kev", "kev")
    say(catalogue, kev("CVE-2026-1"), kev("CVE-2026-2"), complete=True)
    gone = next(story for story in on_desk(world, "carol") if "1" in story.title[-1])
    say(catalogue, kev("CVE-2026-2"), hours=1, complete=True)
    found = desk.story(Viewer(world.people["carol"].pk), gone.code, AT + 2 * HOUR)
    assert found is not None and (found[0].rank, found[0].entries) == (0, 0)
    assert found[1][0].entry.gone_at == AT + HOUR


# Dismissing


def dismissed(world: World, name: str, code: str, warp: str, hours: float, **more: Any) -> None:
    desk.dismiss(world.people[name], code, world.warps[warp], AT + hours * HOUR, **more)


def test_a_dismissed_story_leaves_that_desk_and_no_other(world: World) -> None:
    say(source(world.warps["uk"], "uk", hub_wide=True), raw("1"), raw("2"))
    code = on_desk(world, "carol")[0].code
    dismissed(world, "carol", code, "wm", 1)
    assert [story.code for story in on_desk(world, "carol", dismissed=True)] == [code]
    assert len(on_desk(world, "carol")) == 1 and len(on_desk(world, "kate")) == 2
    assert on_desk(world, "carol", dismissed=True)[0].dismissed
    row = AuditRow.objects.get(verb="dismiss_story")
    assert (row.reference, row.detail) == (code, {"warp": "wm"})
    desk.restore(world.people["carol"], code, world.warps["wm"], AT + 2 * HOUR)
    assert len(on_desk(world, "carol")) == 2 and AuditRow.objects.filter(verb="restore_story").count() == 1


def test_a_dismissed_story_comes_back_with_something_newer(world: World) -> None:
    news = source(world.warps["wm"])
    say(news, raw("1", "First words"))
    dismissed(world, "carol", on_desk(world, "carol")[0].code, "wm", 1)
    say(news, raw("1", "First words"), hours=2)
    assert titles(world, "carol") == []
    say(news, raw("1", "Better words"), hours=3)
    assert titles(world, "carol") == ["Better words"]


def test_what_came_between_seeing_and_dismissing_is_not_dismissed(world: World) -> None:
    news = source(world.warps["wm"])
    say(news, raw("1", cves=("CVE-2026-1",)))
    (seen,) = on_desk(world, "carol")
    say(news, raw("2", cves=("CVE-2026-1",)), hours=1)
    dismissed(world, "carol", seen.code, "wm", 2, newest=seen.newest)
    assert len(on_desk(world, "carol")) == 1


def test_something_newer_on_one_desk_brings_a_story_back_there_only(world: World) -> None:
    say(source(world.warps["uk"], "uk", hub_wide=True), raw("1", cves=("CVE-2026-1",)))
    (story,) = on_desk(world, "carol")
    dismissed(world, "carol", story.code, "wm", 1)
    dismissed(world, "kate", story.code, "kent", 1)
    say(source(world.warps["wm"], "wm"), raw("2", cves=("CVE-2026-1",)), hours=2)
    assert len(on_desk(world, "carol")) == 1 and on_desk(world, "kate") == []


def test_who_has_two_desks_has_done_with_a_story_when_both_have(world: World) -> None:
    Office.objects.create(person=world.people["carol"], warp=world.warps["kent"], role="coordinator", since=AT)
    say(source(world.warps["uk"], "uk", hub_wide=True), raw("1"))
    say(source(world.warps["wm"], "wm"), raw("2"))
    hub, own = sorted(on_desk(world, "carol"), key=lambda story: story.title)
    dismissed(world, "carol", hub.code, "wm", 1)
    dismissed(world, "carol", own.code, "wm", 1)
    assert [story.code for story in on_desk(world, "carol")] == [hub.code]
    dismissed(world, "carol", hub.code, "kent", 1)
    assert on_desk(world, "carol") == []


@pytest.mark.parametrize(("name", "warp"), [("bob", "wm"), ("kate", "wm"), ("carol", "kent"), ("pat", "wm")])
def test_only_a_coordinator_of_the_warp_dismisses(world: World, name: str, warp: str) -> None:
    say(source(world.warps["uk"], "uk", hub_wide=True), raw("1"))
    (story,) = on_desk(world, "carol")
    with pytest.raises(PermissionDenied):
        dismissed(world, name, story.code, warp, 1)
    assert len(on_desk(world, "carol")) == 1


def test_a_story_that_is_not_on_the_desk_does_not_exist_for_its_coordinator(world: World) -> None:
    say(source(world.warps["wm"], "wm"), raw("1"))
    (story,) = on_desk(world, "carol")
    for code in (story.code, "NOTHING"):
        with pytest.raises(Story.DoesNotExist):
            dismissed(world, "kate", code, "kent", 1)
        with pytest.raises(Story.DoesNotExist):
            desk.restore(world.people["kate"], code, world.warps["kent"], AT)


# Sources


def test_a_coordinator_reads_how_the_sources_of_their_desk_are(
    world: World, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    news, hub = source(world.warps["wm"], "news"), source(world.warps["uk"], "hub", hub_wide=True)
    source(world.warps["kent"], "kent")
    fetch = Fetch.objects.create
    fetch(source=news, at=AT - 30 * HOUR, outcome="error", error="long ago")
    fetch(source=news, at=AT - 2 * HOUR, outcome="ok", new=3, changed=1)
    fetch(source=news, at=AT - HOUR, outcome="same")
    fetch(source=news, at=AT - HOUR, outcome="refused", document="b.xml", error="No feed.")
    with django_assert_num_queries(5):
        first, second = desk.source_health(world.people["carol"], AT)
    assert (first.source, first.outcome, first.last_at) == (hub, None, None)
    assert (second.source, second.outcome, second.error, second.last_at) == (news, "refused", "No feed.", AT - HOUR)
    assert (second.fetches, second.bad, second.new, second.changed) == (3, 1, 3, 1)
    assert desk.source_health(world.people["bob"], AT) == []
