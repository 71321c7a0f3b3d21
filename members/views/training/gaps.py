"""Where training is missing in a WARP, for its coordinators."""

from __future__ import annotations

import csv

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_safe

from members import audit
from members.cells import cell
from members.middleware import HubRequest
from members.models import Course, Office, Person, Warp
from members.training.gaps import LEVELS, Row, gaps
from members.training.had import years_before
from members.views.asking import for_coordinators, not_found


@require_safe
@for_coordinators
def index(request: HubRequest, _person: Person, offices: list[Office]) -> HttpResponse:
    """The WARPs that whoever looks coordinates; the only one of somebody at once."""
    if len(offices) == 1:
        return redirect("training:gaps", offices[0].warp.slug)
    return render(request, "training/gaps_index.html", {"warps": [one.warp for one in offices]})


@require_safe
@for_coordinators
def show(request: HubRequest, _person: Person, offices: list[Office], slug: str) -> HttpResponse:
    warp = _coordinated(request, offices, slug)
    rows = gaps(request.viewer, warp, request.at)
    context = {
        "warp": warp, "rows": [(row, _levels(row)) for row in rows], "at": request.at,
        "without": sum(not row.trained for row in rows), "since": years_before(request.at),
        "people": sum(row.people for row in rows), "trained": sum(row.trained for row in rows),
    }  # fmt: skip
    return render(request, "training/gaps.html", context)


@require_safe
@for_coordinators
def export(request: HubRequest, person: Person, offices: list[Office], slug: str) -> HttpResponse:
    warp = _coordinated(request, offices, slug)
    said = HttpResponse(content_type="text/csv; charset=utf-8")
    said.headers["Content-Disposition"] = f'attachment; filename="training-gaps-{warp.slug}.csv"'
    rows = csv.writer(said)
    rows.writerow(["organisation", "people", "trained in 12 months", *(level.value for level in LEVELS)])
    for row in gaps(request.viewer, warp, request.at):
        counts = (row.people, row.trained, *row.levels.values())
        rows.writerow([cell(row.organisation.name), *counts])
    audit.record("export", request.at, by=person, form="training gaps", warp=warp.slug)
    return said


def _coordinated(request: HubRequest, offices: list[Office], slug: str) -> Warp:
    found = next((one.warp for one in offices if one.warp.slug == slug), None)
    if found is None:
        raise not_found(request, slug)
    return found


def _levels(row: Row) -> list[tuple[str, int]]:
    """Those with anybody, in words: without what follows a colon, which says whom a level is for."""
    return [(str(Course.Level(level).label).partition(":")[0], count) for level, count in row.levels.items() if count]
