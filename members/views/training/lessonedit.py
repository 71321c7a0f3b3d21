"""The lessons of a course for whoever teaches it: written, put in order, removed."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from members.middleware import HubRequest
from members.models import Course, Lesson, Person
from members.refused import Refused
from members.training import learning, lessons, mending, steps
from members.training.lessonforms import LessonForm
from members.views.training.asking import posted_from
from members.views.training.lessondoor import taught_course, taught_lesson


@login_required
@require_safe
def index(request: HubRequest, ref: str) -> HttpResponse:
    _person, course = taught_course(request, ref)
    context = {
        "course": course,
        "ref": ref,
        "steps": steps.of(None, course),
        "counts": mending.counts(course),
        "open": learning.is_open(course.item, request.at),
    }
    return render(request, "training/lessons_edit.html", context)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def new(request: HubRequest, ref: str) -> HttpResponse:
    person, course = taught_course(request, ref)
    return _written(request, person, course, None)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def change(request: HubRequest, ref: str, code: str) -> HttpResponse:
    person, lesson = taught_lesson(request, ref, code)
    return _written(request, person, lesson.course, lesson)


def _written(request: HubRequest, person: Person, course: Course, lesson: Lesson | None) -> HttpResponse:
    was = {name: getattr(lesson, name) for name in ("title", "text", "asks")} if lesson else {}
    form = LessonForm(request.POST if request.method == "POST" else None, initial=was)
    ref = course.item.reference
    if form.is_valid():
        try:
            if lesson is None:
                made = lessons.add(person, course, request.at, **form.cleaned_data)
            else:
                made = lessons.change(person, lesson, request.at, **form.cleaned_data)
        except Refused as refused:
            form.add_error(None, str(refused))
        else:
            messages.success(request, _("Saved. This is how it is read."))
            return redirect("training:lesson", ref, made.code)
    is_open = learning.is_open(course.item, request.at)
    context = {"form": form, "course": course, "lesson": lesson, "ref": ref, "open": is_open}
    return render(request, "training/lesson_edit.html", context)


@posted_from("training:lessons-edit", "ref")
def move(request: HubRequest, ref: str, code: str) -> HttpResponse:
    person, lesson = taught_lesson(request, ref, code)
    try:
        lessons.move(person, lesson, request.at, up=request.POST.get("to") == "up")
    except Refused as refused:
        messages.error(request, str(refused))
    else:
        messages.success(request, _("“%(title)s” has moved.") % {"title": lesson.title})
    return redirect("training:lessons-edit", ref)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def remove(request: HubRequest, ref: str, code: str) -> HttpResponse:
    person, lesson = taught_lesson(request, ref, code)
    if request.method != "POST":
        return render(request, "training/lesson_remove.html", {"lesson": lesson, "course": lesson.course, "ref": ref})
    try:
        lessons.remove(person, lesson, request.at)
    except Refused as refused:
        messages.error(request, str(refused))
    else:
        messages.success(request, _("“%(title)s” is removed.") % {"title": lesson.title})
    return redirect("training:lessons-edit", ref)
