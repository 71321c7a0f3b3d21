"""Each piece of hostile HTML through each door: what comes through is on the tiny list, and plain where it is plain."""

from __future__ import annotations

import pytest

from advisories.collect.base import BIG, RawEntry
from advisories.collect.kinds import KINDS
from advisories.collect.text import html
from tests.advisories.collect.conftest import context
from tests.hostile.clean import unclean
from tests.hostile.doors import DOORS
from tests.hostile.markup import CASES

FEWEST = 300
WORDS = [case.encode("utf-8", "replace").decode() for case in CASES.values()]  # JSON with half a letter is refused
HARMLESS = 25  # cases that are words alone, and mean something to others than an HTML parser


def wrong(entry: RawEntry) -> list[str]:
    """What of an entry could hurt whoever is shown it."""
    found = unclean(entry.summary)
    for text in (entry.title, entry.author, entry.guid):
        found += [repr(text)] if html.scrub(text, len(text)) != text or "\n" in text else []
    urls = [entry.url, *entry.facts.get("references", "").splitlines()]
    return found + [url for url in urls if url and html.web_address(url) != url]


def test_there_are_enough_of_them_and_the_judge_finds_them_out() -> None:
    assert len(set(CASES.values())) >= FEWEST
    assert sum(not unclean(case) for case in CASES.values()) <= HARMLESS


@pytest.mark.parametrize("make", [html.safe, html.rich, html.paragraphs], ids=lambda make: make.__name__)
def test_what_is_made_safe_is_safe_and_stays_as_it_is(make) -> None:
    for what, case in CASES.items():
        once = make(case)
        assert not unclean(once), what
        assert make is html.paragraphs or html.safe(once) == once, what
        assert not unclean(html.safe(case, "https://feeds.example.org/a/")), what
        assert "\n" not in html.plain(case), what


@pytest.mark.parametrize("door", DOORS)
def test_nothing_unclean_comes_through_a_door(door: str) -> None:
    kind, make = DOORS[door]
    read = KINDS[kind].parse
    documents = make(WORDS)
    parsed = [read(body, context(limits=BIG)) for body in documents]
    entries = [entry for one in parsed for entry in one.entries]
    assert len(entries) + sum(len(one.refusals) for one in parsed) >= len(CASES)
    assert len(entries) > 0.9 * len(CASES)
    assert {entry.guid: bad for entry in entries if (bad := wrong(entry))} == {}
