"""One moment and one viewer for each request, and nobody further in than the door without a second factor."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from allauth.mfa.models import Authenticator
from allauth.mfa.utils import is_mfa_enabled
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.http.request import split_domain_port
from django.shortcuts import redirect
from django.urls import reverse

from members import clock
from members.policy import Viewer

Handler = Callable[[HttpRequest], HttpResponse]

DEMO_FLAG = "demo"  # set in the session by the demonstration's sign-in alone
HEALTH = "/healthz"  # asked when the database may be ill: it must not need a moment from it
LOOPBACK = {"127.0.0.1", "localhost", "[::1]"}
FORWARDED = ("HTTP_FORWARDED", "HTTP_X_FORWARDED_FOR", "HTTP_X_REAL_IP")
# What somebody who has a password and no authenticator yet may reach.
DOOR = ("account_logout", "account_reauthenticate", "mfa_reauthenticate", "mfa_activate_totp")


class HubRequest(HttpRequest):
    """A request as our views meet it: with the moment at which it is answered, and who looks."""

    at: datetime
    viewer: Viewer


def one_moment(get_response: Handler) -> Handler:
    """Asks the database's clock once; everything that the request touches is judged at that moment."""

    def middleware(request: HttpRequest) -> HttpResponse:
        if request.path_info == HEALTH:
            return get_response(request)
        with clock.one_moment() as at:
            request.at = at  # type: ignore[attr-defined]
            # A value of its own for each request: a viewer remembers the keys of every moment it was asked at.
            request.viewer = Viewer(request.user.pk)  # type: ignore[attr-defined]
            return get_response(request)

    return middleware


def second_factor(get_response: Handler) -> Handler:
    """Who is signed in without an authenticator sets one up before anything else, wherever they meant to go."""

    def middleware(request: HttpRequest) -> HttpResponse:
        if request.path_info == HEALTH or not request.user.is_authenticated or in_demonstration(request):
            return get_response(request)
        if request.path_info in {reverse(name) for name in DOOR}:
            return get_response(request)
        if not is_mfa_enabled(request.user, [Authenticator.Type.TOTP]):
            return redirect("mfa_activate_totp")
        return get_response(request)

    return middleware


def demonstrates(request: HttpRequest) -> bool:
    """Whether the demonstration's doors exist for this request: on a demonstration, asked from this machine itself.

    A proxy on this machine speaks for others, and a page elsewhere may point a name of its own at 127.0.0.1.
    """
    near = request.META.get("REMOTE_ADDR") in {"127.0.0.1", "::1"}
    proxied = any(name in request.META for name in FORWARDED)
    return bool(settings.DEMO) and near and not proxied and split_domain_port(request.get_host())[0] in LOOPBACK


def in_demonstration(request: HttpRequest) -> bool:
    """Whether this sign-in came through the demonstration's door, and that door is still there."""
    return bool(request.session.get(DEMO_FLAG)) and demonstrates(request)
