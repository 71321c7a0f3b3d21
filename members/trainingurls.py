"""Addresses below /training/. What has a word of its own comes before what has a reference there."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, path

from members import trainingurls_attendance as attendance
from members import trainingurls_lessons as lessons
from members.views.training import ahead, course, others, sessions

app_name = "training"
SESSION = "<ref:ref>/sessions/<ref:code>/"

urlpatterns: list[URLPattern | URLResolver] = [
    path("", ahead.index, name="list"),
    path("calendar/", ahead.month, name="calendar"),
    path("new/", course.new, name="new"),
    *attendance.urlpatterns,
    *lessons.urlpatterns,
    path("<ref:ref>/", course.show, name="course"),
    path("<ref:ref>/edit/", course.edit, name="edit"),
    path("<ref:ref>/publish/", course.publish, name="publish"),
    path("<ref:ref>/withdraw/", course.withdraw, name="withdraw"),
    path("<ref:ref>/sessions/new/", sessions.schedule, name="schedule"),
    path(SESSION, sessions.show, name="session"),
    path(SESSION + "change/", sessions.change, name="session-change"),
    path(SESSION + "cancel/", sessions.cancel, name="session-cancel"),
    path(SESSION + "book/", others.book, name="book"),
    path(SESSION + "others/", others.others, name="book-other"),
    path(SESSION + "bookings/<ref:place>/cancel/", others.unbook, name="unbook"),
]
