"""Lessons and their questions, as whoever teaches the course writes them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from members.models import AuditRow, Course, Lesson, Question
from members.refused import Refused
from members.training import bank, lessons, quizzes
from tests.conftest import NOON
from tests.members.training.attended import course
from tests.members.training.learned import lesson, question, right, self_paced, take
from tests.members.world import World

pytestmark = pytest.mark.django_db
SAID: dict[str, Any] = {"title": "A", "text": "B", "asks": 3}
ASKS: dict[str, Any] = {"text": "Which?", "choices": ["this", "that"], "right": [0]}


def titles(of: Course) -> list[str]:
    return list(of.lessons.order_by("number").values_list("title", flat=True))


def test_a_coordinator_writes_them_and_each_change_is_in_the_trail(world: World) -> None:
    carol, made = world.people["carol"], self_paced(world, label="", lessons=0)
    first = lessons.add(carol, made, NOON, title="  First \n one ", text="a\r\nb\0", asks=3)
    assert (first.number, first.title, first.text) == (1, "First one", "a\nb")
    second = lessons.add(carol, made, NOON, **{**SAID, "title": "Second"})
    lessons.change(carol, first, NOON, title="First", text="c", asks=1)
    lessons.move(carol, second, NOON, up=True)
    assert titles(made) == ["Second", "First"]
    lessons.remove(carol, second, NOON)
    rows = AuditRow.objects.filter(reference=made.item.reference).order_by("pk")
    assert [row.verb for row in rows] == ["add_lesson"] * 2 + ["change_lesson", "move_lesson", "remove_lesson"]
    assert not any("First" in str(row.detail) for row in rows)


@pytest.mark.parametrize(("who", "may"), [("carol", True), ("alice", False), ("kate", False), ("brian", False)])
def test_nobody_else_writes_anything(world: World, who: str, may: bool) -> None:
    made, person = self_paced(world), world.people[who]
    first, asked = lesson(made), lesson(made).questions.earliest("pk")
    acts: list[Callable[[], object]] = [
        lambda: lessons.add(person, made, NOON, **SAID),
        lambda: lessons.change(person, first, NOON, **SAID),
        lambda: lessons.move(person, first, NOON, up=False),
        lambda: bank.add(person, first, NOON, **ASKS),
        lambda: bank.change(person, asked, NOON, **ASKS),
        lambda: bank.retire(person, asked, NOON),
        lambda: bank.restore(person, asked, NOON),
        lambda: lessons.remove(person, first, NOON),
    ]
    for act in acts:
        if may:
            act()
        else:
            with pytest.raises(Refused, match="only the coordinators"):
                act()
    assert AuditRow.objects.filter(reference=made.item.reference).exists() == may
    assert Lesson.objects.filter(course=made, title__startswith="Lesson").count() == (1 if may else 2)


def test_they_move_by_one_and_the_ends_stay(world: World) -> None:
    carol, made = world.people["carol"], self_paced(world, lessons=3)
    one, three = lesson(made, 1), lesson(made, 3)
    lessons.move(carol, one, NOON, up=True)
    lessons.move(carol, three, NOON, up=False)
    assert titles(made) == ["Lesson 1", "Lesson 2", "Lesson 3"]
    lessons.move(carol, one, NOON, up=False)
    lessons.move(carol, one, NOON, up=False)
    assert titles(made) == ["Lesson 2", "Lesson 3", "Lesson 1"]
    lessons.remove(carol, three, NOON)
    added = lessons.add(carol, made, NOON, **SAID)
    assert titles(made) == ["Lesson 2", "Lesson 1", "A"] and added.number > 0


@pytest.mark.parametrize(
    ("bad", "why"),
    [
        ({"title": " \n"}, "“Title” is empty"), ({"text": ""}, "“Text” is empty"),
        ({"title": "x" * 201}, "“Title” is too long"), ({"text": "x" * 20_001}, "“Text” is too long"),
        ({"asks": 0}, "1 to 20"), ({"asks": 21}, "1 to 20"),
    ],
)  # fmt: skip
def test_a_lesson_that_cannot_be_is_refused(world: World, bad: dict[str, Any], why: str) -> None:
    with pytest.raises(Refused, match=why):
        lessons.add(world.people["carol"], self_paced(world), NOON, **{**SAID, **bad})


@pytest.mark.parametrize(
    ("bad", "why"),
    [
        ({"choices": ["this"], "right": [0]}, "2 to 8"), ({"choices": list("abcdefghi")}, "2 to 8"),
        ({"choices": ["This", "this "]}, "the same"), ({"choices": ["this", ""]}, "“Answer” is empty"),
        ({"choices": ["this", "x" * 301]}, "“Answer” is too long"), ({"right": []}, "None of its answers is right"),
        ({"right": [2]}, "None of its answers is right"), ({"right": [-1]}, "None of its answers is right"),
        ({"text": ""}, "“Question” is empty"), ({"text": "x" * 501}, "“Question” is too long"),
        ({"why": "x" * 1001}, "“Why” is too long"),
    ],
)  # fmt: skip
def test_a_question_that_cannot_be_is_refused(world: World, bad: dict[str, Any], why: str) -> None:
    first = lesson(self_paced(world, bank=0))
    with pytest.raises(Refused, match=why):
        bank.add(world.people["carol"], first, NOON, **{**ASKS, **bad})
    assert not Question.objects.exists()


def test_there_is_an_end_to_lessons_and_to_questions(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    made = self_paced(world)
    monkeypatch.setattr(lessons, "MOST", 2)
    monkeypatch.setattr(bank, "IN_USE", 3)
    with pytest.raises(Refused, match="2 lessons already"):
        lessons.add(world.people["carol"], made, NOON, **SAID)
    retired = question(lesson(made), retired_at=NOON)
    with pytest.raises(Refused, match="3 questions in use"):
        bank.add(world.people["carol"], lesson(made), NOON, **ASKS)
    with pytest.raises(Refused, match="3 questions in use"):
        bank.restore(world.people["carol"], retired, NOON)


def test_a_course_that_is_taught_has_no_lessons_to_write(world: World) -> None:
    with pytest.raises(Refused, match="taught in sessions"):
        lessons.add(world.people["carol"], course(world), NOON, **SAID)


def test_a_lesson_whose_quiz_was_taken_stays_and_one_that_was_only_read_goes(world: World) -> None:
    carol, made = world.people["carol"], self_paced(world)
    quizzes.begin(world.people["alice"], lesson(made, 1), NOON)
    with pytest.raises(Refused, match="so it stays"):
        lessons.remove(carol, lesson(made, 1), NOON)
    lessons.remove(carol, lesson(made, 2), NOON)
    assert titles(made) == ["Lesson 1"]
    with pytest.raises(Refused, match="not there any more"):
        lessons.remove(carol, Lesson(pk=-1, course=made), NOON)


def test_a_question_nobody_was_asked_is_changed_and_another_is_retired_with_one_in_its_place(world: World) -> None:
    carol, made = world.people["carol"], self_paced(world, bank=1)
    one = lesson(made).questions.get()
    assert bank.change(carol, one, NOON, **ASKS).pk == one.pk
    attempt = quizzes.begin(world.people["alice"], lesson(made), NOON)
    other = bank.change(carol, one, NOON, text="Which then?", choices=["a", "b"], right=[1])
    one.refresh_from_db()
    assert other.pk != one.pk and one.text == "Which?" and one.retired_at == NOON
    assert quizzes.questions(attempt) == [one]
    with pytest.raises(Refused, match="retired"):
        bank.change(carol, one, NOON, **ASKS)


def test_saving_a_question_as_it_is_does_nothing(world: World) -> None:
    one = question(lesson(self_paced(world, bank=0)), "Which?", choices=["this", "that"], why="")
    take(world, "alice", one.lesson)
    assert bank.change(world.people["carol"], one, NOON, **ASKS).pk == one.pk
    assert not AuditRow.objects.filter(verb="change_question").exists()


def test_a_retired_question_is_drawn_no_more_and_stays_in_what_is_under_way(world: World) -> None:
    carol, alice, made = world.people["carol"], world.people["alice"], self_paced(world, bank=1)
    first = lesson(made)
    attempt = quizzes.begin(alice, first, NOON)
    one = first.questions.get()
    bank.retire(carol, one, NOON)
    bank.retire(carol, one, NOON + timedelta(hours=1))
    one.refresh_from_db()
    assert one.retired_at == NOON
    assert quizzes.hand_in(alice, attempt, NOON, right(attempt)).score == 100
    with pytest.raises(Refused, match="no quiz"):
        quizzes.begin(alice, first, NOON)
    bank.restore(carol, one, NOON)
    assert quizzes.begin(alice, first, NOON).asked == [one.code]
