"""The coordinator's page of what is not done yet: open, awaiting a second person's word or the reporter's, unanswered.

Each number counts what whoever asks handles, and nothing else.
"""

from __future__ import annotations

from collections import defaultdict
from datetime import datetime
from typing import NamedTuple

from django.db.models import Exists, OuterRef
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from advisories.models import Incident, Review, Version
from advisories.sharing import consent
from advisories.views.awaited import for_look
from advisories.views.rows import rows
from members import kinds, policy
from members.middleware import HubRequest
from members.models import Derivation, Embargo, Extension, Item, Kind, Office, Person, Response
from members.policy import Viewer, handled
from members.response.owed import still_owed
from members.views.asking import confirmed, for_coordinators

MOST = 25  # of each; more are counted


class Line(NamedTuple):
    """By reference alone: a title may ask for a step-up that this page does not."""

    ref: str
    url: str
    what: str | Promise


@for_coordinators
def overview(request: HubRequest, person: Person, _offices: list[Office]) -> HttpResponse:
    viewer, at = request.viewer, request.at
    unclosed = Incident.rows.exclude(state=Incident.State.CLOSED).values("item")
    mine = policy.visible_to(viewer, at).filter(handled(viewer, at), kind=Kind.INCIDENT, pk__in=unclosed)
    open_now = rows(list(mine.select_related("warp").order_by("-pos")[:MOST]), at, confirmed=confirmed(request))
    context = {
        "open": open_now,
        "open_count": mine.count(),
        "approvals": [*approvals(viewer, person, at), *looks(request, person)],
        "consents": consents(viewer, at),
        "owed": owed(viewer, at, confirmed=confirmed(request)),
    }
    return render(request, "advisories/overview.html", context)


def approvals(viewer: Viewer, person: Person, at: datetime) -> list[Line]:
    """Embargoes and later ends that a second person decides on: whoever asks, where they did not ask for it."""
    proposed = Embargo.objects.filter(
        handled(viewer, at, "item_id"), state__in=(Embargo.State.PROPOSED, Embargo.State.REVISED), item__realm=0
    ).exclude(proposed_by=person)
    waits = Extension.objects.filter(
        handled(viewer, at, "embargo__item_id"), decided_at=None, embargo__item__realm=0
    ).exclude(asked_by=person)
    first = proposed.order_by("ends_at", "pk").values_list("item__reference", flat=True)[:MOST]
    then = waits.order_by("asked_at", "pk").values_list("embargo__item__reference", flat=True)[:MOST]
    embargo, later = _("an embargo"), _("a later end of an embargo")
    references = [*((one, embargo) for one in first), *((one, later) for one in then)]
    return [Line(ref, reverse("advisories:embargo", args=[ref]), what) for ref, what in references]


def looks(request: HubRequest, person: Person) -> list[Line]:
    """What comes from a report and waits for a second person, whoever asks being one."""
    what = _("a second look at what comes from a report")
    references = for_look(request, person).values_list("item__reference", flat=True)[:MOST]
    return [Line(ref, reverse("incidents:second", args=[ref]), what) for ref in references]


def consents(viewer: Viewer, at: datetime) -> list[Line]:
    """What is derived from a report and is to be released, and to which its reporter has not agreed as it stands."""
    derived = Derivation.objects.filter(item=OuterRef("advisory_id"))
    handed = Review.objects.filter(item=OuterRef("advisory_id"), version=OuterRef("number"), lapsed_at=None)
    agreed = handed.filter(~Exists(consent.silent(at)))
    later = Version.objects.filter(advisory=OuterRef("advisory"), number__gt=OuterRef("number"))
    waits = Version.objects.filter(
        handled(viewer, at, "advisory_id"), Exists(derived), ~Exists(agreed), ~Exists(later), released_at=None,
        advisory__item__realm=0,
    ).select_related("advisory__item")  # fmt: skip
    items = [one.advisory.item for one in waits.order_by("-written_at", "advisory")[:MOST]]
    return [Line(item.reference, kinds.page(item), _("its reporter's consent")) for item in items]


class Owed(NamedTuple):
    """An alert that organisations have not confirmed: how many, how many of them too late, and the next deadline."""

    ref: str
    title: str | Promise
    url: str
    missing: int
    late: int
    due: datetime


def owed(viewer: Viewer, at: datetime, *, confirmed: bool) -> list[Owed]:
    """The first to be due first, and no organisation that the alert reaches no more: as its board says."""
    waits = Response.objects.filter(
        handled(viewer, at, "item_id"), acknowledged_at=None, closed_at=None, item__realm=0
    ).select_related("item")
    found: dict[Item, list[datetime]] = defaultdict(list)
    for one in still_owed(waits.order_by("due_at", "item__reference"), at):
        found[one.item].append(one.due_at)
    first = list(found.items())[:MOST]
    titles = {row.ref: row.title for row in rows([item for item, _due in first], at, confirmed=confirmed)}
    return [
        Owed(item.reference, titles.get(item.reference, ""), reverse("advisories:responses", args=[item.reference]),
             len(due), sum(one <= at for one in due), due[0])
        for item, due in first
    ]  # fmt: skip
