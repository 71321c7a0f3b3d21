"""The list of incidents, and one incident: the pages of advisories, of which each shows how it stands besides."""

from __future__ import annotations

from django.http import HttpResponse

from advisories.views.advisories import item_page, list_page
from members.middleware import HubRequest
from members.models import Kind


def index(request: HubRequest) -> HttpResponse:
    return list_page(request, Kind.INCIDENT)


def detail(request: HubRequest, ref: str) -> HttpResponse:
    return item_page(request, ref, Kind.INCIDENT)
