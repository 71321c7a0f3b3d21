"""How far somebody is with each lesson of a self-paced course."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import Count, Exists, Max, OuterRef, Q
from django.utils.translation import gettext as _

from members.models import Attempt, Course, Lesson, LessonRead, Person, Question


@dataclass(frozen=True)
class Step:
    """A lesson, and how far they are with it. `best`: their best result in per cent, None before the first."""

    lesson: Lesson
    place: int
    quiz: bool
    read: bool = False
    best: int | None = None
    passed: bool = False
    under_way: bool = False

    @property
    def done(self) -> bool:
        return self.read and (self.passed or not self.quiz)

    @property
    def status(self) -> str:
        """In words: nothing is told by a colour."""
        if self.done:
            return _("Passed with %d per cent") % (self.best or 0) if self.quiz else _("Read")
        if self.under_way:
            return _("Quiz begun")
        if self.passed:
            return _("Quiz passed, to read")
        if self.best is not None:
            return _("Not passed yet, best result %d per cent") % self.best
        return _("Read, quiz to do") if self.read else _("To do")

    @property
    def begun(self) -> bool:
        return self.read or self.under_way or self.best is not None


def of(person: Person | None, course: Course) -> list[Step]:
    """Every lesson in order, without its text. Three statements; for nobody, one."""
    in_use = Question.objects.filter(lesson=OuterRef("pk"), retired_at=None)
    lessons = course.lessons.defer("text").annotate(quiz=Exists(in_use.order_by())).order_by("number", "pk")
    if person is None:
        return [Step(one, place, one.quiz) for place, one in enumerate(lessons, 1)]
    read = set(LessonRead.objects.filter(person=person, lesson__course=course).values_list("lesson", flat=True))
    tried = _tried(person, course)
    return [
        Step(one, place, one.quiz, one.pk in read, *tried.get(one.pk, (None, False, False)))
        for place, one in enumerate(lessons, 1)
    ]


def _tried(person: Person, course: Course) -> dict[int, tuple[int | None, bool, bool]]:
    """By lesson: the best result, whether one was passed, and whether one is under way."""
    mine = Attempt.objects.filter(person=person, lesson__course=course).order_by().values("lesson")
    found = mine.annotate(
        best=Max("score"),
        passes=Count("pk", filter=Q(passed=True)),
        under_way=Count("pk", filter=Q(handed_in_at=None)),
    )
    return {one["lesson"]: (one["best"], bool(one["passes"]), bool(one["under_way"])) for one in found}


def at(found: list[Step], lesson: Lesson) -> Step:
    """How far they are with this one; as at the beginning, where it has just been removed."""
    return next((one for one in found if one.lesson.pk == lesson.pk), Step(lesson, 0, quiz=False))


def onwards(found: list[Step], lesson: Lesson) -> Step | None:
    """What to do once this lesson is done: the next that is not, else the first that is not."""
    place = at(found, lesson).place
    left = [one for one in found if not one.done and one.lesson.pk != lesson.pk]
    return next((one for one in left if one.place > place), left[0] if left else None)
