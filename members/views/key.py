"""The door to one's own public key."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from members.delivery.keys import by_notify
from members.delivery.openpgp import fit
from members.middleware import HubRequest
from members.models import Person
from members.reach.forms import KeyForm
from members.reach.key import key_of, register_key, take_off_key
from members.refused import Refused
from members.views.reach import for_owner


@for_owner
@require_http_methods(["GET", "HEAD", "POST"])
def key(request: HubRequest, person: Person) -> HttpResponse:
    taking_off = request.method == "POST" and request.POST.get("act") == "off"
    form = KeyForm(request.POST if request.method == "POST" and not taking_off else None)
    try:
        if taking_off:
            take_off_key(person, request.at)
            messages.success(request, _("Taken off. Mail to you is not encrypted any more."))
            return redirect("reach-key")
        if form.is_valid():
            register_key(person, form.cleaned_data["key"], request.at)
            messages.success(request, _("Kept. Mail to you is encrypted to this key from now on."))
            return redirect("reach-key")
    except Refused as refused:
        form.add_error("key", str(refused)) if form.is_bound else messages.error(request, str(refused))
    mine = key_of(person)
    context = {"form": form, "key": mine, "fit": mine is not None and fit(mine, request.at), "notify": by_notify()}
    return render(request, "members/reach_key.html", context)
