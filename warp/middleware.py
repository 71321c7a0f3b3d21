"""What every answer carries, and how long a sign-in lasts."""

from __future__ import annotations

import time
from collections.abc import Callable

from django.conf import settings
from django.contrib.auth import SESSION_KEY
from django.http import HttpRequest, HttpResponse

Handler = Callable[[HttpRequest], HttpResponse]

POLICY = "; ".join(
    [
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "font-src 'self'",
        "connect-src 'self'",
        "manifest-src 'self'",
        "img-src 'self' data:",  # data: for the QR code of an authenticator
        "form-action 'self'",
        "base-uri 'none'",
        "frame-ancestors 'none'",
    ]
)
HEADERS = {
    "Content-Security-Policy": POLICY,
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
    "Cross-Origin-Resource-Policy": "same-origin",
}
SEEN_EVERY = 60  # seconds: how coarsely "last seen" is kept, so that not every page writes a row
RENEWS = "Hub-Renews"  # the header of what a page asks for by itself (hx-headers): nobody is known to be there


def policy_headers(get_response: Handler) -> Handler:
    """Nothing inline, nothing from elsewhere, no frames. Stands outside sessions: every answer has it."""

    def middleware(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        for name, value in HEADERS.items():
            response.headers.setdefault(name, value)
        return response

    return middleware


def signed_in(get_response: Handler) -> Handler:
    """A sign-in ends after 30 minutes without a page and 12 hours in all; what it showed is kept nowhere."""

    def middleware(request: HttpRequest) -> HttpResponse:
        if SESSION_KEY in request.session and not still_good(request):
            request.session.flush()
        before = SESSION_KEY in request.session
        response = get_response(request)
        after = SESSION_KEY in request.session
        if before or after or request.path.startswith("/account/"):
            response.headers["Cache-Control"] = "no-store, private"
        if before and not after:
            response.headers["Clear-Site-Data"] = '"cache", "storage"'
        return response

    return middleware


def still_good(request: HttpRequest) -> bool:
    """Whether this sign-in is within both limits; notes that it was used, unless a page asks by itself."""
    now = int(time.time())
    since = request.session.setdefault("since", now)
    seen = request.session.get("seen", now)
    if now - seen > settings.SESSION_IDLE_SECONDS or now - since > settings.SESSION_COOKIE_AGE:
        return False
    used = now - seen >= SEEN_EVERY and RENEWS not in request.headers
    if used or "seen" not in request.session:
        request.session["seen"] = now
    return True
