"""What somebody reported, and what waits for whoever keeps reports: lists, through the rule as everything."""

from __future__ import annotations

from datetime import datetime
from typing import Any, NamedTuple

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from advisories.models import Report
from advisories.views.rows import HIDDEN
from members import kinds, policy, reports, shows
from members.middleware import HubRequest
from members.models import Derivation, Item, Person
from members.views.asking import confirmed, person_of

MOST = 25


class Line(NamedTuple):
    """One report of a list."""

    ref: str
    title: str | Promise
    url: str
    at: datetime
    note: str | Promise


def overview(request: HubRequest) -> dict[str, Any]:
    """Above the list of incidents, for whoever is signed in; nothing while they search."""
    person = person_of(request)
    if person is None or request.GET:
        return {}
    return {
        "report_url": reverse("incidents:new"),
        "mine": _lines(request, _mine(request, person)),
        "waiting": _lines(request, _waiting(request, person)),
    }


def begun_and_waiting(request: HubRequest) -> tuple[str, str]:
    """Where the report is that they began last and have not filed, and where what waits for them is; "" for none."""
    person = person_of(request)
    if person is None:
        return "", ""
    begun = _mine(request, person).filter(item__submitted_at=None).first()
    waits = list(_waiting(request, person)[:2])
    first = kinds.page(waits[0].item) if len(waits) == 1 else reverse("incidents:list")
    return (kinds.page(begun.item) if begun else ""), (first if waits else "")


def _readable(request: HubRequest) -> QuerySet[Report]:
    found = Report.rows.filter(policy.readable(request.viewer, request.at, "item_id"), item__realm=0)
    return found.select_related("item").order_by("-item__pos")


def _mine(request: HubRequest, person: Person) -> QuerySet[Report]:
    return _readable(request).filter(reports.mine(person, "item"))


def _waiting(request: HubRequest, person: Person) -> QuerySet[Report]:
    """What they keep, and nothing was derived from yet. Who reads an anonymous one that is not theirs is custodian."""
    keeps = Q(policy.handled(request.viewer, request.at, "item_id")) | Q(item__anonymous=True)
    derived = Exists(Derivation.objects.filter(report=OuterRef("item_id")))
    others = _readable(request).filter(keeps, ~derived, item__submitted_at__isnull=False)
    return others.exclude(pk__in=_mine(request, person).order_by().values("pk"))


def _lines(request: HubRequest, found: QuerySet[Report]) -> list[Line]:
    """No title of what asks once more who somebody is, until they said so."""
    texts = list(found[:MOST])
    stands = shows.stands([text.item for text in texts], request.at) if texts else {}
    sure = confirmed(request)
    return [_line(text.item, text.title if sure or not stands[text.item_id].asks else None) for text in texts]


def _line(item: Item, title: str | None) -> Line:
    note = _("Not filed yet") if item.submitted_at is None else _("Filed")
    said = HIDDEN if title is None else title or _("No title yet")
    return Line(item.reference, said, kinds.page(item), item.submitted_at or item.created_at, note)
