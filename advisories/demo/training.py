"""Courses of the demonstration with sessions behind and ahead: places taken, a waiting list, a draft. Made up."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from typing import NamedTuple

from django.core.files.base import ContentFile

from advisories import children
from advisories.demo.writings import CARA
from members import permits
from members.models import Booking, Course, Person, Session, Warp
from members.stand import Target
from members.times import LONDON
from members.tlp import AMBER, CLEAR, GREEN
from members.training import booking, courses, scheduling
from members.training.scheduling import Details
from members.training.series import Series, Unit, When, dates

WRITTEN = timedelta(days=60)
HUW, DEEPA = "huw.pryce@humberdale.example.org", "deepa.nair@wyreford.example.org"
LENA, SAM, PRIYA = (f"{name}@avonbridge.example.org" for name in ("lena.fox", "sam.reed", "priya.shah"))
JOSS, OWEN, ANA = "joss.hale@oxbow.example.org", "owen.marsh@clunmoor.example.org", "ana.petrov@eastmarl.example.org"
BEA, KARL = "bea.lund@thornmere.example.org", "karl.iversen@kelderby.example.org"


class Taught(NamedTuple):
    """A course, and its first session: so many days from now, at this hour of UK clocks, and so on every so often."""

    by: str
    title: str
    aims: str
    level: Course.Level
    label: str
    days: int
    hour: int
    details: Details
    series: Series
    booked: tuple[tuple[str, ...], ...] = ()  # of each session, in the order in which they came
    cpd_minutes: int = 120
    warps: tuple[str, ...] = ()


TAUGHT = (
    Taught(CARA, "The first hour of an incident", "Who rings whom, what is written down, what is switched off and what"
           " is not.\nFor those who are on call: bring your own call list.", Course.Level.FOUNDATION, GREEN, -30, 10,
           Details(4, "Council House, Avonbridge, room 4", trainer="Deepa Nair"), Series(3, 5, Unit.WEEKS),
           ((LENA, SAM, OWEN), (SAM, PRIYA, JOSS, BEA, KARL, ANA), (OWEN,))),
    Taught(CARA, "Reading mail headers", "Where a mail came from, and what a header can’t tell you. Practice with ten"
           " mails that members were sent.", Course.Level.PRACTITIONER, AMBER, 9, 14,
           Details(12, link="https://meet.example.org/headers", trainer="Cara Orr"), Series(1), ((SAM, ANA),), 90,
           ("demo-severn",)),
    Taught(HUW, "Passwords, and what comes after them", "An hour for everybody who works in a public body, whoever"
           " they are.", Course.Level.AWARENESS, CLEAR, 16, 12,
           Details(60, "Kelderby Guildhall", "https://meet.example.org/passwords", "Huw Pryce"),
           Series(3, 1, Unit.QUARTERS), ((KARL, PRIYA),), 60),
)  # fmt: skip
DRAFT = "Tabletop: ransomware at a supplier"
HANDOUT = "Call list: duty telephone, press office, data protection officer, insurer, police (101 or Action Fraud).\n"


def train(at: datetime) -> None:
    for taught in TAUGHT:
        _teach(taught, at)
    cara = Person.objects.get(email=CARA)
    office = permits.coordinates(cara, at)[0]
    courses.begin(cara, office, at - timedelta(days=3), title=DRAFT, level=Course.Level.ADVANCED)


def _teach(taught: Taught, at: datetime) -> None:
    person, then = Person.objects.get(email=taught.by), at - WRITTEN
    office = permits.coordinates(person, then)[0]
    course = courses.begin(
        person, office, then, title=taught.title, aims=taught.aims, level=taught.level, cpd_minutes=taught.cpd_minutes
    )
    targets: list[Target] = [("warp", Warp.objects.get(slug=slug).pk) for slug in taught.warps]
    courses.publish(person, course.item, then, taught.label, targets)
    if taught is TAUGHT[0]:
        children.attach(person, course.item, then, "call-list.txt", ContentFile(HANDOUT.encode()))
    made = scheduling.schedule(person, course, then, dates(_first(taught, at), taught.series)[0], taught.details,
                               taught.series)  # fmt: skip
    for session, people in zip(made, taught.booked, strict=False):
        _book(session, people, at)


def _first(taught: Taught, at: datetime) -> When:
    """On the next working day from there, where a fifth weekday would be in no month on an earlier one."""
    on = at.astimezone(LONDON).date() + timedelta(days=taught.days)
    while on.weekday() > 4 or on.day > 28:
        on += timedelta(days=1)
    begins = datetime.combine(on, time(taught.hour), LONDON)
    ends = datetime.combine(on, time(taught.hour), LONDON) + timedelta(minutes=taught.cpd_minutes)
    return When(begins, ends, begins)


def _book(session: Session, people: tuple[str, ...], at: datetime) -> None:
    """Each an hour after the one before; those of a session that was came to it."""
    then = min(at, session.starts_at) - timedelta(days=2)
    for number, email in enumerate(people):
        booking.book(Person.objects.get(email=email), session, then + timedelta(hours=number))
    if session.ends_at < at:
        there = Booking.objects.filter(session=session)
        there.update(attended=Booking.Attended.YES, attended_at=session.starts_at, means=Booking.Means.TRAINER)
