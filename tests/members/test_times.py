"""Times as people type them: UK clocks, refused in the two nights in which those show a time twice or never."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from members.times import Unclear, aware, parse


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("2026-12-01 12:00", datetime(2026, 12, 1, 12, tzinfo=UTC)),
        ("2026-07-01T12:00", datetime(2026, 7, 1, 11, tzinfo=UTC)),
        ("1 December 2026, 12:00", datetime(2026, 12, 1, 12, tzinfo=UTC)),
        (" 2026-07-01   12:00 ", datetime(2026, 7, 1, 11, tzinfo=UTC)),
        ("2026-07-01 12:00 GMT", datetime(2026, 7, 1, 12, tzinfo=UTC)),
        ("2026-07-01 12:00+02:00", datetime(2026, 7, 1, 10, tzinfo=UTC)),
        ("2026-07-01T12:00Z", datetime(2026, 7, 1, 12, tzinfo=UTC)),
        ("2026-03-29 00:59", datetime(2026, 3, 29, 0, 59, tzinfo=UTC)),
        ("2026-03-29 02:00", datetime(2026, 3, 29, 1, tzinfo=UTC)),
        ("2026-10-25 00:59", datetime(2026, 10, 24, 23, 59, tzinfo=UTC)),
        ("2026-10-25 02:00", datetime(2026, 10, 25, 2, tzinfo=UTC)),
        ("2026-10-25 01:30 BST", datetime(2026, 10, 25, 0, 30, tzinfo=UTC)),
        ("2026-10-25 01:30 gmt", datetime(2026, 10, 25, 1, 30, tzinfo=UTC)),
    ],
)
def test_what_is_typed_is_one_moment(typed: str, meant: datetime) -> None:
    assert parse(typed) == meant


@pytest.mark.parametrize("typed", ["2026-03-29 01:00", "2026-03-29 01:30", "2026-03-29 01:59"])
def test_a_time_that_clocks_skip_is_refused(typed: str) -> None:
    with pytest.raises(Unclear, match="forward"):
        parse(typed)


@pytest.mark.parametrize("typed", ["2026-10-25 01:00", "2026-10-25 01:30", "2026-10-25 01:59"])
def test_a_time_that_clocks_show_twice_is_refused_until_it_says_which(typed: str) -> None:
    with pytest.raises(Unclear, match="twice"):
        parse(typed)


@pytest.mark.parametrize("typed", ["", "tomorrow", "2026-13-01 12:00", "12:00", "2026-12-01", "2026-12-01 25:00"])
@pytest.mark.parametrize("ending", ["", " +02:00"])
def test_what_is_no_time_is_told_how_to_write_one(typed: str, ending: str) -> None:
    with pytest.raises(Unclear, match="2026-12-01 12:00"):
        parse(typed + ending)


FAR = ["9999-12-31T23:59", "9999-12-31 23:59 -01:00", "0001-01-01 00:00Z", "1969-12-31 12:00", "2201-01-01 12:00"]


@pytest.mark.parametrize(
    "typed", [*FAR, "2026-12-01 12:00 +99:99", "2026-12-01 12:00 +24:00", "2026-12-01 12:00 -01:60"]
)
def test_what_nothing_can_be_reckoned_from_is_no_time(typed: str) -> None:
    with pytest.raises(Unclear, match="2026-12-01 12:00"):
        parse(typed)


def test_nothing_guesses_the_zone_of_a_naive_moment() -> None:
    with pytest.raises(ValueError, match="no time zone"):
        aware(datetime(2026, 12, 1, 12))
