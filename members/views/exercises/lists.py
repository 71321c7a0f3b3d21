"""The exercises that somebody has, preparing a new one, and one as a scenario file."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from members import audit, permits
from members.exercises.exerciseforms import NewForm
from members.exercises.seen import PAGE, enrolled_in, labels, readable
from members.exercises.taking import empty, scenario_of, take
from members.exercises.writing import write
from members.middleware import HubRequest
from members.models import Exercise, Item, Office, Participant, Person
from members.refused import Refused
from members.views.asking import for_coordinators, person_of, typed
from members.views.exercises.door import led

HEAD = "# EXERCISE EXERCISE EXERCISE\n# A scenario of the WARP hub: how it is written, docs/scenarios.md says.\n"


@require_safe
@login_required
def index(request: HubRequest) -> HttpResponse:
    """The exercises that whoever looks is in, the newest first."""
    person = person_of(request)
    assert person is not None  # login_required
    found, before = readable(request.viewer, request.at).select_related("exercise"), typed(request, "before")
    if before:
        found = found.filter(pos__lt=found.filter(reference=before).values("pos")[:1])
    items = list(found[: PAGE + 1])
    shown = items[:PAGE]
    marked, parts = labels(shown, request.at), enrolled_in(person, shown)
    rows = [_row(one, marked[one.pk], parts.get(one.pk)) for one in shown]
    older = f"?before={shown[-1].reference}" if len(items) > PAGE else ""
    leads = permits.coordinates(person, request.at).exists()
    return render(request, "exercises/list.html", {"rows": rows, "older": older, "leads": leads})


def _row(item: Item, label: str, enrolled: Participant | None) -> dict[str, Any]:
    part = ""
    if enrolled is not None:
        part = _("you play in %(team)s") % {"team": enrolled.team.name} if enrolled.team else _("you observe")
    return {
        "ref": item.reference, "warp": item.warp.name, "title": item.exercise.title, "label": label, "part": part,
        "state": item.exercise.get_state_display(), "started_at": item.exercise.started_at,
    }  # fmt: skip


@require_http_methods(["GET", "HEAD", "POST"])
@for_coordinators
def new(request: HubRequest, person: Person, offices: list[Office]) -> HttpResponse:
    """From the library, from a file, or from nothing."""
    posted = request.method == "POST"
    form = NewForm(request.POST if posted else None, request.FILES if posted else None, offices=offices)
    if form.is_valid():
        try:
            exercise = _made(request, person, form)
        except Refused as refused:
            form.add_error(None, str(refused))
        else:
            messages.success(request, _("It is prepared, and nobody is told of it. Say who takes part."))
            return redirect("exercises:detail", exercise.item.reference)
    return render(request, "exercises/new.html", {"form": form})


def _made(request: HubRequest, person: Person, form: NewForm) -> Exercise:
    typed_: dict[str, Any] = form.cleaned_data
    warp, scenario = form.offices[typed_["warp"]].warp, typed_["scenario"]
    if scenario is None:
        return empty(person, warp, request.at, typed_["title"])
    return take(person, warp, scenario, request.at)


@require_safe
@login_required
def scenario(request: HubRequest, ref: str) -> HttpResponse:
    """As a file, to keep or to pass on: what happens in it, and nobody who takes part."""
    of = led(request, ref)
    said = HttpResponse(HEAD + write(scenario_of(of.exercise)), content_type="application/yaml; charset=utf-8")
    said.headers["Content-Disposition"] = f'attachment; filename="EXERCISE-scenario-{ref}.yaml"'
    said.headers["X-Content-Type-Options"] = "nosniff"
    audit.record("export", request.at, by=of.person, reference=ref, form="scenario")
    return said
