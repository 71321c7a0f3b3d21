"""Who was at a session of a drawn course: what they said of it, and their certificate, whose alone both are."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from members.models import Booking, Certificate, Course, Feedback, Organisation, Person, Session
from tests.prove.draw import HIDDEN, START, Words

if TYPE_CHECKING:
    from tests.prove.worlds import Drawn


def attended(world: Drawn, course: Course, words: Words, name: str, house: Organisation) -> None:
    """`name` was there before the first moment of a walk. Not of what one of two twins has more: a certificate is its
    owner's, whatever they may read, and their lead counts its hours."""
    if words["name"] == HIDDEN:
        return
    person, began = world.people[name], START - timedelta(days=5)
    session = Session.objects.create(
        course=course, starts_at=began, ends_at=began + timedelta(hours=2), books_until=began, capacity=3,
        changed_at=began,
    )  # fmt: skip
    booking = Booking.objects.create(
        session=session, person=person, organisation=house, state="placed", booked_at=began, booked_by=person,
        placed_at=began, attended="yes", attended_at=began, means="code",
    )  # fmt: skip
    fields = ("feedback", "certificate title", "name on it")
    said, title, called = (_token(world, words, name, field) for field in fields)
    Feedback.objects.create(booking=booking, useful=3, pace=3, words=said, given_at=began)
    _certificate(session, person, house, title, called)


def _certificate(session: Session, person: Person, house: Organisation, title: str, called: str) -> None:
    Certificate.objects.create(
        course=session.course, session=session, person=person, organisation=house, name=called, title=title,
        completed_on=session.ends_at.date(), cpd_minutes=60, issued_at=session.ends_at,
    )  # fmt: skip


def _token(world: Drawn, words: Words, name: str, field: str) -> str:
    return world.mint.make(words["place"], field, "mine", {**words, "certified": name})
