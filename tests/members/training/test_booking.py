"""Who comes: so many and no more, in order; for oneself, one's people, or anybody who reads it; until a right ends."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from members import joining, leaving, sharing
from members.models import Affiliation, AuditRow, Booking, Invitation, Office, Person, Session
from members.policy import Viewer
from members.refused import Refused
from members.training import booking, courses, reminding, scheduling
from members.training.clashing import clashes
from members.training.reading import sessions
from tests.conftest import NOON
from tests.members.training.booked import (
    DAY,
    HALL,
    HOUR,
    WEEK,
    book,
    course,
    draft,
    lead,
    session,
    states,
    told,
    when,
)
from tests.members.world import World

pytestmark = pytest.mark.django_db
ONE = replace(HALL, capacity=1)


def test_so_many_are_in_and_whoever_comes_after_waits_in_order(world: World) -> None:
    made = session(world)
    for name in ("alice", "bob", "mia", "dora"):
        book(world, name, made)
    assert states(made) == [("alice", "placed"), ("bob", "placed"), ("mia", "waiting"), ("dora", "waiting")]
    assert told(made) == [("alice", "placed"), ("bob", "placed"), ("mia", "waiting"), ("dora", "waiting")]


def test_clicked_twice_it_is_booked_once(world: World) -> None:
    made = session(world)
    assert book(world, "alice", made) == book(world, "alice", made)
    assert Booking.objects.count() == Invitation.objects.count() == 1
    assert AuditRow.objects.filter(verb="book").count() == 1


def test_who_cancels_gives_their_place_to_who_waits_first_and_may_come_back_last(world: World) -> None:
    made = session(world, details=ONE)
    first = book(world, "alice", made)
    for name in ("bob", "mia"):
        book(world, name, made)
    booking.cancel(first, NOON, by=world.people["alice"])
    booking.cancel(first, NOON, by=world.people["alice"])
    assert told(made)[3:] == [("alice", "cancelled"), ("bob", "placed")]
    book(world, "alice", made)
    assert states(made) == [("alice", "ended"), ("bob", "placed"), ("mia", "waiting"), ("alice", "waiting")]


@pytest.mark.parametrize(
    ("who", "label", "to", "may"),
    [
        ("alice", "GREEN", None, True),
        ("bob", "AMBER", "birmingham", False),
        ("alice", "AMBER", "birmingham", True),
        ("carol", "AMBER", "birmingham", True),
        ("lee", "CLEAR", None, False),  # of no active member, though they read it
        ("olive", "CLEAR", None, False),
        ("ivan", "CLEAR", None, False),
        ("kate", "GREEN", None, True),  # by her office
    ],
)
def test_who_reads_it_and_comes_for_somebody_may_book(
    world: World, who: str, label: str, to: str | None, may: bool
) -> None:
    made = session(world, course(world, label, [("warp", world.warps[to].pk)] if to else []))
    if may:
        assert book(world, who, made).state == "placed"
    else:
        with pytest.raises(Refused):
            book(world, who, made)
        assert not Booking.objects.exists()


def test_what_is_over_or_not_published_is_not_booked(world: World) -> None:
    made = session(world, until=NOON + 6 * DAY)
    for at, said in ((NOON + 6 * DAY, "deadline"), (NOON + WEEK, "begun")):
        with pytest.raises(Refused, match=said):
            book(world, "alice", made, at)
    unpublished = session(world, draft(world))
    with pytest.raises(Refused, match="not published"):
        book(world, "carol", unpublished)
    mine = book(world, "bob", made)
    with pytest.raises(Refused, match="begun"):
        booking.cancel(mine, NOON + WEEK, by=world.people["bob"])


def test_a_lead_books_their_own_people_who_read_it_themselves(world: World) -> None:
    lead(world, "alice", "brum")
    made, alice, brum = session(world), world.people["alice"], world.organisations["brum"]
    theirs = book(world, "alan", made, by=alice, organisation=brum)
    assert (theirs.booked_by, theirs.organisation, theirs.person) == (alice, brum, world.people["alan"])
    row = AuditRow.objects.get(verb="book")
    assert "alan" not in str(row.detail).lower() and row.detail["whom"]
    said = set()
    for name in ("bob", "ivan", "lee"):  # of another, closed, of none
        with pytest.raises(Refused) as refused:
            book(world, name, made, by=alice, organisation=brum)
        said.add(str(refused.value))
    with pytest.raises(Refused) as refused:
        booking.at_address("nobody@example.org", NOON)
    assert said == {str(refused.value)}
    for house in (None, world.organisations["solihull"]):
        with pytest.raises(Refused, match="a lead also people"):
            book(world, "bob", made, by=alice, organisation=house)


def test_the_rule_is_asked_of_whom_it_is_for_and_not_of_the_booker_alone(world: World) -> None:
    made = session(world, course(world, "AMBER+STRICT", [("organisation", world.organisations["brum"].pk)]))
    with pytest.raises(Refused, match="Nobody with this address"):
        book(world, "bob", made, by=world.people["carol"])
    assert book(world, "alice", made, by=world.people["carol"]).person.name == "Alice"
    with pytest.raises(Refused, match="not for you"):
        book(world, "alan", made, by=world.people["bob"], organisation=world.organisations["brum"])


def test_a_member_who_leads_nobody_books_nobody_else(world: World) -> None:
    made = session(world)
    with pytest.raises(Refused, match="a lead also"):
        book(world, "alan", made, by=world.people["alice"], organisation=world.organisations["brum"])


def test_a_booking_is_cancelled_by_whose_it_is_their_lead_or_who_teaches(world: World) -> None:
    lead(world, "alice", "brum")
    made = session(world)
    for by, may in (("bob", False), ("mia", False), ("brian", False), ("alice", True), ("carol", True), ("alan", True)):
        there = book(world, "alan", made)
        if may:
            booking.cancel(there, NOON, by=world.people[by])
        else:
            with pytest.raises(Refused, match="can't cancel"):
                booking.cancel(there, NOON, by=world.people[by])
    assert [state for _name, state in states(made)] == ["ended"] * 3


ENDS: dict[str, Any] = {
    "leaves": lambda w: leaving.end_affiliation(w.people["alice"], w.organisations["brum"], NOON, None),
    "closed": lambda w: leaving.disable(w.people["alice"], NOON, None),
    "suspended": lambda w: leaving.suspend(w.organisations["brum"], w.warps["birmingham"], NOON, None),
    "left": lambda w: leaving.leave(w.organisations["brum"], w.warps["birmingham"], NOON, None),
}


@pytest.mark.parametrize("how", ENDS)
def test_when_the_right_ends_the_place_does_and_whoever_waits_moves_up(world: World, how: str) -> None:
    made = session(world, details=ONE)
    for name in ("alice", "alan", "bob"):
        book(world, name, made)
    ENDS[how](world)
    gone = ["alice"] if how in ("leaves", "closed") else ["alice", "alan"]
    assert dict(states(made)) == {
        "alice": "ended",
        "alan": "ended" if "alan" in gone else "placed",
        "bob": "placed" if len(gone) == 2 else "waiting",
    }
    assert AuditRow.objects.get(verb="lapse").detail["people"] == len(gone)


def test_who_is_of_two_comes_for_the_other_no_more_than_they_said(world: World) -> None:
    alice, solihull = world.people["alice"], world.organisations["solihull"]
    joining.affiliate(alice, solihull, Affiliation.Role.READER, NOON - DAY, None)
    made = session(world)
    assert book(world, "alice", made, organisation=solihull).organisation == solihull
    with pytest.raises(Refused, match="can't come for"):
        book(world, "bob", made, organisation=world.organisations["brum"])
    leaving.end_affiliation(alice, world.organisations["brum"], NOON, None)
    assert states(made) == [("alice", "placed")]
    leaving.end_affiliation(alice, solihull, NOON + HOUR, None)
    assert states(made) == [("alice", "ended")]


def test_an_office_that_ends_ends_what_was_booked_by_it_and_a_group_that_is_left_too(world: World) -> None:
    made = session(world)
    book(world, "kate", made)
    leaving.end_office(Office.objects.get(person=world.people["kate"]), NOON, None, last=True)
    assert states(made) == [("kate", "ended")]
    grouped = session(world, course(world, "AMBER+STRICT", [("group", world.groups["finance"].pk)]))
    book(world, "mia", grouped)
    sharing.leave_group(world.organisations["maidstone"], world.groups["finance"], NOON, None)
    assert states(grouped) == [("mia", "ended")]


def test_what_was_is_left_as_it_was(world: World) -> None:
    made = session(world)
    book(world, "alice", made)
    leaving.end_affiliation(world.people["alice"], world.organisations["brum"], NOON + WEEK + HOUR, None)
    assert states(made) == [("alice", "placed")]


def test_who_waits_and_may_not_read_it_any_more_is_passed_over(world: World) -> None:
    made = session(world, details=ONE)
    first = book(world, "bob", made)
    for name in ("alice", "mia"):
        book(world, name, made)
    Affiliation.objects.filter(person=world.people["alice"]).update(until=NOON)  # by its date, and by no verb
    booking.cancel(first, NOON, by=world.people["bob"])
    assert states(made) == [("bob", "ended"), ("alice", "waiting"), ("mia", "placed")]


def names(world: World, of: str, made: list[Session], viewer: str) -> list[list[str]]:
    found = clashes(world.people[of], made, Viewer(world.people[viewer].pk), NOON)
    return [found[one.pk] for one in made]


def test_a_clash_is_said_and_refuses_nothing(world: World) -> None:
    mine = session(world, course(world, title="Backups"))
    during = session(world, course(world), starts_at=mine.starts_at + 2 * HOUR)
    after = session(world, course(world), starts_at=mine.ends_at)
    book(world, "alice", mine)
    assert names(world, "alice", [mine, during, after], "alice") == [[], ["Backups"], []]
    assert book(world, "alice", during).state == "placed"
    assert names(world, "alice", [mine], "alice") == [["Phishing first aid"]]


def test_a_clash_tells_who_books_another_nothing_but_that_there_is_one(world: World) -> None:
    hidden = session(world, course(world, "AMBER+STRICT", [("organisation", world.organisations["brum"].pk)],
                                   title="Backups"))  # fmt: skip
    open_one = session(world, course(world, who="kate"), who="kate")
    book(world, "alice", hidden)
    for viewer in ("kate", "alan", "carol"):
        assert names(world, "alice", [open_one], viewer) == [["something else at that time"]]
    Affiliation.objects.filter(person=world.people["alice"]).update(until=NOON)  # what was theirs has no name either
    assert names(world, "alice", [open_one], "alice") == [["something else at that time"]]


def test_whoever_has_a_place_is_reminded_once_two_days_ahead(world: World) -> None:
    made = session(world, details=ONE)
    for name in ("alice", "bob"):
        book(world, name, made)
    soon = made.starts_at - timedelta(days=2)
    assert reminding.remind(soon - timedelta(seconds=1)) == 0
    assert reminding.remind(soon) == 1
    assert reminding.remind(soon + HOUR) == 0
    assert told(made)[2:] == [("alice", "reminded")]


def test_who_may_not_come_any_more_is_not_reminded_and_whoever_waits_is(world: World) -> None:
    made = session(world, details=ONE)
    for name in ("alice", "bob"):
        book(world, name, made)
    Affiliation.objects.filter(person=world.people["alice"]).update(until=NOON + DAY)
    assert reminding.remind(made.starts_at - DAY) == 1
    assert told(made)[2:] == [("alice", "cancelled"), ("bob", "placed"), ("bob", "reminded")]


def test_nobody_is_reminded_of_what_is_past_cancelled_or_taken_back(world: World) -> None:
    past, off = session(world), session(world, starts_at=NOON + 9 * DAY)
    for one in (past, off):
        book(world, "alice", one)
    scheduling.cancel(world.people["carol"], off, NOON, "x")
    assert reminding.remind(past.starts_at) == 0
    assert reminding.remind(off.starts_at - DAY) == 0


def test_of_another_day_they_are_reminded_again(world: World) -> None:
    made = session(world)
    book(world, "alice", made)
    soon = made.starts_at - DAY
    reminding.remind(soon)
    scheduling.change(world.people["carol"], made, soon, when(NOON + 3 * WEEK), HALL)
    assert reminding.remind(soon) == 0
    assert reminding.remind(NOON + 3 * WEEK - DAY) == 1


def test_sessions_are_read_by_whom_the_course_is_for(world: World) -> None:
    for_all, for_some = course(world, "CLEAR"), course(world, "AMBER", [("warp", world.warps["kent"].pk)])
    session(world, for_all), session(world, for_some)

    def seen(viewer: Viewer) -> int:
        return sessions(viewer, NOON).count()

    assert [seen(Viewer(world.people[name].pk)) for name in ("mia", "bob", "carol")] == [2, 1, 2]
    assert seen(Viewer()) == 1


def test_a_closed_account_is_booked_by_nobody_and_a_relabel_frees_the_place(world: World) -> None:
    made = session(world, details=ONE)
    ivan = Person.objects.get(pk=world.people["ivan"].pk)
    with pytest.raises(Refused, match="Nobody with this address"):
        booking.book(ivan, made, NOON, by=world.people["carol"])
    with pytest.raises(Refused):
        booking.at_address(ivan.email, NOON)
    book(world, "bob", made)
    book(world, "mia", made)
    courses.publish(world.people["carol"], made.course.item, NOON, "GREEN", [("warp", world.warps["kent"].pk)])
    assert states(made) == [("bob", "ended"), ("mia", "placed")]
