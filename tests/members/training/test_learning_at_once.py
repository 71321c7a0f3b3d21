"""Two tabs, or two thumbs, in the same moment: one attempt, one result, one certificate."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from typing import TypeVar

import pytest
from django.db import connection

from members.models import Attempt, Certificate, Lesson
from members.training import lessons, progress, quizzes
from tests.advisories.test_publish_at_once import at_once, shared
from tests.conftest import NOON
from tests.members.training.learned import lesson, right, self_paced, wrong
from tests.members.world import World

pytestmark = pytest.mark.django_db(transaction=True)
Found = TypeVar("Found")


def there(ask: Callable[[], Found]) -> Found:
    """What a connection sees that comes after them."""

    def look() -> Found:
        try:
            return ask()
        finally:
            connection.close()

    with ThreadPoolExecutor(1) as pool:
        return pool.submit(look).result()


def test_the_last_two_quizzes_handed_in_at_once_give_one_certificate(world: World, tmp_path: Path) -> None:
    alice, made = world.people["alice"], self_paced(world, lessons=3)
    attempts = []
    for number in (1, 2, 3):
        progress.read(alice, lesson(made, number), NOON)
        attempts.append(quizzes.begin(alice, lesson(made, number), NOON))
    acts = [partial(quizzes.hand_in, alice, one, NOON, right(one)) for one in attempts]
    with shared(tmp_path):
        assert at_once([*acts, *acts]) == ["Attempt"] * 6
        assert there(Certificate.objects.count) == 1
        assert there(Attempt.objects.filter(passed=True).count) == 3


def test_begun_in_three_tabs_at_once_it_is_one_attempt(world: World, tmp_path: Path) -> None:
    first = lesson(self_paced(world, bank=20))
    with shared(tmp_path):
        assert at_once([partial(quizzes.begin, world.people["alice"], first, NOON)] * 3) == ["Attempt"] * 3
        assert there(Attempt.objects.count) == 1


def test_handed_in_at_once_with_two_answers_the_first_is_kept(world: World, tmp_path: Path) -> None:
    attempt = quizzes.begin(world.people["alice"], lesson(self_paced(world)), NOON)
    answers = (right(attempt), wrong(attempt))
    with shared(tmp_path):
        at_once([partial(quizzes.hand_in, world.people["alice"], attempt, NOON, one) for one in answers])
        kept = there(Attempt.objects.get)
        assert (kept.score, kept.chosen) in ((100, answers[0]), (0, answers[1]))


def test_a_lesson_that_is_removed_while_its_quiz_begins_stays_or_was_never_begun(world: World, tmp_path: Path) -> None:
    made = self_paced(world, lessons=1)
    first = lesson(made)
    with shared(tmp_path):
        came = at_once([
            partial(quizzes.begin, world.people["alice"], first, NOON),
            partial(lessons.remove, world.people["carol"], first, NOON),
        ])  # fmt: skip
        assert there(Lesson.objects.count) == there(Attempt.objects.count) == ("Attempt" in came)
