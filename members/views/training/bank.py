"""The questions of a lesson, for whoever teaches it."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from members.middleware import HubRequest
from members.models import Lesson, Person, Question
from members.refused import Refused
from members.training import bank, lessonreading, mending
from members.training.lessonforms import QuestionForm, written
from members.views.asking import not_found
from members.views.training.asking import posted_from
from members.views.training.lessondoor import taught_lesson


@login_required
@require_safe
def index(request: HubRequest, ref: str, code: str) -> HttpResponse:
    _person, lesson = taught_lesson(request, ref, code)
    rates = mending.rates(lesson)
    rows = [(one, _choices(one), rates.get(one.code)) for one in lessonreading.questions(lesson)]
    context = {
        "lesson": lesson,
        "course": lesson.course,
        "ref": ref,
        "in_use": [row for row in rows if row[0].retired_at is None],
        "retired": [row for row in rows if row[0].retired_at is not None],
        "fewest": mending.FEWEST,
    }
    return render(request, "training/bank.html", context)


def _choices(question: Question) -> list[tuple[str, bool]]:
    return [(choice, place in question.right) for place, choice in enumerate(question.choices)]


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def new(request: HubRequest, ref: str, code: str) -> HttpResponse:
    person, lesson = taught_lesson(request, ref, code)
    return _written(request, person, lesson, None)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def change(request: HubRequest, ref: str, code: str, question: str) -> HttpResponse:
    person, lesson = taught_lesson(request, ref, code)
    return _written(request, person, lesson, _question(request, lesson, question))


def _written(request: HubRequest, person: Person, lesson: Lesson, question: Question | None) -> HttpResponse:
    form = QuestionForm(
        request.POST if request.method == "POST" else None, initial=written(question) if question else {}
    )
    ref = lesson.course.item.reference
    if form.is_valid():
        try:
            if question is None:
                bank.add(person, lesson, request.at, **form.said())
            else:
                bank.change(person, question, request.at, **form.said())
        except Refused as refused:
            form.add_error(None, str(refused))
        else:
            messages.success(request, _("Saved."))
            return redirect("training:bank", ref, lesson.code)
    context = {"form": form, "lesson": lesson, "course": lesson.course, "ref": ref, "question": question}
    return render(request, "training/question_edit.html", context)


@posted_from("training:bank", "ref", "code")
def retire(request: HubRequest, ref: str, code: str, question: str) -> HttpResponse:
    """Out of use, or with act=restore back into it."""
    person, lesson = taught_lesson(request, ref, code)
    found = _question(request, lesson, question)
    back = request.POST.get("act") == "restore"
    try:
        (bank.restore if back else bank.retire)(person, found, request.at)
    except Refused as refused:
        messages.error(request, str(refused))
    else:
        messages.success(request, _("The question is in use again.") if back else _("The question is retired."))
    return redirect("training:bank", ref, code)


def _question(request: HubRequest, lesson: Lesson, code: str) -> Question:
    found = lesson.questions.filter(code=code).first()
    if found is None:
        raise not_found(request, f"{lesson.course.item.reference}/{code}")
    found.lesson = lesson
    return found
