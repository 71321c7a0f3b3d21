"""What a learner may do, and when: as long as they read the course, and it stands released."""

from __future__ import annotations

from datetime import datetime

from django.utils.translation import gettext as _

from members import permits
from members.models import Course, Item, Lesson, Person
from members.refused import Refused
from members.training import courses
from members.training.holding import held_course


def held(person: Person, lesson: Lesson, at: datetime) -> tuple[Course, Lesson]:
    """The lesson, with its course that is held until the transaction ends: what two tabs do comes one after the other.
    Raises Refused."""
    course = held_for(person, lesson.course_id, at)
    found = Lesson.objects.filter(pk=lesson.pk, course=course).first()
    if found is None:
        raise Refused(_("The lesson is not there any more. Go on with the others."))
    found.course = course
    return course, found


def held_for(person: Person, course: int, at: datetime) -> Course:
    """The course, held, where `person` may learn it. Raises Refused."""
    found = held_course(course)
    if not permits.can(person, "learn", found.item, at) or not is_open(found.item, at):
        raise Refused(_("The course is not open now: nothing of it is kept until it is published."))
    if found.form != Course.Form.SELF_PACED:
        raise Refused(_("This course is taught in sessions: book one of them."))
    return found


def is_open(item: Item, at: datetime) -> bool:
    """Whether the course of `item` stands released."""
    return courses.released(item, at) is not None
