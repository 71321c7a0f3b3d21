"""How far somebody is with a self-paced course: theirs to know, and kept until they are erased."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from members.audit import record
from members.models import Attempt, Certificate, Course, Lesson, LessonRead, Person
from members.refused import Refused
from members.times import LONDON
from members.training import certifying, learning, steps


@transaction.atomic
def read(person: Person, lesson: Lesson, at: datetime) -> None:
    """They have read it to its end. Twice is once. Raises Refused."""
    course, lesson = learning.held(person, lesson, at)
    _row, new = LessonRead.objects.get_or_create(person=person, lesson=lesson, defaults={"at": at})
    if new:
        record("read_lesson", at, by=person, lesson=lesson.code)  # under no reference, as quizzes.py says
    complete(person, course, at)


@transaction.atomic
def claim(person: Person, course: Course, at: datetime) -> Certificate:
    """The certificate of who did all that there is: a lesson that they lacked may have gone. Raises Refused."""
    course = learning.held_for(person, course.pk, at)
    found = certificate_of(person, course) or complete(person, course, at)
    if found is None:
        raise Refused(_("There is something left to do: read each lesson, and pass each quiz."))
    return found


def complete(person: Person, course: Course, at: datetime) -> Certificate | None:
    """Part of a verb that holds `course`: where they have done all of it, they get their certificate. Once: what was
    added later takes none away, and of who had theirs revoked a coordinator decides."""
    if certificate_of(person, course) is not None:
        return None
    found = steps.of(person, course)
    if not found or not all(one.done for one in found):
        return None
    return certifying.issue(person, course, at, completed_on=at.astimezone(LONDON).date())


def certificate_of(person: Person, course: Course) -> Certificate | None:
    """The one that they have of the course's lessons; the latest, revoked or not."""
    return Certificate.objects.filter(person=person, course=course, session=None).order_by("-pk").first()


def forget(person: Person) -> None:
    """Who is erased never read or answered anything."""
    LessonRead.objects.filter(person=person).delete()
    Attempt.objects.filter(person=person).delete()
