"""The bank: the questions of a lesson, of which each quiz draws a few.

Somebody may be asked a question just now, and reads later how it went. So where a quiz of the lesson was ever begun, a
question is not changed: it is retired, and another takes its place.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from members.audit import record
from members.models import Lesson, Person, Question
from members.refused import Refused
from members.training.lessons import held
from members.training.writing import line, lines, within

FEWEST, MOST = 2, 8  # choices of a question
IN_USE = 100  # questions of a lesson
LONGEST_QUESTION, LONGEST_CHOICE, LONGEST_WHY = 500, 300, 1000


@transaction.atomic
def add(
    by: Person, lesson: Lesson, at: datetime, *, text: str, choices: Sequence[str], right: Sequence[int], why: str = ""
) -> Question:
    """One more question. `right`: the positions of the right choices. Raises Refused."""
    course, lesson = held(by, lesson, at)
    _room(lesson)
    made = Question.objects.create(lesson=lesson, **_said(text, choices, right, why))
    record("add_question", at, by=by, reference=course.item.reference, question=made.code)
    return made


@transaction.atomic
def change(
    by: Person, question: Question, at: datetime, *, text: str, choices: Sequence[str], right: Sequence[int],
    why: str = "",
) -> Question:  # fmt: skip
    """It asks this from now on; the question that does. Raises Refused."""
    course, lesson = held(by, question.lesson, at)
    question = lesson.questions.get(pk=question.pk)
    if question.retired_at is not None:
        raise Refused(_("It is retired. Use it again first, then change it."))
    said = _said(text, choices, right, why)
    if all(getattr(question, name) == value for name, value in said.items()):
        return question
    if lesson.attempts.exists():
        Question.objects.filter(pk=question.pk).update(retired_at=at)
        made = Question.objects.create(lesson=lesson, **said)
    else:
        Question.objects.filter(pk=question.pk).update(**said)
        made = question
    record("change_question", at, by=by, reference=course.item.reference, question=made.code)
    return made


@transaction.atomic
def retire(by: Person, question: Question, at: datetime) -> None:
    """No quiz draws it any more; one that is under way keeps it. Twice is once. Raises Refused."""
    course, lesson = held(by, question.lesson, at)
    if lesson.questions.filter(pk=question.pk, retired_at=None).update(retired_at=at):
        record("retire_question", at, by=by, reference=course.item.reference, question=question.code)


@transaction.atomic
def restore(by: Person, question: Question, at: datetime) -> None:
    """It is drawn again. Twice is once. Raises Refused."""
    course, lesson = held(by, question.lesson, at)
    _room(lesson)
    if lesson.questions.filter(pk=question.pk).exclude(retired_at=None).update(retired_at=None):
        record("restore_question", at, by=by, reference=course.item.reference, question=question.code)


def _room(lesson: Lesson) -> None:
    if lesson.questions.filter(retired_at=None).count() >= IN_USE:
        raise Refused(_("The lesson has %d questions in use, and that is the most. Retire one first.") % IN_USE)


def _said(text: str, choices: Sequence[str], right: Sequence[int], why: str) -> dict[str, Any]:
    said = [within(line(one), LONGEST_CHOICE, _("Answer")) for one in choices]
    if not FEWEST <= len(said) <= MOST:
        counts = {"fewest": FEWEST, "most": MOST}
        raise Refused(_("A question has %(fewest)d to %(most)d answers to choose from, right and wrong.") % counts)
    if len({one.casefold() for one in said}) < len(said):
        raise Refused(_("Two of its answers are the same. Take one out."))
    if not right or not set(right) <= set(range(len(said))):
        raise Refused(_("None of its answers is right. Give at least one that is."))
    why = lines(why)
    return {
        "text": within(line(text), LONGEST_QUESTION, _("Question")),
        "choices": said,
        "right": sorted(set(right)),
        "why": within(why, LONGEST_WHY, _("Why")) if why else "",
    }
