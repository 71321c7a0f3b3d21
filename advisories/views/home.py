"""The first page: what needs you now and what is new; for who is not signed in, what the hub is and what is public."""

from __future__ import annotations

from datetime import timedelta
from typing import NamedTuple

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from advisories.views.lists import latest
from advisories.views.offer import offered
from advisories.views.rows import Row
from members.middleware import HubRequest
from members.policy import Viewer
from members.views.asking import person_of

CARDS = 5  # more than five things at once are a list, and nobody's priority
PRESSING = {"flash": timedelta(days=7), "urgent": timedelta(days=2)}


class Card(NamedTuple):
    """One sentence and one button. `label` is "" where not even that is told."""

    label: str
    text: str | Promise
    action: str | Promise
    url: str


def home(request: HubRequest) -> HttpResponse:
    if person_of(request) is None:
        return render(request, "home_public.html", {"rows": latest(request, Viewer())})
    rows = latest(request, request.viewer)
    cards = [*_offers(request), *_cards(rows, request)][:CARDS]
    return render(request, "home.html", {"cards": cards, "rows": rows})


def _offers(request: HubRequest) -> list[Card]:
    """What somebody named them for, and waits for their answer: that there is something, and no more."""
    said = (_("An item awaits you. It says on which terms you may read it."), _("Read the terms"))
    return [Card("", *said, reverse("offer", args=[code])) for code in offered(request)]


def _cards(rows: list[Row], request: HubRequest) -> list[Card]:
    """The pressing ones of the newest rows, the most pressing first."""
    pressing = [row for row in rows if not row.note and request.at - row.at < PRESSING.get(row.tier, timedelta(0))]
    pressing.sort(key=lambda row: row.tier != "flash")  # stable: newest first within each
    act, read = _("Act now"), _("Read it")
    return [Card(row.label, row.title, act if row.tier == "flash" else read, row.url) for row in pressing[:CARDS]]
