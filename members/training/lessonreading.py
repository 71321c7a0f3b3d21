"""What somebody reads of lessons, through the rule on the item of their course."""

from __future__ import annotations

from datetime import datetime

from django.db.models import QuerySet

from members import policy
from members.models import Attempt, Course, Lesson, Person, Question
from members.policy import Viewer


def lessons(viewer: Viewer, at: datetime) -> QuerySet[Lesson]:
    """The lessons of the self-paced courses that `viewer` reads, in order."""
    readable = policy.readable(viewer, at, "course__item_id")
    found = Lesson.objects.filter(readable, course__form=Course.Form.SELF_PACED)
    return found.select_related("course__item__warp").order_by("course", "number", "pk")


def questions(lesson: Lesson) -> list[Question]:
    """Its bank, for whoever teaches it: those in use first, as they were added."""
    found = list(lesson.questions.order_by("pk"))
    return sorted(found, key=lambda one: one.retired_at is not None)


def under_way(person: Person, lesson: Lesson) -> Attempt | None:
    """The attempt of theirs that is not handed in."""
    return Attempt.objects.filter(person=person, lesson=lesson, handed_in_at=None).first()


def attempt(person: Person, lesson: Lesson, code: str) -> Attempt | None:
    """One attempt of theirs; nobody has another's."""
    found = Attempt.objects.filter(person=person, lesson=lesson, code=code).first()
    if found is not None:
        found.lesson = lesson
    return found
