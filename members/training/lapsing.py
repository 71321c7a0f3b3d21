"""Bookings end with the right that they rest on, in its own transaction: the places are free for whoever waits."""

from __future__ import annotations

from collections import defaultdict
from datetime import datetime

from django.db.models import QuerySet

from members.audit import record
from members.items import locked
from members.models import Booking, Item, Person, Session
from members.training import telling
from members.training.holding import at_a_time
from members.training.places import State, fill, rightful


def lapse(people: QuerySet[Person], at: datetime) -> int:
    """End the bookings ahead of those of `people` who may not read the course any more, or are no more what they come
    as. How many. They are looked up after the change, so name them by what it has not changed.

    A few statements for each course that one of them booked.
    """
    at_a_time(people)
    booked = _ahead(at).filter(person__in=people.order_by().values("pk")).order_by()
    courses = sorted(set(booked.values_list("session__course", flat=True)))
    return sum(_lapse(pk, booked, at) for pk in courses)


def lapse_of(item: Item, at: datetime) -> int:
    """The same of everybody who booked this course."""
    return _lapse(item.pk, _ahead(at), at)


def _ahead(at: datetime) -> QuerySet[Booking]:
    return Booking.objects.filter(session__starts_at__gt=at, session__cancelled_at=None).exclude(state=State.ENDED)


def _lapse(course: int, booked: QuerySet[Booking], at: datetime) -> int:
    booked = booked.filter(session__course=course)
    item = locked(course)
    rightful_ones = rightful(booked, item, at).order_by().values("pk")
    lost: dict[int, list[Booking]] = defaultdict(list)
    for one in booked.exclude(pk__in=rightful_ones).order_by("pk"):
        lost[one.session_id].append(one)
    if not lost:
        return 0
    ended = [one.pk for some in lost.values() for one in some]
    sessions = Session.objects.select_for_update(of=("self",)).filter(pk__in=lost).select_related("course")
    Booking.objects.filter(pk__in=ended).update(state=State.ENDED, ended_at=at)
    for session in sessions.order_by("pk"):
        session.course.item = item
        telling.tell_each(session, lost[session.pk], telling.What.CANCELLED, at)
        fill(session, at)
    record("lapse", at, reference=item.reference, people=len(ended))
    return len(ended)
