"""Writing an advisory: begun from what sources said, then edited until it is released."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from advisories import draft
from advisories.forms import DraftForm, draft_initial
from advisories.models import Advisory, Entry
from advisories.publish import Refused
from members import policy, stand
from members.middleware import HubRequest
from members.models import Office, Person
from members.views.asking import confirmed, for_coordinators, guarded, handled, to_confirm


@require_POST
@for_coordinators
def new(request: HubRequest, person: Person, offices: list[Office]) -> HttpResponse:
    """A draft in the words of the entries that were ticked, or an empty one; written under one of their offices."""
    entries = _entries(request)
    office = _office(request, offices, entries)
    advisory = draft.begin(person, office, entries, request.at)
    return redirect("advisories:draft-edit", advisory.item.reference)


def _entries(request: HubRequest) -> list[Entry]:
    """The entries that were named, as far as whoever asks may read them."""
    refs = request.POST.getlist("entry")
    mine = policy.readable(request.viewer, request.at, "item_id")
    return list(Entry.rows.filter(mine, item__reference__in=refs).select_related("item", "source"))


def _office(request: HubRequest, offices: list[Office], entries: list[Entry]) -> Office:
    """The office that was chosen, else the one whose desk the entries lie on, else the first."""
    chosen = [office for office in offices if office.warp.slug == request.POST.get("warp")]
    desks = {entry.item.warp_id for entry in entries}
    return next(iter(chosen or [office for office in offices if office.warp_id in desks] or offices))


def edit(request: HubRequest, ref: str) -> HttpResponse:
    person, item = handled(request, ref, "edit")
    if guarded(item, stand.in_force(item, request.at), request.at) and not confirmed(request):
        return to_confirm(request)
    advisory = Advisory.rows.select_related("item").filter(item=item).first()
    if advisory is None:
        raise Http404
    version = advisory.versions.order_by("-number").prefetch_related("references")[0]
    if request.method != "POST":
        form = DraftForm(instance=version, initial=draft_initial(version))
        return _form(request, form, ref)
    form = DraftForm(request.POST, instance=version)
    if form.is_valid():
        try:
            draft.edit(person, advisory, request.at, **form.fields_of_draft())
        except Refused as refused:
            form.add_error(None, str(refused))
        else:
            messages.success(request, _("Saved."))
            return redirect("advisories:release" if "preview" in request.POST else "advisories:draft-edit", ref)
    return _form(request, form, ref)


def _form(request: HubRequest, form: DraftForm, ref: str) -> HttpResponse:
    return render(request, "advisories/draft.html", {"form": form, "ref": ref})
