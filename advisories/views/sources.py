"""How the sources are: what each said last, in words, and what it sent that was not taken."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from advisories.collect.health import SourceHealth, source_health
from advisories.models import Fetch
from members.middleware import HubRequest
from members.models import Office, Person
from members.views.asking import for_coordinators, not_found

FETCHES = 50
HEALTH: dict[str, str | Promise] = {
    Fetch.Outcome.OK: gettext_lazy("Well"),
    Fetch.Outcome.SAME: gettext_lazy("Well"),
    Fetch.Outcome.REFUSED: gettext_lazy("Sends what can’t be taken"),
    Fetch.Outcome.ERROR: gettext_lazy("Can’t be reached"),
}


@for_coordinators
def index(request: HubRequest, person: Person, offices: list[Office]) -> HttpResponse:
    found = source_health(person, request.at)
    return render(request, "advisories/sources.html", {"sources": [{"of": one, **words(one)} for one in found]})


@for_coordinators
def one(request: HubRequest, person: Person, offices: list[Office], slug: str) -> HttpResponse:
    health = next((one for one in source_health(person, request.at) if one.source.slug == slug), None)
    if health is None:
        raise not_found(request, slug)
    rows = [] if health.shut else health.source.fetches.all()[:FETCHES]
    fetches = [{"fetch": fetch, "said": said(fetch)} for fetch in rows]
    mine = health.source.enabled and health.source.warp_id in {office.warp_id for office in offices}
    context = {"of": health, "fetches": fetches, "can_switch": mine, **words(health)}
    return render(request, "advisories/source.html", context)


def words(health: SourceHealth) -> dict[str, Any]:
    """`health` in a word or two, whether that is `well`, and `said`: what went wrong, or what the last day brought."""
    if health.outcome is None:
        return {"health": _("Not asked yet"), "well": True, "said": ""}
    well = health.outcome in {Fetch.Outcome.OK, Fetch.Outcome.SAME}
    if health.shut:
        return {"health": HEALTH[health.outcome], "well": well, "said": _("What it sends may be for named people.")}
    day = _counts(new=health.new, changed=health.changed)
    lately = _("In the last day: %(counts)s") % {"counts": day} if day else _("Nothing new in the last day")
    return {"health": HEALTH[health.outcome], "well": well, "said": lately if well else health.error or lately}


def said(fetch: Fetch) -> str:
    """What one fetch brought, in a sentence."""
    if fetch.outcome in {Fetch.Outcome.REFUSED, Fetch.Outcome.ERROR} and fetch.error:
        return fetch.error
    counts = _counts(new=fetch.new, changed=fetch.changed, gone=fetch.gone, refused=fetch.refused) or _("Nothing new")
    return f"{counts}. {fetch.notice}" if fetch.notice else counts


def _counts(new: int = 0, changed: int = 0, gone: int = 0, refused: int = 0) -> str:
    """The numbers that are not 0, in words."""
    counts = [
        (new, ngettext("%d new", "%d new", new)),
        (changed, ngettext("%d changed", "%d changed", changed)),
        (gone, ngettext("%d gone", "%d gone", gone)),
        (refused, ngettext("%d refused", "%d refused", refused)),
    ]
    return ", ".join(text % number for number, text in counts if number)
