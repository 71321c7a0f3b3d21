"""An incident as a file for machines: for whoever reads what is released of it, and as every reader of it has it."""

from __future__ import annotations

import csv
from io import StringIO
from uuid import UUID

from django.conf import settings
from django.http import HttpResponse
from django.views.decorators.http import require_safe

from advisories.serve import told
from advisories.serve.exchange import misp, naming
from advisories.serve.exchange.facts import IncidentFacts
from members import stand
from members.cells import cell
from members.middleware import HubRequest
from members.models import Kind
from members.views.asking import not_found, readable, viewed


@require_safe
def as_stix(request: HubRequest, ref: str) -> HttpResponse:
    from advisories.serve.exchange import stix  # stix2 is 30 MB, and most hubs never export

    facts = _facts(request, ref, "stix")
    return _file(facts, "stix.json", stix.bundle(facts, _hub()), stix.MEDIA_TYPE)


@require_safe
def as_misp(request: HubRequest, ref: str) -> HttpResponse:
    facts = _facts(request, ref, "misp")
    return _file(facts, "misp.json", misp.event(facts, _hub()), misp.MEDIA_TYPE)


@require_safe
def as_csv(request: HubRequest, ref: str) -> HttpResponse:
    """The indicators alone, each with the label that it may be passed on under."""
    facts, said = _facts(request, ref, "csv"), StringIO()
    rows = csv.writer(said)
    rows.writerow(["label", "incident", "kind", "indicator"])
    rows.writerows([f"TLP:{facts.label}", facts.reference, kind, cell(value)] for kind, value in facts.distinct())
    return _file(facts, "indicators.csv", said.getvalue().encode(), "text/csv; charset=utf-8")


def _facts(request: HubRequest, ref: str, form: str) -> IncidentFacts:
    item = readable(request, ref, Kind.INCIDENT)
    standing = stand.in_force(item, request.at) if item else None
    if item is None or standing is None or told.why_not(item, request.at):
        raise not_found(request, ref)
    facts = told.facts_of(item, standing)
    viewed(request, item, "export", version=facts.version, form=form)
    return facts


def _file(facts: IncidentFacts, name: str, content: bytes, media_type: str) -> HttpResponse:
    answer = HttpResponse(content, content_type=media_type)
    label = facts.label.replace("+", "-")
    answer.headers["Content-Disposition"] = f'attachment; filename="TLP-{label}-{facts.reference}-{name}"'
    answer.headers["Cache-Control"] = "no-store, private"
    answer.headers["X-Content-Type-Options"] = "nosniff"
    return answer


def _hub() -> UUID:
    return naming.of_hub(settings.BASE_URL)
