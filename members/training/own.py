"""Whom somebody may book, and whose bookings they see, as the lead of an organisation."""

from __future__ import annotations

from datetime import datetime

from django.db.models import QuerySet

from members.models import Affiliation, Booking, Person, Session
from members.training.leading import led
from members.training.places import State


def own_people(person: Person, session: Session, at: datetime) -> list[Affiliation]:
    """Whom a lead may book: the people of their organisations who have not booked. Whether each may read the course is
    for the verb to say, which tells no more than that they can't be booked."""
    there = session.bookings.exclude(state=State.ENDED).values("person")
    theirs = Affiliation.objects.at(at).filter(organisation__in=led(person, at))
    open_ones = theirs.filter(person__active_since__lte=at, person__active_until__gt=at).exclude(person=person)
    return list(
        open_ones.exclude(person__in=there)
        .select_related("person", "organisation")
        .order_by("organisation__name", "person__name", "pk")
    )


def seen(person: Person | None, session: Session, at: datetime, *, teaches: bool) -> QuerySet[Booking]:
    """Who comes and who waits, as far as `person` may know: all, where they teach it; a lead their own people."""
    there = session.bookings.exclude(state=State.ENDED).select_related("person", "organisation").order_by("state", "pk")
    if teaches:
        return there
    return there.filter(organisation__in=led(person, at)) if person else there.none()


def place_in_queue(booking: Booking) -> int:
    """How many wait up to and with them."""
    return Booking.objects.filter(session=booking.session_id, state=State.WAITING, pk__lte=booking.pk).count()
