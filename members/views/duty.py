"""The doors to the duty rota of a WARP, for its coordinators."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from members import duty
from members.dutyforms import FlashForm, ShiftForm
from members.middleware import HubRequest
from members.models import Office, Person, Warp
from members.refused import Refused
from members.times import Unclear
from members.views.asking import for_coordinators, not_found


@require_safe
@for_coordinators
def index(request: HubRequest, person: Person, offices: list[Office]) -> HttpResponse:
    warps = list(dict.fromkeys(office.warp for office in offices))
    if len(warps) == 1:
        return redirect("duty-of", warps[0].slug)
    return render(request, "members/duty_index.html", {"warps": warps})


@require_http_methods(["GET", "HEAD", "POST"])
@for_coordinators
def of(request: HubRequest, person: Person, offices: list[Office], slug: str) -> HttpResponse:
    """Who is on duty, when nobody is, one more shift, and what holds for a Flash."""
    warp = _warp(request, offices, slug)
    settles = "flash_minutes" in request.POST
    people = list(duty.coordinators(warp, request.at).order_by("name", "pk"))
    shift = ShiftForm(request.POST if request.method == "POST" and not settles else None, people=people)
    flash = FlashForm(request.POST if settles else None, warp=warp)
    form: ShiftForm | FlashForm = flash if settles else shift
    if form.is_valid():
        try:
            _act(form, person, warp, request)
        except (Refused, Unclear) as refused:
            form.add_error(None, str(refused))
        else:
            messages.success(request, _("Saved."))
            return redirect("duty-of", slug)
    context = {"warp": warp, "form": form, "shift_form": shift, "flash_form": flash, **_rota(warp, request)}
    return render(request, "members/duty.html", context)


def _act(form: ShiftForm | FlashForm, person: Person, warp: Warp, request: HubRequest) -> None:
    if isinstance(form, FlashForm):
        duty.settle(person, warp, request.at, **form.cleaned_data)
        return
    typed = form.cleaned_data
    duty.put(person, warp, *form.shift(), request.at, deputy=typed["deputy"], weeks=typed["weeks"])


def _rota(warp: Warp, request: HubRequest) -> dict[str, Any]:
    shifts = duty.rota(warp, request.at)
    return {
        "now": [shift for shift in shifts if shift.in_force(request.at)],
        "shifts": shifts,
        "gaps": duty.gaps(shifts, request.at) if shifts else [],
    }


@require_POST
@for_coordinators
def off(request: HubRequest, person: Person, offices: list[Office], slug: str, code: str) -> HttpResponse:
    """Take somebody off duty."""
    warp = _warp(request, offices, slug)
    shift = next((one for one in duty.rota(warp, request.at) if one.code == code), None)
    if shift is None:
        raise not_found(request, code)
    try:
        duty.take_off(person, shift, request.at)
    except Refused as refused:
        messages.error(request, str(refused))
    else:
        messages.success(request, _("%(name)s is off duty then.") % {"name": shift.person.name})
    return redirect("duty-of", slug)


def _warp(request: HubRequest, offices: list[Office], slug: str) -> Warp:
    """The WARP of this name that whoever asks coordinates; 404 for another's, and where there is none."""
    found = next((office.warp for office in offices if office.warp.slug == slug), None)
    if found is None:
        raise not_found(request, slug)
    return found
