"""What comes from a source lies on the right desks, under the right label, and in the right story."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from pytest_django import DjangoAssertNumQueries

from advisories.collect.base import Parsed, RawEntry, Refusal
from advisories.collect.store import Counts, store
from advisories.models import Dismissal, Entry, EntryKey, Source, Story
from members.models import Item, Kind, Standing
from members.place import misplaced
from members.policy import NOBODY, visible_to
from tests.advisories.feeds import AT, source
from tests.members.world import World

HOUR = timedelta(hours=1)


def raw(guid: str, title: str = "", **rest: Any) -> RawEntry:
    return RawEntry.of(guid=guid, title=title or f"Entry {guid}", published=AT, **rest)


def say(which: Source, *entries: RawEntry, hours: int = 0, complete: bool = False) -> Counts:
    return store(which, Parsed(entries, complete=complete), AT + hours * HOUR)


def story_of(guid: str) -> str:
    return str(Story.objects.get(entries__guid=guid, entries__superseded_at=None).code)


def readers(world: World, guid: str) -> set[str]:
    item = Entry.rows.get(guid=guid, superseded_at=None).item
    return {name for name, viewer in world.viewers().items() if visible_to(viewer, AT).filter(pk=item.pk).exists()}


# Desks and labels


def test_an_entry_lies_on_the_desk_of_its_sources_warp_and_nowhere_else(world: World) -> None:
    say(source(world.warps["wm"]), raw("1", label="CLEAR"))
    assert readers(world, "1") == {"carol"}


def test_an_entry_of_a_hub_wide_source_lies_on_every_desk(world: World) -> None:
    say(source(world.warps["uk"], hub_wide=True), raw("1", label="CLEAR"))
    assert readers(world, "1") == {"carol", "brian", "kate", "ursula"}


@pytest.mark.parametrize("hub_wide", [False, True])
def test_what_came_red_is_for_the_people_named_on_its_source(world: World, hub_wide: bool) -> None:
    named = source(world.warps["wm"], hub_wide=hub_wide)
    named.red_handlers.add(world.people["brian"])
    say(named, raw("1", label="RED"))
    assert readers(world, "1") == {"brian"}


def test_red_from_a_source_that_names_nobody_is_read_by_nobody(world: World) -> None:
    say(source(world.warps["wm"]), raw("1", label="RED"))
    assert readers(world, "1") == set()


@pytest.mark.parametrize(
    ("default", "own", "marking"),
    [("", None, "AMBER+STRICT"), ("CLEAR", None, "CLEAR"), ("CLEAR", "RED", "RED"), ("AMBER", "GREEN", "GREEN")],
)
def test_an_entry_carries_its_own_label_else_its_sources_else_the_strict_one(
    world: World, default: str, own: str | None, marking: str
) -> None:
    say(source(world.warps["wm"], default_label=default), raw("1", label=own))
    assert Item.rows.get(kind=Kind.ENTRY).marking == marking


def test_a_label_does_not_fall_by_being_left_out(world: World) -> None:
    news = source(world.warps["wm"], default_label="CLEAR")
    say(news, raw("1", "First words", label="AMBER"), raw("2", "First words", label="AMBER"))
    say(news, raw("1", "Better words"), raw("2", "Better words", label="GREEN"), hours=1)
    markings = dict(Entry.rows.filter(superseded_at=None).values_list("guid", "item__marking"))
    assert markings == {"1": "AMBER", "2": "GREEN"}


def test_a_red_text_takes_no_other_texts_place(world: World) -> None:
    """Else the coordinators would see an entry vanish, and know that there is something they may not read."""
    news = source(world.warps["wm"])
    news.red_handlers.add(world.people["brian"])
    say(news, raw("1", "First words", label="GREEN"))
    assert say(news, raw("1", "Secret words", label="RED"), hours=1).changed == 0
    assert Entry.rows.get(title="First words").superseded_at is None
    assert Entry.rows.get(title="First words").story_id != Entry.rows.get(title="Secret words").story_id
    say(news, raw("1", "More secret words", label="RED"), hours=2)
    assert Entry.rows.get(title="Secret words").superseded_at is not None
    assert Entry.rows.get(title="Secret words").story_id == Entry.rows.get(title="More secret words").story_id
    assert Entry.rows.get(title="First words").superseded_at is None


def test_every_entry_is_placed_as_the_rule_says(world: World) -> None:
    news = source(world.warps["wm"], show_as_labelled=True)
    news.red_handlers.add(world.people["brian"])
    say(news, *(raw(label, label=label) for label in ("CLEAR", "GREEN", "AMBER", "AMBER+STRICT", "RED")))
    assert misplaced(Item.rows.filter(kind=Kind.ENTRY)) == []


# Shown as labelled


def test_a_source_that_shows_its_entries_releases_what_needs_no_grant(world: World) -> None:
    news = source(world.warps["wm"], show_as_labelled=True)
    say(news, raw("clear", label="CLEAR"), raw("green", label="GREEN"), raw("amber", label="AMBER"))
    assert "nobody" in readers(world, "clear")
    assert "bob" in readers(world, "green") and "olive" not in readers(world, "green")
    assert readers(world, "amber") == {"carol"}
    assert Standing.objects.count() == 2


def test_what_a_source_no_longer_says_is_no_longer_shown(world: World) -> None:
    news = source(world.warps["wm"], show_as_labelled=True)
    say(news, raw("1", "First words", label="CLEAR"), raw("2", label="CLEAR"), complete=True)
    say(news, raw("1", "Better words", label="CLEAR"), hours=1, complete=True)
    later = AT + HOUR
    seen = visible_to(NOBODY, later).values_list("entry__title", flat=True)
    assert list(seen) == ["Better words"]
    assert misplaced(Item.rows.filter(kind=Kind.ENTRY)) == []
    say(news, raw("1", "First words", label="CLEAR"), raw("2", label="CLEAR"), hours=2, complete=True)
    seen = visible_to(NOBODY, AT + 2 * HOUR).values_list("entry__title", flat=True)
    assert sorted(seen) == ["Entry 2", "First words"]
    assert misplaced(Item.rows.filter(kind=Kind.ENTRY)) == []


# Storing


def test_the_same_again_costs_one_statement(world: World, django_assert_num_queries: DjangoAssertNumQueries) -> None:
    news = source(world.warps["wm"])
    many = [raw(str(number)) for number in range(500)]
    assert say(news, *many) == Counts(500, 0, 0, 0)
    with django_assert_num_queries(1):
        assert say(news, *many) == Counts(0, 0, 500, 0)


def test_new_entries_cost_the_same_few_statements_however_many_they_are(world: World) -> None:
    costs = []
    for number in (10, 40):  # SQLite takes so many rows at once
        with CaptureQueriesContext(connection) as asked:
            say(source(world.warps["wm"], f"s{number}"), *(raw(f"{number}-{n}") for n in range(number)))
        costs.append(len(asked))
    assert costs[0] == costs[1] <= 20


def test_an_id_that_was_refused_was_not_removed(world: World) -> None:
    catalogue = source(world.warps["wm"], "kev", "kev")
    say(catalogue, raw("1"), raw("2"), raw("3"), complete=True)
    store(catalogue, Parsed((raw("1"),), (Refusal("2", "unreadable"),), complete=True), AT + HOUR)
    assert set(Entry.rows.filter(gone_at=None).values_list("guid", flat=True)) == {"1", "2"}


@pytest.mark.parametrize(
    ("kind", "owner", "hours", "taken", "said"),
    [
        ("stix", "identity--a", 1, True, ""),
        ("stix", "identity--b", 1, False, "belongs to identity--a; the version of it by identity--b"),
        ("stix", "", 1, False, "by nobody"),
        ("stix", "identity--a", -1, False, "older than what this source has said"),
        ("feed", "identity--b", -1, True, ""),
    ],
)
def test_only_the_owner_gives_a_new_version_and_only_a_later_one(
    world: World, kind: str, owner: str, hours: int, taken: bool, said: str
) -> None:
    which = source(world.warps["wm"], kind=kind)
    say(which, raw("report--1", "First", updated=AT, facts={"owner": "identity--a"}), raw("report--2", "Other"))
    facts = {"owner": owner} if owner else {}
    counts = say(which, raw("report--1", "Second", updated=AT + hours * HOUR, facts=facts), raw("report--2", "Other"))
    assert (counts.changed, counts.same, len(counts.refused)) == (int(taken), 1, int(not taken))
    assert said in "".join(refusal.reason for refusal in counts.refused)
    assert Entry.rows.get(guid="report--1", superseded_at=None).title == ("Second" if taken else "First")


def test_two_sources_may_use_one_id(world: World) -> None:
    one, other = source(world.warps["wm"], "one"), source(world.warps["wm"], "other")
    say(one, raw("1", "Words of one"))
    assert say(other, raw("1", "Words of the other")) == Counts(1, 0, 0, 0)
    assert Entry.rows.filter(superseded_at=None).count() == 2


# Stories


def test_a_catalogue_and_a_vendor_that_name_one_cve_tell_one_story(world: World) -> None:
    say(source(world.warps["uk"], "kev", hub_wide=True), raw("kev", cves=("CVE-2026-1001",)))
    say(source(world.warps["wm"], "vendor"), raw("vendor", cves=("CVE-2026-1001",)), raw("else"))
    assert story_of("kev") == story_of("vendor") != story_of("else")


def test_an_entry_that_bridges_two_stories_merges_them_into_the_older(world: World) -> None:
    news = source(world.warps["wm"])
    say(news, raw("1", cves=("CVE-2026-1001",)), raw("2", cves=("CVE-2026-1002",)))
    older, younger = story_of("1"), story_of("2")
    say(news, raw("3", cves=("CVE-2026-1001", "CVE-2026-1002")), hours=1)
    assert story_of("1") == story_of("2") == story_of("3") == older
    assert Story.objects.get(code=younger).into == Story.objects.get(code=older)


def test_merged_stories_are_asked_about_again(world: World) -> None:
    news = source(world.warps["wm"])
    say(news, raw("1", cves=("CVE-2026-1001",)), raw("2", cves=("CVE-2026-1002",)))
    for story in Story.objects.all():
        Dismissal.objects.create(story=story, warp=world.warps["wm"], at=AT)
    say(news, raw("3", cves=("CVE-2026-1001", "CVE-2026-1002")), hours=1)
    assert not Dismissal.objects.exists()


def test_one_warps_entry_does_not_merge_stories_of_the_whole_hub(world: World) -> None:
    """Else Kent's desk would show that somebody, somewhere, knows the two to belong together."""
    say(source(world.warps["uk"], hub_wide=True), raw("1", cves=("CVE-2026-1001",)), raw("2", cves=("CVE-2026-1002",)))
    before = story_of("1"), story_of("2")
    Dismissal.objects.create(story=Story.objects.get(code=before[0]), warp=world.warps["kent"], at=AT)
    say(source(world.warps["wm"], "own"), raw("3", cves=("CVE-2026-1001", "CVE-2026-1002")), hours=1)
    assert (story_of("1"), story_of("2")) == before and story_of("3") == before[0]
    assert Dismissal.objects.count() == 1


def test_one_warps_entries_do_not_glue_what_comes_to_every_desk_later(world: World) -> None:
    say(source(world.warps["wm"], "own"), raw("own", cves=("CVE-2026-1001", "CVE-2026-1002")))
    hub = source(world.warps["uk"], hub_wide=True)
    say(hub, raw("1", cves=("CVE-2026-1001",)), raw("2", cves=("CVE-2026-1002",)), hours=1)
    assert story_of("1") != story_of("2")
    assert story_of("own") == story_of("1")  # the WARP's own story is folded into that of the whole hub
    assert Story.objects.get(code=story_of("own")).warp is None


def test_two_warps_do_not_meet_in_a_story_unless_the_whole_hub_tells_it(world: World) -> None:
    for name in ("wm", "kent"):
        say(source(world.warps[name], name), raw(name, cves=("CVE-2026-1001",)))
    assert story_of("wm") != story_of("kent")
    say(source(world.warps["uk"], hub_wide=True), raw("uk", cves=("CVE-2026-1001",)), hours=1)
    assert story_of("wm") == story_of("kent") == story_of("uk")


def test_what_came_red_lies_alone_and_leaves_no_trace_for_others(world: World) -> None:
    news = source(world.warps["wm"])
    say(news, raw("1", cves=("CVE-2026-1001",)), raw("2", cves=("CVE-2026-1002",)))
    before = story_of("1"), story_of("2")
    say(news, raw("red", cves=("CVE-2026-1001", "CVE-2026-1002"), label="RED"), hours=1)
    say(news, raw("3", cves=("CVE-2026-1001",)), hours=2)
    assert (story_of("1"), story_of("2"), story_of("3")) == (before[0], before[1], before[0])
    assert story_of("red") not in before and not EntryKey.objects.filter(entry__guid="red").exists()


def test_a_changed_text_stays_in_its_story_although_it_names_another_cve(world: World) -> None:
    news = source(world.warps["wm"])
    say(news, raw("1", "First words", cves=("CVE-2026-1001",)))
    before = story_of("1")
    say(news, raw("1", "Better words", cves=("CVE-2026-1009",)), hours=1)
    assert story_of("1") == before


def test_what_a_source_no_longer_says_draws_nothing_to_it(world: World) -> None:
    news = source(world.warps["wm"])
    say(news, raw("1", "First words", cves=("CVE-2026-1001",)))
    say(news, raw("1", "Better words", cves=("CVE-2026-1009",)), hours=1)
    say(news, raw("2", cves=("CVE-2026-1001",)), hours=2)
    assert story_of("1") != story_of("2")


# Floods


def many(count: int, ids: str) -> list[RawEntry]:
    return [
        raw(f"{ids}-{n}", f"Entry number {n}", url=f"https://news.example.org/{n}", label="CLEAR") for n in range(count)
    ]


def test_a_source_that_gives_all_it_said_new_ids_raises_one_notice_and_no_card(world: World) -> None:
    which = source(world.warps["wm"])
    say(which, *many(1_000, "old"))
    stories, entries = Story.objects.count(), Entry.rows.count()
    counts = say(which, *many(1_000, "new"), hours=1)
    assert (counts.new, counts.changed, counts.same) == (0, 0, 1_000)
    assert counts.notice == "It gave 1000 entries that were here already new ids. They stay as they are."
    assert (Story.objects.count(), Entry.rows.count()) == (stories, entries)
    again = say(which, *many(1_000, "new"), hours=2)
    assert (again.same, again.notice) == (1_000, ""), "the new ids are known from now on"


@pytest.mark.parametrize("other", [{"summary": "<p>Now it is exploited.</p>"}, {"label": "AMBER"}, {"title": "Other"}])
def test_a_new_id_with_another_text_or_another_label_is_news(world: World, other: dict[str, str]) -> None:
    which = source(world.warps["wm"])
    say(which, *many(100, "old"))
    again = many(100, "new")
    again[7] = raw("new-7", **{"title": again[7].title, "url": again[7].url, "label": "CLEAR", **other})
    counts = say(which, *again, hours=1)
    assert (counts.new, counts.same) == (1, 99)
    assert Entry.rows.filter(guid="new-7", superseded_at=None).exists()


def test_a_flood_of_what_is_really_new_is_one_card_and_a_new_source_is_no_flood(world: World) -> None:
    which = source(world.warps["wm"])
    say(which, *many(100, "first"))
    assert Story.objects.count() == 100
    fresh = [raw(f"n{n}", f"Something else, number {n}", label="CLEAR") for n in range(60)]
    counts = say(which, *many(100, "second"), *fresh, hours=1)
    assert (counts.new, counts.same) == (60, 100) and "60 new entries at once" in counts.notice
    assert Story.objects.count() == 101 and Entry.rows.count() == 160
    say(which, raw("later", "One more thing", label="CLEAR"), hours=2)
    assert Story.objects.count() == 102
