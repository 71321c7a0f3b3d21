"""A course, and a session of it, held while a verb changes something of them: the item of the course first and then
the session, always in this order, so that of two at once one waits for the other."""

from __future__ import annotations

from datetime import datetime

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from members import permits
from members.items import locked
from members.models import Course, Person, Session
from members.refused import Refused


def at_a_time(people: QuerySet[Person]) -> None:
    """Held before any session is, and before a WARP is: whoever books for these people, and whoever ends a right of
    theirs, comes one after the other. Else who books just then would keep a place under what ended meanwhile."""
    found = Person.objects.select_for_update(no_key=True).filter(pk__in=people.order_by().values("pk"))
    list(found.order_by("pk").values_list("pk", flat=True))


def taught(by: Person, session: Session, at: datetime) -> Session:
    """The session as it is now, where `by` teaches it. Raises Refused."""
    return _held(session, taught_course(by, session.course_id, at))


def held(session: Session) -> Session:
    """The same, whoever asks: for who books, and the hub itself."""
    return _held(session, held_course(session.course_id))


def _held(session: Session, course: Course) -> Session:
    found = Session.objects.select_for_update(of=("self",)).get(pk=session.pk)
    found.course = course
    return found


def taught_course(by: Person, course: int, at: datetime) -> Course:
    """The course of that item, where `by` teaches it. Raises Refused."""
    found = held_course(course)
    if not permits.can(by, "teach", found.item, at):
        raise Refused(_("You can't do this: only the coordinators of the course's WARP can."))
    return found


def held_course(course: int) -> Course:
    """The same, whoever asks."""
    item = locked(course)
    found = Course.rows.get(pk=course)
    found.item = item
    return found
