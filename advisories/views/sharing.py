"""From what was derived from a report to its release: looked through, handed on, looked at by a second person."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from advisories import publish
from advisories.fingerprint import with_files
from advisories.models import Advisory, Review, Version
from advisories.sanitise import HELP_NOT_GUARANTEE
from advisories.sharing import consent, deciding, handing, review, seconding
from advisories.sharing.gate import passed
from advisories.sharing.known import known_of
from advisories.sharing.places import Place, places
from advisories.sharingforms import PlacesForm, WordsForm
from advisories.views.advisories import text_context
from advisories.views.life import beside
from advisories.views.shared import going_out
from members import kinds, permits, stand, tlp
from members.middleware import HubRequest
from members.models import WRITTEN, Item, Person
from members.refused import Refused
from members.views.asking import (
    confirmed,
    guarded,
    handled,
    not_found,
    person_of,
    readable,
    to_confirm,
    viewed,
)

HERE = "#tend"
SHOWN = 200  # places: more are asked about once these are decided


def sanitise(request: HubRequest, ref: str) -> HttpResponse:
    """Each place that could tell who reported it, and what is done about it."""
    person, item, version, secret = _opened(request, ref, "sanitise")
    if secret and not confirmed(request):
        return to_confirm(request)
    found = places(version, known_of(item))
    form = PlacesForm(request.POST if request.method == "POST" else None, places=_some(found))
    if form.is_valid():
        try:
            seen = request.POST.get("seen", "")
            version = deciding.decide(person, item, request.at, form.decisions(), seen=seen)
        except Refused as refused:
            form.add_error(None, str(refused))
        else:
            return _decided(request, item, version)
    if secret:
        viewed(request, item, "read_draft", version=version.number)
    page = {**_head(item, version), "form": form, "asked": form.asked(), "help": HELP_NOT_GUARANTEE,
            "seen": publish.fingerprint(version), "left": sum(not one.kept for one in found)}  # fmt: skip
    return render(request, "incidents/sanitise.html", page)


def _some(found: list[Place]) -> list[Place]:
    """As many as a page holds: where there are more, of those that are left."""
    return found if len(found) <= SHOWN else [one for one in found if not one.kept][:SHOWN]


def _decided(request: HubRequest, item: Item, version: Version) -> HttpResponse:
    """On to handing it on where nothing is left, else back to the rest."""
    left = sum(not one.kept for one in places(version, known_of(item)))
    if not left:
        messages.success(request, _("Nothing is left to decide. Read it once more, as a neighbour would."))
        return redirect("incidents:hand-on", item.reference)
    said = ngettext("Saved. %(n)d place is left.", "Saved. %(n)d places are left.", left)
    messages.success(request, said % {"n": left})
    return redirect("incidents:sanitise", item.reference)


def hand_on(request: HubRequest, ref: str) -> HttpResponse:
    """The text as its readers will see it, what is missing, and one button. Whoever handed it on still sees what became
    of it when it is for others to write."""
    person, item, version, secret = _opened(request, ref, "hand_on")
    if secret and not confirmed(request):
        return to_confirm(request)
    if request.method == "POST":
        try:
            handing.hand_on(person, item, request.at, seen=request.POST.get("seen", ""))
        except Refused as refused:
            messages.error(request, str(refused))
        else:
            messages.success(request, _("Handed on. Whoever reported it, and those who can look at it as the second"
                                        " person, are told that something awaits them."))  # fmt: skip
        return redirect("incidents:hand-on", ref)
    if secret:
        viewed(request, item, "read_draft", version=version.number)
    left = sum(not one.kept for one in places(version, known_of(item)))
    hindered = publish.hindrance(version, publish.floor(version, request.at))
    page = {**_head(item, version), **going_out(item, version, request.at), **_stands(request, item, version),
            "left": left, "hindered": hindered, "submitted": item.submitted_at is not None,
            "names": seconding.may_name(person, item, request.at),
            "seen": with_files(version), "writes": permits.can(person, "hand_on", item, request.at)}  # fmt: skip
    return render(request, "incidents/hand_on.html", page)


def second(request: HubRequest, ref: str) -> HttpResponse:
    """The second person's page: the text, what was decided about it, and their word."""
    person, item, version, secret = _opened(request, ref, "review")
    if secret and not confirmed(request):
        return to_confirm(request)
    form = WordsForm(request.POST if request.method == "POST" else None)
    if form.is_valid() and _said(request, person, item, form):
        return redirect(kinds.page(item) + HERE)
    if secret:
        viewed(request, item, "read_draft", version=version.number)
    decided = review.decisions(item, version)
    stands = _stands(request, item, version)
    waiting = stands["fits"] and stands["review"].decided_at is None
    page = {**_head(item, version), **going_out(item, version, request.at), **stands, "form": form,
            "seconds": [], "were_seconds": [],  # who else looks is for those who handle it and who reported it
            "decided": decided, "help": HELP_NOT_GUARANTEE, "waiting": waiting,
            "mine": waiting and person.pk not in (stands["review"].asked_by_id, version.written_by_id)}  # fmt: skip
    return render(request, "incidents/second.html", page)


def _said(request: HubRequest, person: Person, item: Item, form: WordsForm) -> bool:
    """Whether their word was taken; where not, the form says why."""
    seen, no = request.POST.get("seen", "") or "nothing", "no" in request.POST
    try:
        if no:
            review.refuse(person, item, request.at, form.cleaned_data["words"], seen=seen)
        else:
            review.approve(person, item, request.at, seen=seen)
    except Refused as refused:
        form.add_error("words" if no and not form.cleaned_data["words"] else None, str(refused))
        return False
    asked = _("Said. Whoever handed it on is told that something awaits them.")
    messages.success(request, asked if no else _("Approved. It is released once whoever reported it agrees as well."))
    return True


def _opened(request: HubRequest, ref: str, verb: str) -> tuple[Person, Item, Version, bool]:
    """Who asks, what derives from a report, its newest version, and whether that is shown after a step-up alone."""
    person, item = _theirs(request, ref) if verb == "hand_on" else handled(request, ref, verb)
    if not review.derived(item):
        raise not_found(request, ref)
    version = publish.newest(Advisory.rows.select_related("item__warp").get(item=item))
    red = version.label == tlp.RED
    return person, item, version, red or guarded(item, stand.in_force(item, request.at), request.at)


def _theirs(request: HubRequest, ref: str) -> tuple[Person, Item]:
    """Who writes what derives from a report, or handed it on; 404 for everybody else."""
    person, item = person_of(request), readable(request, ref, *WRITTEN)
    if person is None or item is None:
        raise not_found(request, ref)
    if not permits.can(person, "hand_on", item, request.at) and not review.handed_by(person, item):
        raise not_found(request, ref)
    return person, item


def _head(item: Item, version: Version) -> dict[str, Any]:
    return {"ref": item.reference, "title": version.title, "back": kinds.page(item) + HERE,
            **text_context(version), **beside(item, version)}  # fmt: skip


def _stands(request: HubRequest, item: Item, version: Version) -> dict[str, Any]:
    """What was handed on, and what became of it."""
    one: Review | None = review.standing(item)
    fits = review.fits(one, version)
    given = consent.agreed(item, one)[0] if one and fits else False
    declined = bool(one and fits and not given and consent.answers(item, one))
    sooner = bool(one and given and consent.outgrown(item, one, request.at))
    since = publish.begins(item, request.at)
    gate = passed(item, version, request.at, since)
    nobody = bool(one and fits and one.decided_at is None
                  and not review.seconds(item, version, one, request.at).exists())  # fmt: skip
    return {"review": one, "fits": fits, "nobody": nobody, "given": given, "declined": declined, "sooner": sooner,
            "gate": gate.refusal}  # fmt: skip
