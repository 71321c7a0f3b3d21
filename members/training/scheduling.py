"""Sessions of a course: scheduled, alone or as a series, moved and otherwise changed, cancelled. By whoever teaches."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction
from django.utils.translation import gettext as _

from members import chance
from members.audit import record
from members.models import Course, Person, Session
from members.refused import Refused
from members.training import telling
from members.training.attendance import BEFORE
from members.training.holding import taught, taught_course
from members.training.places import State, fill, open_still, placed
from members.training.series import Series, When, dates

LONGEST = timedelta(days=14)  # a session
SOON = timedelta(days=2)  # before it, whoever has a place is reminded
MOST_PLACES, MOST_PENCE = 2_000, 10_000_00
MOVED = ("starts_at", "ends_at", "place", "link")  # the iCalendar sequence rises with these, and everybody is told


@dataclass(frozen=True)
class Details:
    """What else is to be known of a session."""

    capacity: int
    place: str = ""
    link: str = ""
    trainer: str = ""
    pence: int = 0


@transaction.atomic
def schedule(
    person: Person, course: Course, at: datetime, when: When, details: Details, series: Series | None = None
) -> list[Session]:
    """One session, or with `series` as many as that says, the first of them at `when`. Raises Refused."""
    course = taught_course(person, course.pk, at)
    every = dates(when, series) if series else [when]
    for one in every:
        _possible(one, details, at)
        if one.books_until <= at:
            raise Refused(_("Nobody could book it: the deadline has passed already. Choose a later one."))
    _not_there(course, every, details)
    code = chance.code(8) if len(every) > 1 else ""
    made = Session.objects.bulk_create(
        Session(course=course, series=code, changed_at=at, **vars(one), **vars(details)) for one in every
    )
    record("schedule", at, by=person, reference=course.item.reference, sessions=len(made))
    return made


@transaction.atomic
def change(person: Person, session: Session, at: datetime, when: When, details: Details) -> Session:
    """When, where and for how many. Whoever has a place or waits is told of another time or place; of more places,
    whoever waits gets them. Raises Refused."""
    session = taught(person, session, at)
    open_still(session, at)
    _possible(when, details, at)
    if (inside := placed(session)) > details.capacity:
        raise Refused(_("%(inside)d people have a place already: it can't hold fewer.") % {"inside": inside})
    new = {**vars(when), **vars(details)}
    moved = [name for name in MOVED if getattr(session, name) != new[name]]
    if not moved and all(getattr(session, name) == value for name, value in new.items()):
        return session
    if session.starts_at != when.starts_at and when.starts_at - at > SOON:
        session.reminded_at = None  # of the new time they are reminded again
    if session.starts_at != when.starts_at and at < when.starts_at - BEFORE:
        _signed_in_too_early(session)
    for name, value in new.items():
        setattr(session, name, value)
    session.sequence += bool(moved)
    session.changed_at = at
    session.save()
    if moved:
        there = session.bookings.exclude(state=State.ENDED).order_by("pk")
        telling.tell_each(session, there, telling.What.MOVED, at)
    record("change_session", at, by=person, reference=session.course.item.reference, session=session.code,
           moved=bool(moved))  # fmt: skip
    fill(session, at)
    return session


@transaction.atomic
def cancel(person: Person, session: Session, at: datetime, reason: str) -> None:
    """It does not take place: all bookings end, and whose they were is told. Raises Refused."""
    session, reason = taught(person, session, at), " ".join(reason.replace("\0", "").split())
    open_still(session, at)
    if not reason or len(reason) > 500:
        raise Refused(_("Say in at most 500 characters why it does not take place: everybody who booked reads it."))
    session.cancelled_at, session.cancelled_because = at, reason
    session.sequence += 1
    session.changed_at = at
    session.save()
    theirs = list(session.bookings.exclude(state=State.ENDED).order_by("pk"))
    session.bookings.filter(pk__in=[one.pk for one in theirs]).update(state=State.ENDED, ended_at=at)
    telling.tell_each(session, theirs, telling.What.CANCELLED, at)
    record("cancel_session", at, by=person, reference=session.course.item.reference, session=session.code,
           people=len(theirs))  # fmt: skip


def _signed_in_too_early(session: Session) -> None:
    """Whoever was there before it was moved to another day has not been there on that: nobody is said to have come yet,
    and the code that the room was shown signs nobody in."""
    session.sign_in_code = ""
    session.bookings.exclude(attended="").update(attended="", attended_at=None, means="")


def _possible(when: When, details: Details, at: datetime) -> None:
    """Raise Refused where there can be no such session."""
    if when.starts_at <= at:
        raise Refused(_("It would begin in the past. Choose a time that is ahead."))
    if not timedelta(0) < when.ends_at - when.starts_at <= LONGEST:
        raise Refused(_("It ends after it begins, and two weeks later at the latest. Look at both times once more."))
    if when.books_until > when.starts_at:
        raise Refused(_("It is booked until it begins at the latest. Choose an earlier deadline."))
    if not details.place and not details.link:
        raise Refused(_("Say where it is: a place, a link to join it, or both."))
    if details.link and not details.link.startswith("https://"):
        raise Refused(_("The link to join it begins with https://."))
    if not 1 <= details.capacity <= MOST_PLACES:
        raise Refused(_("It holds from 1 to %(most)d people.") % {"most": MOST_PLACES})
    if not 0 <= details.pence <= MOST_PENCE:
        raise Refused(_("A place costs from nothing to 10,000 pounds."))
    if any("\0" in text for text in (details.place, details.link, details.trainer)):
        raise Refused(_("Take out what is no text."))


def _not_there(course: Course, every: list[When], details: Details) -> None:
    """A nervous thumb schedules nothing twice. In another room it may be at the same time."""
    there = Session.objects.filter(
        course=course, cancelled_at=None, place=details.place, link=details.link,
        starts_at__in=[one.starts_at for one in every],
    )  # fmt: skip
    if there.exists():
        raise Refused(_("It is scheduled for one of these times, there, already. Look at its sessions."))
