"""The places of a session, and who moves up into one that is free. Whoever acts on them holds the session."""

from __future__ import annotations

from datetime import datetime

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from members import policy
from members.audit import record
from members.belonging import in_office, of_this, open_account
from members.models import Booking, Item, Session
from members.refused import Refused
from members.training import telling

State = Booking.State


def open_still(session: Session, at: datetime) -> None:
    """Raise Refused where nothing can be changed about it any more."""
    if session.cancelled_at is not None:
        raise Refused(_("This session is cancelled."))
    if session.starts_at <= at:
        raise Refused(_("This session has begun already."))


def placed(session: Session) -> int:
    """How many have a place."""
    return session.bookings.filter(state=State.PLACED).count()


def in_force(at: datetime) -> Q:
    """Of bookings: that the account is open, and that under which they come still lasts."""
    return (of_this(at) | Q(organisation=None) & in_office(at)) & open_account(at)


def rightful(bookings: QuerySet[Booking], item: Item, at: datetime) -> QuerySet[Booking]:
    """Those of them, all of sessions of the course of `item`, whose person still reads it and comes as they said."""
    readers = policy.audience(item, at).order_by().values("pk")
    return bookings.filter(in_force(at), person__in=readers)


def fill(session: Session, at: datetime) -> int:
    """The first who wait move up into what is free, and are told. How many. The caller holds the session."""
    if session.cancelled_at is not None or session.starts_at <= at:
        return 0
    waiting = Booking.objects.filter(session=session, state=State.WAITING)
    free = session.capacity - placed(session)
    if free <= 0 or not waiting.exists():
        return 0
    item = session.course.item
    moved = list(rightful(waiting, item, at).order_by("pk")[:free])
    Booking.objects.filter(pk__in=[one.pk for one in moved]).update(state=State.PLACED, placed_at=at)
    telling.tell_each(session, moved, telling.What.PLACED, at)
    if moved:
        record("move_up", at, reference=item.reference, session=session.code, people=len(moved))
    return len(moved)
