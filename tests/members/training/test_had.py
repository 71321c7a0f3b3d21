"""Who has had what, and where training is missing."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
from django.db.models import Q

from members.models import Affiliation, Certificate
from members.policy import Viewer
from members.training import certifying, mine
from members.training.gaps import gaps
from members.training.had import had, hours, minutes_of, people_of, years_before
from tests.conftest import NOON
from tests.members.training.attended import DAY, course, session, there
from tests.members.world import World

pytestmark = pytest.mark.django_db


def viewer(world: World, who: str) -> Viewer:
    return Viewer(world.people[who].pk)


def test_a_certificate_counts_and_an_attendance_without_one_is_told(world: World) -> None:
    one, other = session(course(world, title="One")), session(course(world, title="Other"), NOON - 9 * DAY)
    there(world, one, "alice")
    there(world, other, "alice")
    certifying.issue_all(world.people["carol"], one, NOON + DAY)
    found = had(viewer(world, "alan"), NOON + DAY, Q(person=world.people["alice"]))
    assert [(one.title, one.minutes, bool(one.number)) for one in found] == [("One", 90, True), ("Other", 0, False)]
    assert minutes_of(found) == 90


def test_a_course_is_named_to_whom_the_rule_gives_it_and_counted_for_others(world: World) -> None:
    held = session(course(world, "AMBER", grants=[{"organisation": "brum"}]))
    there(world, held, "alice")
    certifying.issue_all(world.people["carol"], held, NOON + DAY)
    for who, title in (("alan", "Phishing first aid"), ("bob", ""), ("kate", "")):
        (found,) = had(viewer(world, who), NOON + DAY, Q(person=world.people["alice"]))
        assert (found.title, bool(found.reference), bool(found.level)) == (title, bool(title), bool(title))
        assert found.minutes == 90


def test_a_revoked_one_is_no_cpd(world: World) -> None:
    held = session(course(world))
    there(world, held, "alice")
    certifying.issue_all(world.people["carol"], held, NOON + DAY)
    certifying.revoke(world.people["carol"], Certificate.objects.get(), NOON + DAY, "x")
    (found,) = had(viewer(world, "alan"), NOON + DAY, Q(person=world.people["alice"]))
    assert (found.minutes, found.number) == (0, "")
    (own,) = mine.own(world.people["alice"], viewer(world, "alice"), NOON + DAY)
    assert (own.revoked, own.because, mine.by_year([own])) == (True, "x", [])


def test_what_is_ones_own_stays_so_after_one_left(world: World) -> None:
    held, other = (session(course(world, "AMBER", grants=[{"organisation": "brum"}])) for _twice in range(2))
    there(world, held, "alice")
    certifying.issue_all(world.people["carol"], held, NOON + DAY)
    there(world, other, "alice")
    Affiliation.objects.filter(person=world.people["alice"]).update(until=NOON + DAY)
    later = NOON + 2 * DAY
    assert world.people["alice"] not in people_of(world.organisations["brum"], later)
    own = mine.own(world.people["alice"], viewer(world, "alice"), later)
    assert [(one.title, one.minutes) for one in own] == [("Phishing first aid", 90), ("", 0)]
    assert mine.by_year(own) == [(2026, 90)]


def test_twelve_months_before() -> None:
    leap = datetime(2028, 2, 29, 12, tzinfo=UTC)
    summer = datetime(2026, 6, 30, 23, 30, tzinfo=UTC)  # the first of July here
    assert [years_before(NOON), years_before(leap), years_before(summer)] == [
        date(2025, 11, 1), date(2027, 2, 28), date(2025, 7, 1)
    ]  # fmt: skip


def test_hours_of_minutes() -> None:
    assert [hours(minutes) for minutes in (0, 20, 45, 60, 90, 600)] == ["0", "0.33", "0.75", "1", "1.5", "10"]


def test_gaps_are_told_by_organisation_and_level_those_with_none_first(world: World) -> None:
    basics = session(course(world, level="awareness"))
    deep = session(course(world, level="advanced"), NOON - 3 * DAY)
    there(world, basics, "bob", "dora")
    there(world, deep, "bob")
    rows = gaps(viewer(world, "carol"), world.warps["wm"], NOON)
    assert [(row.organisation.slug, row.trained, row.people) for row in rows] == [
        ("walsall", 0, 1), ("dudley", 1, 1), ("solihull", 1, 1)
    ]  # fmt: skip
    assert rows[2].levels == {"awareness": 1, "foundation": 0, "practitioner": 0, "advanced": 1}
    assert rows[0].share == 0 and rows[2].share == 100


def test_what_is_older_or_not_theirs_to_read_or_of_who_left_fills_no_gap(world: World) -> None:
    there(world, session(course(world), datetime(2025, 11, 1, 9, tzinfo=UTC)), "bob")
    hidden = course(world, "AMBER", own_warp="kent", grants=[{"organisation": "dudley"}])
    there(world, session(hidden), "dora")
    there(world, session(course(world)), "wendy")
    Affiliation.objects.filter(person=world.people["wendy"]).update(until=NOON)
    rows = gaps(viewer(world, "carol"), world.warps["wm"], NOON)
    assert {row.organisation.slug: (row.trained, row.people) for row in rows} == {
        "dudley": (0, 1), "solihull": (0, 1), "walsall": (0, 0)
    }  # fmt: skip
