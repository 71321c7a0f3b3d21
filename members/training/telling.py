"""What somebody is told of their own booking: the rows that owe it. Planning and the sender ask the rule as ever."""

from __future__ import annotations

from datetime import datetime

from members import tasks
from members.models import Announcement, Booking, Invitation, Tier

What = Invitation.What


def tell(booking: Booking, what: What, at: datetime) -> None:
    """Owe the person of `booking` a message of its session as that is now. Part of the verb above."""
    session = booking.session
    item = session.course.item
    announcement = Announcement.objects.create(
        event=Announcement.Event.INVITED, item=item, version=1, realm=item.realm, tier=Tier.INFORMATION,
        created_at=at, due_at=at,
    )  # fmt: skip
    Invitation.objects.create(
        announcement=announcement, booking=booking, what=what, sequence=session.sequence,
        starts_at=session.starts_at, ends_at=session.ends_at, place=session.place, link=session.link,
    )  # fmt: skip
    tasks.nudge()
