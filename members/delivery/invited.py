"""What somebody is told of their own booking: to whom, whether it still holds, and how much of it may be said.

A calendar takes nothing older after what is newer, by its sequence. A mail has no such thing: so what was overtaken
is not sent any more.
"""

from __future__ import annotations

from datetime import datetime

from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from members.calendar.naming import uid
from members.delivery.claimed import Invited
from members.delivery.right import OWN
from members.models import Announcement, Booking, Cell, Delivery, Invitation, Person

What = Invitation.What
# These say all that there is to say of a booking: what came before them holds no more. A reminder does not, since it
# brings no calendar what the invitation before it would have.
WHOLE = (What.PLACED, What.MOVED, What.CANCELLED)
OVERTAKEN = gettext_lazy("A later message about the same booking took its place.")


def alone(announcement: Announcement, people: QuerySet[Person]) -> QuerySet[Person]:
    """Of `people`, who may hear of it, whose booking it is about; all of them where it is about none."""
    if announcement.event not in OWN:
        return people
    return people.filter(pk__in=Booking.objects.filter(invitations=announcement.pk).order_by().values("person"))


def take_over(announcement: Announcement) -> int:
    """Cancel what is still due of the same booking from before, but what a sender holds: the claim asks again. How
    many messages."""
    if announcement.event not in OWN or announcement.invitation.what not in WHOLE:
        return 0
    before = Invitation.objects.filter(booking=announcement.invitation.booking_id, announcement__lt=announcement.pk)
    due = Delivery.objects.filter(announcement__in=before.order_by().values("pk"), state=Delivery.State.DUE)
    return due.filter(lease_until=None).update(state=Delivery.State.CANCELLED, outcome=str(OVERTAKEN))


def of(announcement: Announcement) -> Invitation | None:
    """The invitation that `announcement` is, with all that is said of it; None for every other event."""
    if announcement.event not in OWN:
        return None
    found = Invitation.objects.select_related("booking__session__course")
    one = found.get(pk=announcement.pk)
    one.announcement = announcement
    return one


def overtaken(one: Invitation | None, at: datetime) -> str:
    """Why it no longer holds at `at`, whoever reads it: "" where it does, and where there is none."""
    if one is None:
        return ""
    later = Invitation.objects.filter(booking=one.booking_id, announcement__gt=one.pk, what__in=WHOLE)
    if later.exists():
        return str(OVERTAKEN)
    if one.ends_at <= at:
        return _("It was over before this was sent.")
    if one.what == What.CANCELLED:
        return ""
    if one.booking.session.cancelled_at is not None:
        return _("The session was cancelled before this was sent.")
    return _("The booking had ended before this was sent.") if one.booking.state == Booking.State.ENDED else ""


def said(one: Invitation | None, cell: Cell) -> Invited | None:
    """What `cell` lets be said of it: when, in a notice; what it is about, with the title; where, with the text."""
    if one is None or cell < Cell.NOTICE:
        return None
    booking, session = one.booking, one.booking.session
    waiting = one.what == What.WAITING or (booking.placed_at is None and one.what != What.PLACED)
    more = {}
    if cell >= Cell.TITLE:
        more = {"title": session.course.title}
    if cell == Cell.BODY:
        more |= {"place": one.place, "because": session.cancelled_because}
    if cell == Cell.BODY and one.what != What.CANCELLED and not waiting:
        more["link"] = one.link
    return Invited(
        one.what, uid(booking.code), one.sequence, one.announcement.created_at, one.starts_at, one.ends_at,
        waiting=waiting, called_off=session.cancelled_at is not None, **more,
    )  # fmt: skip
