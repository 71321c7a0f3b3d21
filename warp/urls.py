"""Every address of the hub: each app brings its own."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.urls import include, path

from warp.health import healthz


def closed(request: HttpRequest) -> HttpResponse:
    """A page of allauth's that the hub does not offer."""
    raise Http404


urlpatterns = [
    path("healthz", healthz, name="healthz"),
    path("", include("advisories.urls")),
    path("", include("members.urls")),
    # Who somebody is to those who name them is their address: nobody gives themselves another, least of all unverified.
    path("account/email/", closed, name="account_email"),
    path("account/", include("allauth.urls")),
]
