"""The doors to an incident's verbs: how it stands, its timeline, who sees to it, and what becomes of it."""

from __future__ import annotations

from collections.abc import Callable

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from advisories import incidents
from advisories.incidentforms import NoteForm, StateForm, StrikeForm
from advisories.models import Incident
from advisories.views.advisories import page_of
from members import kinds, stand
from members.middleware import HubRequest
from members.models import Embargo, Item, Kind, Person
from members.refused import Refused
from members.templatetags.hub import moment_zone
from members.views.asking import handled, to_confirm, unconfirmed

HERE = "#tend"
SAID: dict[str, Promise] = {
    "open": gettext_lazy("It is open. Those who read it see that."),
    "contained": gettext_lazy("It is contained. Those who read it see that."),
    "recovered": gettext_lazy("All is back. Those who read it see that."),
}


@require_POST
def state(request: HubRequest, ref: str) -> HttpResponse:
    person, item = _tended(request, ref)
    form = StateForm(request.POST)
    if unconfirmed(request, item):
        return to_confirm(request, kinds.page(item))
    if not _did(form, lambda: incidents.set_state(person, item, request.at, form.cleaned_data["state"])):
        return _again(request, item, form)
    return _done(request, item, str(SAID[form.cleaned_data["state"]]))


@require_POST
def note(request: HubRequest, ref: str) -> HttpResponse:
    """A line for the next version. What was typed is not lost where they must confirm first."""
    person, item = _tended(request, ref)
    form = NoteForm(request.POST)
    if unconfirmed(request, item):
        return render(request, "incidents/confirm_note.html", {"form": form, "ref": ref, "back": kinds.page(item)})
    if not _did(form, lambda: incidents.note(person, item, request.at, **form.cleaned_data)):
        return _again(request, item, form)
    return _done(request, item, _("The line is there. Readers see it once you release the next version."))


@require_POST
def strike(request: HubRequest, ref: str) -> HttpResponse:
    person, item = _tended(request, ref)
    form = StrikeForm(request.POST)
    if unconfirmed(request, item):
        return to_confirm(request, kinds.page(item))
    if form.is_valid():
        incidents.strike(person, item, request.at, **form.cleaned_data)
    return _done(request, item, _("The line is gone from the next version."))


@require_POST
def take(request: HubRequest, ref: str) -> HttpResponse:
    person, item = _tended(request, ref)
    if unconfirmed(request, item):
        return to_confirm(request, kinds.page(item))
    incidents.take(person, item, request.at)
    return _done(request, item, _("You see to it from now on."))


@require_POST
def become(request: HubRequest, ref: str) -> HttpResponse:
    """On to the draft of the advisory; where there can be none, back with the reason."""
    person, item = handled(request, ref, "become", (Kind.INCIDENT,))
    if unconfirmed(request, item):
        return to_confirm(request, kinds.page(item))
    try:
        advisory = incidents.become_advisory(person, item, request.at)
    except Refused as refused:
        messages.error(request, str(refused))
        return redirect(kinds.page(item) + HERE)
    messages.success(request, _("This is its draft, with the text that stands. Nobody is told before you release it."))
    return redirect("advisories:draft-edit", advisory.item.reference)


@require_POST
def derive(request: HubRequest, ref: str) -> HttpResponse:
    """From a report to an incident with an empty text, which whoever keeps the report writes."""
    person, report = handled(request, ref, "derive", (Kind.REPORT,))
    if unconfirmed(request, report):
        return to_confirm(request, kinds.page(report))
    try:
        incident: Incident = incidents.derive_incident(person, report, request.at)
    except Refused as refused:
        messages.error(request, str(refused))
        return redirect(kinds.page(report))
    messages.success(request, _("This is what will be shared. Write its text: nothing of the report is in it."))
    if kept := Embargo.objects.filter(item=incident.item).first():
        said = _(
            "It is under an embargo until %(at)s, as its reporter asked. Nobody but you handles it: name the others."
        )
        messages.info(request, said % {"at": moment_zone(kept.ends_at)})
    return redirect(kinds.page(incident.item))


def _tended(request: HubRequest, ref: str) -> tuple[Person, Item]:
    return handled(request, ref, "tend", (Kind.INCIDENT,))


def _did(form: forms.Form, act: Callable[[], object]) -> bool:
    if form.is_valid():
        try:
            act()
        except Refused as refused:
            form.add_error(None, str(refused))
        else:
            return True
    return False


def _again(request: HubRequest, item: Item, form: forms.Form) -> HttpResponse:
    """The page once more, with what was typed and what is the matter with it."""
    context = page_of(request, item, stand.in_force(item, request.at), None, form)
    return render(request, "advisories/detail.html", {**context, "form": form})


def _done(request: HubRequest, item: Item, said: str) -> HttpResponse:
    messages.success(request, said)
    return redirect(kinds.page(item) + HERE)
