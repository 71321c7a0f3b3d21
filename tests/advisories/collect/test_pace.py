from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

from advisories.collect.feeds import feed, pace
from tests.advisories.collect.conftest import context

MONDAY = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)
SILENT = {"ttl": "", "skip_hours": "", "skip_days": ""}


def asks(head: str) -> dict[str, str]:
    body = (
        '<rss version="2.0" xmlns:sy="http://purl.org/rss/1.0/modules/syndication/"><channel>'
        f"{head}<item><title>x</title><ttl>7</ttl><hour>9</hour></item></channel></rss>"
    )
    return dict(feed.parse(body.encode(), context()).state)


def hours(*numbers: int) -> str:
    return "<skipHours>" + "".join(f"<hour>{number}</hour>" for number in numbers) + "</skipHours>"


def days(*names: str) -> str:
    return "<skipDays>" + "".join(f"<day>{name}</day>" for name in names) + "</skipDays>"


def test_a_feed_says_how_often_and_when_it_wants_to_be_asked() -> None:
    head = "<ttl>60</ttl>" + hours(2, 0, 1) + days("Sunday", "saturday")
    assert asks(head) == {"ttl": "60", "skip_hours": "0,1,2", "skip_days": "Saturday,Sunday"}


def test_a_feed_that_stops_asking_is_heard() -> None:
    assert asks("") == SILENT


def test_elements_of_an_item_ask_for_nothing_and_broken_xml_does() -> None:
    assert asks("<ttl>60</ttl>" + hours(5) + "<title>A &nbsp; & b</title>") == {
        "ttl": "60",
        "skip_hours": "5",
        "skip_days": "",
    }


@pytest.mark.parametrize(
    ("head", "minutes"),
    [
        ("<sy:updatePeriod>hourly</sy:updatePeriod>", "60"),
        ("<sy:updatePeriod> Daily </sy:updatePeriod><sy:updateFrequency>4</sy:updateFrequency>", "360"),
        ("<sy:updateFrequency>2</sy:updateFrequency>", "720"),
        ("<sy:updatePeriod>monthly</sy:updatePeriod>", "43200"),
        ("<sy:updatePeriod>yearly</sy:updatePeriod>", ""),
        ("<sy:updatePeriod>hourly</sy:updatePeriod><sy:updateFrequency>0</sy:updateFrequency>", ""),
        ("<sy:updatePeriod>hourly</sy:updatePeriod><sy:updateFrequency>often</sy:updateFrequency>", ""),
        ("<ttl>15</ttl><sy:updatePeriod>daily</sy:updatePeriod>", "15"),
        ("<ttl>soon</ttl><sy:updatePeriod>daily</sy:updatePeriod>", "1440"),
    ],
)
def test_the_syndication_module_stands_in_for_a_ttl(head: str, minutes: str) -> None:
    assert asks(head)["ttl"] == minutes


@pytest.mark.parametrize("ttl", ["0", "-5", "43201", "1e3", "60 minutes", "", "٦٠", "9" * 5_000])
def test_a_ttl_that_makes_no_sense_is_not_said(ttl: str) -> None:
    assert asks(f"<ttl>{ttl}</ttl>") == SILENT
    assert asks("<ttl>43200</ttl>")["ttl"] == "43200"


@pytest.mark.parametrize(
    "head",
    [hours(*range(24)), hours(*range(1, 25)), hours(-1, 25, 99), days(*pace.DAYS), days("Someday", "8"), days("Sun")],
)
def test_hours_and_days_that_make_no_sense_are_not_said(head: str) -> None:
    assert asks(head) == SILENT


def test_hour_24_of_old_feeds_is_midnight() -> None:
    assert asks(hours(24, 3))["skip_hours"] == "0,3"


@pytest.mark.parametrize(
    ("state", "allowed"),
    [
        ({}, MONDAY),
        (SILENT, MONDAY),
        ({"skip_hours": "9"}, datetime(2026, 3, 2, 10, tzinfo=UTC)),
        ({"skip_hours": "10,11"}, MONDAY),
        ({"skip_days": "Monday"}, datetime(2026, 3, 3, tzinfo=UTC)),
        ({"skip_days": "Monday,Tuesday", "skip_hours": "0,1"}, datetime(2026, 3, 4, 2, tzinfo=UTC)),
        ({"skip_hours": "9,10,11,12,13,14,15,16,17,18,19,20,21,22,23"}, datetime(2026, 3, 3, tzinfo=UTC)),
        ({"skip_days": ",".join(pace.DAYS), "skip_hours": "nine"}, MONDAY),
    ],
)
def test_the_next_moment_is_the_first_outside_what_is_skipped(state: dict[str, str], allowed: datetime) -> None:
    assert pace.next_allowed(MONDAY, state) == allowed


def test_hours_are_of_utc_whatever_the_clock() -> None:
    there = MONDAY.astimezone(timezone(timedelta(hours=9)))
    assert pace.next_allowed(there, {"skip_hours": "9"}) == datetime(2026, 3, 2, 10, tzinfo=UTC)
    assert pace.next_allowed(there, {"skip_hours": "18"}) == MONDAY


@settings(deadline=None)
@given(
    some.sets(some.integers(0, 23)),
    some.sets(some.sampled_from(pace.DAYS)),
    some.datetimes(max_value=datetime(2100, 1, 1)),
)
def test_no_moment_is_given_that_the_feed_skips(numbers: set[int], names: set[str], at: datetime) -> None:
    at = at.replace(tzinfo=UTC)
    state = {"skip_hours": ",".join(map(str, numbers)), "skip_days": ",".join(names)}
    allowed = pace.next_allowed(at, state)
    assert at <= allowed <= at + timedelta(days=8)
    assert len(numbers) == 24 or allowed.hour not in numbers
    assert len(names) == 7 or pace.DAYS[allowed.weekday()] not in names


anything: Any = some.recursive(
    some.none() | some.integers() | some.text(), lambda inner: some.lists(inner) | some.dictionaries(some.text(), inner)
)


@settings(deadline=None)
@given(
    some.dictionaries(
        some.sampled_from(["ttl", "skip_hours", "skip_days", "sy_updateperiod", "sy_updatefrequency"]), anything
    )
)
def test_anything_for_an_element_gives_the_three_texts(channel: dict[str, Any]) -> None:
    state = pace.of(channel)
    assert state.keys() == SILENT.keys() and all(isinstance(text, str) for text in state.values())
    pace.next_allowed(MONDAY, state)
