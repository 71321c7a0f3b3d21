"""What somebody attended and completed themselves. A certificate is theirs, whatever they may read by now."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Q

from members import policy
from members.models import Booking, Certificate, Person, Session
from members.policy import Viewer
from members.training.attendance import BEFORE, OPEN_FOR
from members.training.feedback import GIVEN_FOR
from members.training.had import attended

Attended, State = Booking.Attended, Booking.State


@dataclass(frozen=True)
class Own:
    """One of them; `title` is "" where it is no certificate and the course is not theirs to read any more."""

    on: date
    title: str
    minutes: int
    number: str
    revoked: bool
    because: str


def own(person: Person, viewer: Viewer, at: datetime) -> list[Own]:
    """The latest first. Two statements."""
    certified = [
        Own(one.completed_on, one.title, one.cpd_minutes, one.number, one.revoked_at is not None, one.revoked_because)
        for one in Certificate.objects.filter(person=person)
    ]
    without = attended(viewer, at, Q(person=person), Certificate.objects.all())
    there = [Own(one.on, one.title, 0, "", revoked=False, because="") for one in without]
    return sorted([*certified, *there], key=lambda one: (one.on, one.number, one.title), reverse=True)


def by_year(found: list[Own]) -> list[tuple[int, int]]:
    """Minutes of CPD in each calendar year, the latest first."""
    sums: Counter[int] = Counter()
    for one in found:
        if one.number and not one.revoked:
            sums[one.on.year] += one.minutes
    return sorted(sums.items(), reverse=True)


def to_sign_in(person: Person, viewer: Viewer, at: datetime) -> bool:
    """Whether they have a place in a session that people sign in to about now."""
    mine = Booking.objects.filter(
        policy.readable(viewer, at, "session__course__item_id"), person=person, state=State.PLACED,
        attended=Attended.UNKNOWN, session__cancelled_at=None, session__starts_at__lte=at + BEFORE,
        session__ends_at__gt=at - OPEN_FOR,
    )  # fmt: skip
    return mine.exists()


def to_say(person: Person, viewer: Viewer, at: datetime) -> list[Session]:
    """The sessions that they were at, and may still say something of, the latest first."""
    mine = Booking.objects.filter(
        policy.readable(viewer, at, "session__course__item_id"), person=person, attended=Attended.YES,
        session__cancelled_at=None, session__starts_at__lte=at, session__ends_at__gt=at - GIVEN_FOR,
    )  # fmt: skip
    mine = mine.exclude(state=State.ENDED).select_related("session__course__item")
    return [one.session for one in mine.order_by("-session__starts_at", "-pk")]
