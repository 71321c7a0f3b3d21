"""A session, held by whoever teaches it while they note something of it."""

from __future__ import annotations

from datetime import datetime

from django.utils.translation import gettext as _

from members import policy
from members.items import locked
from members.models import Course, Person, Session
from members.refused import Refused


def taught(by: Person, session: Session, at: datetime) -> Session:
    """The session as it is now, held with its course (that first) until the transaction ends. Raises Refused where `by`
    doesn't teach it."""
    course = taught_course(by, session.course_id, at)
    found = Session.objects.select_for_update(of=("self",)).get(pk=session.pk)
    found.course = course
    return found


def taught_course(by: Person, course: int, at: datetime) -> Course:
    """The same of a course, by the id of its item."""
    found = held_course(course)
    if not policy.can(by, "teach", found.item, at):
        raise Refused(_("You can't do this: only the coordinators of the course's WARP can."))
    return found


def held_course(course: int) -> Course:
    """The course, held, whoever asks: for the hub itself."""
    item = locked(course)
    found = Course.rows.get(pk=course)
    found.item = item
    return found
