"""What is ahead, by month or on the sheet of a month; and whoever looks's own bookings above it."""

from __future__ import annotations

import calendar as sheets
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import dateformat
from django.views.decorators.http import require_safe

from members import permits
from members.middleware import HubRequest
from members.times import LONDON
from members.training import reading
from members.training.courseforms import PlannedForm
from members.views.asking import person_of, typed
from members.views.training.planned import planned, undated, warps
from members.views.training.rows import Row, by_month, rows

YEARS = range(2000, 2200)


@require_safe
def index(request: HubRequest) -> HttpResponse:
    person = person_of(request)
    form = PlannedForm(request.GET or None, warps=warps(request), signed_in=person is not None)
    chosen = form.chosen()
    page = planned(request, chosen)
    mine = list(reading.mine(request.viewer, request.at)) if person else []
    first = not page.past and "after" not in request.GET
    context = {
        "form": form,
        "narrowed": bool(chosen),
        "filtering": bool(chosen.keys() - {"q"}),
        "months": by_month(rows(request, page.sessions, mine)),
        "past": page.past,
        "first": first,
        "more": page.more,
        "mine": mine if first and not chosen else [],
        "undated": undated(request, chosen) if first and "mine" not in chosen else [],
        "writes": person is not None and permits.coordinates(person, request.at).exists(),
    }
    return render(request, "training/list.html", context)


@dataclass(frozen=True)
class Day:
    on: date
    inside: bool  # of the month that is shown
    today: bool
    rows: list[Row]


@require_safe
def month(request: HubRequest) -> HttpResponse:
    """One month as a sheet, Monday first."""
    today = request.at.astimezone(LONDON).date()
    first = _month(typed(request, "month")) or today.replace(day=1)
    weeks = sheets.Calendar(sheets.MONDAY).monthdatescalendar(first.year, first.month)
    since, until = _midnight(weeks[0][0]), _midnight(weeks[-1][-1] + timedelta(days=1))
    found = reading.sessions(request.viewer, request.at).filter(
        starts_at__gte=since, starts_at__lt=until, cancelled_at=None
    )
    there: dict[date, list[Row]] = {}
    for row in rows(request, list(reading.counted(found))):
        there.setdefault(row.day, []).append(row)
    context = {
        "first": first,
        "name": dateformat.format(first, "F Y"),
        "weeks": [[Day(on, on.month == first.month, on == today, there.get(on, [])) for on in week] for week in weeks],
        "days": [dateformat.format(on, "l") for on in weeks[0]],
        "empty": not any(on.month == first.month for on in there),
        "before": (first - timedelta(days=1)).strftime("%Y-%m"),
        "after": (first + timedelta(days=31)).strftime("%Y-%m"),
    }
    return render(request, "training/calendar.html", context)


def _month(text: str) -> date | None:
    try:
        first = datetime.strptime(text, "%Y-%m").date()
    except ValueError:
        return None
    return first if first.year in YEARS else None


def _midnight(on: date) -> datetime:
    return datetime.combine(on, time(), LONDON).astimezone(UTC)
