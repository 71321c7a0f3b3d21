"""Months and quarters as clocks in London have them."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from itertools import pairwise

import pytest

from advisories.activity.period import MONTH, QUARTER, Period, latest, read, running

INSTANT = timedelta(microseconds=1)


NO_PERIODS = (
    "", "2026", "2026-13", "2026-00", "2026-Q5", "2026-Q0", "2026-1", "26-10", "2026-10 ", "２０２６-10", "1970-01",
    "2200-12", "9999-12", "2026-10\n", "2026-Q3-1",
)  # fmt: skip


def period(code: str) -> Period:
    found = read(code)
    assert found is not None and found.code == code
    return found


@pytest.mark.parametrize(
    ("code", "since", "until"),
    [
        ("2026-01", datetime(2026, 1, 1, tzinfo=UTC), datetime(2026, 2, 1, tzinfo=UTC)),
        ("2026-03", datetime(2026, 3, 1, tzinfo=UTC), datetime(2026, 3, 31, 23, tzinfo=UTC)),  # clocks go forward in it
        ("2026-10", datetime(2026, 9, 30, 23, tzinfo=UTC), datetime(2026, 11, 1, tzinfo=UTC)),  # and back in this one
        ("2026-12", datetime(2026, 12, 1, tzinfo=UTC), datetime(2027, 1, 1, tzinfo=UTC)),
        ("2026-Q3", datetime(2026, 6, 30, 23, tzinfo=UTC), datetime(2026, 9, 30, 23, tzinfo=UTC)),
        ("2026-Q4", datetime(2026, 9, 30, 23, tzinfo=UTC), datetime(2027, 1, 1, tzinfo=UTC)),
    ],
)
def test_it_lasts_from_midnight_to_midnight_in_london(code: str, since: datetime, until: datetime) -> None:
    one = period(code)
    assert (one.since, one.until) == (since, until)
    assert since in one and until - INSTANT in one and until not in one and since - INSTANT not in one
    assert until in one.next() and since - INSTANT in one.previous()


@pytest.mark.parametrize("text", NO_PERIODS)
def test_what_is_no_period_is_none(text: str) -> None:
    assert read(text) is None


def test_each_has_one_before_and_one_after_over_the_turn_of_the_year() -> None:
    assert period("2026-01").previous().code == "2025-12" and period("2025-12").next().code == "2026-01"
    assert period("2026-Q1").previous().code == "2025-Q4" and period("2025-Q4").next().code == "2026-Q1"
    assert period("1971-01").previous().since.year == 1970 and period("2199-12").next().until.year == 2200


def test_the_running_one_is_that_of_the_day_in_london() -> None:
    late = datetime(2026, 9, 30, 23, 30, tzinfo=UTC)  # half past midnight there
    assert running(late).code == "2026-10" and running(late, QUARTER).code == "2026-Q4"
    assert [one.code for one in latest(late, MONTH, 3)] == ["2026-10", "2026-09", "2026-08"]
    assert [one.code for one in latest(late, QUARTER, 2)] == ["2026-Q4", "2026-Q3"]


def test_it_is_said_in_words() -> None:
    assert str(period("2026-10")) == "October 2026"
    assert str(period("2026-Q3")) == "July to September 2026"
    assert (period("2026-10").short, period("2026-Q3").short) == ("Oct 2026", "Jul–Sep 2026")


@pytest.mark.parametrize("code", ["2026-02", "2026-03", "2026-10", "2026-Q1", "2026-Q4"])
def test_every_moment_of_it_lies_in_one_part_and_every_part_in_it(code: str) -> None:
    one = period(code)
    parts = one.parts()
    assert parts[0][0] == one.first and parts[-1][1] == one.next().first - timedelta(days=1)
    assert all(after[0] - before[1] == timedelta(days=1) for before, after in pairwise(parts))
    assert one.part_of(one.since) == 0 and one.part_of(one.until - INSTANT) == len(parts) - 1


def test_a_quarter_of_an_hour_that_clocks_show_twice_is_of_its_day() -> None:
    october = period("2026-10")
    twice = [datetime(2026, 10, 25, hour, 30, tzinfo=UTC) for hour in (0, 1)]
    assert {october.part_of(at) for at in twice} == {24}
    assert october.parts()[24] == (date(2026, 10, 25), date(2026, 10, 25))
