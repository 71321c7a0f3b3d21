"""What people say of a session: once, without their names, and shown once five have."""

from __future__ import annotations

from datetime import timedelta

import pytest

from members.models import AuditRow, Feedback, Session
from members.policy import Viewer
from members.refused import Refused
from members.training import attendance
from members.training.feedback import give, results, still_open
from members.training.mine import to_say
from tests.conftest import NOON
from tests.members.training.attended import DAY, course, place, session, there
from tests.members.world import World

pytestmark = pytest.mark.django_db
FIVE = ("alice", "alan", "bob", "dora", "wendy")


def said(world: World, held: Session, *who: str) -> None:
    for number, one in enumerate(who):
        give(world.people[one], held, NOON + timedelta(minutes=number), useful=4, pace=3, words=f"Words of {number}.")


def test_nothing_is_shown_below_five_answers(world: World) -> None:
    held = session(course(world))
    there(world, held, *FIVE)
    said(world, held, *FIVE[:4])
    assert results(held) is None
    said(world, held, FIVE[4])
    found = results(held)
    assert found is not None
    assert (found.count, found.useful, found.pace) == (5, [0, 0, 0, 5, 0], [0, 0, 5, 0, 0])


def test_the_words_are_in_an_order_of_their_own(world: World) -> None:
    held = session(course(world))
    there(world, held, *FIVE)
    orders = []
    for people in (FIVE, FIVE[::-1]):
        Feedback.objects.all().delete()
        for one in people:
            give(world.people[one], held, NOON, useful=1, pace=1, words=f"What {one} thought.")
        found = results(held)
        assert found is not None
        orders.append(found.words)
    assert orders[0] == orders[1] and len(orders[0]) == 5


def test_it_is_given_once_and_changed_until_two_weeks_after(world: World) -> None:
    held = session(course(world))
    there(world, held, "alice")
    alice, shuts = world.people["alice"], held.ends_at + 14 * DAY
    give(alice, held, NOON, useful=1, pace=5, words="Bad.\r\nVery.")
    give(alice, held, shuts - timedelta(seconds=1), useful=5, pace=3)
    one = Feedback.objects.get()
    assert (one.useful, one.pace, one.words) == (5, 3, "")
    assert not still_open(held, shuts)
    with pytest.raises(Refused, match="two weeks"):
        give(alice, held, shuts, useful=1, pace=1)


def test_who_signed_in_early_says_how_it_was_once_it_has_begun(world: World) -> None:
    held, alice = session(course(world), NOON + timedelta(minutes=30)), world.people["alice"]
    there(world, held, "alice")
    with pytest.raises(Refused, match="not begun"):
        give(alice, held, NOON, useful=1, pace=1)
    assert to_say(alice, Viewer(alice.pk), NOON) == []
    give(alice, held, held.starts_at, useful=1, pace=1)
    assert to_say(alice, Viewer(alice.pk), held.starts_at) == [held]


def test_who_was_not_there_says_nothing(world: World) -> None:
    held = session(course(world, "AMBER", grants=[{"organisation": "brum"}]))
    place(world, held, "alice")
    place(world, held, "alan", attended="no")
    there(world, held, "bob")  # who may not read it any more
    for who in ("alice", "alan", "bob", "wendy"):
        with pytest.raises(Refused, match="Who was there"):
            give(world.people[who], held, NOON, useful=1, pace=1)


@pytest.mark.parametrize("wrong", [{"useful": 0}, {"pace": 6}, {"words": "x" * 5001}])
def test_bad_marks_are_refused(world: World, wrong: dict[str, object]) -> None:
    held = session(course(world))
    there(world, held, "alice")
    with pytest.raises(Refused):
        give(world.people["alice"], held, NOON, **{"useful": 1, "pace": 1, "words": "", **wrong})  # type: ignore[arg-type]


@pytest.mark.parametrize("noted", ["no", ""])
def test_who_teaches_learns_nobodys_words_by_taking_back_that_they_came(world: World, noted: str) -> None:
    held = session(course(world))
    bookings = there(world, held, *FIVE, "mia")
    said(world, held, *FIVE, "mia")
    before = results(held)
    attendance.note(world.people["carol"], held, NOON, bookings[0].code, noted)
    assert before is not None and results(held) == before
    with pytest.raises(Refused, match="Who was there"):
        give(world.people["alice"], held, NOON, useful=1, pace=1)


def test_the_trail_of_the_course_tells_nobody_who_said_something(world: World) -> None:
    held = session(course(world))
    there(world, held, "alice")
    said(world, held, "alice")
    assert AuditRow.objects.get(verb="give_feedback").reference == ""
