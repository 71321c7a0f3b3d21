"""Confirm from a message, without signing in: one button for who opens the link, and nothing of the item."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_http_methods

from members.middleware import HubRequest
from members.response.link import confirm, opened


@require_http_methods(["GET", "HEAD", "POST"])
def answer(request: HubRequest, token: str) -> HttpResponse:
    """Opening it changes nothing: mail scanners open every link. A link that ended looks like one that never was."""
    posted = request.method == "POST"
    found = confirm(token, request.at) if posted else opened(token, request.at)
    if found is None:
        said = render(request, "members/answer_ended.html", status=404)
    else:
        # Several names would tell whoever it was forwarded to who else was asked.
        names = found.organisations
        context = {"name": names[0] if len(names) == 1 else "", "count": len(names), "played": found.of_exercise}
        said = render(request, "members/answer.html", {**context, "answered": posted or found.answered})
    said.headers["Cache-Control"] = "no-store, private"  # a token stands in the address
    return said
