"""Addresses below /training/ of who was there and what they have for it; part of members/trainingurls.py."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, path

from members.views.training import attendance, certificates, checked, feedback, gaps, had, mine, signin

urlpatterns: list[URLPattern | URLResolver] = [
    path("in/", signin.sign_in, name="in"),
    path("mine/", mine.show, name="mine"),
    path("mine/table.csv", mine.export, name="mine-csv"),
    path("certificates/<ref:number>/", mine.certificate, name="certificate"),
    path("check/", checked.ask, name="check"),
    path("check/<ref:number>/", checked.one, name="check-one"),
    path("of/", had.index, name="of-index"),
    path("of/<slug:slug>/", had.show, name="of"),
    path("of/<slug:slug>/table.csv", had.export, name="of-csv"),
    path("gaps/", gaps.index, name="gaps-index"),
    path("gaps/<slug:slug>/", gaps.show, name="gaps"),
    path("gaps/<slug:slug>/table.csv", gaps.export, name="gaps-csv"),
    path("<ref:ref>/certificates/", certificates.index, name="certificates"),
    path("<ref:ref>/certificates/<ref:number>/revoke/", certificates.revoke, name="revoke"),
    path("<ref:ref>/sessions/<ref:code>/attendance/", attendance.sheet, name="attendance"),
    path("<ref:ref>/sessions/<ref:code>/attendance/code/", attendance.code, name="attendance-code"),
    path("<ref:ref>/sessions/<ref:code>/feedback/", feedback.give, name="feedback"),
    path("<ref:ref>/sessions/<ref:code>/feedback/results/", feedback.results, name="feedback-results"),
]
