"""What somebody has booked, as a calendar of their own is told it by an address with a secret in it.

A credential sees what its owner reads and what stands released, so a course that they read no more is gone from here.
The table's column is that of Atom, whose address has such a secret too: where it allows no title, a booking is a time
that is taken and nothing else, since that much is its owner's own.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta

from django.conf import settings
from django.utils.translation import gettext as _

from members import kinds, policy, tlp
from members.calendar.naming import uid
from members.calendar.values import Entry
from members.delivery.ics import generic, organiser
from members.models import Booking, Cell, Credential, Realm
from members.policy import Viewer
from members.shows import Exit, Stand, stands

BACK = timedelta(days=90)
HELD = (Booking.State.PLACED, Booking.State.WAITING)


def feed(credential: Credential, at: datetime) -> bytes:
    """The calendar of whose `credential` is. A few statements, however many they booked."""
    from members.calendar import write  # no other page needs it

    return write.feed(_entries(_bookings(credential, at), at), organiser(), generic())


def _bookings(credential: Credential, at: datetime) -> Iterable[Booking]:
    """Ahead, and of the last 90 days: with a place or waiting, of sessions that take place, of what they read."""
    viewer = Viewer(credential=credential.pk)
    mine = Booking.objects.filter(person=credential.person_id, state__in=HELD)
    mine = mine.filter(session__cancelled_at=None, session__ends_at__gt=at - BACK)
    mine = mine.filter(policy.readable(viewer, at, "session__course__item_id"))
    mine = mine.filter(session__course__item__realm=Realm.REAL)
    return mine.select_related("session__course__item__warp").order_by("session__starts_at", "pk")


def _entries(bookings: Iterable[Booking], at: datetime) -> Iterator[Entry]:
    found = list(bookings)
    stood = stands({one.session.course.item for one in found}, at)
    for one in found:
        stand = stood[one.session.course.item_id]
        if stand.row in tlp.LABELS and stand.row != tlp.RED and not stand.withdrawn:
            yield _entry(one, stand)


def _entry(one: Booking, stand: Stand) -> Entry:
    session, item, cell = one.session, one.session.course.item, stand.cell(Exit.ATOM)
    title, place, words, url = generic(), "", "", ""
    if cell >= Cell.TITLE:
        title = f"[{tlp.display(stand.label)}] {session.course.title}"
        url = f"{settings.BASE_URL}{kinds.page(item)}"
        words = _("Training of %(warp)s: %(url)s") % {"warp": item.warp.name, "url": url}
    if cell == Cell.BODY:
        place = session.place
    if cell == Cell.BODY and session.link and one.state == Booking.State.PLACED:
        words += "\n" + _("To join: %(link)s") % {"link": session.link}
    return Entry(
        uid(one.code), session.sequence, max(session.changed_at, one.placed_at or one.booked_at),
        session.starts_at, session.ends_at, title, place, words, url,
        private=stand.label != tlp.CLEAR, tentative=one.state == Booking.State.WAITING,
    )  # fmt: skip
