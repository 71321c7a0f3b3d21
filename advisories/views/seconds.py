"""Naming a second person for a draft that derives from a report, where those who handle it are too few or know it too
well."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from advisories import publish
from advisories.models import Advisory
from advisories.sharing import seconding
from advisories.sharingforms import SecondsForm
from members import kinds, stand, tlp
from members.middleware import HubRequest
from members.models import Item, Person
from members.refused import Refused
from members.views.asking import confirmed, guarded, handled, not_found, to_confirm


@login_required
def seconds(request: HubRequest, ref: str) -> HttpResponse:
    """Who is named, who could be, and the words that naming them is agreed to anew. 404 for who may name nobody."""
    person, item = handled(request, ref, "name_handler")
    if not seconding.may_name(person, item, request.at):
        raise not_found(request, ref)
    if _secret(request, item) and not confirmed(request):
        return to_confirm(request)
    at_hand = seconding.at_hand(person, item, request.at)
    form = SecondsForm(request.POST if request.method == "POST" else None, at_hand=at_hand)
    if "drop" in request.POST:
        return _dropped(request, person, item)
    if form.is_valid():
        try:
            seconding.name(person, item, request.at, form.people())
        except Refused as refused:
            form.add_error(None, str(refused))
        else:
            messages.success(request, _("Named. Hand it on, and they are told that it awaits them."))
            return redirect("incidents:hand-on", ref)
    page = {"ref": ref, "back": kinds.page(item), "form": form, "at_hand": at_hand,
            "named": seconding.named(item)}  # fmt: skip
    return render(request, "incidents/seconds.html", page)


def _dropped(request: HubRequest, person: Person, item: Item) -> HttpResponse:
    one = next((one for one in seconding.named(item) if one.email == request.POST["drop"]), None)
    try:
        if one is None:
            raise Refused(_("They are not named any more."))
        seconding.drop(person, item, request.at, one)
    except Refused as refused:
        messages.error(request, str(refused))
    else:
        messages.success(request, _("Done: %(name)s looks at it no more.") % {"name": one.name})
    return redirect("incidents:seconds", item.reference)


def _secret(request: HubRequest, item: Item) -> bool:
    version = publish.newest(Advisory.rows.get(item=item))
    return version.label == tlp.RED or guarded(item, stand.in_force(item, request.at), request.at)
