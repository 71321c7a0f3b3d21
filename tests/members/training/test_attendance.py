"""Signing in with the code of the day, and what whoever teaches notes."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from members.models import Affiliation, AuditRow, Booking, Grant, Session
from members.place import place as place_item
from members.refused import Refused
from members.training import attendance, certifying, scheduling, walkingin
from members.training.attendance import Attended, note, note_absent, show_code, sign_in
from members.training.scheduling import Details
from members.training.series import When
from tests.conftest import NOON
from tests.members.training.attended import DAY, HOUR, course, place, session, there
from tests.members.training.booked import states
from tests.members.world import World

pytestmark = pytest.mark.django_db
INSTANT = timedelta(microseconds=1)


def opened(world: World, label: str = "GREEN", **case: object) -> tuple[Booking, str]:
    """A session at noon to which alice has a place, and its code."""
    held = session(course(world, label, **case))
    booking = place(world, held, "alice")
    return booking, show_code(world.people["carol"], held, NOON)


def verbs(verb: str) -> int:
    return AuditRow.objects.filter(verb=verb).count()


def test_who_has_a_place_signs_in_however_they_type_the_code(world: World) -> None:
    booking, code = opened(world)
    signed = sign_in(world.people["alice"], f" {code[:3].lower()}-{code[3:]} ", NOON)
    assert signed == booking
    booking.refresh_from_db()
    assert (booking.attended, booking.attended_at, booking.means) == ("yes", NOON, "code")


def test_a_second_press_signs_nobody_in_again(world: World) -> None:
    booking, code = opened(world)
    for minute in range(3):
        sign_in(world.people["alice"], code, NOON + timedelta(minutes=minute))
    booking.refresh_from_db()
    assert booking.attended_at == NOON and verbs("sign_in") == 1


@pytest.mark.parametrize("wrong", ["", "ABCDE", "ABCDEFG", "ABC\0EF", "ZZZZZZ", " "])
def test_another_code_signs_nobody_in(world: World, wrong: str) -> None:
    booking, _code = opened(world)
    with pytest.raises(Refused, match="No session that you have a place in has this code"):
        sign_in(world.people["alice"], wrong, NOON)
    booking.refresh_from_db()
    assert booking.attended == ""


def test_a_session_without_a_code_is_signed_in_to_by_nothing(world: World) -> None:
    place(world, session(course(world)), "alice")
    with pytest.raises(Refused):
        sign_in(world.people["alice"], "", NOON)


def test_who_has_no_place_waits_or_cancelled_is_told_the_same_as_of_a_wrong_code(world: World) -> None:
    booking, code = opened(world)
    place(world, booking.session, "bob", state="waiting")
    place(world, booking.session, "dora", state="ended")
    said = set()
    for who in ("bob", "dora", "wendy", "olive"):
        with pytest.raises(Refused) as refused:
            sign_in(world.people[who], code, NOON)
        said.add(str(refused.value))
    assert len(said) == 1 and not Booking.objects.filter(attended="yes").exists()


def test_who_lost_the_right_to_the_course_does_not_sign_in(world: World) -> None:
    booking, code = opened(world, "AMBER", grants=[{"organisation": "brum"}])
    Grant.objects.filter(standing__item=booking.session.course.item).update(until=NOON - HOUR)
    place_item(booking.session.course.item)
    with pytest.raises(Refused):
        sign_in(world.people["alice"], code, NOON)


def test_it_is_open_from_an_hour_before_until_a_day_after(world: World) -> None:
    held = session(course(world), NOON, 2)
    opens, shuts = NOON - HOUR, NOON + 26 * HOUR
    assert [attendance.is_open(held, at) for at in (opens - INSTANT, opens, shuts - INSTANT, shuts)] == [
        False, True, True, False
    ]  # fmt: skip
    carol, alice = world.people["carol"], world.people["alice"]
    place(world, held, "alice")
    with pytest.raises(Refused, match="one hour before"):
        show_code(carol, held, opens - INSTANT)
    code = show_code(carol, held, opens)
    for shut in (opens - INSTANT, shuts):
        with pytest.raises(Refused):
            sign_in(alice, code, shut)
    assert sign_in(alice, code, shuts - INSTANT).attended == "yes"


def test_on_the_night_that_clocks_go_back_a_day_after_is_twenty_four_hours(world: World) -> None:
    held = session(course(world), datetime(2026, 10, 24, 14, tzinfo=UTC), 3)  # 15:00 to 18:00 BST, on a Saturday
    shuts = datetime(2026, 10, 25, 17, tzinfo=UTC)  # 17:00 GMT, on the Sunday
    assert attendance.is_open(held, shuts - INSTANT) and not attendance.is_open(held, shuts)


def test_a_session_that_ends_after_midnight_here_was_completed_that_day(world: World) -> None:
    held = session(course(world), datetime(2026, 7, 1, 21, tzinfo=UTC), 2.5)  # until 00:30 BST
    winter = session(course(world), datetime(2026, 12, 1, 21, tzinfo=UTC), 2.5)  # until 23:30 GMT
    days = [certifying.day_of(one).isoformat() for one in (held, winter)]
    assert days == ["2026-07-02", "2026-12-01"]


def test_the_code_is_drawn_once_and_another_ends_it(world: World) -> None:
    booking, code = opened(world)
    carol, held = world.people["carol"], booking.session
    assert show_code(carol, held, NOON) == code
    another = show_code(carol, held, NOON, anew=True)
    assert another != code and set(another) <= set("23456789ABCDEFGHJKMNPQRSTVWXYZ") and len(another) == 6
    with pytest.raises(Refused):
        sign_in(world.people["alice"], code, NOON)
    assert sign_in(world.people["alice"], another, NOON) == booking
    assert verbs("show_code") == 2


@pytest.mark.parametrize("who", ["alice", "brian", "kate", "ursula", "pat", "cuth", "root"])
def test_who_does_not_teach_it_notes_nothing(world: World, who: str) -> None:
    booking, _code = opened(world)
    by, held = world.people[who], booking.session
    for act in (
        lambda: show_code(by, held, NOON), lambda: note(by, held, NOON, booking.code, "yes"),
        lambda: note_absent(by, held, NOON + DAY), lambda: walkingin.walk_in(by, held, NOON, "bob@example.org"),
        lambda: certifying.issue_all(by, held, NOON + DAY),
        lambda: certifying.issue_again(by, held, NOON, booking.code),
    ):  # fmt: skip
        with pytest.raises(Refused, match="only the coordinators"):
            act()
    assert Booking.objects.filter(attended="").count() == 1


def test_whoever_teaches_notes_who_came_and_who_did_not_and_takes_it_back(world: World) -> None:
    booking, _code = opened(world)
    carol, held = world.people["carol"], booking.session
    for said in (Attended.YES, Attended.NO, Attended.UNKNOWN):
        note(carol, held, NOON, booking.code, said)
        note(carol, held, NOON, booking.code, said)
        booking.refresh_from_db()
        assert booking.attended == said
    assert (booking.attended_at, booking.means) == (None, "") and verbs("note_attendance") == 3


def test_what_nobody_says_of_anybody_is_refused(world: World) -> None:
    booking, _code = opened(world)
    waiting = place(world, booking.session, "bob", state="waiting")
    ended = place(world, booking.session, "dora", state="ended")
    other = place(world, session(course(world)), "wendy")
    carol, held = world.people["carol"], booking.session
    nobodys = [(one.code, "yes") for one in (ended, other)]
    for code, said in ((booking.code, "maybe"), (waiting.code, "no"), *nobodys, ("x", "yes")):
        with pytest.raises(Refused):
            note(carol, held, NOON, code, said)


def test_who_waited_and_came_has_a_place_by_that(world: World) -> None:
    booking, _code = opened(world)
    waiting = place(world, booking.session, "bob", state="waiting")
    note(world.people["carol"], booking.session, NOON, waiting.code, "yes")
    waiting.refresh_from_db()
    assert (waiting.state, waiting.placed_at, waiting.attended) == ("placed", NOON, "yes")


def test_who_waited_and_was_noted_by_mistake_waits_again(world: World) -> None:
    held, carol = session(course(world), NOON + timedelta(minutes=30), capacity=1), world.people["carol"]
    place(world, held, "alice")
    waiting, next_one = place(world, held, "bob", state="waiting"), place(world, held, "dora", state="waiting")
    for said in ("yes", ""):
        note(carol, held, NOON, waiting.code, said)
    assert states(held) == [("alice", "placed"), ("bob", "waiting"), ("dora", "waiting")]
    for said in ("yes", "no", ""):  # of who had a place nothing but the word changes
        note(carol, held, NOON, Booking.objects.get(person=world.people["alice"]).code, said)
    assert states(held)[0] == ("alice", "placed") and Booking.objects.get(pk=next_one.pk).placed_at is None


def test_who_was_added_by_mistake_is_off_the_list_again(world: World) -> None:
    held, carol = session(course(world), NOON + timedelta(minutes=30), capacity=1), world.people["carol"]
    booking, _over = walkingin.walk_in(carol, held, NOON, "bob@example.org")
    place(world, held, "alice", state="waiting")
    assert note(carol, held, NOON + INSTANT, booking.code, "").state == "ended"
    assert states(held) == [("bob", "ended"), ("alice", "placed")]
    assert note_absent(carol, held, held.ends_at) == 1
    assert Booking.objects.get(person=world.people["bob"]).attended == ""


def test_who_is_noted_as_absent_does_not_sign_themselves_in(world: World) -> None:
    booking, code = opened(world)
    note(world.people["carol"], booking.session, NOON, booking.code, "no")
    with pytest.raises(Refused, match="noted that you did not come"):
        sign_in(world.people["alice"], code, NOON)


def test_it_is_noted_until_thirty_days_after(world: World) -> None:
    booking, _code = opened(world)
    carol, held = world.people["carol"], booking.session
    shuts = held.ends_at + 30 * DAY
    with pytest.raises(Refused, match="30 days"):
        note(carol, held, shuts, booking.code, "yes")
    assert note(carol, held, shuts - INSTANT, booking.code, "yes").attended == "yes"


def test_of_a_cancelled_session_nothing_is_noted(world: World) -> None:
    booking, code = opened(world)
    held = booking.session
    held.cancelled_at = NOON
    held.save()
    carol = world.people["carol"]
    for act in (
        lambda: sign_in(world.people["alice"], code, NOON), lambda: note(carol, held, NOON, booking.code, "yes"),
        lambda: show_code(carol, held, NOON), lambda: note_absent(carol, held, NOON + DAY),
        lambda: certifying.issue_all(carol, held, NOON + DAY),
    ):  # fmt: skip
        with pytest.raises(Refused):
            act()


def test_all_of_whom_nothing_is_said_did_not_come_once_it_is_over(world: World) -> None:
    held = session(course(world))
    came, unsaid = there(world, held, "alice")[0], place(world, held, "bob")
    waiting, ended = place(world, held, "dora", state="waiting"), place(world, held, "wendy", state="ended")
    carol = world.people["carol"]
    with pytest.raises(Refused, match="not over yet"):
        note_absent(carol, held, held.ends_at - INSTANT)
    assert [note_absent(carol, held, held.ends_at) for _twice in range(2)] == [1, 0]
    for one in (came, unsaid, waiting, ended):
        one.refresh_from_db()
    assert [one.attended for one in (came, unsaid, waiting, ended)] == ["yes", "no", "", ""]
    assert verbs("note_attendance") == 1


def test_who_holds_a_certificate_was_there(world: World) -> None:
    held = session(course(world))
    booking, carol = there(world, held, "alice")[0], world.people["carol"]
    certifying.issue_all(carol, held, held.ends_at)
    with pytest.raises(Refused, match="Revoke that first"):
        note(carol, held, held.ends_at, booking.code, "no")


@pytest.mark.parametrize(("later", "came"), [(timedelta(days=7), ""), (timedelta(minutes=10), "yes")])
def test_who_signed_in_before_it_was_moved_to_another_day_has_not_come_yet(
    world: World, later: timedelta, came: str
) -> None:
    held, carol = session(course(world), NOON + timedelta(minutes=30)), world.people["carol"]
    place(world, held, "alice")
    code = show_code(carol, held, NOON)
    sign_in(world.people["alice"], code, NOON)
    starts_at = held.starts_at + later
    new = When(starts_at, starts_at + HOUR, starts_at)
    scheduling.change(carol, held, NOON, new, Details(12, place="Guildhall"))
    booking, moved = Booking.objects.get(), Session.objects.get()
    assert (booking.attended, booking.means, moved.sign_in_code) == ((came, "code", code) if came else ("", "", ""))
    assert booking.state == "placed" and (booking.attended_at is None) == (not came)


def test_who_stands_at_the_door_is_added_by_their_whole_address_be_it_full(world: World) -> None:
    held = session(course(world), capacity=1)
    place(world, held, "alice")
    carol = world.people["carol"]
    booking, over = walkingin.walk_in(carol, held, NOON, " Bob@Example.org ")
    assert (booking.person, booking.organisation) == (world.people["bob"], world.organisations["solihull"])
    assert (booking.state, booking.attended, booking.means, booking.booked_by, over) == (
        "placed", "yes", "trainer", carol, 1
    )  # fmt: skip
    again, _over = walkingin.walk_in(carol, held, NOON, "bob@example.org")
    assert again == booking and verbs("walk_in") == 1


def test_who_booked_and_is_added_again_came(world: World) -> None:
    booking, _code = opened(world)
    gone = place(world, booking.session, "bob", state="ended")
    carol = world.people["carol"]
    assert walkingin.walk_in(carol, booking.session, NOON, "alice@example.org") == (booking, 0)
    new, _over = walkingin.walk_in(carol, booking.session, NOON, "bob@example.org")
    assert new != gone and new.attended == "yes"


@pytest.mark.parametrize("address", ["nobody@example.org", "mia@example.org", "ivan@example.org", "", "x\0@x.org"])
def test_who_is_not_there_and_who_may_not_read_it_are_answered_alike(world: World, address: str) -> None:
    held = session(course(world, "AMBER", grants=[{"organisation": "solihull"}]))
    with pytest.raises(Refused, match="Nobody with this address may book this course"):
        walkingin.walk_in(world.people["carol"], held, NOON, address)
    assert walkingin.walk_in(world.people["carol"], held, NOON, "bob@example.org")[0].attended == "yes"


def test_of_whom_is_of_several_it_is_said_for_which_they_came(world: World) -> None:
    Affiliation.objects.create(
        person=world.people["bob"], organisation=world.organisations["dudley"], since=NOON - 9 * DAY
    )
    held, carol = session(course(world)), world.people["carol"]
    with pytest.raises(walkingin.Several) as several:
        walkingin.walk_in(carol, held, NOON, "bob@example.org")
    assert [one.slug for one in several.value.houses] == ["dudley", "solihull"]
    with pytest.raises(Refused, match="not of that organisation"):
        walkingin.walk_in(carol, held, NOON, "bob@example.org", "brum")
    booking, _over = walkingin.walk_in(carol, held, NOON, "bob@example.org", "dudley")
    assert booking.organisation == world.organisations["dudley"]
