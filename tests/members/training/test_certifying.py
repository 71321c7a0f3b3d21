"""Certificates: issued once, what stands on them, revoked; and what whoever checks one is told."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from members import leaving, stand
from members.models import AuditRow, Certificate
from members.refused import Refused
from members.training import certifying
from members.training.checking import check, initials, spaced
from tests.conftest import NOON
from tests.members.training.attended import DAY, course, numbers, place, session, there
from tests.members.world import World

pytestmark = pytest.mark.django_db
AFTER = NOON + DAY


def test_everybody_who_was_there_has_one_and_a_second_press_issues_none(world: World) -> None:
    held = session(course(world))
    there(world, held, "alice", "bob")
    place(world, held, "dora", attended="no")
    place(world, held, "wendy")
    carol = world.people["carol"]
    assert [certifying.issue_all(carol, held, AFTER) for _twice in range(2)] == [2, 0]
    found = {one.person.name: one for one in Certificate.objects.select_related("person", "organisation")}
    assert set(found) == {"Alice", "Bob"}
    alice = found["Alice"]
    assert (alice.name, alice.title, alice.cpd_minutes) == ("Alice", "Phishing first aid", 90)
    assert (alice.completed_on, alice.session, len(alice.number)) == (date(2026, 11, 1), held, 12)
    assert alice.organisation == world.organisations["brum"]
    assert AuditRow.objects.get(verb="issue_certificates").detail == {"session": held.code, "count": 2}


def test_not_before_it_is_over(world: World) -> None:
    held = session(course(world))
    there(world, held, "alice")
    with pytest.raises(Refused, match="not over yet"):
        certifying.issue_all(world.people["carol"], held, held.ends_at - timedelta(microseconds=1))


def test_what_stands_on_it_stays_whatever_changes(world: World) -> None:
    taught = course(world)
    one = certifying.issue(world.people["alice"], taught, AFTER, completed_on=AFTER.date())
    taught.title, taught.cpd_minutes = "Another", 5
    taught.save()
    one.refresh_from_db()
    assert (one.title, one.cpd_minutes, one.organisation) == ("Phishing first aid", 90, world.organisations["brum"])


def test_of_lessons_the_hub_issues_one_and_the_second_is_the_first(world: World) -> None:
    taught = course(world, form="self-paced")
    alice = world.people["alice"]
    first = certifying.issue(alice, taught, AFTER, completed_on=AFTER.date())
    assert certifying.issue(alice, taught, AFTER + DAY, completed_on=(AFTER + DAY).date()) == first
    row = AuditRow.objects.get(verb="issue_certificate")
    assert (row.actor, row.reference, row.detail) == ("", taught.item.reference, {"number": first.number})


def test_by_whom_it_is_issued_teaches_it(world: World) -> None:
    taught = course(world)
    with pytest.raises(Refused):
        certifying.issue(world.people["alice"], taught, AFTER, completed_on=AFTER.date(), by=world.people["kate"])
    assert numbers() == []


def test_a_revoked_one_is_not_issued_again_by_the_way(world: World) -> None:
    held = session(course(world))
    booking, carol = there(world, held, "alice")[0], world.people["carol"]
    certifying.issue_all(carol, held, AFTER)
    old = Certificate.objects.get()
    certifying.revoke(carol, old, AFTER, " It was somebody else. ")
    certifying.revoke(carol, old, AFTER + DAY, "Twice.")
    old.refresh_from_db()
    assert (old.revoked_at, old.revoked_because) == (AFTER, "It was somebody else.")
    assert AuditRow.objects.filter(verb="revoke_certificate").count() == 1
    assert certifying.issue_all(carol, held, AFTER) == 0
    new = certifying.issue_again(carol, held, AFTER, booking.code)
    assert new.number != old.number and certifying.issue_again(carol, held, AFTER, booking.code) == new


def test_who_was_not_there_gets_none_again(world: World) -> None:
    held = session(course(world))
    booking = place(world, held, "alice", attended="no")
    with pytest.raises(Refused, match="Only who was there"):
        certifying.issue_again(world.people["carol"], held, AFTER, booking.code)


@pytest.mark.parametrize(("who", "reason"), [("alice", "x"), ("kate", "x"), ("carol", " "), ("carol", "x" * 501)])
def test_it_is_revoked_by_who_teaches_it_with_a_reason(world: World, who: str, reason: str) -> None:
    one = certifying.issue(world.people["alice"], course(world), AFTER, completed_on=AFTER.date())
    with pytest.raises(Refused):
        certifying.revoke(world.people[who], one, AFTER, reason)
    one.refresh_from_db()
    assert one.revoked_at is None


def test_of_lessons_a_revoked_one_is_issued_anew_by_who_teaches_them_once(world: World) -> None:
    carol, one = world.people["carol"], issued(world, "GREEN")
    with pytest.raises(Refused, match="It holds"):
        certifying.issue_anew(carol, one, AFTER)
    certifying.revoke(carol, one, AFTER, "By mistake.")
    one.refresh_from_db()
    assert certifying.without(one.course, [one]) == {one.pk}
    with pytest.raises(Refused, match="coordinators"):
        certifying.issue_anew(world.people["brian"], one, AFTER)
    new = certifying.issue_anew(carol, one, AFTER + DAY)
    assert certifying.issue_anew(carol, one, AFTER + DAY) == new != one
    assert (new.completed_on, new.organisation, new.person) == (one.completed_on, one.organisation, one.person)
    assert new.revoked_at is None and certifying.without(one.course, [one, new]) == set()


def test_one_of_a_session_is_not_issued_anew_beside_its_list(world: World) -> None:
    held = session(course(world))
    there(world, held, "alice")
    carol = world.people["carol"]
    certifying.issue_all(carol, held, AFTER)
    one = Certificate.objects.get()
    certifying.revoke(carol, one, AFTER, "By mistake.")
    one.refresh_from_db()
    with pytest.raises(Refused, match="sign-in list"):
        certifying.issue_anew(carol, one, AFTER)
    assert certifying.without(held.course, [one]) == set()


def issued(world: World, label: str | None = "CLEAR", **case: object) -> Certificate:
    taught = course(world, label, **case)  # type: ignore[arg-type]
    world.people["alice"].name = "Alice Ångström-Bell"
    return certifying.issue(world.people["alice"], taught, AFTER, completed_on=AFTER.date())


def test_whoever_checks_it_is_told_no_more_than_that_it_holds(world: World) -> None:
    one = issued(world)
    found = check(spaced(one.number).lower(), AFTER)
    assert found is not None
    assert (found.revoked, found.title, found.warp) == (False, "Phishing first aid", "wm")
    assert (found.initials, found.same_name, found.minutes) == ("A. Å. B.", None, 90)
    assert "Alice" not in repr(found)


@pytest.mark.parametrize("label", ["GREEN", "AMBER", "AMBER+STRICT", None])
def test_the_title_of_what_not_everybody_may_read_is_told_nobody(world: World, label: str | None) -> None:
    one = issued(world, label, grants=[{"warp": "wm"}])
    found = check(one.number, AFTER)
    assert found is not None and (found.title, found.warp) == ("", "wm")


def test_nor_one_that_was_taken_back_or_is_called_otherwise_by_now(world: World) -> None:
    gone, renamed = issued(world), issued(world)
    stand.withdraw(gone.course.item, AFTER)
    type(renamed.course).rows.filter(pk=renamed.course_id).update(title="Something else")
    assert [found.title for one in (gone, renamed) if (found := check(one.number, AFTER + DAY))] == ["", ""]


@pytest.mark.parametrize(
    ("typed", "same"),
    [("alice angstrom-bell", True), (" ALICE  Ångström-Bell ", True), ("Alice", False), ("Bob", False), (" ", None)],
)
def test_a_name_that_is_typed_is_answered_with_yes_or_no(world: World, typed: str, same: bool | None) -> None:
    found = check(issued(world).number, AFTER, typed)
    assert found is not None and found.same_name is same


@pytest.mark.parametrize("typed", ["", "222222222222", "2222", "x" * 500, "2222222\0222"])
def test_there_is_none_of_another_number(world: World, typed: str) -> None:
    issued(world)
    assert check(typed, AFTER) is None


def test_a_revoked_one_says_so(world: World) -> None:
    one = issued(world)
    certifying.revoke(world.people["carol"], one, AFTER, "It was somebody else.")
    found = check(one.number, AFTER)
    assert found is not None and found.revoked and "somebody" not in repr(found)


def test_of_whom_is_erased_it_says_no_name(world: World) -> None:
    one = issued(world)
    alice = world.people["alice"]
    leaving.disable(alice, AFTER, None)
    leaving.erase(alice, AFTER, None)
    found = check(one.number, AFTER, "a former member")
    assert found is not None and (found.initials, found.same_name) == ("", False)


def test_initials() -> None:
    assert [initials(name) for name in ("Alice Bell", "bob", "", "  ")] == ["A. B.", "B.", "", ""]
