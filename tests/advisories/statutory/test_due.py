"""Whom to tell, by when, in which nation."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest

from advisories.statutory import DUTIES, NATIONS, REPLACES_NONE, Due, Nation, due

AWARE = datetime(2026, 11, 27, 18, tzinfo=UTC)
LONDON = ZoneInfo("Europe/London")


def slugs(nation: str, at: datetime = AWARE) -> list[str]:
    return [one.duty.slug for one in due(nation, at, at)]


def of(slug: str, rows: tuple[Due, ...]) -> Due:
    (found,) = [one for one in rows if one.duty.slug == slug]
    return found


@pytest.mark.parametrize(
    ("nation", "told"),
    [
        ("england", ["ncsc", "ico", "mhclg", "report-fraud", "warp"]),
        ("wales", ["ncsc-uk", "ico", "report-fraud", "warp"]),
        ("scotland", ["ncsc-scotland", "ico", "sc3", "police-scotland", "warp"]),
        ("northern-ireland", ["ncsc-uk", "ico", "report-fraud", "psni", "warp"]),
    ],
)
def test_each_nation_has_its_list(nation: str, told: list[str]) -> None:
    assert slugs(nation) == told


def test_a_nation_that_is_none_is_refused_with_those_that_are() -> None:
    with pytest.raises(ValueError, match=r"'cornwall' is no nation.*england, wales"):
        due("cornwall", AWARE, AWARE)


def test_the_ico_has_72_hours_from_when_one_became_aware_and_no_other_row_has_a_time() -> None:
    rows = due("wales", AWARE, AWARE + timedelta(hours=1))
    assert of("ico", rows).by == datetime(2026, 11, 30, 18, tzinfo=UTC)
    assert [one.duty.slug for one in rows if one.by] == ["ico"]


@pytest.mark.parametrize(("late", "after"), [(False, timedelta(hours=72)), (True, timedelta(hours=72, seconds=1))])
def test_it_is_late_when_the_hours_are_over(late: bool, after: timedelta) -> None:
    assert of("ico", due("england", AWARE, AWARE + after)).late is late


@pytest.mark.parametrize(
    ("aware", "by"),
    [
        (datetime(2026, 3, 27, 18, tzinfo=LONDON), datetime(2026, 3, 30, 19, tzinfo=LONDON)),
        (datetime(2026, 10, 23, 18, tzinfo=LONDON), datetime(2026, 10, 26, 17, tzinfo=LONDON)),
    ],
)
def test_hours_elapse_while_clocks_are_changed(aware: datetime, by: datetime) -> None:
    found = of("ico", due("scotland", aware, aware)).by
    assert found == by.astimezone(UTC) and found.tzinfo is UTC


def test_report_fraud_took_the_place_of_action_fraud_at_midnight_in_london() -> None:
    last = datetime(2025, 12, 3, 23, 59, tzinfo=LONDON)
    assert "action-fraud" in slugs("england", last) and "report-fraud" not in slugs("england", last)
    first = last + timedelta(minutes=1)
    assert "report-fraud" in slugs("england", first) and "action-fraud" not in slugs("england", first)


def test_a_time_is_that_of_the_day_on_which_one_became_aware() -> None:
    (ico,) = (one for one in DUTIES if one.slug == "ico")
    rules = (
        replace(ico, slug="old", until=date(2026, 11, 27)),
        replace(ico, slug="new", since=date(2026, 11, 28), within=timedelta(hours=24)),
    )
    (held,) = due("england", AWARE, AWARE + timedelta(days=2), rules)
    assert held.duty.slug == "old"


def test_every_row_says_who_why_where_and_by_which_page() -> None:
    assert len({one.slug for one in DUTIES}) == len(DUTIES)
    for one in DUTIES:
        assert one.nations and str(one.name) and str(one.purpose) and str(one.address)
        assert str(one.source[0]) and one.source[1].startswith("https://")
        assert not (one.since and one.until) or one.since <= one.until


def test_no_two_rows_of_a_body_hold_at_once() -> None:
    frauds = [one for one in DUTIES if one.slug.endswith("fraud")]
    assert all(a.until and b.since and a.until < b.since for a, b in pairwise(frauds))


def test_it_says_that_reporting_here_replaces_none() -> None:
    assert "replaces none" in str(REPLACES_NONE) and set(NATIONS) == set(Nation)
