"""The clock of an exercise, which stands while it is paused and runs faster than ours where it is to."""

from __future__ import annotations

from datetime import timedelta

from members.exercises import clock
from members.models import Exercise
from tests.conftest import NOON

SECOND = timedelta(seconds=1)


def exercise(**fields: object) -> Exercise:
    return Exercise(**{"pace": 1, "played": 0.0, "runs_since": NOON, "written_at": NOON, **fields})


def test_it_runs_as_ours_does_or_so_many_times_as_fast() -> None:
    assert clock.reading(exercise(), NOON + 90 * SECOND) == 90
    assert clock.reading(exercise(pace=60), NOON + 90 * SECOND) == 5400
    assert clock.reading(exercise(), NOON + timedelta(milliseconds=1500)) == 1.5


def test_it_stands_while_it_is_paused_and_goes_on_from_there() -> None:
    assert clock.reading(exercise(runs_since=None, played=42.0), NOON + timedelta(days=3)) == 42
    assert clock.reading(exercise(played=42.0, pace=10), NOON + SECOND) == 52


def test_a_clock_of_ours_that_was_put_back_takes_nothing_away() -> None:
    assert clock.reading(exercise(played=42.0), NOON - timedelta(hours=1)) == 42


def test_when_it_comes_to_a_time_is_known_while_it_runs() -> None:
    assert clock.comes(exercise(pace=60), 600, NOON + SECOND) == NOON + 10 * SECOND
    assert clock.comes(exercise(), 10, NOON + 20 * SECOND) == NOON + 20 * SECOND
    assert clock.comes(exercise(runs_since=None, played=5.0), 10, NOON) is None
    assert clock.comes(exercise(runs_since=None, played=15.0), 10, NOON) == NOON
