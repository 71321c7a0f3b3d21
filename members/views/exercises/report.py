"""What came of an exercise: as a page that prints and as a table, and the actions that follow from it."""

from __future__ import annotations

import csv
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from members import audit
from members.cells import cell
from members.exercises import actions, clock
from members.exercises.came import Came
from members.exercises.figures import against, steps, times
from members.exercises.gathered import came, house, own
from members.exercises.playforms import ActionForm
from members.exercises.seen import Seat, injects
from members.exercises.table import HEAD, lines
from members.middleware import HubRequest
from members.refused import Refused
from members.times import LONDON
from members.views.asking import not_found
from members.views.exercises import words
from members.views.exercises.curve import bars, curve
from members.views.exercises.door import ENDED, PREPARED, context, led, seated, watched

SHOUT = "EXERCISE EXERCISE EXERCISE"


@require_safe
@login_required
def show(request: HubRequest, ref: str) -> HttpResponse:
    """All of it for who leads or observes; for players after the end what concerns their team and organisation."""
    of = seated(request, ref)
    return render(request, "exercises/report.html", _context(request, of, _seen(request, of)))


def _seen(request: HubRequest, of: Seat) -> Came:
    """What they may read of it. 404 where that is nothing yet."""
    state, whole = of.exercise.state, came(of.exercise)
    if state == PREPARED or (of.plays and state != ENDED):
        raise not_found(request, of.item.reference)
    if not of.plays:
        return whole
    mine = of.participant
    assert mine is not None and mine.team is not None and mine.organisation is not None  # a player has both
    read = set(injects(of, request.viewer, request.at).values_list("number", flat=True))
    return own(whole, mine.team.slug, house(mine.organisation), read)


def _context(request: HubRequest, of: Seat, whole: Came, form: ActionForm | None = None) -> dict[str, Any]:
    found = times(whole)
    more: dict[str, Any] = {}
    if not of.plays:
        more["actions"] = list(of.exercise.actions.order_by("due_on", "pk"))
        more["against"] = [(one, _judged(one)) for one in against(whole)]
        more["action_form"] = (form or ActionForm()) if of.leads else None
    return context(
        of, whole=not of.plays, played=clock.reading(of.exercise, request.at), times=bars(found),
        curve=curve(whole, found), said=words.summary(whole, found), only=words.part(of) if of.plays else "",
        steps=words.timeline(steps(whole)), **more,
    )  # fmt: skip


def _judged(one: Any) -> list[tuple[Any, str]]:
    """Its answers, each with how it was judged, in words."""
    return [(answer, str(words.JUDGED[answer.met]) if answer.met else _("not judged")) for answer in one.answers]


@require_safe
@login_required
def export(request: HubRequest, ref: str) -> HttpResponse:
    """The same as a table, each line of which says that it was an exercise."""
    of = watched(request, ref)
    whole = _seen(request, of)
    said = HttpResponse(content_type="text/csv; charset=utf-8")
    name = f"EXERCISE-TLP-{of.label.replace('+', '-')}-report-{ref}.csv"
    said.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    said.headers["Cache-Control"] = "no-store, private"
    rows = csv.writer(said)
    rows.writerow(["exercise", *HEAD])
    for line in lines(whole, list(of.exercise.actions.order_by("due_on", "pk"))):
        rows.writerow([SHOUT, *(cell(value) for value in line)])
    audit.record("export", request.at, by=of.person, reference=ref, form="report")
    return said


@require_POST
@login_required
def add_action(request: HubRequest, ref: str) -> HttpResponse:
    of, form = led(request, ref), ActionForm(request.POST)
    if form.is_valid():
        try:
            actions.add(of.person, of.exercise, request.at, **form.cleaned_data)
        except Refused as refused:
            form.add_error(None, str(refused))
        else:
            messages.success(request, _("The action is in the report."))
            return redirect(reverse("exercises:report", args=[ref]) + "#actions")
    return render(request, "exercises/report.html", {**_context(request, of, _seen(request, of), form), "form": form})


@require_POST
@login_required
def act_on_action(request: HubRequest, ref: str, code: str) -> HttpResponse:
    """It is done, it is not, or it was noted by mistake."""
    of = led(request, ref)
    action, act = of.exercise.actions.filter(code=code).first(), request.POST.get("act")
    if action is None or act not in ("done", "reopen", "remove"):
        raise not_found(request, f"{ref}/{code}")
    try:
        if act == "remove":
            actions.remove(of.person, action, request.at)
        else:
            today = request.at.astimezone(LONDON).date()
            actions.set_done(of.person, action, request.at, today if act == "done" else None)
    except Refused as refused:
        messages.error(request, str(refused))
    return redirect(reverse("exercises:report", args=[ref]) + "#actions")
