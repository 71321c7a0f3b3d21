from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from advisories.collect.base import RawEntry
from advisories.triage.match import Group, groups, keys, keys_of_document

MARCH = datetime(2026, 3, 1, 12, tzinfo=UTC)


def entry(title: str = "An entry", **rest: Any) -> RawEntry:
    return RawEntry.of(guid="1", title=title, **rest)


def shared(one: RawEntry, other: RawEntry) -> set[str]:
    return set(keys(one) & keys(other))


def test_the_same_cve_is_the_same_story() -> None:
    catalogue = entry("Example Gateway Command Injection", cves=("CVE-2026-1001",), published=MARCH)
    vendor = entry("Security notice for Example Gateway", cves=("CVE-2026-1000", "CVE-2026-1001"))
    assert shared(catalogue, vendor) == {"cve:CVE-2026-1001"}


def test_a_roundup_of_many_cves_is_no_story_of_any_one_of_them() -> None:
    roundup = entry("Monthly updates", cves=tuple(f"CVE-2026-100{n}" for n in range(6)))
    assert not any(key.startswith("cve:") for key in keys(roundup))
    assert any(key.startswith("cve:") for key in keys(entry(cves=roundup.cves[:5])))


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("https://News.example.org/a/1/", "http://news.example.org/a/1"),
        ("https://www.example.org/a?id=7&utm_source=feed&utm_medium=rss", "https://example.org/a?id=7"),
        ("https://example.org/a?fbclid=xyz#comments", "https://example.org/a"),
    ],
)
def test_an_address_is_the_same_with_and_without_its_tracking(one: str, other: str) -> None:
    assert shared(entry(url=one), entry(url=other))


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("https://example.org/a?id=7", "https://example.org/a?id=8"),
        ("https://example.org/a", "https://example.net/a"),
        ("https://example.org/", "https://example.org"),  # a site's front page tells nothing
        ("", ""),
    ],
)
def test_another_address_is_another_story(one: str, other: str) -> None:
    assert not shared(entry(url=one), entry(url=other))


def test_an_address_that_many_entries_of_one_document_share_is_that_of_a_list() -> None:
    listed = [entry(f"Thing number {n}", url="https://example.org/changes#one") for n in range(6)]
    assert keys_of_document(listed) == [frozenset()] * 6
    assert all(keys_of_document(listed[:5]))


def test_the_same_title_on_the_same_day_is_the_same_story() -> None:
    one = entry("Councils warned of fraudulent invoices", published=MARCH)
    other = entry("COUNCILS warned of “fraudulent” invoices!", published=MARCH.replace(hour=1))
    assert shared(one, other)
    assert not shared(one, entry(one.title, published=MARCH.replace(day=2)))
    assert not shared(one, entry(one.title))
    assert not shared(entry("Weekly summary", published=MARCH), entry("Weekly summary", published=MARCH))


def test_two_vulnerabilities_with_one_title_are_two_stories() -> None:
    title = "Example Multiple Products Memory Corruption Vulnerability"
    one, other = (entry(title, published=MARCH, cves=(cve,)) for cve in ("CVE-2026-1001", "CVE-2026-1002"))
    assert not shared(one, other)


def test_a_key_fits_into_its_column() -> None:
    long = entry("x y" * 300, url="https://example.org/" + "a" * 1900, published=MARCH)
    assert all(len(key) <= 200 for key in keys(long)) and len(keys(long)) == 2


def told(*entries: str) -> list[frozenset[str]]:
    return [frozenset(one.split()) for one in entries]


def test_entries_and_stories_that_share_a_key_lie_together() -> None:
    assert groups(told("a b", "c", "b d"), {"d": [7], "x": [9]}) == [Group((0, 2), (7,)), Group((1,), ())]


def test_nearly_the_same_text_is_found_in_the_weeks_beside_its_own_and_no_further() -> None:
    entries = told("near:105785:0:x", "near:105786:0:x", "near:105788:0:x", "near:105786:1:x")
    assert groups(entries, {"near:105789:0:x": [4], "near:105791:0:x": [5]}) == [
        Group((0, 1), ()), Group((2,), (4,)), Group((3,), ()),
    ]  # fmt: skip


def test_an_entry_that_bridges_two_stories_brings_them_together_the_oldest_first() -> None:
    assert groups(told("a b"), {"a": [9], "b": [4]}) == [Group((0,), (4, 9))]


def test_a_story_that_two_entries_meet_brings_them_together() -> None:
    assert [group.members for group in groups(told("a", "b"), {"a": [3], "b": [3]})] == [(0, 1)]


ENTRIES = st.lists(st.frozensets(st.sampled_from("abcdefgh"), max_size=3), max_size=12)
STORIES = st.dictionaries(st.sampled_from("abcdefgh"), st.sets(st.integers(1, 5), max_size=2))


@given(ENTRIES, STORIES)
def test_groups_are_exactly_what_shared_keys_connect(entries: list[frozenset[str]], known: dict[str, set[int]]) -> None:
    """Against a slow way of saying it: spread from one entry until nothing more is reached."""
    found = groups(entries, known)
    assert sorted(member for group in found for member in group.members) == list(range(len(entries)))
    for group in found:
        reached, stories, held = {group.members[0]}, set[int](), set[str]()
        for _ in range(len(entries) + 6):
            held |= {key for place in reached for key in entries[place]}
            stories |= {story for key in held for story in known.get(key, ())}
            met = {key for key, of in known.items() if of & stories} & {k for own in entries for k in own}
            reached |= {place for place, own in enumerate(entries) if own & (held | met)}
        assert (set(group.members), set(group.stories)) == (reached, stories)
