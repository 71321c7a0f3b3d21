"""How a page asks for lessons: through the rule, and so that what is hidden and what is not there look alike."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Concatenate, ParamSpec

from django.http import HttpResponse
from django.shortcuts import render

from members.middleware import HubRequest
from members.models import Course, Kind, Lesson, Person
from members.training import learning, lessonreading, reading
from members.views.asking import not_found, person_of, withdrawn
from members.views.training.asking import taught, teaches

P = ParamSpec("P")


class Withdrawn(Exception):
    """The course was taken back from whoever asks, perhaps under a quiz."""


def for_learners(view: Callable[Concatenate[HubRequest, str, P], HttpResponse]) -> Callable[..., HttpResponse]:
    """A page of a course, by its reference: whoever had it, and has it no more, is told so."""

    @wraps(view)
    def wrapped(request: HubRequest, ref: str, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        try:
            return view(request, ref, *args, **kwargs)
        except Withdrawn:
            return render(request, "training/withdrawn.html", {"ref": ref, "signed_in": person_of(request) is not None})

    return wrapped


def self_paced(request: HubRequest, ref: str) -> Course:
    """The self-paced course, where whoever asks reads it; else Withdrawn, or 404."""
    found = reading.courses(request.viewer, request.at).filter(form=Course.Form.SELF_PACED, item__reference=ref).first()
    if found is None:
        raise _missing(request, ref, ref)
    return found


def lesson_of(request: HubRequest, ref: str, code: str) -> Lesson:
    """The lesson of that course, where whoever asks reads it; else Withdrawn, or 404."""
    found = lessonreading.lessons(request.viewer, request.at).filter(course__item__reference=ref, code=code).first()
    if found is None:
        raise _missing(request, ref, f"{ref}/{code}")
    return found


def _missing(request: HubRequest, ref: str, asked: str) -> Exception:
    return Withdrawn() if withdrawn(request, ref, Kind.TRAINING) else not_found(request, asked)


def learner(request: HubRequest) -> Person:
    """Who is signed in: the page is behind login_required."""
    person = person_of(request)
    assert person is not None
    return person


def taught_course(request: HubRequest, ref: str) -> tuple[Person, Course]:
    """Who asks, and the self-paced course that they teach; 404 for everybody else."""
    person, course = taught(request, ref)
    if course.form != Course.Form.SELF_PACED:
        raise not_found(request, ref)
    return person, course


def taught_lesson(request: HubRequest, ref: str, code: str) -> tuple[Person, Lesson]:
    """The same of a lesson."""
    person, course = taught_course(request, ref)
    found = course.lessons.filter(code=code).first()
    if found is None:
        raise not_found(request, f"{ref}/{code}")
    found.course = course
    return person, found


def standing(request: HubRequest, course: Course) -> dict[str, object]:
    """What every learner's page says of the course: whether it is open, and whether whoever looks teaches it."""
    return {
        "course": course,
        "ref": course.item.reference,
        "open": learning.is_open(course.item, request.at),
        "teaches": teaches(request, course),
        "signed_in": person_of(request) is not None,
    }
