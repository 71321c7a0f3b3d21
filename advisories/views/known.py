"""Well-known public sources: which are on, and a button for each that is not."""

from __future__ import annotations

from itertools import groupby
from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from advisories.collect import known
from advisories.collect.base import CollectError
from advisories.collect.sources import source_of
from members.middleware import HubRequest
from members.models import Office, Person
from members.refused import Refused
from members.views.asking import for_coordinators, not_found


@for_coordinators
def index(request: HubRequest, person: Person, offices: list[Office]) -> HttpResponse:
    office = _office(request, request.GET.get("desk", ""), offices)
    on = known.switched_on([office.warp_id])
    groups = [
        {"name": name, "rows": [{"known": one, "source": on.get(one.url)} for one in own]}
        for name, own in groupby(known.KNOWN.values(), lambda one: one.group)
    ]
    context = {"groups": groups, "warp": office.warp, "others": [one.warp for one in offices if one is not office]}
    return render(request, "advisories/known_sources.html", context)


def _office(request: HubRequest, desk: str, offices: list[Office]) -> Office:
    """The one that is asked for, of those that the person holds; the first where none is."""
    found = next((office for office in offices if desk in ("", office.warp.slug)), None)
    if found is None:
        raise not_found(request, desk)
    return found


@require_POST
@for_coordinators
def on(request: HubRequest, person: Person, offices: list[Office], slug: str) -> HttpResponse:
    if slug not in known.KNOWN:
        raise not_found(request, slug)
    warp = _office(request, request.POST.get("desk", ""), offices).warp
    try:
        source = known.switch_on(slug, warp, request.at, by=person)
    except (Refused, CollectError) as refused:
        messages.error(request, str(refused))
    else:
        messages.success(request, _("%(name)s is on: it is asked within a minute.") % {"name": source.name})
    return redirect(f"{reverse('advisories:known-sources')}?{urlencode({'desk': warp.slug})}")


@require_POST
@for_coordinators
def off(request: HubRequest, person: Person, offices: list[Office], slug: str) -> HttpResponse:
    source = source_of(slug, [office.warp_id for office in offices])
    if source is None:
        raise not_found(request, slug)
    known.switch_off(source, request.at, by=person)
    messages.success(request, _("%(name)s is off. What it said stays.") % {"name": source.name})
    return redirect("advisories:sources")
