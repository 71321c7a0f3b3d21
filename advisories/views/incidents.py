"""The list of incidents, and one: a report, for who made it and who keeps it; and what is shared, on the pages of
advisories, of which each shows how it stands besides."""

from __future__ import annotations

from django.http import HttpResponse

from advisories.views.advisories import list_page, page_or_gone
from advisories.views.report import report_page
from advisories.views.reports import overview
from members.middleware import HubRequest
from members.models import Kind
from members.views.asking import readable


def index(request: HubRequest) -> HttpResponse:
    return list_page(request, Kind.INCIDENT, **overview(request))


def detail(request: HubRequest, ref: str) -> HttpResponse:
    item = readable(request, ref, Kind.INCIDENT, Kind.REPORT)
    if item is not None and item.kind == Kind.REPORT:
        return report_page(request, item)
    return page_or_gone(request, ref, item, Kind.INCIDENT)
