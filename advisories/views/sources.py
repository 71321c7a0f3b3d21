"""How the sources are: what each said last, in words, and what it sent that was not taken."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.formats import date_format
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from advisories.collect.health import SourceHealth, source_health
from advisories.collect.rhythm import Rhythm
from advisories.collect.settings import change
from advisories.collect.sources import source_of
from advisories.models import Fetch
from advisories.sourceforms import SourceForm
from advisories.views.plot import plot
from members.middleware import HubRequest
from members.models import Office, Person
from members.refused import Refused
from members.templatetags.hub import moment
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
    rows = [{"of": one, "plot": plot(one.rhythm), **words(one)} for one in found]
    return render(request, "advisories/sources.html", {"sources": rows})


@for_coordinators
def one(request: HubRequest, person: Person, offices: list[Office], slug: str) -> HttpResponse:
    health = next((one for one in source_health(person, request.at) if one.source.slug == slug), None)
    if health is None:
        raise not_found(request, slug)
    rows = [] if health.shut else health.source.fetches.all()[:FETCHES]
    fetches = [{"fetch": fetch, "said": said(fetch)} for fetch in rows]
    mine = health.source.warp_id in {office.warp_id for office in offices}
    context = {"of": health, "plot": plot(health.rhythm), "fetches": fetches, "mine": mine, **words(health)}
    return render(request, "advisories/source.html", context)


@for_coordinators
def settings(request: HubRequest, person: Person, offices: list[Office], slug: str) -> HttpResponse:
    """Its name, its pace, its label and its limits, for whoever coordinates its WARP."""
    source = source_of(slug, [office.warp_id for office in offices])
    if source is None:
        raise not_found(request, slug)
    form = SourceForm(request.POST if request.method == "POST" else None, source=source)
    if form.is_valid():
        try:
            change(source, form.settings(), request.at, by=person)
        except Refused as refused:
            form.add_error(None, str(refused))
        else:
            messages.success(request, _("Kept. It is asked within a minute."))
            return redirect("advisories:source", slug)
    return render(request, "advisories/source_settings.html", {"form": form, "source": source})


def words(health: SourceHealth) -> dict[str, Any]:
    """`health` in a word or two, whether that is `well`, and `said`: what went wrong, or what the last day brought."""
    if health.late:
        due = _("It was due on %(due)s and has not been asked since. Tell whoever runs the hub.")
        return {"health": _("Not being read"), "well": False, "said": due % {"due": moment(health.source.due_at)}}
    if health.outcome is None:
        return {"health": _("Not asked yet"), "well": True, "said": ""}
    well = health.outcome in {Fetch.Outcome.OK, Fetch.Outcome.SAME}
    if health.shut:
        return {"health": HEALTH[health.outcome], "well": well, "said": _("What it sends may be for named people.")}
    day = _counts(new=health.new, changed=health.changed)
    if well and health.rhythm.silent:
        return {"health": _("Silent"), "well": False, "said": _silence(health.rhythm)}
    lately = _("In the last day: %(counts)s") % {"counts": day} if day else _("Nothing new in the last day")
    return {"health": HEALTH[health.outcome], "well": well, "said": lately if well else health.error or lately}


def _silence(rhythm: Rhythm) -> str:
    days = ngettext("%d day", "%d days", rhythm.usual or 0) % (rhythm.usual or 0)
    last = date_format(rhythm.last, "j F Y") if rhythm.last else ""
    return _("Nothing new since %(last)s. Until then it was never silent for more than %(days)s.") % {
        "last": last, "days": days,
    }  # fmt: skip


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
