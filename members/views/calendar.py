"""The calendar of what somebody has booked, by an address with a secret in it; and its addresses: made, shown once,
and ended.

A token that is wrong, has ended or is another's is answered as any address that there is not. Who is signed in counts
for nothing: a calendar is not a person.
"""

from __future__ import annotations

import hashlib

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.cache import get_conditional_response
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from members import credentials
from members.audit import record
from members.calendar import booked
from members.calendar.forms import AddressForm
from members.credentials import credential_of
from members.middleware import HubRequest
from members.models import Credential, Person
from members.refused import Refused
from members.views.asking import confirmed, not_found, person_of, to_confirm

CALENDAR = Credential.Use.CALENDAR
NAME = "calendar.ics"  # in the audit, where no token may stand


@require_safe
def feed(request: HubRequest, token: str) -> HttpResponse:
    credential = credential_of(token, CALENDAR, request.at)
    if credential is None or credential.person is None:  # nothing is an organisation's own booking
        raise not_found(request, NAME)
    text = booked.feed(credential, request.at)
    record("export", request.at, by=credential.person, reference=NAME)
    etag = f'"{hashlib.sha256(text).hexdigest()[:32]}"'
    response = HttpResponse(text, content_type="text/calendar; charset=utf-8")
    response = get_conditional_response(request, etag, None, response) or response
    response.headers["ETag"] = etag
    # As of a feed: nobody on the way keeps the answer, and no page that it leads to learns the address.
    response.headers["Cache-Control"] = "no-store, private"
    response.headers["Referrer-Policy"] = "no-referrer"
    return response


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def addresses(request: HubRequest) -> HttpResponse:
    """Theirs; and with a POST one more. Whoever makes one says once more who they are: it opens more than this page."""
    person = _person(request)
    if not confirmed(request):
        return to_confirm(request, reverse("training-calendar-feed"))
    form, made = AddressForm(request.POST or None), ""
    if request.method == "POST" and form.is_valid():
        try:
            token = credentials.issue(person, CALENDAR, form.cleaned_data["name"], request.at, person)[1]
        except Refused as refused:
            form.add_error(None, str(refused))
        else:
            made, form = f"{settings.BASE_URL}{reverse('calendar-feed', args=[token])}", AddressForm()
    mine = [(one, credentials.handle(one)) for one in credentials.of_person(person, CALENDAR, request.at)]
    said = render(request, "members/calendar_addresses.html", {"form": form, "made": made, "mine": mine})
    said.headers["Cache-Control"] = "no-store, private"  # the new address is shown this once
    return said


@login_required
@require_POST
def end(request: HubRequest, code: str) -> HttpResponse:
    """It opens nothing any more, from the next question on. Nobody is asked anything for ending one."""
    person = _person(request)
    mine = credentials.of_person(person, CALENDAR, request.at)
    one = next((one for one in mine if credentials.handle(one) == code), None)
    if one is None:
        raise not_found(request, code)
    credentials.revoke(one, request.at, person)
    messages.success(request, _("“%(name)s” has ended: its address opens nothing any more.") % {"name": one.name})
    return redirect("training-calendar-feed" if confirmed(request) else "mfa_index")


def _person(request: HubRequest) -> Person:
    person = person_of(request)
    assert person is not None  # login_required
    return person
