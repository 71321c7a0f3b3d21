"""The reporter's page: exactly what is to be shared of what they reported, and their word."""

from __future__ import annotations

from datetime import datetime

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _

from advisories.models import Review, Version
from advisories.sharing import consent, review
from advisories.sharingforms import WordsForm
from advisories.views.advisories import text_context
from advisories.views.life import beside
from advisories.views.shared import going_out
from members import kinds
from members.middleware import HubRequest
from members.models import WRITTEN, Item, Person
from members.refused import Refused
from members.views.asking import confirmed, not_found, person_of, readable, to_confirm, viewed_by_reporter


@login_required
def agree(request: HubRequest, ref: str) -> HttpResponse:
    """404 for everybody but who reported it. It asks once more who they are, whatever the label: that somebody sees
    this page says that they reported."""
    person, item = person_of(request), readable(request, ref, *WRITTEN)
    if person is None or item is None or not review.reported(person, item):
        raise not_found(request, ref)
    if not confirmed(request):
        return to_confirm(request)
    one = review.standing(item)
    if one is None:  # what is being written is its handlers' until they hand it on
        raise not_found(request, ref)
    version = _handed(item, one)
    form = WordsForm(request.POST if request.method == "POST" else None)
    if form.is_valid() and _said(request, person, item, form):
        return redirect("incidents:consent", ref)
    viewed_by_reporter(request, item, person, "read_draft", version=version.number)
    stands = version.released_at is not None or review.fits(one, version)
    given = consent.own(person, item, one) if stands else None
    page = {
        **text_context(version), **beside(item, version), **going_out(item, version, request.at),
        "ref": ref, "title": version.title, "back": kinds.page(item), "form": form, "review": one if stands else None,
        "given": given is not None and consent.covers(given, item, request.at),
        "declined": given is not None and given.withdrawn_at is not None,
        "shared": version.released_at is not None and version.released_at <= request.at,
    }  # fmt: skip
    return render(request, "incidents/consent.html", page)


def _handed(item: Item, one: Review) -> Version:
    """The version that was handed on, word for word."""
    return Version.objects.select_related("advisory__item").get(advisory=item.pk, number=one.version)


def _said(request: HubRequest, person: Person, item: Item, form: WordsForm) -> bool:
    """Whether their word was taken; where not, the form says why."""
    seen, no = request.POST.get("seen", ""), "no" in request.POST
    try:
        if no:
            consent.decline(person, item, request.at, form.cleaned_data["words"], seen=seen)
        else:
            consent.agree(person, item, request.at, seen=seen, ends_at=_moment(request.POST.get("until", "")))
    except Refused as refused:
        form.add_error("words" if no and not form.cleaned_data["words"] else None, str(refused))
        return False
    done = _("Said. It is not shared, and those who keep your report read why.")
    messages.success(request, done if no else _("You agreed. If anything in it changes, you are asked again."))
    return True


def _moment(text: str) -> datetime | None:
    """The end of the embargo that the page showed."""
    try:
        return parse_datetime(text)
    except ValueError:
        return None
