"""Courses of the cast: carol of wm teaches, whom a label reaches may book."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from members.models import Affiliation, Booking, Course, Invitation, Office, Session
from members.stand import Target
from members.training import booking, courses, scheduling
from members.training.scheduling import Details
from members.training.series import When
from tests.conftest import NOON
from tests.members.world import World

DAY, HOUR = timedelta(days=1), timedelta(hours=1)
WEEK = 7 * DAY
HALL = Details(capacity=2, place="Guildhall", trainer="Dr Vale")


def draft(world: World, who: str = "carol", title: str = "Phishing first aid", **text: Any) -> Course:
    office = Office.objects.select_related("warp").get(person=world.people[who])
    return courses.begin(world.people[who], office, NOON - DAY, title=title, aims="Know one when you see it.", **text)


def course(
    world: World, label: str = "GREEN", targets: Iterable[Target] = (), who: str = "carol", **text: Any
) -> Course:
    made = draft(world, who, **text)
    courses.publish(world.people[who], made.item, NOON - DAY, label, targets)
    return made


def when(starts_at: datetime, hours: int = 3, until: datetime | None = None) -> When:
    return When(starts_at, starts_at + hours * HOUR, until or starts_at)


def session(
    world: World, of: Course | None = None, starts_at: datetime = NOON + WEEK, details: Details = HALL,
    who: str = "carol", until: datetime | None = None,
) -> Session:  # fmt: skip
    of = of or course(world)
    return scheduling.schedule(world.people[who], of, NOON - DAY, when(starts_at, until=until), details)[0]


def book(world: World, name: str, of: Session, at: datetime = NOON, **more: Any) -> Booking:
    return booking.book(world.people[name], of, at, **more)


def lead(world: World, name: str, organisation: str) -> None:
    there = Affiliation.objects.filter(person=world.people[name], organisation=world.organisations[organisation])
    there.update(role=Affiliation.Role.LEAD)


def states(of: Session) -> list[tuple[str, str]]:
    """Who booked it and how that stands, in the order in which they came."""
    found = Booking.objects.filter(session=of).order_by("pk").values_list("person__name", "state")
    return [(name.lower(), state) for name, state in found]


def told(of: Session) -> list[tuple[str, str]]:
    """Whom it owes a message, and which, from the first to the last."""
    found = Invitation.objects.filter(booking__session=of).order_by("pk")
    return [(name.lower(), what) for name, what in found.values_list("booking__person__name", "what")]
