"""`/healthz`: is the hub alive, asked end to end and not by looking whether processes exist."""

from __future__ import annotations

import secrets
from typing import Any

from django.conf import settings
from django.db import DatabaseError
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from advisories.collect.health import collecting
from members import clock
from members.delivery.held import how_many as held_now
from members.models import Delivery, Pulse, Realm

NO_SOURCES = {"sources": None, "late": None, "collected": None}


@never_cache
@require_safe
def healthz(request: HttpRequest) -> HttpResponse:
    """200 or 503. Without the operator's token "alive" or "not alive" and no more; with it the findings as JSON."""
    found = look()
    status = 200 if found["alive"] else 503
    if trusted(request):
        return JsonResponse(found, status=status)
    return HttpResponse("alive" if found["alive"] else "not alive", status=status, content_type="text/plain")


def trusted(request: HttpRequest) -> bool:
    """Whether the request carries the operator's token (`Authorization: Bearer …`)."""
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    expected: str = settings.OPERATOR_TOKEN
    return scheme.lower() == "bearer" and secrets.compare_digest(token.encode(), expected.encode())


def look() -> dict[str, Any]:
    """`alive`, whether the database answers, and seconds since beat, queue, worker and database last met.

    Beat sends the heartbeat, a worker takes it from the queue and writes a row: its age speaks for all four.
    `overdue` is how long the oldest message that is due has waited, in seconds; None where none waits, and exercises,
    which may be paused, not counted. `held`: so many
    announcements wait for the operator after a restore. `sources` are
    on, and `late` of them were due an hour ago or longer; `collected`: seconds since one last answered well. Where
    these grow, what the hub knows of the world grows stale.
    """
    try:
        now = clock.ask()
        beat = Pulse.objects.order_by("-at").values_list("at", flat=True).first()
        due = Delivery.objects.filter(state=Delivery.State.DUE, due_at__lte=now).order_by("due_at")
        due, held = due.filter(announcement__held_since=None, announcement__realm=Realm.REAL), held_now()
        oldest = due.values_list("due_at", flat=True).first()
        sources = collecting(now)
    except DatabaseError:
        return {"alive": False, "database": False, "worker_beat": None, "overdue": None, "held": None, **NO_SOURCES}
    age = (now - beat).total_seconds() if beat else None
    return {
        "alive": age is not None and age <= settings.PULSE_STALE_SECONDS,
        "database": True,
        "worker_beat": age,
        "overdue": (now - oldest).total_seconds() if oldest else None,
        "held": held,
        **sources,
    }
