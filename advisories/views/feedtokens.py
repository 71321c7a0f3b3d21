"""Addresses by which a feed reader gets what its owner may have of advisories: made, shown once, and ended."""

from __future__ import annotations

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from advisories.feedform import FeedForm
from members import credentials
from members.middleware import HubRequest
from members.models import Credential, Person
from members.refused import Refused
from members.views.asking import confirmed, not_found, person_of, to_confirm

ATOM = Credential.Use.ATOM


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def index(request: HubRequest) -> HttpResponse:
    """Theirs; and with a POST one more. Whoever makes one says once more who they are: it opens more than this page."""
    person = _person(request)
    if not confirmed(request):
        return to_confirm(request, reverse("feed-tokens"))
    form, made = FeedForm(request.POST or None), ""
    if request.method == "POST" and form.is_valid():
        try:
            token = credentials.issue(person, ATOM, form.cleaned_data["name"], request.at, person)[1]
        except Refused as refused:
            form.add_error(None, str(refused))
        else:
            made, form = f"{settings.BASE_URL}{reverse('feed-advisories')}?token={token}", FeedForm()
    mine = [(one, credentials.handle(one)) for one in credentials.of_person(person, ATOM, request.at)]
    public = f"{settings.BASE_URL}{reverse('feed-advisories')}"
    context = {"form": form, "made": made, "mine": mine, "public": public}
    said = render(request, "advisories/feed_tokens.html", context)
    said.headers["Cache-Control"] = "no-store, private"  # the new address is shown this once
    return said


@login_required
@require_POST
def end(request: HubRequest, code: str) -> HttpResponse:
    """It opens nothing any more, from the next question on. Nobody is asked anything for ending one."""
    person = _person(request)
    mine = credentials.of_person(person, ATOM, request.at)
    one = next((one for one in mine if credentials.handle(one) == code), None)
    if one is None:
        raise not_found(request, code)
    credentials.revoke(one, request.at, person)
    messages.success(request, _("“%(name)s” has ended: its address opens nothing any more.") % {"name": one.name})
    return redirect("feed-tokens" if confirmed(request) else "mfa_index")


def _person(request: HubRequest) -> Person:
    person = person_of(request)
    assert person is not None  # login_required
    return person
