"""The page of a course."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from members.middleware import HubRequest
from members.views.training.asking import course_of


@require_safe
def show(request: HubRequest, ref: str) -> HttpResponse:
    course = course_of(request, ref)
    return render(request, "training/course.html", {"course": course, "ref": ref})
