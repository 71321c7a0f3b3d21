"""What somebody is told of their own booking: the rows that owe it. Planning and the sender ask the rule as ever."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from members import tasks
from members.models import Announcement, Booking, Delivery, Invitation, Item, Session, Tier

What = Invitation.What


def cancelling(item: Item, at: datetime) -> bool:
    """Whether somebody is still to hear that they need not come, to a session of the course of `item` that was ahead.
    They would not, once they read the course no more."""
    ends = Announcement.objects.filter(item=item, invitation__what=What.CANCELLED, invitation__ends_at__gt=at)
    due = Delivery.objects.filter(announcement__in=ends.order_by().values("pk"), state=Delivery.State.DUE)
    return ends.filter(planned_at=None).exists() or due.exists()


def tell(booking: Booking, what: What, at: datetime) -> None:
    """Owe the person of `booking` a message of its session as that is now. Part of the verb above."""
    tell_each(booking.session, [booking], what, at)


def tell_each(session: Session, bookings: Iterable[Booking], what: What, at: datetime) -> None:
    """The same for many bookings of one session, in two statements."""
    bookings, item = list(bookings), session.course.item
    if not bookings:
        return
    announcements = Announcement.objects.bulk_create(
        Announcement(
            event=Announcement.Event.INVITED, item=item, version=1, realm=item.realm, tier=Tier.INFORMATION,
            created_at=at, due_at=at,
        )
        for _booking in bookings
    )  # fmt: skip
    Invitation.objects.bulk_create(
        Invitation(
            announcement=announcement, booking=booking, what=what, sequence=session.sequence,
            starts_at=session.starts_at, ends_at=session.ends_at, place=session.place, link=session.link,
        )
        for announcement, booking in zip(announcements, bookings, strict=True)
    )  # fmt: skip
    tasks.nudge()
