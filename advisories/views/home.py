"""The first page: what needs you now and what is new; for who is not signed in, what the hub is and what is public."""

from __future__ import annotations

from datetime import timedelta
from typing import NamedTuple

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from advisories.views.lists import latest
from advisories.views.rows import Row
from members.middleware import HubRequest
from members.policy import Viewer
from members.views.asking import person_of

CARDS = 5  # more than five things at once are a list, and nobody's priority
PRESSING = {"flash": timedelta(days=7), "urgent": timedelta(days=2)}


class Card(NamedTuple):
    """One sentence and one button."""

    row: Row
    text: str | Promise
    action: str | Promise


def home(request: HubRequest) -> HttpResponse:
    if person_of(request) is None:
        return render(request, "home_public.html", {"rows": latest(request, Viewer())})
    rows = latest(request, request.viewer)
    return render(request, "home.html", {"cards": _cards(rows, request), "rows": rows})


def _cards(rows: list[Row], request: HubRequest) -> list[Card]:
    """The pressing ones of the newest rows, the most pressing first."""
    pressing = [row for row in rows if not row.note and request.at - row.at < PRESSING.get(row.tier, timedelta(0))]
    pressing.sort(key=lambda row: row.tier != "flash")  # stable: newest first within each
    return [Card(row, row.title, _("Act now") if row.tier == "flash" else _("Read it")) for row in pressing[:CARDS]]
