"""What is ahead, by month; what is past, a page further; and whoever looks's own bookings above both."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from members.middleware import HubRequest
from members.training import reading


@require_safe
def index(request: HubRequest) -> HttpResponse:
    found = reading.sessions(request.viewer, request.at).filter(ends_at__gt=request.at)
    return render(request, "training/list.html", {"sessions": list(found)})
