"""Sessions: scheduled once or as a series by UK clocks, moved, made larger, cancelled."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from members.models import AuditRow, Session
from members.refused import Refused
from members.times import LONDON
from members.training import scheduling
from members.training.scheduling import Details
from members.training.series import Series, Unit, When, dates
from tests.conftest import NOON
from tests.members.training.booked import DAY, HALL, HOUR, WEEK, book, course, session, states, told, when
from tests.members.world import World

pytestmark = pytest.mark.django_db


def london(year: int, month: int, day: int, hour: int, minute: int = 0) -> datetime:
    return datetime(year, month, day, hour, minute, tzinfo=LONDON).astimezone(UTC)


def local(at: datetime) -> str:
    return at.astimezone(LONDON).strftime("%a %Y-%m-%d %H:%M")


def test_a_series_every_quarter_is_on_the_same_weekday_at_the_same_time_of_uk_clocks(world: World) -> None:
    first = When(london(2027, 1, 12, 9, 30), london(2027, 1, 12, 12), london(2027, 1, 10, 17))
    made = scheduling.schedule(world.people["carol"], course(world), NOON, first, HALL, Series(4))
    assert [local(one.starts_at) for one in made] == [
        "Tue 2027-01-12 09:30", "Tue 2027-04-13 09:30", "Tue 2027-07-13 09:30", "Tue 2027-10-12 09:30",
    ]  # fmt: skip
    assert [local(one.books_until) for one in made][1] == "Sun 2027-04-11 17:00"
    assert {one.starts_at.hour for one in made} == {9, 8} and len({one.series for one in made}) == 1
    assert len({one.code for one in made}) == 4


def test_a_weekly_series_keeps_its_hour_across_the_changes_of_clocks() -> None:
    first = when(london(2027, 3, 22, 10))
    assert [one.starts_at for one in dates(first, Series(3, 1, Unit.WEEKS))] == [
        datetime(2027, 3, 22, 10, tzinfo=UTC), datetime(2027, 3, 29, 9, tzinfo=UTC), datetime(2027, 4, 5, 9, tzinfo=UTC)
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("first", "series", "said"),
    [
        (london(2027, 3, 21, 1, 30), Series(2, 1, Unit.WEEKS), "28 March 2027 at 01:30: Clocks go forward"),
        (london(2027, 10, 24, 1, 30), Series(2, 1, Unit.WEEKS), "31 October 2027 at 01:30: Clocks go back"),
        (london(2027, 1, 29, 9), Series(2, 1, Unit.MONTHS), "February 2027 has no fifth Friday"),
        (london(2027, 1, 12, 9), Series(25), "from 1 to 24"),
        (london(2027, 1, 12, 9), Series(2, 0), "from 1 to 24"),
    ],
)
def test_a_time_that_is_none_is_refused_in_words(world: World, first: datetime, series: Series, said: str) -> None:
    with pytest.raises(Refused, match=said):
        scheduling.schedule(world.people["carol"], course(world), NOON, when(first), HALL, series)
    assert not Session.objects.exists()


@pytest.mark.parametrize(
    ("time", "details", "said"),
    [
        (when(NOON), HALL, "in the past"),
        (when(NOON + DAY, hours=0), HALL, "ends after it begins"),
        (when(NOON + DAY, hours=400), HALL, "two weeks"),
        (when(NOON + DAY, until=NOON + DAY + HOUR), HALL, "until it begins"),
        (when(NOON + DAY), Details(2), "where it is"),
        (when(NOON + DAY), Details(2, link="http://x.example.org"), "https://"),
        (when(NOON + DAY), replace(HALL, capacity=0), "holds from 1"),
        (when(NOON + DAY), replace(HALL, pence=-1), "costs"),
        (when(NOON + DAY), replace(HALL, place="a\0b"), "no text"),
    ],
)
def test_what_can_be_no_session_is_refused(world: World, time: When, details: Details, said: str) -> None:
    made, of, carol = session(world), course(world), world.people["carol"]
    with pytest.raises(Refused, match=said):
        scheduling.schedule(carol, of, NOON, time, details)
    with pytest.raises(Refused, match=said):
        scheduling.change(carol, made, NOON, time, details)


def test_what_nobody_could_book_is_not_scheduled_and_booking_is_shut_early_by_a_change(world: World) -> None:
    of, carol = course(world), world.people["carol"]
    with pytest.raises(Refused, match="Nobody could book it"):
        scheduling.schedule(carol, of, NOON, when(NOON + DAY, until=NOON), HALL)
    made = scheduling.schedule(carol, of, NOON, when(NOON + DAY, until=NOON + HOUR), HALL)[0]
    assert scheduling.change(carol, made, NOON, when(NOON + DAY, until=NOON), HALL).books_until == NOON


@pytest.mark.parametrize(("who", "may"), [("carol", True), ("brian", False), ("alice", False)])
def test_who_teaches_schedules_changes_and_cancels_and_nobody_else(world: World, who: str, may: bool) -> None:
    of, person = course(world), world.people[who]
    made = session(world, of)
    acts: list[Any] = [
        lambda: scheduling.schedule(person, of, NOON, when(NOON + DAY), HALL),
        lambda: scheduling.change(person, made, NOON, when(NOON + DAY), HALL),
        lambda: scheduling.cancel(person, made, NOON, "x"),
    ]
    for act in acts:
        if may:
            act()
        else:
            with pytest.raises(Refused, match="coordinators"):
                act()


def test_a_nervous_thumb_schedules_it_once(world: World) -> None:
    of = course(world)
    session(world, of)
    with pytest.raises(Refused, match="already"):
        session(world, of)
    session(world, of, details=replace(HALL, place="Another room"))
    assert Session.objects.count() == 2


def test_moved_across_the_change_of_clocks_it_is_told_to_all_with_a_higher_sequence(world: World) -> None:
    made = session(world, starts_at=london(2027, 3, 26, 9), details=replace(HALL, capacity=1))
    for name in ("alice", "bob"):
        book(world, name, made)
    new = when(london(2027, 3, 29, 9))
    moved = scheduling.change(world.people["carol"], made, NOON, new, replace(HALL, capacity=1))
    assert (moved.sequence, moved.starts_at) == (1, datetime(2027, 3, 29, 8, tzinfo=UTC))
    assert moved.ends_at - moved.starts_at == timedelta(hours=3)
    assert told(made)[2:] == [("alice", "moved"), ("bob", "moved")]


@pytest.mark.parametrize(
    ("other", "sequence"),
    [
        ({"place": "Castle"}, 1), ({"link": "https://meet.example.org/x"}, 1), ({"trainer": "Somebody else"}, 0),
        ({"pence": 500}, 0), ({}, 0),
    ],
)  # fmt: skip
def test_its_sequence_rises_with_where_it_is_and_nothing_else(world: World, other: Any, sequence: int) -> None:
    made = session(world)
    book(world, "alice", made)
    changed = scheduling.change(world.people["carol"], made, NOON, when(made.starts_at), replace(HALL, **other))
    assert changed.sequence == sequence
    assert len(told(made)) == 1 + sequence
    assert AuditRow.objects.filter(verb="change_session").count() == (1 if other else 0)


def test_with_more_places_whoever_waits_moves_up_in_order(world: World) -> None:
    made = session(world, details=replace(HALL, capacity=1))
    for name in ("alice", "bob", "mia", "dora"):
        book(world, name, made)
    carol, same = world.people["carol"], when(made.starts_at)
    scheduling.change(carol, made, NOON, same, replace(HALL, capacity=3))
    assert states(made) == [("alice", "placed"), ("bob", "placed"), ("mia", "placed"), ("dora", "waiting")]
    assert told(made)[4:] == [("bob", "placed"), ("mia", "placed")]
    with pytest.raises(Refused, match="3 people have a place"):
        scheduling.change(carol, made, NOON, same, replace(HALL, capacity=2))


def test_cancelled_everybody_is_told_once_and_nothing_more_can_be_done(world: World) -> None:
    made = session(world, details=replace(HALL, capacity=1))
    for name in ("alice", "bob"):
        book(world, name, made)
    carol = world.people["carol"]
    with pytest.raises(Refused, match="why"):
        scheduling.cancel(carol, made, NOON, " ")
    scheduling.cancel(carol, made, NOON, "The hall is flooded.")
    assert told(made)[2:] == [("alice", "cancelled"), ("bob", "cancelled")]
    assert {state for _name, state in states(made)} == {"ended"}
    for act in (
        lambda: scheduling.cancel(carol, made, NOON, "x"),
        lambda: scheduling.change(carol, made, NOON, when(NOON + DAY), HALL),
        lambda: book(world, "mia", made),
    ):
        with pytest.raises(Refused, match="cancelled"):
            act()


def test_what_has_begun_is_as_it_was(world: World) -> None:
    made = session(world)
    for act in (
        lambda: scheduling.cancel(world.people["carol"], made, NOON + WEEK, "x"),
        lambda: scheduling.change(world.people["carol"], made, NOON + WEEK, when(NOON + 2 * WEEK), HALL),
    ):
        with pytest.raises(Refused, match="begun"):
            act()
