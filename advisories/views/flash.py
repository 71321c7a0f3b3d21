"""A Flash from a telephone: what it says, who is told and how, one button. The same verbs as everywhere else."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from advisories import draft, publish
from advisories.flashform import FlashForm
from advisories.mailed import as_mailed
from advisories.models import Advisory, Version
from members import kinds, permits, stand, tlp
from members.duty import LABELS
from members.middleware import HubRequest
from members.models import Item, Office, Person, Tier
from members.refused import Refused
from members.views.asking import for_coordinators, guarded, handled


@require_http_methods(["GET", "HEAD", "POST"])
@for_coordinators
def write(request: HubRequest, person: Person, offices: list[Office]) -> HttpResponse:
    """Write one, and look at what it does."""
    form = FlashForm(request.POST if request.method == "POST" else None, offices=offices)
    if form.is_valid():
        try:
            item = _begin(person, form, request)
        except Refused as refused:
            form.add_error(None, str(refused))
        else:
            return redirect("advisories:flash-release", item.reference)
    return render(request, "advisories/flash.html", {"form": form})


@transaction.atomic
def _begin(person: Person, form: FlashForm, request: HubRequest) -> Item:
    office = form.office()
    advisory = draft.begin(person, office, [], request.at)
    draft.edit(person, advisory, request.at, **form.changes(office.warp_id))
    return advisory.item


@require_http_methods(["GET", "HEAD", "POST"])
def change(request: HubRequest, ref: str) -> HttpResponse:
    """The same draft again."""
    person, item, version = _drafted(request, ref)
    if not _plain(request, item, version):
        return redirect("advisories:draft-edit", ref)
    offices = list(permits.coordinates(person, request.at))
    form = FlashForm(request.POST if request.method == "POST" else None, offices=offices, version=version)
    if form.is_valid():
        try:
            draft.edit(person, version.advisory, request.at, **form.changes(item.warp_id))
        except Refused as refused:
            form.add_error(None, str(refused))
        else:
            return redirect("advisories:flash-release", ref)
    return render(request, "advisories/flash.html", {"form": form, "ref": ref})


@require_http_methods(["GET", "HEAD", "POST"])
def release(request: HubRequest, ref: str) -> HttpResponse:
    """Who is told, by which channel, in which words; and the button. Pressed twice, it is released once."""
    person, item, version = _drafted(request, ref)
    if version.released_at is not None:
        return redirect(kinds.page(item))
    if not _plain(request, item, version):
        return redirect("advisories:release", ref)
    if request.method == "POST":
        return _release(request, person, item, version)
    return render(request, "advisories/flash_release.html", _shown(request, version))


def _release(request: HubRequest, person: Person, item: Item, version: Version) -> HttpResponse:
    """The page that was looked at showed the title, and `seen` says which one that was: it is not typed once more."""
    ref = item.reference
    try:
        publish.release(person, item, request.at, confirm_title=version.title, seen=request.POST.get("seen", ""))
    except Refused as refused:
        if publish.newest(version.advisory).released_at is not None:  # by the same button, a moment ago
            return redirect("advisories:responses", ref)
        messages.error(request, str(refused))
        return redirect("advisories:flash-release", ref)
    messages.success(request, _("Released. Those whom it is for are being told."))
    return redirect("advisories:responses", ref)


def _shown(request: HubRequest, version: Version) -> dict[str, Any]:
    preview = publish.preview(version.advisory, request.at)
    return {
        "ref": version.advisory.item.reference,
        "text": version,
        "label": version.label,
        "meaning": tlp.MEANING[version.label],
        "sentence": preview.sentence(),
        "refusal": preview.refusal,
        "seen": publish.fingerprint(version),
        "mail": None if preview.refusal else as_mailed(preview),
    }


def _drafted(request: HubRequest, ref: str) -> tuple[Person, Item, Version]:
    person, item = handled(request, ref, "release")
    return person, item, publish.newest(Advisory.rows.select_related("item__warp").get(item=item))


def _plain(request: HubRequest, item: Item, version: Version) -> bool:
    """Whether this short way is for it. What is guarded, or no Flash, goes the long one, which asks more."""
    flash = version.tier == Tier.FLASH and version.label in LABELS and version.released_at is None
    return flash and not guarded(item, stand.in_force(item, request.at), request.at)
