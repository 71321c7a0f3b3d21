"""The coordinator's activity report of a month or a quarter: as a page that prints, and as a table.

Its figures are of what whoever asks handles (advisories/activity/), without any name.
"""

from __future__ import annotations

import csv
from typing import Any, NamedTuple

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from advisories.activity.asker import asker
from advisories.activity.figures import sections
from advisories.activity.gathered import Facts, gathered, label
from advisories.activity.period import MONTH, QUARTER, Period, latest, read, running
from advisories.views.activityplot import beside, over_time
from advisories.views.activitywords import compared, nothing, plain, unit
from members import audit, tlp
from members.cells import cell
from members.middleware import HubRequest
from members.models import Office, Person
from members.views.asking import for_coordinators, not_found, typed

MONTHS, QUARTERS = 13, 5  # offered to choose from; older ones are a link away


class Report(NamedTuple):
    period: Period
    now: Facts
    before: Facts

    @property
    def label(self) -> str:
        return label((self.now, self.before))


@require_safe
@for_coordinators
def show(request: HubRequest, _person: Person, offices: list[Office]) -> HttpResponse:
    found = _report(request, offices)
    period, before = found.period, found.period.previous()
    over = period.until <= request.at
    context: dict[str, Any] = {
        "period": period, "before": before, "over": over, "at": request.at,
        "following": period.next() if over else None,
        "choices": _choices(request, period),
        "warps": [office.warp.name for office in offices],
        "said": compared(found.now, found.before, before, over=over),
        "empty": nothing(period, over=over) if not found.now.stood else "",
        "page_label": found.label, "page_ref": str(period),
    }  # fmt: skip
    if found.now.stood:
        context["sections"] = beside(sections(found.now), sections(found.before))
        context["time"] = over_time(found.now, period)
    return render(request, "advisories/activity.html", context)


@require_safe
@for_coordinators
def export(request: HubRequest, person: Person, offices: list[Office]) -> HttpResponse:
    """The same figures, each on a line of its own with the label of the whole."""
    found = _report(request, offices)
    marked, code = tlp.display(found.label), found.period.code
    said = HttpResponse(content_type="text/csv; charset=utf-8")
    name = f"TLP-{found.label.replace('+', '-')}-activity-{code}.csv"
    said.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    said.headers["Cache-Control"] = "no-store, private"
    rows = csv.writer(said)
    rows.writerow(["label", "section", "figure", "unit", code, found.period.previous().code])
    rows.writerows([cell(value) for value in (marked, *line)] for line in _lines(found))
    audit.record("export", request.at, by=person, form="activity", period=code)
    return said


def _lines(found: Report) -> list[list[str]]:
    pairs = zip(sections(found.now), sections(found.before), strict=True)
    return [
        [one.heading, line.name, unit(line.value) or unit(old.value), plain(line.value), plain(old.value)]
        for one, other in pairs for line, old in zip(one.lines, other.lines, strict=True)
    ]  # fmt: skip


def _report(request: HubRequest, offices: list[Office]) -> Report:
    asked = typed(request, "period")
    period = read(asked) if asked else running(request.at)
    if period is None or period.since > request.at:
        raise not_found(request, asked)
    whose = asker(request.viewer, offices, request.at)
    return Report(period, gathered(whose, period), gathered(whose, period.previous()))


def _choices(request: HubRequest, chosen: Period) -> list[tuple[str, list[Period]]]:
    """The latest of each, and the one that is looked at where it is older."""
    found = []
    for months, count, words in ((MONTH, MONTHS, _("Months")), (QUARTER, QUARTERS, _("Quarters"))):
        offered = latest(request.at, months, count)
        if chosen.months == months and chosen not in offered:
            offered.append(chosen)
        found.append((words, offered))
    return found
