"""A WARP's own rules move its own desk, and no other; EPSS moves what names the vulnerability, on every desk."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from pytest_django import DjangoAssertNumQueries

from advisories import alert
from advisories.collect import scores
from advisories.models import Entry, RankRules, Source, WarpRank
from advisories.triage import ranks, ruling
from advisories.triage.rank import FRESH, UNPROVED
from advisories.triage.rules import DEFAULT, LONGEST_WORD, MOST_WORDS, Rules
from members.models import AuditRow, Office
from members.refused import Refused
from tests.advisories.feeds import AT, source
from tests.advisories.test_desk import kev, on_desk, raw, say, titles
from tests.members.world import World

DAY = timedelta(days=1)
OWN = replace(DEFAULT, critical=0, watchword=30, watchwords=("Widgetron", "secret product"))


def change(world: World, new: Rules = OWN, warp: str = "wm", by: str = "carol") -> Rules:
    return ruling.change(world.warps[warp], new, AT, by=world.people[by])


@pytest.fixture
def told(world: World) -> Source:
    """On every desk: a critical one, and one that names a product."""
    hub = source(world.warps["uk"], "uk", hub_wide=True)
    say(hub, raw("loud", "Critical flaw, CVSS 9.8"), raw("calm", "Widgetron 9 has a flaw"))
    return hub


def epss(world: World) -> Source:
    return Source.objects.filter(slug="epss").first() or source(world.warps["uk"], "epss", "epss", hub_wide=True)


def likely(world: World, *shares: tuple[str, str], days: int = 1) -> None:
    scores.keep(epss(world), tuple((cve, share, "0.9") for cve, share in shares), AT + days * DAY)


# A WARP's own rules


def test_a_warps_rules_move_its_own_desk_and_no_other(world: World, told: Source) -> None:
    before = on_desk(world, "kate"), on_desk(world, "ursula"), list(Entry.rows.values("rank", "lift", "reasons"))
    change(world)
    first, second = on_desk(world, "carol")
    assert (first.title, first.rank) == ("Widgetron 9 has a flaw", FRESH + 30)
    assert (second.title, second.rank) == ("Critical flaw, CVSS 9.8", FRESH)
    assert first.reasons == ("Watchword: Widgetron",)
    assert before == (
        on_desk(world, "kate"),
        on_desk(world, "ursula"),
        list(Entry.rows.values("rank", "lift", "reasons")),
    )
    assert titles(world, "kate") == ["Critical flaw, CVSS 9.8", "Widgetron 9 has a flaw"]


def test_only_what_ranks_otherwise_has_a_row(world: World, told: Source) -> None:
    say(told, *(raw(str(n)) for n in range(20)))
    change(world)
    assert sorted(WarpRank.objects.values_list("entry__title", flat=True)) == [
        "Critical flaw, CVSS 9.8", "Widgetron 9 has a flaw",
    ]  # fmt: skip
    change(world, DEFAULT)
    assert not WarpRank.objects.exists() and not RankRules.objects.exists()


@pytest.mark.parametrize(
    ("name", "allowed"),
    [("carol", True), ("kate", False), ("ursula", False), ("alice", False), ("cuth", False), ("root", False)],
)
def test_only_a_coordinator_of_the_warp_changes_its_rules(world: World, told: Source, name: str, allowed: bool) -> None:
    before = on_desk(world, "carol")
    if allowed:
        change(world, by=name)
    else:
        with pytest.raises(Refused, match="Only a coordinator of wm"):
            change(world, by=name)
    assert (on_desk(world, "carol") == before) != allowed
    assert RankRules.objects.exists() == WarpRank.objects.exists() == allowed
    assert AuditRow.objects.filter(verb="change_ranking").exists() == allowed


def test_the_audit_says_what_changed_and_never_a_watchword(world: World, told: Source) -> None:
    change(world)
    row = AuditRow.objects.get(verb="change_ranking")
    assert row.reference == "wm"
    assert row.detail == {
        "changed": ["critical", "watchword", "watchwords"],
        "points": {"critical": 0, "watchword": 30},
    }
    change(world, replace(OWN, critical=5))
    assert AuditRow.objects.filter(verb="change_ranking").latest("pk").detail["points"] == {"critical": 5}
    assert not AuditRow.objects.filter(detail__icontains="widgetron").exists()


def test_what_comes_later_is_ranked_by_them_too(world: World, told: Source) -> None:
    change(world)
    say(told, raw("new", "Widgetron 10"), hours=1)
    say(source(world.warps["wm"], "wm"), raw("own", "Our Widgetron"), hours=1)
    say(source(world.warps["kent"], "kent"), raw("theirs", "Kent's Widgetron"), hours=1)
    assert {story.title: story.rank for story in on_desk(world, "carol")} == {
        "Widgetron 10": FRESH + 30, "Our Widgetron": FRESH + 30, "Widgetron 9 has a flaw": FRESH + 30,
        "Critical flaw, CVSS 9.8": FRESH,
    }  # fmt: skip
    assert {story.rank for story in on_desk(world, "kate") if "Widgetron" in story.title} == {FRESH}


def test_rules_survive_later_texts_and_a_text_that_holds_again(world: World, told: Source) -> None:
    change(world)
    say(told, raw("calm", "Gadgetron has a flaw"), hours=1)
    change(world, replace(OWN, watchword=40))
    assert "Watchword: Widgetron" not in str(on_desk(world, "carol"))
    say(told, raw("calm", "Widgetron 9 has a flaw"), hours=2)
    assert (on_desk(world, "carol")[0].title, on_desk(world, "carol")[0].rank) == ("Widgetron 9 has a flaw", FRESH + 40)
    say(told, raw("calm", "Widgetron 9 has a worse flaw"), hours=3)
    assert on_desk(world, "carol")[0].rank == FRESH + 40


def test_no_other_desk_and_no_draft_tells_a_watchword(world: World, told: Source) -> None:
    say(source(world.warps["wm"], "wm"), raw("2", "A secret product", cves=("CVE-2026-1",)))
    say(told, raw("3", "A secret product too", cves=("CVE-2026-1",)))
    change(world)
    assert "Watchword: secret product" in str(on_desk(world, "carol"))
    for name in set(world.people) - {"carol"}:
        assert "Watchword" not in str(on_desk(world, name)), name
    assert "Watchword" not in str(alert.propose(list(Entry.rows.all())))


def test_who_handles_it_by_name_sees_it_by_the_usual_rules(world: World) -> None:
    red = source(world.warps["wm"], "red")
    red.red_handlers.set([world.people["brian"], world.people["carol"]])
    say(red, raw("1", "Widgetron", label="RED"))
    change(world)
    change(world, replace(DEFAULT, watchword=100, watchwords=("Widgetron",)), "birmingham", "brian")
    assert [(one.rank, one.reasons) for one in on_desk(world, "brian")] == [(FRESH, ())]
    assert [(one.rank, one.reasons) for one in on_desk(world, "carol")] == [(FRESH + 30, ("Watchword: Widgetron",))]


def test_who_has_two_desks_sees_it_as_high_as_the_higher_has_it(world: World, told: Source) -> None:
    Office.objects.create(person=world.people["carol"], warp=world.warps["kent"], role="coordinator", since=AT)
    say(source(world.warps["wm"], "wm"), raw("wm", "Critical for us, CVSS 9.8"))
    change(world)
    ranked = {story.title: story.rank for story in on_desk(world, "carol")}
    assert ranked == {
        "Critical flaw, CVSS 9.8": FRESH + 25, "Widgetron 9 has a flaw": FRESH + 30, "Critical for us, CVSS 9.8": FRESH,
    }  # fmt: skip
    assert {one.rank for one in on_desk(world, "carol", warp=world.warps["kent"])} == {FRESH + 25, FRESH}
    assert {one.rank for one in on_desk(world, "carol", warp=world.warps["wm"])} == {FRESH + 30, FRESH}


def test_known_exploitation_lifts_as_far_as_the_warp_has_it(world: World) -> None:
    say(source(world.warps["uk"], "kev", "kev", hub_wide=True), kev("CVE-2024-1", AT - timedelta(days=900)))
    say(source(world.warps["uk"], "uk", hub_wide=True), raw("1", "New words", cves=("CVE-2024-1",)))
    change(world, replace(DEFAULT, exploited=10))
    (carol,), (kate,) = on_desk(world, "carol"), on_desk(world, "kate")
    assert (carol.rank, kate.rank) == (FRESH + 10 + 5, FRESH + 50 + 5)
    assert carol.known_exploited and kate.known_exploited


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"critical": 101}, "Points go from 0 to 100"),
        ({"likely_from": -1}, "Points go from 0 to 100"),
        ({"watchwords": tuple(f"word {n}" for n in range(MOST_WORDS + 1))}, "At most 50 watchwords"),
        ({"watchwords": ("x" * (LONGEST_WORD + 1),)}, "at most 80 characters"),
        ({"watchwords": ("-",)}, "“-” is no watchword"),
        ({"watchwords": ("a\0b",)}, "is no watchword"),
    ],
)
def test_what_is_out_of_bounds_is_refused_in_words(world: World, given: dict[str, Any], said: str) -> None:
    with pytest.raises(Refused, match=said):
        change(world, replace(DEFAULT, **given))
    assert not RankRules.objects.exists() and not AuditRow.objects.filter(verb="change_ranking").exists()


def test_watchwords_are_kept_once_and_without_what_surrounds_them(world: World) -> None:
    assert change(world, replace(DEFAULT, watchwords=(" Palo   Alto ", "", "palo alto"))).watchwords == ("palo alto",)


def test_a_desk_with_rules_of_its_own_costs_no_more_statements(
    world: World, told: Source, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    say(told, *(raw(str(n), f"Widgetron {n}") for n in range(40)))
    change(world)
    with django_assert_num_queries(3):  # keys, ranks, texts
        assert on_desk(world, "carol", limit=40)[39].reasons == ("Watchword: Widgetron",)


def test_a_change_costs_as_many_statements_for_forty_entries_as_for_two(
    world: World, told: Source, monkeypatch: pytest.MonkeyPatch
) -> None:
    def asked(new: Rules) -> int:
        with CaptureQueriesContext(connection) as queries:
            change(world, new)
        return len(queries)

    change(world)
    few = asked(replace(OWN, watchword=40))
    say(told, *(raw(str(n), f"Widgetron {n}") for n in range(40)))
    assert asked(OWN) == few
    monkeypatch.setattr(ranks, "AT_ONCE", 20)
    change(world, replace(OWN, watchword=45))
    assert WarpRank.objects.filter(rank=FRESH + 45).count() == 41, "in batches, all the same"


# EPSS


def test_epss_lifts_what_names_the_vulnerability_and_says_so(world: World, told: Source) -> None:
    say(told, raw("1", "A notice", cves=("CVE-2026-1",)), raw("2", "Another", cves=("CVE-2026-2",)))
    likely(world, ("CVE-2026-1", "0.5"), ("CVE-2026-2", "0.01"), ("CVE-1999-1", "0.9"))
    for name in ("carol", "kate"):
        found = {story.title: story for story in on_desk(world, name)}
        assert (found["A notice"].rank, found["Another"].rank) == (FRESH + 5 + 15, FRESH + 5)
        assert found["A notice"].reasons == (
            "Likely to be exploited: EPSS 50.0% (percentile 90.0), as of 2 November 2026", "Names CVE-2026-1",
        )  # fmt: skip


def test_a_score_that_falls_takes_its_points_away_and_one_that_moves_its_day(world: World, told: Source) -> None:
    say(told, raw("1", "A notice", cves=("CVE-2026-1", "CVE-2026-2")))
    likely(world, ("CVE-2026-1", "0.5"), ("CVE-2026-2", "0.01"))
    likely(world, ("CVE-2026-1", "0.05"), ("CVE-2026-2", "0.2"), days=2)
    assert "EPSS 20.0% (percentile 90.0), as of 3 November 2026" in str(on_desk(world, "carol"))
    likely(world, ("CVE-2026-2", "0.03"), days=3)
    assert "EPSS" not in str(on_desk(world, "carol")) and Entry.rows.get(title="A notice").rank == FRESH + 5


def test_what_comes_later_has_it_from_the_scores_that_are_kept(world: World, told: Source) -> None:
    likely(world, ("CVE-2026-1", "0.5"))
    red = source(world.warps["wm"], "red")
    red.red_handlers.add(world.people["carol"])
    say(told, raw("1", "A notice", cves=("CVE-2026-1",)), hours=30)
    say(red, raw("2", "A RED one", cves=("CVE-2026-1",), label="RED"), hours=30)
    assert {one.title for one in on_desk(world, "carol") if "EPSS 50.0%" in str(one.reasons)} == {
        "A notice",
        "A RED one",
    }
    likely(world, ("CVE-2026-1", "0.6"), days=3)
    assert {one.title for one in on_desk(world, "carol") if "EPSS 60.0%" in str(one.reasons)} == {
        "A notice",
        "A RED one",
    }


def test_a_roundup_and_old_news_are_not_lifted_by_it(world: World, told: Source) -> None:
    many = tuple(f"CVE-2026-{n}" for n in range(1, 9))
    say(told, raw("1", "A roundup", cves=many), raw("2", "Old", cves=("CVE-2026-1",), published=AT - 90 * DAY))
    likely(world, *((cve, "0.9") for cve in many))
    found = {story.title: story.rank for story in on_desk(world, "carol")}
    assert (found["A roundup"], found["Old"]) == (FRESH + 5, 20)


def test_a_text_that_only_repeats_itself_is_no_news_because_of_epss(world: World, told: Source) -> None:
    old = AT - 90 * DAY
    likely(world, ("CVE-2026-1", "0.9"))
    say(told, raw("1", "Old", cves=("CVE-2026-1",), published=old))
    say(told, raw("1", "Old, reworded", cves=("CVE-2026-1",), published=old), hours=1)
    assert Entry.rows.get(title="Old, reworded").rank == 20


def test_a_warp_with_another_threshold_has_it_otherwise(world: World, told: Source) -> None:
    say(told, raw("1", "A notice", cves=("CVE-2026-1",)))
    change(world, replace(DEFAULT, likely=40, likely_from=1))
    change(world, replace(DEFAULT, likely_from=50), "kent", "kate")
    for days, share, carol, kate, brian in ((1, "0.02", 40, 0, 0), (2, "0.3", 40, 0, 15), (3, "0.6", 40, 15, 15)):
        likely(world, ("CVE-2026-1", share), days=days)
        said = [next(s for s in on_desk(world, name) if s.title == "A notice") for name in ("carol", "kate", "brian")]
        assert [story.rank for story in said] == [min(UNPROVED, FRESH + 5 + more) for more in (carol, kate, brian)]
        assert ["EPSS" in str(story.reasons) for story in said] == [more > 0 for more in (carol, kate, brian)]


def test_scores_cost_as_many_statements_for_forty_entries_as_for_one(world: World, told: Source) -> None:
    def asked(days: int, *named: int) -> int:
        with CaptureQueriesContext(connection) as queries:
            likely(world, *((f"CVE-2026-{n}", f"0.{days}") for n in (*named, *range(1000, 1200))), days=days)
        return len(queries)

    change(world)
    likely(world, ("CVE-1999-1", "0.5"))
    say(told, *(raw(str(n), f"Widgetron {n}", cves=(f"CVE-2026-{n}",)) for n in range(40)))
    assert asked(2, 1) == asked(3, *range(40))
    assert Entry.rows.filter(rank=FRESH + 5 + 15).count() == 40
    assert asked(4) <= asked(5, 1), "scores that nothing names touch nothing"


def test_storing_forty_entries_costs_as_many_statements_as_storing_one(world: World, told: Source) -> None:
    def asked(*numbers: int) -> int:
        with CaptureQueriesContext(connection) as queries:
            say(told, *(raw(str(n), f"Widgetron {n}", cves=(f"CVE-2026-{n}",)) for n in numbers), hours=30)
        return len(queries)

    change(world)
    likely(world, *((f"CVE-2026-{n}", "0.5") for n in range(100)))
    assert asked(*range(10)) == asked(*range(10, 50))
