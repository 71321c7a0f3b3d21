"""Relaying one item: where to, exactly what goes there, and one button. And the other side's word that they have it."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from advisories.models import Destination
from advisories.relaying import asking, bymail, destinations, rule
from advisories.relaying.parcel import ready
from members import kinds, permits
from members.middleware import HubRequest
from members.models import Item, Person
from members.refused import Refused
from members.views.asking import confirmed, handled, not_found, to_confirm, typed, viewed

HERE = "#handling"


@require_http_methods(["GET", "HEAD", "POST"])
def relay(request: HubRequest, ref: str) -> HttpResponse:
    """It leaves the hub for good, so it asks once more who they are, whatever the label."""
    person, item = handled(request, ref, "relay")
    if not confirmed(request):
        return to_confirm(request)
    there = destinations.offered(item)
    asked = request.POST.get("to", "") if request.method == "POST" else typed(request, "to")
    chosen = next((one for one in there if one.code == asked), None)
    if asked and chosen is None:
        raise not_found(request, ref)
    if chosen is not None and request.method == "POST" and _done(request, person, item, chosen):
        return redirect(kinds.page(item) + HERE)
    page = _choice(request, item, there) if chosen is None else _looked_at(request, item, chosen)
    keeps = permits.coordinates(person, request.at).filter(warp=item.warp_id).exists()
    context = {"ref": ref, "back": kinds.page(item) + HERE, "keeps": keeps, **page}
    return render(request, "advisories/relay.html", context)


def _choice(request: HubRequest, item: Item, there: list[Destination]) -> dict[str, Any]:
    case = rule.case(item, request.at)
    return {"never": case.never, "rows": [(one, rule.hindrance(case, one)) for one in there]}


def _looked_at(request: HubRequest, item: Item, chosen: Destination) -> dict[str, Any]:
    """What goes there, word for word, or why nothing can."""
    goes, said = asking.shown(item, chosen, request.at)
    if goes is None:
        return {"chosen": chosen, "refusal": said}
    subject, text = bymail.text(chosen, goes) if chosen.kind == Destination.Kind.MAIL else ("", "")
    viewed(request, item, "export", version=goes.facts.version, form="relay")
    return {"chosen": chosen, "label": goes.label, "parcel": goes, "subject": subject, "mail": text,
            "bundle": goes.pretty(), "seen": goes.digest, "encrypted": bool(chosen.certificate)}  # fmt: skip


def _done(request: HubRequest, person: Person, item: Item, chosen: Destination) -> bool:
    ready()
    try:
        asking.relay(person, item, chosen, request.at, seen=request.POST.get("seen", ""))
    except Refused as refused:
        messages.error(request, str(refused))
        return False
    messages.success(request, _("It goes to %(name)s. What they answer stands here.") % {"name": chosen.name})
    return True


@require_http_methods(["GET", "HEAD", "POST"])
def receipt(request: HubRequest, code: str) -> HttpResponse:
    """For whoever holds the link of a relay's mail: it says nothing of the item, and takes their word. A GET changes
    nothing, since mail programs follow links by themselves."""
    known = asking.known(code)
    if not known:
        raise not_found(request, code)
    done = request.method == "POST" and asking.confirm(code, request.at) is not None
    return render(request, "advisories/relay_receipt.html", {"done": done})
