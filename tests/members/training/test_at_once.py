"""Many book in the same moment: exactly so many are in, and everybody else waits in the order in which they came."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from functools import partial
from pathlib import Path
from threading import Event
from typing import Any, TypeVar

import pytest
from django.db import connection

from members import leaving
from members.joining import add_person
from members.models import Affiliation, Booking, Invitation, Organisation, Person, Session
from members.training import booking, telling
from tests.advisories.test_publish_at_once import at_once, shared
from tests.conftest import NOON
from tests.members.training.booked import DAY, HALL, session, states, told
from tests.members.world import World

pytestmark = pytest.mark.django_db(transaction=True)
T = TypeVar("T")


def crowd(house: Organisation, count: int) -> list[Person]:
    people = [add_person(f"Person {n}", f"person-{n}@example.org", NOON - DAY) for n in range(count)]
    Affiliation.objects.bulk_create(Affiliation(person=one, organisation=house, since=NOON - DAY) for one in people)
    return people


def elsewhere(asked: Callable[[], T]) -> T:
    """What it comes to in a connection that sees what the threads committed."""

    def run() -> T:
        try:
            return asked()
        finally:
            connection.close()

    with ThreadPoolExecutor(1) as pool:
        return pool.submit(run).result()


def queue(of: Session) -> tuple[list[str], int, int]:
    """The states in the order of arrival, how many people booked, and how many were told."""
    there = Booking.objects.filter(session=of).order_by("pk")
    return [one.state for one in there], len({one.person_id for one in there}), Invitation.objects.count()


def test_fifty_people_book_the_last_ten_places_at_once(world: World, tmp_path: Path) -> None:
    people = crowd(world.organisations["brum"], 55)
    made = session(world, details=replace(HALL, capacity=15))
    for early in people[:5]:
        booking.book(early, made, NOON)
    with shared(tmp_path):
        came_to = at_once([partial(booking.book, one, made, NOON) for one in people[5:]])
        found = elsewhere(lambda: queue(made))
    assert came_to == ["Booking"] * 50
    assert found == (["placed"] * 15 + ["waiting"] * 40, 55, 55)


def test_two_people_want_the_last_place(world: World, tmp_path: Path) -> None:
    made = session(world, details=replace(HALL, capacity=1))
    with shared(tmp_path):
        at_once([partial(booking.book, world.people[name], made, NOON) for name in ("alice", "bob")])
        found = elsewhere(lambda: states(made))
    assert [state for _name, state in found] == ["placed", "waiting"] and len(dict(found)) == 2


def test_a_double_click_books_once(world: World, tmp_path: Path) -> None:
    made = session(world)
    with shared(tmp_path):
        at_once([partial(booking.book, world.people["alice"], made, NOON)] * 4)
        found = elsewhere(lambda: (states(made), told(made)))
    assert found == ([("alice", "placed")], [("alice", "placed")])


def test_two_cancel_at_once_and_two_move_up(world: World, tmp_path: Path) -> None:
    made = session(world)
    first = [booking.book(world.people[name], made, NOON) for name in ("alice", "bob")]
    for name in ("mia", "dora", "wendy"):
        booking.book(world.people[name], made, NOON)
    with shared(tmp_path):
        at_once([partial(booking.cancel, one, NOON, by=one.person) for one in first])
        found = elsewhere(lambda: states(made))
    assert found[2:] == [("mia", "placed"), ("dora", "placed"), ("wendy", "waiting")]


def test_whose_right_ends_while_they_book_keeps_no_place(
    world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made, alice = session(world), world.people["alice"]
    asked, tell = Event(), telling.tell

    def slowly(*args: Any) -> None:
        """The rule has been asked, and nothing is written that anybody else sees."""
        asked.set()
        Event().wait(0.5)
        tell(*args)

    def end() -> None:
        asked.wait(10)
        leaving.end_affiliation(alice, world.organisations["brum"], NOON, None)

    monkeypatch.setattr(telling, "tell", slowly)
    with shared(tmp_path):
        came_to = at_once([partial(booking.book, alice, made, NOON), end])
        found = elsewhere(lambda: states(made))
    assert (came_to, found) == (["Booking", "NoneType"], [("alice", "ended")])
