"""End some mail by the link in it: GET asks, POST ends, without signing in, cookie or redirect (RFC 8058)."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from members import subscribing
from members.middleware import HubRequest
from members.telling import stop as stopping

METHODS = ["GET", "HEAD", "POST"]


@csrf_exempt
@require_http_methods(METHODS)
def stop(request: HubRequest, token: str) -> HttpResponse:
    """A member's: that address's ticks of that frequency."""
    posted = request.method == "POST"
    found = stopping.stop(token, request.at) if posted else stopping.stoppable(token)
    return _said(request, "members/stop.html", None if found is None else {"stop": found, "done": posted})


@csrf_exempt
@require_http_methods(METHODS)
def leave(request: HubRequest, token: str) -> HttpResponse:
    """A subscriber's: all of it."""
    posted = request.method == "POST"
    known = subscribing.leave(token, request.at) if posted else subscribing.leaving(token, request.at)
    done = (posted and known) or subscribing.left(token, request.at)
    return _said(request, "members/leave_mail.html", {"done": done} if known or done else None)


def _said(request: HubRequest, template: str, context: dict[str, Any] | None) -> HttpResponse:
    """The page, or that the link is none: a link that ended looks like one that never was."""
    missing = context is None
    said = render(request, "members/link_ended.html" if missing else template, context, status=404 if missing else 200)
    said.headers["Cache-Control"] = "no-store, private"  # a token stands in the address
    return said
