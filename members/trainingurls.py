"""Addresses below /training/. What has a word of its own comes before what has a reference there."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, path

from members import trainingurls_attendance as attendance
from members import trainingurls_lessons as lessons
from members.views.training import ahead, course

app_name = "training"

urlpatterns: list[URLPattern | URLResolver] = [
    path("", ahead.index, name="list"),
    *attendance.urlpatterns,
    *lessons.urlpatterns,
    path("<ref:ref>/", course.show, name="course"),
]
