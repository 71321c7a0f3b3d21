"""A self-paced course of the demonstration: written and published by Cara, and taken by some of Severn's members."""

from __future__ import annotations

from datetime import datetime, timedelta

from advisories.demo.lessonwords import AIMS, LESSONS, TITLE, one_line
from advisories.demo.writings import CARA
from members import permits
from members.models import Attempt, Course, Person
from members.tlp import GREEN
from members.training import bank, courses, progress, quizzes
from members.training import lessons as verbs

WRITTEN, PUBLISHED, TAKEN = timedelta(days=21), timedelta(days=20), timedelta(days=9)
ASKS = 3
# How many of the lessons each has done. Whose number is below none has failed the first quiz, and may try again.
LEARNERS = {
    "lena.fox@avonbridge.example.org": 3,
    "priya.shah@avonbridge.example.org": 1,
    "owen.marsh@clunmoor.example.org": 1,
    "joss.hale@oxbow.example.org": 2,
    "ana.petrov@eastmarl.example.org": -1,
}


def lessons(at: datetime) -> None:
    """Three lessons, published three weeks ago; one learner has the certificate by now."""
    cara = Person.objects.get(email=CARA)
    course = _written(cara, at - WRITTEN)
    courses.publish(cara, course.item, at - PUBLISHED, GREEN)
    for day, (email, done) in enumerate(LEARNERS.items()):
        _learned(Person.objects.get(email=email), course, at - TAKEN + timedelta(days=day), done)


def _written(cara: Person, then: datetime) -> Course:
    office = permits.coordinates(cara, then)[0]
    course = courses.begin(
        cara, office, then, title=TITLE, aims=AIMS, level=Course.Level.AWARENESS, form=Course.Form.SELF_PACED,
        cpd_minutes=30, pass_mark=60,
    )  # fmt: skip
    for told in LESSONS:
        made = verbs.add(cara, course, then, title=told.title, text=one_line(told.text), asks=ASKS)
        for one in told.bank:
            choices, right = [*one.right, *one.wrong], list(range(len(one.right)))
            bank.add(cara, made, then, text=one.text, choices=choices, right=right, why=one.why)
    return course


def _learned(person: Person, course: Course, then: datetime, done: int) -> None:
    first = list(course.lessons.order_by("number")[: abs(done)])
    for lesson in first:
        progress.read(person, lesson, then)
        attempt = quizzes.begin(person, lesson, then)
        quizzes.hand_in(person, attempt, then, _answers(attempt, rightly=done > 0))


def _answers(attempt: Attempt, *, rightly: bool) -> dict[str, list[int]]:
    """All of them right, or the last choice of each, which is a wrong one."""
    asked = quizzes.questions(attempt)
    return {one.code: list(one.right) if rightly else [len(one.choices) - 1] for one in asked}
