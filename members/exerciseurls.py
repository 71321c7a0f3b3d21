"""The addresses of exercises."""

from __future__ import annotations

from django.urls import path

from members.views.exercises import board, lists, noting, people, play, preparing, report

app_name = "exercises"
urlpatterns = [
    path("exercises/", lists.index, name="list"),
    path("exercises/new/", lists.new, name="new"),
    path("exercises/<ref:ref>/", play.detail, name="detail"),
    path("exercises/<ref:ref>/scenario.yaml", lists.scenario, name="scenario"),
    path("exercises/<ref:ref>/edit/", preparing.edit, name="edit"),
    path("exercises/<ref:ref>/teams/", preparing.teams, name="teams"),
    path("exercises/<ref:ref>/people/", people.people, name="people"),
    path("exercises/<ref:ref>/injects/new/", preparing.new_inject, name="inject-new"),
    path("exercises/<ref:ref>/injects/<ref:child>/", play.inject, name="inject"),
    path("exercises/<ref:ref>/injects/<ref:child>/edit/", preparing.edit_inject, name="inject-edit"),
    path("exercises/<ref:ref>/injects/<ref:child>/file/", play.file, name="file"),
    path("exercises/<ref:ref>/injects/<ref:child>/reply/", play.reply, name="reply"),
    path("exercises/<ref:ref>/injects/<ref:child>/act/", board.act_on_inject, name="inject-act"),
    path("exercises/<ref:ref>/board/", board.show, name="board"),
    path("exercises/<ref:ref>/act/", board.act, name="act"),
    path("exercises/<ref:ref>/end/", board.end, name="end"),
    path("exercises/<ref:ref>/note/", noting.note, name="note"),
    path("exercises/<ref:ref>/report/", report.show, name="report"),
    path("exercises/<ref:ref>/report.csv", report.export, name="report-csv"),
    path("exercises/<ref:ref>/actions/", report.add_action, name="actions"),
    path("exercises/<ref:ref>/actions/<ref:code>/", report.act_on_action, name="action"),
]
