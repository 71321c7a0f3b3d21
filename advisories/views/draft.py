"""Writing an advisory: begun from what sources said, then edited until it is released."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from advisories import draft
from advisories.forms import DraftForm, draft_initial
from advisories.models import Advisory, Entry
from advisories.triage import desk
from advisories.views.handling import drafted_from
from members import policy, stand, tlp
from members.middleware import HubRequest
from members.models import Office, Person
from members.refused import Refused
from members.views.asking import (
    asked_for,
    confirmed,
    for_coordinators,
    guarded,
    handled,
    not_found,
    to_confirm,
    typed,
    viewed,
)


@require_POST
@for_coordinators
def new(request: HubRequest, person: Person, offices: list[Office]) -> HttpResponse:
    """A draft from the entries that were ticked, or from a whole story, or an empty one; under one of their offices."""
    entries = _entries(request)
    try:
        advisory = draft.begin(person, _office(request, offices, entries), entries, request.at)
    except Refused as refused:
        messages.error(request, str(refused))
        return redirect("advisories:desk")
    return redirect("advisories:draft-edit", advisory.item.reference)


def _entries(request: HubRequest) -> list[Entry]:
    """What was named, as far as whoever asks may read it."""
    if code := typed(request, "story"):
        found = desk.story(request.viewer, code, request.at)
        if found is None:
            asked_for(request, code)
        return [telling.entry for telling in found[1]] if found else []
    mine = policy.readable(request.viewer, request.at, "item_id")
    refs = [ref for ref in request.POST.getlist("entry") if "\0" not in ref]
    named = list(Entry.rows.filter(mine, item__reference__in=refs).select_related("item", "source"))
    if missed := set(refs) - {entry.item.reference for entry in named}:
        asked_for(request, min(missed), more=len(missed) - 1)
    return named


def _office(request: HubRequest, offices: list[Office], entries: list[Entry]) -> Office:
    """The office that was chosen, else the one whose desk the entries lie on, else the first."""
    chosen = [office for office in offices if office.warp.slug == request.POST.get("warp")]
    desks = {entry.item.warp_id for entry in entries}
    return next(iter(chosen or [office for office in offices if office.warp_id in desks] or offices))


def edit(request: HubRequest, ref: str) -> HttpResponse:
    person, item = handled(request, ref, "edit")
    advisory = Advisory.rows.select_related("item").filter(item=item).first()
    if advisory is None:
        raise not_found(request, ref)
    version = advisory.versions.order_by("-number").prefetch_related("references")[0]
    sources = drafted_from(request, item)
    # What stands may be for all while the next version, or what it is drafted from, is for named people.
    red = tlp.RED in {version.label, *(entry.item.marking for entry in sources)}
    secret = red or guarded(item, stand.in_force(item, request.at), request.at)
    if secret and not confirmed(request):
        return to_confirm(request)
    typed = request.POST if request.method == "POST" else None
    form = DraftForm(typed, instance=version, initial=draft_initial(version), by=person, at=request.at, sources=sources)
    if form.is_valid():
        try:
            draft.edit(person, advisory, request.at, **form.changes())
        except Refused as refused:
            form.add_error(None, str(refused))
        else:
            messages.success(request, _("Saved."))
            return redirect("advisories:release" if "preview" in request.POST else "advisories:draft-edit", ref)
    if secret:
        viewed(request, item, "read_draft", version=version.number)
    return render(request, "advisories/draft.html", {"form": form, "ref": ref, "sources": sources})
