"""The quiz of a lesson: begun, answered on one page, handed in; and how it went."""

from __future__ import annotations

from typing import NamedTuple

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from members.middleware import HubRequest
from members.models import Attempt, Lesson, Question
from members.refused import Refused
from members.training import lessonreading, marking, progress, quizzes, steps
from members.training.lessonforms import QuizForm
from members.views.asking import not_found
from members.views.training.asking import posted_from
from members.views.training.lessondoor import for_learners, learner, lesson_of, standing


@login_required
@require_safe
@for_learners
def show(request: HubRequest, ref: str, code: str) -> HttpResponse:
    """What is under way; else what it would ask, and a button that begins it."""
    lesson, person = lesson_of(request, ref, code), learner(request)
    attempt = lessonreading.under_way(person, lesson)
    if attempt is not None:
        form = QuizForm(attempt=attempt, asked=quizzes.questions(attempt))
        return _page(request, lesson, attempt, form)
    way = steps.of(person, lesson.course)
    step = steps.at(way, lesson)
    asks = min(lesson.asks, lesson.questions.filter(retired_at=None).count())
    context = {**standing(request, lesson.course), "lesson": lesson, "step": step, "asks": asks}
    return render(request, "training/quiz_begin.html", context)


@posted_from("training:quiz", "ref", "code")
@for_learners
def begin(request: HubRequest, ref: str, code: str) -> HttpResponse:
    lesson = lesson_of(request, ref, code)
    try:
        quizzes.begin(learner(request), lesson, request.at)
    except Refused as refused:
        messages.error(request, str(refused))
        return redirect("training:lesson", ref, code)
    return redirect("training:quiz", ref, code)


@posted_from("training:quiz", "ref", "code")
@for_learners
def hand_in(request: HubRequest, ref: str, code: str, attempt: str) -> HttpResponse:
    lesson, found = _own(request, ref, code, attempt)
    if found.handed_in_at is not None:
        messages.info(request, _("It was handed in already. This is how it went."))
        return redirect("training:quiz-result", ref, code, attempt)
    form = QuizForm(request.POST, attempt=found, asked=quizzes.questions(found))
    if not form.is_valid():
        return _page(request, lesson, found, form)
    try:
        quizzes.hand_in(learner(request), found, request.at, form.chosen())
    except Refused as refused:
        messages.error(request, str(refused))
        return redirect("training:lesson", ref, code)
    return redirect("training:quiz-result", ref, code, attempt)


@login_required
@require_safe
@for_learners
def result(request: HubRequest, ref: str, code: str, attempt: str) -> HttpResponse:
    lesson, found = _own(request, ref, code, attempt)
    if found.handed_in_at is None:
        return redirect("training:quiz", ref, code)
    person = learner(request)
    way = steps.of(person, lesson.course)
    marked = [_marked(found, one) for one in quizzes.questions(found)]
    context = {
        **standing(request, lesson.course),
        "lesson": lesson,
        "attempt": found,
        "marked": marked,
        "right": sum(one.right for one in marked),
        "step": steps.at(way, lesson),
        "after": steps.onwards(way, lesson),
        "certificate": progress.certificate_of(person, lesson.course),
    }
    return render(request, "training/quiz_result.html", context)


class Choice(NamedTuple):
    text: str
    chosen: bool
    right: bool


class Marked(NamedTuple):
    text: str
    right: bool
    choices: list[Choice]
    why: str


def _marked(attempt: Attempt, question: Question) -> Marked:
    """A question as it was answered, its choices in the order in which they were shown."""
    chosen = attempt.chosen.get(question.code, [])
    choices = [
        Choice(question.choices[position], position in chosen, position in question.right)
        for position in marking.order(attempt.code, question)
    ]
    return Marked(question.text, marking.is_right(question, chosen), choices, question.why)


def _own(request: HubRequest, ref: str, code: str, attempt: str) -> tuple[Lesson, Attempt]:
    """An attempt of whoever asks; 404 for another's."""
    lesson = lesson_of(request, ref, code)
    found = lessonreading.attempt(learner(request), lesson, attempt)
    if found is None:
        raise not_found(request, f"{ref}/{code}")
    return lesson, found


def _page(request: HubRequest, lesson: Lesson, attempt: Attempt, form: QuizForm) -> HttpResponse:
    context = {**standing(request, lesson.course), "lesson": lesson, "attempt": attempt, "form": form}
    return render(request, "training/quiz.html", context)
