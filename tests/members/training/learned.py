"""Self-paced courses of the cast, as rows."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from members import chance
from members.models import Attempt, Course, Lesson, Question
from members.training import quizzes
from tests.conftest import NOON
from tests.members.training.attended import course
from tests.members.world import World

MINUTE = timedelta(minutes=1)


def self_paced(world: World, label: str = "GREEN", lessons: int = 2, bank: int = 3, **case: Any) -> Course:
    """Of the West Midlands: carol teaches it. Each lesson asks two questions of its bank."""
    made = course(world, label, form="self-paced", **case)
    for number in range(1, lessons + 1):
        lesson = Lesson.objects.create(
            course=made, number=number, title=f"Lesson {number}", text=f"Text {number}.", asks=2
        )
        for place in range(bank):
            question(lesson, f"Question {number}.{place}?")
    return made


def question(lesson: Lesson, text: str = "Which?", **fields: Any) -> Question:
    fields = {"choices": ["Right", "Wrong", "Also wrong"], "right": [0], "why": f"Why {text}", **fields}
    return Question.objects.create(lesson=lesson, text=text, **fields)


def lesson(of: Course, number: int = 1) -> Lesson:
    return of.lessons.get(number=number)


def right(attempt: Attempt) -> dict[str, list[int]]:
    return {one.code: list(one.right) for one in quizzes.questions(attempt)}


def wrong(attempt: Attempt) -> dict[str, list[int]]:
    return {one.code: [1] for one in quizzes.questions(attempt)}


def take(world: World, who: str, of: Lesson, at: Any = NOON, *, rightly: bool = True) -> Attempt:
    """`who` takes the whole quiz."""
    person = world.people[who]
    attempt = quizzes.begin(person, of, at)
    return quizzes.hand_in(person, attempt, at, right(attempt) if rightly else wrong(attempt))


def seeded(monkeypatch: pytest.MonkeyPatch, drawn: list[int]) -> None:
    """What chance gives next where a quiz is drawn; codes are drawn as ever."""
    real, left = chance.below, list(drawn)
    monkeypatch.setattr(chance, "below", lambda limit: left.pop(0) if left and limit < 1000 else real(limit))
