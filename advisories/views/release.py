"""The two last steps: releasing, on one page with one button, and withdrawing."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from advisories import alert, publish
from advisories.alert import Proposal
from advisories.forms import ReleaseForm, WithdrawForm
from advisories.models import Advisory
from advisories.publish import Changed
from advisories.sharing.review import derived
from advisories.triage.ruling import rules_for
from advisories.views.advisories import text_context
from advisories.views.handling import by_house, drafted_from
from advisories.views.life import beside
from members import kinds, stand, tlp
from members.middleware import HubRequest
from members.models import Item, Standing
from members.refused import Refused
from members.views.asking import confirmed, guarded, handled, not_found, to_confirm, viewed


def release(request: HubRequest, ref: str) -> HttpResponse:
    """The text as members will see it, who will get it, and one button."""
    person, item = handled(request, ref, "release")
    standing = stand.in_force(item, request.at)
    advisory = Advisory.rows.select_related("item").get(item=item)
    preview = publish.preview(advisory, request.at)
    version = preview.version
    secret = version.label == tlp.RED or guarded(item, standing, request.at)
    if secret and not confirmed(request):
        return to_confirm(request)
    if version.released_at is not None:
        return redirect(kinds.page(item))
    form = ReleaseForm(request.POST if request.method == "POST" else None, version=version)
    if request.method == "POST" and form.is_valid():
        try:
            title = form.cleaned_data.get("confirm_title", "")
            publish.release(person, item, request.at, confirm_title=title, seen=request.POST.get("seen", ""))
        except Changed as changed:
            messages.error(request, str(changed))
            return redirect("advisories:release", ref)
        except Refused as refused:
            form.add_error(None, str(refused))
        else:
            ahead = _("Approved. It is released when its embargo ends, and those whom it is for are told then.")
            done = _("Released. Those whom it is for are being told.")
            messages.success(request, ahead if preview.ahead else done)
            return redirect(kinds.page(item))
    page = {
        **text_context(version),
        **beside(item, version),
        "form": form,
        "seen": publish.fingerprint(version),
        "ref": ref,
        "label": version.label,
        "meaning": tlp.MEANING[version.label],
        "sentence": preview.sentence(),
        "ahead": preview.at if preview.ahead else None,
        "refusal": preview.refusal,
        "from_report": bool(preview.refusal) and derived(item),
        "readers": by_house(preview.people, request),
        "proposed": _proposed(request, item),
    }
    if secret:
        viewed(request, item, "read_draft", version=version.number)
    return render(request, "advisories/release.html", page)


def _proposed(request: HubRequest, item: Item) -> Proposal | None:
    """What the sources speak for that whoever asks may read, by the rules of the item's WARP; None without any."""
    open_ones = [entry for entry in drafted_from(request, item) if entry.item.marking != tlp.RED or confirmed(request)]
    return alert.propose(open_ones, rules_for(item.warp)) if open_ones else None


def withdraw(request: HubRequest, ref: str) -> HttpResponse:
    person, item = handled(request, ref, "withdraw")
    standing = stand.in_force(item, request.at)
    if standing is None or standing.state != Standing.State.RELEASED:
        raise not_found(request, ref)
    secret = guarded(item, standing, request.at)
    if secret and not confirmed(request):
        return to_confirm(request)
    form = WithdrawForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            publish.withdraw(person, item, request.at, form.cleaned_data["reason"])
        except Refused as refused:
            form.add_error(None, str(refused))
        else:
            messages.success(request, _("Withdrawn. Those who had it are being told."))
            return redirect(kinds.page(item))
    if secret:
        viewed(request, item, version=standing.version)
    title = Advisory.rows.get(item=item).versions.get(number=standing.version).title
    context = {"form": form, "ref": ref, "title": title, "back": kinds.page(item)}
    return render(request, "advisories/withdraw.html", context)
