"""A self-paced course as who learns it sees it: its lessons, how far they are, and each lesson."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from members.middleware import HubRequest
from members.refused import Refused
from members.training import progress, steps
from members.views.asking import person_of
from members.views.training.asking import posted_from
from members.views.training.lessondoor import for_learners, learner, lesson_of, self_paced, standing


@require_safe
@for_learners
def overview(request: HubRequest, ref: str) -> HttpResponse:
    course, person = self_paced(request, ref), person_of(request)
    way = steps.of(person, course)
    context = {
        **standing(request, course),
        "steps": way,
        "done": sum(one.done for one in way),
        "next": next((one for one in way if not one.done), None),
        "begun": any(one.begun for one in way),
        "certificate": progress.certificate_of(person, course) if person else None,
    }
    return render(request, "training/lessons.html", context)


@require_safe
@for_learners
def lesson(request: HubRequest, ref: str, code: str) -> HttpResponse:
    found = lesson_of(request, ref, code)
    way = steps.of(person_of(request), found.course)
    context = {
        **standing(request, found.course),
        "lesson": found,
        "steps": way,
        "step": steps.at(way, found),
        "after": next((one for one in way if one.lesson.number > found.number), None),
    }
    return render(request, "training/lesson.html", context)


@posted_from("training:lesson", "ref", "code")
@for_learners
def read(request: HubRequest, ref: str, code: str) -> HttpResponse:
    """Read to its end; then on to its quiz, or to what is left."""
    found, person = lesson_of(request, ref, code), learner(request)
    try:
        progress.read(person, found, request.at)
    except Refused as refused:
        messages.error(request, str(refused))
        return redirect("training:lesson", ref, code)
    way = steps.of(person, found.course)
    if not steps.at(way, found).done:
        return redirect("training:quiz", ref, code)
    messages.success(request, _("“%(title)s” is done.") % {"title": found.title})
    after = steps.onwards(way, found)
    return redirect("training:lesson", ref, after.lesson.code) if after else redirect("training:lessons", ref)


@posted_from("training:lessons", "ref")
@for_learners
def claim(request: HubRequest, ref: str) -> HttpResponse:
    """The certificate, where what was left to do has gone since."""
    course = self_paced(request, ref)
    try:
        progress.claim(learner(request), course, request.at)
    except Refused as refused:
        messages.error(request, str(refused))
    return redirect("training:lessons", ref)
