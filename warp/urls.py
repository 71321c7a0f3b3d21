"""Every address of the hub: each app brings its own."""

from __future__ import annotations

from django.urls import include, path

from warp.health import healthz

urlpatterns = [
    path("healthz", healthz, name="healthz"),
    path("", include("advisories.urls")),
    path("", include("members.urls")),
    path("account/", include("allauth.urls")),
]
