"""What whoever teaches a self-paced course knows of its learners: how many there are, and which questions need mending.
Nobody's answers, and nothing of few."""

from __future__ import annotations

from collections import Counter
from typing import NamedTuple

from members.models import Attempt, Certificate, Course, Lesson, LessonRead
from members.training import marking

FEWEST = 5  # people, before anything is said of a question
STEP = 10  # per cent: one answer more would tell whose it was


class Counts(NamedTuple):
    began: int
    completed: int


class Rate(NamedTuple):
    """Of a question: how many people answered it, and about how many per cent of them rightly the first time. `right`
    is None where they are few."""

    people: int
    right: int | None


def counts(course: Course) -> Counts:
    """How many people began it, and how many have a certificate of its lessons."""
    read = LessonRead.objects.filter(lesson__course=course).order_by().values("person")
    tried = Attempt.objects.filter(lesson__course=course).order_by().values("person")
    have = Certificate.objects.filter(course=course, session=None, revoked_at=None).order_by()
    return Counts(read.union(tried).count(), have.values("person").distinct().count())


def rates(lesson: Lesson) -> dict[str, Rate]:
    """By code of a question that was answered. Two statements."""
    questions = {one.code: one for one in lesson.questions.all()}
    people, right, met = Counter[str](), Counter[str](), set[tuple[int, str]]()
    handed_in = Attempt.objects.filter(lesson=lesson).exclude(handed_in_at=None).order_by("handed_in_at", "pk")
    for person, asked, chosen in handed_in.values_list("person", "asked", "chosen").iterator():
        for code in asked:
            if code in questions and (person, code) not in met:
                met.add((person, code))
                people[code] += 1
                right[code] += marking.is_right(questions[code], chosen.get(code, ()))
    return {code: Rate(count, _about(right[code], count)) for code, count in people.items()}


def _about(right: int, count: int) -> int | None:
    return STEP * round(100 * right / count / STEP) if count >= FEWEST else None
