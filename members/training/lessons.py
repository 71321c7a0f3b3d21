"""The lessons of a self-paced course: written, put in order and taken away by the coordinators of its WARP."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from members.audit import record
from members.models import Course, Lesson, Person
from members.refused import Refused
from members.training.holding import taught_course
from members.training.writing import line, lines, within

MOST = 50  # lessons of a course
MOST_ASKED = 20  # questions of one quiz
LONGEST_TITLE, LONGEST_TEXT = 200, 20_000


@transaction.atomic
def add(by: Person, course: Course, at: datetime, *, title: str, text: str, asks: int) -> Lesson:
    """One more lesson, the last. Raises Refused."""
    course = taught(by, course.pk, at)
    if course.lessons.count() >= MOST:
        raise Refused(_("The course has %d lessons already, and that is the most. Make a second course.") % MOST)
    last = course.lessons.aggregate(last=Max("number"))["last"] or 0
    made = Lesson.objects.create(course=course, number=last + 1, **_said(title, text, asks))
    record("add_lesson", at, by=by, reference=course.item.reference, lesson=made.code)
    return made


@transaction.atomic
def change(by: Person, lesson: Lesson, at: datetime, *, title: str, text: str, asks: int) -> Lesson:
    """It says this from now on, to who reads it again too. Raises Refused."""
    course, lesson = held(by, lesson, at)
    said = _said(title, text, asks)
    for name, value in said.items():
        setattr(lesson, name, value)
    lesson.save(update_fields=list(said))
    record("change_lesson", at, by=by, reference=course.item.reference, lesson=lesson.code)
    return lesson


@transaction.atomic
def move(by: Person, lesson: Lesson, at: datetime, *, up: bool) -> None:
    """It changes places with the one before it, or after it; the first stays the first. Raises Refused."""
    course, lesson = held(by, lesson, at)
    others = course.lessons.filter(number__lt=lesson.number) if up else course.lessons.filter(number__gt=lesson.number)
    other = others.order_by("-number" if up else "number").first()
    if other is None:
        return
    mine, theirs = lesson.number, other.number
    # No two have one number at any moment, and none has 0.
    for pk, number in ((lesson.pk, 0), (other.pk, mine), (lesson.pk, theirs)):
        Lesson.objects.filter(pk=pk).update(number=number)
    record("move_lesson", at, by=by, reference=course.item.reference, lesson=lesson.code)


@transaction.atomic
def remove(by: Person, lesson: Lesson, at: datetime) -> None:
    """It is there no more, with its questions. Raises Refused where somebody took its quiz: how that went stays."""
    course, lesson = held(by, lesson, at)
    if lesson.attempts.exists():
        raise Refused(_("People have taken its quiz, and keep how it went: so it stays. Retire its questions, and say"
                        " in its text what takes its place. Reading it is then enough."))  # fmt: skip
    record("remove_lesson", at, by=by, reference=course.item.reference, lesson=lesson.code)
    lesson.delete()


def held(by: Person, lesson: Lesson, at: datetime) -> tuple[Course, Lesson]:
    """The lesson as it is now, held with its course until the transaction ends. Raises Refused."""
    course = taught(by, lesson.course_id, at)
    found = Lesson.objects.filter(pk=lesson.pk, course=course).first()
    if found is None:
        raise Refused(_("The lesson is not there any more: another coordinator has removed it."))
    found.course = course
    return course, found


def taught(by: Person, course: int, at: datetime) -> Course:
    """The self-paced course, held, where `by` teaches it. Raises Refused."""
    found = taught_course(by, course, at)
    if found.form != Course.Form.SELF_PACED:
        raise Refused(_("This course is taught in sessions. Say first that it is self-paced, then write its lessons."))
    return found


def _said(title: str, text: str, asks: int) -> dict[str, object]:
    if not 1 <= asks <= MOST_ASKED:
        raise Refused(_("A quiz asks 1 to %d questions. Choose a number between them.") % MOST_ASKED)
    return {
        "title": within(line(title), LONGEST_TITLE, _("Title")),
        "text": within(lines(text), LONGEST_TEXT, _("Text")),
        "asks": asks,
    }
