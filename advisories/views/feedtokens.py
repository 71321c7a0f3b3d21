"""Addresses by which a feed reader gets what its owner may have of advisories."""

from __future__ import annotations

from django.conf import settings
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_POST

from members.middleware import HubRequest
from members.models import Credential
from members.views import ownaddresses

FEEDS = ownaddresses.Use(
    Credential.Use.ATOM, "feed-tokens", "feed-token-end", "advisories/feed_tokens.html",
    lambda token: f"{reverse('feed-advisories')}?token={token}", _("Which feed reader is it for?"),
)  # fmt: skip


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def index(request: HubRequest) -> HttpResponse:
    return ownaddresses.show(request, FEEDS, public=f"{settings.BASE_URL}{reverse('feed-advisories')}")


@login_required
@require_POST
def end(request: HubRequest, code: str) -> HttpResponse:
    return ownaddresses.end(request, FEEDS, code)
