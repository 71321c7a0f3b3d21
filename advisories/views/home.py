"""The first page: what needs you now and what is new; for who is not signed in, what the hub is and what is public."""

from __future__ import annotations

from datetime import timedelta
from typing import NamedTuple

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from advisories.views.awaited import awaits
from advisories.views.lists import latest
from advisories.views.offer import offered
from advisories.views.reports import begun_and_waiting
from advisories.views.rows import Row
from members import duty, kinds, permits
from members.directory import warps_for
from members.middleware import HubRequest
from members.models import Item, Response, Warp
from members.policy import Viewer
from members.response.answer import awaited
from members.templatetags.hub import moment_zone
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
    person = person_of(request)
    if person is None:
        return render(request, "home_public.html", {"rows": latest(request, Viewer())})
    rows = latest(request, request.viewer)
    mine = [office.warp for office in permits.coordinates(person, request.at)]
    waiting = [*_offers(request), *_answers(rows, request), *_awaited(request), *_reports(request)]
    first = [*waiting, *_unwatched(mine, request)][:CARDS]
    pressing = [card for card in _cards(rows, request) if card.url not in {card.url for card in first}]
    cards = [*first, *pressing][:CARDS]
    watch = duty.to_ring(warps_for(request.viewer, request.at), request.at)
    return render(request, "home.html", {"cards": cards, "rows": rows, "duty": watch, "coordinates": bool(mine)})


def _offers(request: HubRequest) -> list[Card]:
    """What somebody named them for, and waits for their answer: that there is something, and no more."""
    said = (_("An item awaits you. It says on which terms you may read it."), _("Read the terms"))
    return [Card("", *said, reverse("offer", args=[code])) for code in offered(request)]


def _answers(rows: list[Row], request: HubRequest) -> list[Card]:
    """The alerts that wait for the answer of an organisation of theirs: one card for each alert, by its title where
    that is among the newest."""
    person = person_of(request)
    names: dict[Item, list[Response]] = {}
    for one in awaited(person, request.viewer, request.at) if person else []:
        names.setdefault(one.item, []).append(one)
    shown = {row.url: row for row in rows}
    return [_to_confirm(kinds.of(item).url(item), item, own, shown) for item, own in names.items()]


def _to_confirm(url: str, item: Item, own: list[Response], shown: dict[str, Row]) -> Card:
    said = _("%(what)s: to be confirmed for %(who)s by %(at)s")
    who, at = ", ".join(one.organisation.name for one in own), moment_zone(own[0].due_at)
    label, what = (shown[url].label, shown[url].title) if url in shown else ("", item.reference)
    return Card(label, said % {"what": what, "who": who, "at": at}, _("Confirm it"), url)


def _awaited(request: HubRequest) -> list[Card]:
    """What derives from a report and waits for their word or their look: that there is something, and no more."""
    return [Card("", one.text, one.action, one.url) for one in awaits(request)]


def _reports(request: HubRequest) -> list[Card]:
    """A report that they began, and what was reported to them: that there is one, and no more."""
    begun, waits = begun_and_waiting(request)
    cards = []
    if begun:
        cards.append(Card("", _("You began a report of an incident, and have not filed it."), _("Finish it"), begun))
    if waits:
        cards.append(Card("", _("A report of an incident waits for you."), _("See what waits"), waits))
    return cards


def _unwatched(mine: list[Warp], request: HubRequest) -> list[Card]:
    """The WARPs of those that they coordinate in which nobody will be on duty at some time of the next week."""
    said, see = _("%(warp)s: nobody is on duty from %(at)s on"), _("See the rota")
    found = duty.uncovered(mine, request.at) if mine else []
    told = [(said % {"warp": warp.name, "at": moment_zone(since)}, warp.slug) for warp, since in found]
    return [Card("", text, see, reverse("duty-of", args=[slug])) for text, slug in told]


def _cards(rows: list[Row], request: HubRequest) -> list[Card]:
    """The pressing ones of the newest rows, the most pressing first."""
    pressing = [row for row in rows if not row.note and request.at - row.at < PRESSING.get(row.tier, timedelta(0))]
    pressing.sort(key=lambda row: row.tier != "flash")  # stable: newest first within each
    act, read = _("Act now"), _("Read it")
    return [Card(row.label, row.title, act if row.tier == "flash" else read, row.url) for row in pressing[:CARDS]]
