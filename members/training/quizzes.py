"""A quiz of one lesson: begun, when its questions are drawn from the bank, and handed in, when it is marked.

What somebody answered is theirs. The audit says that they did it and of which lesson, under no item's reference: the
course's trail would tell its coordinators.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from members import chance
from members.audit import record
from members.models import Attempt, Lesson, Person, Question
from members.refused import Refused
from members.training import learning, marking, progress


@transaction.atomic
def begin(person: Person, lesson: Lesson, at: datetime) -> Attempt:
    """`person` takes the quiz of `lesson`. Who has begun it and not handed it in goes on with that one. Raises Refused
    where there is nothing to ask."""
    _course, lesson = learning.held(person, lesson, at)
    if under_way := Attempt.objects.filter(person=person, lesson=lesson, handed_in_at=None).first():
        return under_way
    bank = list(lesson.questions.filter(retired_at=None).order_by("pk").values_list("code", flat=True))
    if not bank:
        raise Refused(_("This lesson has no quiz: reading it is enough."))
    made = Attempt.objects.create(person=person, lesson=lesson, asked=draw(bank, lesson.asks), began_at=at)
    record("begin_quiz", at, by=person, lesson=lesson.code)
    return made


@transaction.atomic
def hand_in(person: Person, attempt: Attempt, at: datetime, chosen: Mapping[str, Sequence[int]]) -> Attempt:
    """It is marked, once. `chosen`: by code of a question, the positions that were chosen. What was not asked, and what
    is no choice, counts as nothing; what is missing, as wrong. Raises Refused."""
    course, lesson = learning.held(person, attempt.lesson, at)
    found = Attempt.objects.select_for_update(of=("self",)).get(pk=attempt.pk, person=person, lesson=lesson)
    if found.handed_in_at is not None:
        return found  # in another tab, or by a nervous thumb
    asked = questions(found)
    found.chosen = {one.code: marking.tidy(one, chosen.get(one.code)) for one in asked}
    found.score = marking.score(asked, found.chosen)
    found.passed = found.score >= course.pass_mark
    found.handed_in_at = at
    found.save(update_fields=["chosen", "score", "passed", "handed_in_at"])
    record("hand_in_quiz", at, by=person, lesson=lesson.code)
    progress.complete(person, course, at)
    return found


def draw(bank: Sequence[str], most: int) -> list[str]:
    """`most` of them by chance, each once, in the order in which they were drawn; all, where there are fewer."""
    left = list(bank)
    return [left.pop(chance.below(len(left))) for _ in range(min(most, len(left)))]


def questions(attempt: Attempt) -> list[Question]:
    """What it asks, in its order; retired ones too."""
    found = {one.code: one for one in Question.objects.filter(lesson=attempt.lesson_id, code__in=attempt.asked)}
    return [found[code] for code in attempt.asked if code in found]


def of(person: Person, lesson: Lesson) -> QuerySet[Attempt]:
    """The attempts of `person`, and of nobody else, the latest first."""
    return Attempt.objects.filter(person=person, lesson=lesson).order_by("-began_at", "-pk")
