"""Who in an organisation has had what, for its lead."""

from __future__ import annotations

import csv
from collections import defaultdict
from typing import Any

from django.contrib.auth.decorators import login_required
from django.db.models import Q
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from members import audit
from members.cells import cell
from members.middleware import HubRequest
from members.models import Organisation, Person
from members.training.had import Had, had, hours, minutes_of, people_of, years_before
from members.training.leading import led
from members.views.asking import not_found, person_of

SHOWN = 3  # years, on the page; the table has all


@login_required
@require_safe
def index(request: HubRequest) -> HttpResponse:
    """The organisations that whoever looks leads; the only one of somebody at once."""
    person = person_of(request)
    found = list(led(person, request.at)) if person else []
    if not found:
        raise not_found(request, "of")
    if len(found) == 1:
        return redirect("training:of", found[0].slug)
    return render(request, "training/of_index.html", {"organisations": found})


@login_required
@require_safe
def show(request: HubRequest, slug: str) -> HttpResponse:
    _person, organisation = _led(request, slug)
    people, theirs = _theirs(request, organisation)
    year, since = years_before(request.at), years_before(request.at, SHOWN)
    rows: list[dict[str, Any]] = []
    for person in people:
        found = [one for one in theirs[person.pk] if one.on > since]
        recent = [one for one in found if one.on > year]
        rows.append({"person": person, "found": found, "minutes": minutes_of(recent), "recent": bool(recent)})
    context = {
        "organisation": organisation, "rows": rows, "without": [row["person"] for row in rows if not row["recent"]],
        "minutes": sum(row["minutes"] for row in rows), "at": request.at, "since": since,
    }  # fmt: skip
    return render(request, "training/of.html", context)


@login_required
@require_safe
def export(request: HubRequest, slug: str) -> HttpResponse:
    person, organisation = _led(request, slug)
    people, theirs = _theirs(request, organisation)
    said = HttpResponse(content_type="text/csv; charset=utf-8")
    said.headers["Content-Disposition"] = f'attachment; filename="training-{organisation.slug}.csv"'
    rows = csv.writer(said)
    rows.writerow(["person", "completed", "course", "cpd hours", "certificate"])
    for one in people:
        lines = [_line(found) for found in theirs[one.pk]] or [[""] * 4]  # who had nothing has a line that says so
        rows.writerows([cell(value) for value in (one.name, *line)] for line in lines)
    audit.record("export", request.at, by=person, form="training", organisation=organisation.slug)
    return said


def _line(one: Had) -> list[str]:
    held = _("yes") if one.number else _("no")  # its number is whose it is to give
    return [one.on.isoformat(), one.title or _("A course"), hours(one.minutes), held]


def _theirs(request: HubRequest, organisation: Organisation) -> tuple[list[Person], dict[int, list[Had]]]:
    """Who is of it now, and what each had for it: what they had elsewhere, or before, is not their lead's to know."""
    people = list(people_of(organisation, request.at))
    theirs: dict[int, list[Had]] = defaultdict(list)
    whose = Q(organisation=organisation, person__in=[one.pk for one in people])
    for one in had(request.viewer, request.at, whose):
        theirs[one.person].append(one)
    return people, theirs


def _led(request: HubRequest, slug: str) -> tuple[Person, Organisation]:
    person = person_of(request)
    found = led(person, request.at).filter(slug=slug).first() if person else None
    if person is None or found is None:
        raise not_found(request, slug)
    return person, found
