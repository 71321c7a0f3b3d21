"""The calendar of what somebody has booked, by an address with a secret in it; and its addresses.

A token that is wrong, has ended or is another's is answered as any address that there is not. Who is signed in counts
for nothing: a calendar is not a person.
"""

from __future__ import annotations

import hashlib

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.urls import reverse
from django.utils.cache import get_conditional_response
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from members.audit import record
from members.calendar import booked
from members.credentials import credential_of
from members.middleware import HubRequest
from members.models import Credential
from members.views import ownaddresses
from members.views.asking import not_found

CALENDAR = Credential.Use.CALENDAR
CALENDARS = ownaddresses.Use(
    CALENDAR, "training-calendar-feed", "training-calendar-feed-end", "members/calendar_addresses.html",
    lambda token: reverse("calendar-feed", args=[token]), gettext_lazy("Which calendar is it for?"),
)  # fmt: skip
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
    return ownaddresses.show(request, CALENDARS)


@login_required
@require_POST
def end(request: HubRequest, code: str) -> HttpResponse:
    return ownaddresses.end(request, CALENDARS, code)
