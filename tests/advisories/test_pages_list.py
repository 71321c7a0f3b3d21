"""The list and the home pages: newest first, 25 a page, narrowed, and never a title that the rule does not give."""

from __future__ import annotations

import re
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from advisories import children
from advisories.forms import ListForm
from advisories.narrower import for_handlers
from members import clock, embargo, search, stand
from members.models import Item, Tier
from tests import pages
from tests.advisories.incidents import incident
from tests.members.world import World
from tests.pages import visitor

BRUM = [{"organisation": "brum"}]


@pytest.fixture(autouse=True)
def at_noon(monkeypatch: pytest.MonkeyPatch, noon: datetime) -> None:
    monkeypatch.setattr(clock, "ask", lambda: noon)


def amber(world: World, title: str, since: datetime | None = None, label: str = "AMBER", **text: Any) -> Item:
    case: dict[str, Any] = {"id": "a", "label": label, "grants": BRUM if label not in {"CLEAR", "GREEN"} else []}
    if since is not None:
        case["standing_from"] = since
    item = pages.advisory(world, case, title=title, **text).item
    search.index(item, title, "")
    return item


def titles(content: bytes) -> list[str]:
    return re.findall(r'hub-row__title"><a class="govuk-link" href="[^"]+">([^<]+)<', content.decode())


def test_a_day_is_shown_as_a_browser_takes_it() -> None:
    assert 'value="2026-10-31"' in str(ListForm(initial={"since": date(2026, 10, 31)})["since"])


def shown(person: Any, **query: Any) -> list[str]:
    return titles(visitor(person).get(reverse("advisories:list"), query).content)


def test_each_reads_their_own_list_newest_first(world: World, noon: datetime) -> None:
    for age in (3, 1, 2):
        amber(world, f"{age} days old", noon - timedelta(days=age))
    amber(world, "For all", noon - timedelta(days=4), label="CLEAR")
    assert shown(world.people["alice"]) == ["1 days old", "2 days old", "3 days old", "For all"]
    assert shown(world.people["bob"]) == ["For all"] == shown(None)


def test_26_are_two_pages_and_the_way_back(world: World, noon: datetime) -> None:
    for age in range(26):
        amber(world, f"No {age:02}", noon - timedelta(days=age))
    client = visitor(world.people["alice"])
    first = client.get(reverse("advisories:list"))
    assert titles(first.content) == [f"No {age:02}" for age in range(25)]
    older = re.search(r'href="(\?before=[^"]+)" rel="next"', first.content.decode())
    assert older
    second = client.get(reverse("advisories:list") + older[1])
    assert titles(second.content) == ["No 25"]
    newer = re.search(r'href="(\?after=[^"]+)" rel="prev"', second.content.decode())
    assert newer
    assert titles(client.get(reverse("advisories:list") + newer[1]).content) == [f"No {age:02}" for age in range(25)]


def test_a_cursor_is_a_reference_and_one_that_is_not_theirs_is_none(world: World, noon: datetime) -> None:
    hidden = amber(world, "Hidden", noon - timedelta(days=2))
    amber(world, "Newest", noon - timedelta(days=1), label="CLEAR")
    for ref in (hidden.reference, "WM-22222", "'"):
        assert shown(world.people["bob"], before=ref) == ["Newest"]


def test_filters_narrow_by_label_tier_subject_and_day(world: World, noon: datetime) -> None:
    amber(world, "Old flash", noon - timedelta(days=9), tier=Tier.FLASH)
    amber(world, "Phishing", noon - timedelta(days=1), category="phishing")
    amber(world, "Clear", noon - timedelta(hours=1), label="CLEAR")
    alice = world.people["alice"]
    assert shown(alice, label="CLEAR") == ["Clear"]
    assert shown(alice, tier=Tier.FLASH) == ["Old flash"]
    assert shown(alice, category="phishing") == ["Phishing"]
    assert shown(alice, since="2026-10-31") == ["Clear", "Phishing"]
    assert shown(alice, since="2026-10-31", label="AMBER") == ["Phishing"]
    assert shown(world.people["bob"], label="AMBER") == []


def test_filters_judge_the_text_that_stands_and_no_draft_beyond_it(world: World, noon: datetime) -> None:
    item = amber(world, "Stands", noon - timedelta(days=1), tier=Tier.ADVISORY)
    pages.write(item, 2, title="Next", tier=Tier.FLASH)
    assert shown(world.people["alice"], tier=Tier.FLASH) == []
    assert shown(world.people["alice"], tier=Tier.ADVISORY) == ["Stands"]


def test_a_wrong_filter_is_told_in_words_and_narrows_nothing(world: World) -> None:
    amber(world, "There")
    answer = visitor(world.people["alice"]).get(reverse("advisories:list"), {"since": "yesterday", "tier": "9"})
    assert titles(answer.content) == ["There"]
    assert "Write the date like 2026-11-23." in answer.content.decode()
    assert 'value="yesterday"' in answer.content.decode()


def test_search_finds_what_is_theirs_titles_before_texts(world: World, noon: datetime) -> None:
    named = amber(world, "Boilers leak", noon - timedelta(days=5))
    inside = amber(world, "Heating", noon - timedelta(days=1))
    search.index(inside, "Heating", "The boilers leak at night")
    assert shown(world.people["alice"], q="boilers leak") == ["Boilers leak", "Heating"]
    assert shown(world.people["alice"], q=named.reference) == ["Boilers leak"]
    assert shown(world.people["bob"], q="boilers") == []
    content = visitor(world.people["bob"]).get(reverse("advisories:list"), {"q": "boilers"}).content.decode()
    assert "Nothing that you can read fits." in content


def test_search_goes_on_to_a_second_page(world: World, noon: datetime) -> None:
    for age in range(27):
        item = amber(world, f"No {age:02}", noon - timedelta(days=age))
        search.index(item, "boiler" if age == 26 else "heating", "boiler")
    client = visitor(world.people["alice"])
    first = client.get(reverse("advisories:list"), {"q": "boiler"}).content.decode()
    assert titles(first.encode())[:2] == ["No 26", "No 00"]
    older = re.search(r'href="(\?q=boiler&amp;before=[^"]+)" rel="next"', first)
    assert older
    second = client.get(reverse("advisories:list") + older[1].replace("&amp;", "&"))
    assert titles(second.content) == ["No 24", "No 25"]


def test_search_says_how_many_it_found_of_what_is_theirs_up_to_100(world: World, noon: datetime) -> None:
    for age in range(2):
        amber(world, f"Boilers {age}", noon - timedelta(days=age))
    amber(world, "Boilers for all", noon - timedelta(days=9), label="CLEAR")

    def said(person: Any, **query: Any) -> list[str]:
        content = visitor(person).get(reverse("advisories:list"), query).content.decode()
        return re.findall(r">(\d+\+? found)<", content)

    alice, bob = world.people["alice"], world.people["bob"]
    assert said(alice, q="boilers") == ["3 found"]
    assert said(alice, q="boilers", label="CLEAR") == said(bob, q="boilers") == said(None, q="boilers") == ["1 found"]
    assert said(alice, label="CLEAR") == said(bob, q="leaks") == said(None) == []
    for age in range(98):
        amber(world, f"More boilers {age}", noon - timedelta(days=10 + age))
    assert said(alice, q="boilers") == ["100+ found"]
    assert said(bob, q="boilers") == ["1 found"]


def test_search_and_filters_leaf_together(world: World, noon: datetime) -> None:
    for age in range(30):
        item = amber(world, f"No {age:02}", noon - timedelta(days=age), label="CLEAR" if age % 15 else "GREEN")
        search.index(item, "boiler" if age > 27 else "heating", "boiler")
    client = visitor(world.people["alice"])
    query = {"q": "boiler", "label": "CLEAR"}
    first = client.get(reverse("advisories:list"), query).content.decode()
    assert titles(first.encode())[:3] == ["No 28", "No 29", "No 01"] and "28 found" in first
    older = re.search(r'href="(\?q=boiler&amp;label=CLEAR&amp;before=[^"]+)" rel="next"', first)
    assert older
    second = client.get(reverse("advisories:list") + older[1].replace("&amp;", "&")).content
    assert titles(second) == ["No 25", "No 26", "No 27"]


def test_a_red_title_shows_after_a_confirmation_only(world: World) -> None:
    red = {"id": "r", "label": "RED", "grants": [{"person": "alice"}]}
    pages.advisory(world, red, title="For Alice alone", tier=Tier.FLASH)
    alice = world.people["alice"]
    for path in (reverse("home"), reverse("advisories:list")):
        before, after = visitor(alice).get(path), visitor(alice, confirmed=True).get(path)
        assert b"For Alice alone" not in before.content and b"confirm that it is you" in before.content
        assert b"For Alice alone" in after.content


def test_a_search_looks_into_what_is_guarded_after_a_confirmation_only(world: World) -> None:
    """Or whoever has no more than the session asks for one word after the other, and has the text."""
    alice = [{"person": "alice"}]
    open_one = {"label": None, "author": "alice", "import_label": "AMBER"}
    kept = {"state": "active", "ends_at": "2026-12-01T12:00Z", "handlers": ["carol"], "named": {"alice": "accepted"}}
    cases: dict[str, dict[str, Any]] = {
        "Red": {"label": "RED", "grants": alice}, "Red draft": {**open_one, "import_label": "RED"},
        "Kept": {"label": None, "embargo": kept},
        "Run out": {"label": None, "embargo": {**kept, "ends_at": "2026-10-30T12:00Z"}},
        "Out": {"label": "GREEN", "embargo": {**kept, "ends_at": "2026-10-30T12:00Z"}, "import_label": "RED"},
        "Amber": {"label": "AMBER", "grants": alice}, "Draft": open_one,
    }  # fmt: skip
    for title, case in cases.items():
        item = pages.advisory(world, case, title=title).item
        search.index(item, title, "the boilers")
    client, path = visitor(world.people["alice"]), reverse("advisories:list")
    before = client.get(path, {"q": "boilers"}).content
    assert sorted(titles(before)) == ["Amber", "Draft", "Out"] and b"3 found" in before
    assert b"confirm that it is you" in before
    after = visitor(world.people["alice"], confirmed=True).get(path, {"q": "boilers"}).content
    assert len(titles(after)) == 7 and b"7 found" in after and b"confirm that it is you" not in after


def test_handlers_see_drafts_and_withdrawals_marked_as_such(world: World) -> None:
    pages.advisory(world, {"id": "d", "label": None}, title="Being written")
    pages.advisory(
        world, {"id": "w", "label": "AMBER", "grants": BRUM, "withdrawn_at": "2026-10-20T00:00Z"}, title="Was"
    )
    content = visitor(world.people["carol"]).get(reverse("advisories:list")).content.decode()
    assert "Being written" in content and "<span>Draft</span>" in content and "<span>Withdrawn</span>" in content
    assert shown(world.people["alice"]) == []


def test_home_says_what_the_hub_is_and_shows_what_is_public(world: World) -> None:
    amber(world, "For all", label="CLEAR")
    amber(world, "For Birmingham")
    content = visitor().get("/").content.decode()
    assert "For all" in content and "For Birmingham" not in content
    assert "Ask the coordinator of the WARP" in content


def test_home_puts_first_what_presses_five_at_most_flash_before_urgent(world: World, noon: datetime) -> None:
    for n in range(4):
        amber(world, f"Urgent {n}", noon - timedelta(hours=n + 1), tier=Tier.URGENT)
        amber(world, f"Flash {n}", noon - timedelta(hours=n + 10), tier=Tier.FLASH)
    amber(world, "Urgent, but of last week", noon - timedelta(days=7), tier=Tier.URGENT)
    content = visitor(world.people["alice"]).get("/").content.decode()
    cards = re.findall(r"(Flash \d|Urgent \d)</p>\s*<div class=\"hub-card__action", content)
    assert cards == ["Flash 0", "Flash 1", "Flash 2", "Flash 3", "Urgent 0"]
    assert "Needs you now" not in visitor(world.people["bob"]).get("/").content.decode()


def test_a_filter_asks_for_what_stands_and_for_no_label_that_it_had_before(world: World, noon: datetime) -> None:
    """Bob never had it while it was RED: that it was is not his to find."""
    red = {"id": "r", "label": "RED", "grants": [{"person": "alice"}], "standing_from": noon - timedelta(days=9)}
    item = pages.advisory(world, {**red, "handlers": ["carol"]}, title="For few, then for all").item
    stand.release(item, 1, "GREEN", [], noon - timedelta(days=1), by=world.people["carol"])
    bob = world.people["bob"]
    assert shown(bob, label="GREEN") == ["For few, then for all"]
    assert shown(bob, label="RED") == []
    assert shown(bob, label="GREEN", since="2026-11-01") == []


def found(person: Any, text: str, *, confirmed: bool = False) -> str:
    content = visitor(person, confirmed=confirmed).get(reverse("advisories:list"), {"q": text}).content.decode()
    return content.partition("In what is said beneath")[2]


def test_a_search_names_the_items_beneath_which_it_was_said_once_each(world: World, noon: datetime) -> None:
    green, other = amber(world, "A mail gateway", label="GREEN"), amber(world, "Another", label="GREEN")
    for words in ("Our boiler leaks", "So does our boiler"):
        children.comment(world.people["bob"], green, noon, words)
    children.comment(world.people["bob"], other, noon, "Nothing of that kind")
    assert titles(found(world.people["alice"], "boiler").encode()) == ["A mail gateway"]
    assert found(world.people["alice"], "dishwasher") == "" == found(None, "boiler")
    content = visitor(world.people["alice"]).get(reverse("advisories:list"), {"q": "boiler"}).content
    assert b"Nothing that you can read fits" not in content, "since something does"
    assert shown(world.people["alice"], q="boiler") == ["A mail gateway"], "and it is in no text of its own"


def test_of_what_was_said_to_fewer_others_find_nothing(world: World, noon: datetime) -> None:
    green, own = amber(world, "A mail gateway", label="GREEN"), [("organisation", world.organisations["solihull"].pk)]
    children.comment(world.people["bob"], green, noon, "Our boiler leaks", label="AMBER+STRICT", targets=own)
    assert titles(found(world.people["bob"], "boiler").encode()) == ["A mail gateway"]
    assert found(world.people["alice"], "boiler") == ""


def test_what_was_said_beneath_what_is_red_is_found_after_a_confirmation_only(world: World, noon: datetime) -> None:
    red = pages.advisory(world, {"id": "r", "label": "RED", "grants": [{"person": "alice"}]}, title="For Alice").item
    children.comment(world.people["alice"], red, noon, "Our boiler leaks")
    assert found(world.people["alice"], "boiler") == ""
    assert titles(found(world.people["alice"], "boiler", confirmed=True).encode()) == ["For Alice"]


@pytest.mark.parametrize("how", ["embargoed", "red"])
def test_so_is_what_was_said_under_a_label_of_its_own_beneath_what_asks_by_now(
    world: World, noon: datetime, how: str
) -> None:
    carol, alice = world.people["carol"], world.people["alice"]
    if how == "embargoed":
        item, who = pages.advisory(world, {"id": "d", "label": None}, title="A draft").item, carol
        children.comment(carol, item, noon, "Our boiler leaks", label=for_handlers(item, noon)[0])
        embargo.propose(carol, item, noon, ends_at=noon + timedelta(days=7), reason="x", terms="y")
    else:
        item, who = amber(world, "A mail gateway", label="GREEN"), alice
        own = [("organisation", world.organisations["brum"].pk)]
        children.comment(alice, item, noon, "Our boiler leaks", label="AMBER+STRICT", targets=own)
        stand.release(item, 1, "RED", [("person", alice.pk)], noon, by=carol)
    assert found(who, "boiler") == ""
    if how == "red":
        assert titles(found(who, "boiler", confirmed=True).encode()) == ["A mail gateway"]


@pytest.mark.parametrize("kind", ["advisories", "incidents"])
def test_each_list_names_its_own(world: World, noon: datetime, kind: str) -> None:
    advisory = amber(world, "A mail gateway", label="GREEN")
    event = incident(world, {"id": "i", "label": "GREEN"}, title="It burns")
    for item in (advisory, event):
        children.comment(world.people["alice"], item, noon, "Our boiler leaks")
    content = visitor(world.people["alice"]).get(reverse(f"{kind}:list"), {"q": "boiler"}).content
    assert titles(content) == [{"advisories": "A mail gateway", "incidents": "It burns"}[kind]]


def test_looking_beneath_asks_no_more_for_ten_than_for_one(world: World, noon: datetime) -> None:
    items = [amber(world, f"No {n}", label="GREEN") for n in range(9)]
    alice = visitor(world.people["alice"])

    def asked() -> int:
        with CaptureQueriesContext(connection) as queries:
            alice.get(reverse("advisories:list"), {"q": "boiler"})
        return len(queries)

    children.comment(world.people["bob"], items[0], noon, "Our boiler leaks")
    asked()  # what is asked once only
    one = asked()
    for item in items[1:]:
        children.comment(world.people["bob"], item, noon, "Our boiler leaks")
    assert asked() == one
