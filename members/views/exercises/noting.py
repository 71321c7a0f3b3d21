"""What whoever leads or observes an exercise notes of it."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from members.exercises.noting import note as say
from members.middleware import HubRequest
from members.refused import Refused
from members.views.asking import not_found
from members.views.exercises.door import PREPARED, context, watched
from members.views.exercises.noted import note_form


@require_POST
@login_required
def note(request: HubRequest, ref: str) -> HttpResponse:
    """What whoever leads or observes notes."""
    of = watched(request, ref)
    back = _back(request, reverse("exercises:detail", args=[ref]))
    if of.exercise.state == PREPARED:
        raise not_found(request, ref)
    form = note_form(of, request.POST)
    if not form.is_valid():
        template = "exercises/note.html"
        return render(request, template, context(of, form=form, note_form=form, note_back=back))
    try:
        say(of.person, of.exercise, request.at, **form.note())
    except Refused as refused:
        messages.error(request, str(refused))
    else:
        messages.success(request, _("Noted."))
    return redirect(back)


def _back(request: HubRequest, otherwise: str) -> str:
    """Where they came from: a path of the hub. (A bare word would be looked up as the name of a page.)"""
    asked = request.POST.get("back", "")
    within = asked.startswith("/") and url_has_allowed_host_and_scheme(asked, allowed_hosts=None)
    return asked if within else otherwise
