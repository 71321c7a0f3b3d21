"""The page on which a coordinator reads and changes by which rules their desk is ranked."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from html import unescape
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from advisories.models import Entry, RankRules, WarpRank
from advisories.rulesform import LABELS
from advisories.triage import rank, ruling
from advisories.triage.rules import DEFAULT, NUMBERS, Rules
from members import clock
from members.models import AuditRow, Office
from tests import pages
from tests.members.world import World
from tests.pages import visitor

pytestmark = pytest.mark.django_db
OWN = replace(DEFAULT, high=33, watchwords=("Widgetron",))


@pytest.fixture(autouse=True)
def at_noon(monkeypatch: pytest.MonkeyPatch, noon: datetime) -> None:
    monkeypatch.setattr(clock, "ask", lambda: noon)


def path(warp: str = "wm") -> str:
    return reverse("advisories:ranking", args=[warp])


def read(world: World, by: str = "carol", warp: str = "wm") -> str:
    answer = visitor(world.people[by]).get(path(warp))
    return unescape(answer.content.decode()) if answer.status_code == 200 else str(answer.status_code)


def keep(world: World, /, by: str = "carol", warp: str = "wm", **given: Any) -> str:
    """The page that follows."""
    answer = visitor(world.people[by]).post(path(warp), {"watchwords": "", **given}, follow=True)
    return unescape(answer.content.decode()) if answer.status_code == 200 else str(answer.status_code)


def rules(world: World, warp: str = "wm") -> Rules:
    return ruling.rules_for(world.warps[warp])


def test_it_reads_as_a_table_of_what_each_signal_gives_and_what_is_usual(world: World) -> None:
    page = read(world)
    assert list(LABELS) == list(dict.fromkeys(LABELS)) and set(LABELS) == set(NUMBERS)
    for name, label in LABELS.items():
        assert f'<label for="id_{name}">{label}</label>' in page
        assert f'name="{name}" value="{getattr(DEFAULT, name)}"' in page
    assert "Every entry begins with 30 points." in page and "has 79 at most" in page
    assert "Back to what is usual" not in page


def test_a_coordinator_changes_points_and_watchwords_and_the_desk_follows(world: World) -> None:
    pages.entry(world, pages.source(world), "Widgetron is hit", rank=30)
    page = keep(world, high="33", watchwords="Widgetron\r\n\r\nPalo Alto\r\n")
    assert "Kept. The desk is ranked by it from now on." in page
    assert rules(world) == replace(DEFAULT, high=33, watchwords=("Widgetron", "Palo Alto"))
    assert 'value="33"' in page and "<strong>10</strong>" in page and "Widgetron\nPalo Alto</textarea>" in page
    assert "Watchword: Widgetron" in visitor(world.people["carol"]).get(reverse("advisories:desk")).content.decode()


def test_what_is_left_empty_is_as_usual_and_a_button_takes_all_of_it_back(world: World) -> None:
    pages.entry(world, pages.source(world), "Widgetron is hit", rank=30)
    keep(world, high="33", critical="1", watchwords="Widgetron")
    keep(world, high="", critical="1", watchwords="Widgetron")
    assert rules(world) == replace(DEFAULT, critical=1, watchwords=("Widgetron",)) and WarpRank.objects.exists()
    page = keep(world, reset="1", critical="nonsense")
    assert rules(world) == DEFAULT and "Back to what is usual" not in page
    assert not RankRules.objects.exists() and not WarpRank.objects.exists()
    assert AuditRow.objects.filter(verb="change_ranking").count() == 3


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"high": "101"}, "Write a whole number from 0 to 100."),
        ({"likely_from": "-1"}, "Write a whole number from 0 to 100."),
        ({"names_cve": "many"}, "Write a whole number from 0 to 100."),
        ({"watchwords": "\n".join(f"word {n}" for n in range(51))}, "At most 50 watchwords are looked for."),
        ({"watchwords": "x" * 81}, "A watchword has at most 80 characters."),
        ({"watchwords": "fine\n?"}, "“?” is no watchword: it needs two letters or digits."),
        ({"watchwords": "a\0b"}, "Null characters are not allowed."),
    ],
    ids=lambda value: str(value)[:40],
)
def test_wrong_values_are_refused_in_words_and_nothing_changes(world: World, given: dict[str, str], said: str) -> None:
    keep(world, high="33")
    page = keep(world, **given)
    assert "There is a problem" in page and said in page
    assert rules(world) == replace(DEFAULT, high=33)


@pytest.mark.parametrize(
    ("name", "allowed"),
    [("carol", True), ("kate", False), ("ursula", False), ("alice", False), ("cuth", False), ("root", False)],
)
def test_only_coordinators_of_the_warp_see_and_change_its_rules(world: World, name: str, allowed: bool) -> None:
    keep(world, high="33", watchwords="Widgetron")
    assert ("Widgetron" in read(world, name)) == allowed
    assert ("Kept." in keep(world, name, high="44")) == allowed
    assert rules(world).high == (44 if allowed else 33)
    if not allowed:
        assert read(world, name) == "404"
    assert "Widgetron" not in read(world, "kate", "kent"), "her own page says nothing of it"


def test_who_is_not_signed_in_is_asked_to(world: World) -> None:
    for answer in (visitor().get(path()), visitor().post(path(), {"high": "1"})):
        assert answer.status_code == 302 and "/account/login/" in answer["Location"]
    assert rules(world) == DEFAULT


def test_the_desk_leads_there_for_each_warp_of_theirs(world: World, noon: datetime) -> None:
    desk = reverse("advisories:desk")
    page = visitor(world.people["carol"]).get(desk).content.decode()
    assert f'href="{path()}">How entries are ranked</a>' in page and path("kent") not in page
    Office.objects.create(person=world.people["carol"], warp=world.warps["kent"], role="coordinator", since=noon)
    page = visitor(world.people["carol"]).get(desk).content.decode()
    assert f'href="{path()}">How entries are ranked: wm</a>' in page
    assert f'href="{path("kent")}">How entries are ranked: kent</a>' in page


def test_the_page_asks_no_more_for_many_entries(world: World) -> None:
    carol, source = visitor(world.people["carol"]), pages.source(world)
    counted = []
    for _ in range(2):
        carol.get(path())
        with CaptureQueriesContext(connection) as queries:
            carol.get(path())
        counted.append(len(queries))
        for n in range(10):
            pages.entry(world, source, f"Widgetron {n}")
        keep(world, watchwords="Widgetron")
    assert counted[0] == counted[1] and Entry.rows.count() == 20


# Which tier is proposed

ANY = [rank.Reason(rank.NAMES, {"cves": "CVE-2099-1"})]


def drafted(world: World) -> Any:
    """The page before the release of what was drafted from an entry that is neither exploited nor severe."""
    told = pages.entry(world, pages.source(world), "Widgetron", reasons=rank.stored(ANY))
    carol = visitor(world.people["carol"], confirmed=True)
    begun = carol.post(reverse("advisories:draft-new"), {"story": told.story.code, "entry": told.item.reference})
    ref = begun.headers["Location"].split("/")[-2]
    return unescape(carol.get(reverse("advisories:release", args=[ref])).content.decode())


def test_the_page_before_a_release_says_which_tier_is_proposed_and_why(world: World) -> None:
    page = drafted(world)
    assert "By its sources, Information is proposed" in page
    assert ANY[0].words in page and "Nothing says that it is exploited or severe" in page


def test_a_warp_sets_from_what_on_a_tier_is_proposed_and_its_drafts_begin_so(world: World) -> None:
    assert 'value="critical" class="govuk-radios__input" id="id_urgent_from_1" checked' in " ".join(read(world).split())
    assert "Kept." in keep(world, urgent_from="exploited", planned_from="any")
    assert rules(world) == replace(DEFAULT, urgent_from="exploited", planned_from="any")
    page = drafted(world)
    assert "By its sources, Advisory is proposed" in page and "tier--advisory" in page
    assert rules(world, "kent") == DEFAULT
    assert "There is a problem" in keep(world, urgent_from="any")
    keep(world)
    assert rules(world) == DEFAULT and not RankRules.objects.exists()
