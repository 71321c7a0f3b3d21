"""The list of those to whom a WARP relays: for its coordinators, who keep it."""

from __future__ import annotations

from collections.abc import Callable

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from advisories.models import Destination
from advisories.relayforms import CodeForm, DestinationForm
from advisories.relaying import destinations, proving
from members.middleware import HubRequest
from members.models import Office, Person
from members.refused import Refused
from members.views.asking import confirmed, for_coordinators, not_found, to_confirm


@require_safe
@for_coordinators
def index(request: HubRequest, person: Person, offices: list[Office]) -> HttpResponse:
    warps = list(dict.fromkeys(office.warp for office in offices))
    there = destinations.listed(warps)
    rows = [(warp, [one for one in there if one.warp_id == warp.pk]) for warp in warps]
    return render(request, "advisories/destinations.html", {"rows": rows, "code_form": CodeForm()})


@require_http_methods(["GET", "HEAD", "POST"])
@for_coordinators
def new(request: HubRequest, person: Person, offices: list[Office], slug: str) -> HttpResponse:
    """Where what is shared here may go from now on: it asks once more who they are."""
    warp = next((office.warp for office in offices if office.warp.slug == slug), None)
    if warp is None:
        raise not_found(request, slug)
    if not confirmed(request):
        return to_confirm(request)
    form = DestinationForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        try:
            destinations.add(person, warp, form.typed(), request.at)
        except Refused as refused:
            form.add_error(None, str(refused))
        else:
            messages.success(request, _("Kept. Nothing goes there before it is verified."))
            return redirect("advisories:destinations")
    return render(request, "advisories/destination_new.html", {"form": form, "warp": warp})


Act = Callable[[HubRequest, Person, Destination], str]


@require_POST
@for_coordinators
def act(request: HubRequest, person: Person, offices: list[Office], code: str, name: str) -> HttpResponse:
    """Verify one, or take it off."""
    there = destinations.listed(office.warp for office in offices)
    one = next((one for one in there if one.code == code), None)
    if one is None or name not in ACTS:
        raise not_found(request, code)
    if not confirmed(request):
        return to_confirm(request, reverse("advisories:destinations"))
    try:
        messages.success(request, ACTS[name](request, person, one))
    except Refused as refused:
        messages.error(request, str(refused))
    return redirect("advisories:destinations")


def _code(request: HubRequest, person: Person, one: Destination) -> str:
    proving.send_code(person, one, request.at)
    return _("A code is on its way to %(name)s. Ring them, and type in what they tell you.") % {"name": one.name}


def _confirm(request: HubRequest, person: Person, one: Destination) -> str:
    form = CodeForm(request.POST)
    if not form.is_valid() or not proving.confirm_code(person, one, form.cleaned_data["code"], request.at):
        raise Refused(_("That is not the code that was sent there last."))
    return _verified(one)


def _ask(request: HubRequest, person: Person, one: Destination) -> str:
    proving.ask_collection(person, one, request.at)
    return _verified(one)


def _off(request: HubRequest, person: Person, one: Destination) -> str:
    destinations.take_off(person, one, request.at)
    return _("Taken off. Nothing goes to %(name)s any more.") % {"name": one.name}


def _verified(one: Destination) -> str:
    return _("Verified. What this WARP shares may be relayed to %(name)s.") % {"name": one.name}


ACTS: dict[str, Act] = {"code": _code, "confirm": _confirm, "ask": _ask, "off": _off}
