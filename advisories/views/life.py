"""How an incident stands, for whoever reads it, and what was made from what."""

from __future__ import annotations

from typing import Any

from advisories.made import became, made_from
from advisories.models import Incident
from members import kinds
from members.middleware import HubRequest
from members.models import Item, Kind


def life(request: HubRequest, item: Item) -> dict[str, Any]:
    """Of an incident its state, its class and its timeline; of either kind the others that it is linked to, where
    whoever asks reads both ends. By reference alone: a title may ask for a step-up that this page does not."""
    if item.kind != Kind.INCIDENT:
        return {"made_from": _links(made_from(request.viewer, item, request.at))}
    incident = Incident.rows.get(item=item)
    timeline = [(one.on, one.words) for one in incident.timeline.order_by("on", "pk")]
    links = _links(became(request.viewer, item, request.at))
    return {"incident": incident, "timeline": timeline, "became": links}


def _links(items: list[Item]) -> list[tuple[str, str]]:
    return [(item.reference, kinds.page(item)) for item in items]
