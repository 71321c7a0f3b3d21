"""Why somebody did, or did not, get a message about an item: about oneself, and for its handlers about a reader."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from advisories.askform import ReaderForm
from members import audit, kinds, permits, stand
from members.delivery.right import hearers
from members.delivery.why import why
from members.middleware import HubRequest
from members.models import WRITTEN, Announcement, Item, Person
from members.views.asking import not_found, person_of, readable, to_confirm, unconfirmed, viewed


@require_safe
def show(request: HubRequest, ref: str) -> HttpResponse:
    """About whoever asks; with `who`, an address, about that reader. It shows nothing of the item but its reference."""
    person, item = person_of(request), readable(request, ref, *WRITTEN)
    if person is None or item is None:
        raise not_found(request, ref)
    if unconfirmed(request, item):
        return to_confirm(request)
    handles = permits.can(person, "see_audience", item, request.at)
    form = ReaderForm(request.GET if "who" in request.GET else None) if handles else None
    whom = _reader(form, item, request) if form is not None and form.is_bound else person
    if whom is not None and whom != person:
        viewed(request, item, "ask_why", whom=audit.alias_of(whom))
    standing = stand.in_force(item, request.at)
    context = {
        "ref": ref,
        "back": kinds.page(item),
        "page_label": standing.label if standing else item.marking,
        "page_ref": ref,
        "form": form,
        "whom": whom if whom != person else None,
        "tellings": why(whom, item, request.at, own=whom == person) if whom else [],
        "asked": whom is not None,
    }
    return render(request, "advisories/why.html", context)


def _reader(form: ReaderForm, item: Item, request: HubRequest) -> Person | None:
    """The reader whose address was typed: of whoever is none, nothing is said but that."""
    email = form.cleaned_data["who"] if form.is_valid() else ""
    # Not policy.audience: who filed the report behind it reads it too, and stands in no list.
    whom = hearers(item, Announcement.Event.RELEASED, request.at).filter(email=email.lower()).first()
    if whom is None and form.is_valid():
        form.add_error("who", _("Nobody who reads this has that address."))
    return whom
