"""How an incident stands, for whoever reads it, and what was made from what."""

from __future__ import annotations

from datetime import date
from typing import Any, NamedTuple

from advisories.indicators import defanged
from advisories.made import became, made_from
from advisories.models import Incident, Version
from advisories.serve.told import why_not
from members import kinds
from members.middleware import HubRequest
from members.models import Item, Kind

Line = tuple[date, str]


class Named(NamedTuple):
    """An indicator in words and harmless, and `key`, as it is compared. How many organisations see it, and whether
    whoever asks may say so or take it back, adds the page that tells it (seen.py)."""

    kind: str
    value: str
    key: str
    seen: int = 0
    says: bool = False
    said: bool = False


def life(request: HubRequest, item: Item, text: Version) -> dict[str, Any]:
    """Of an incident its state and what stands beside `text`; of either kind the others that it is linked to, where
    whoever asks reads both ends. By reference alone: a title may ask for a step-up that this page does not."""
    if item.kind != Kind.INCIDENT:
        return {"made_from": _links(made_from(request.viewer, item, request.at))}
    links = _links(became(request.viewer, item, request.at))
    return {**beside(item, text), "became": links, "no_export": why_not(item, request.at)}


def beside(item: Item, text: Version) -> dict[str, Any]:
    """How an incident stands, and what this version of it tells besides its text; nothing of any other version."""
    if item.kind != Kind.INCIDENT:
        return {}
    found = text.indicators.all()
    named = [Named(one.get_kind_display(), defanged(one.value, one.kind), one.value) for one in found]
    return {"incident": Incident.rows.get(item=item), "timeline": lines(text), "indicators": named}


def lines(text: Version) -> list[Line]:
    return list(text.timeline.order_by("on", "pk").values_list("on", "words"))


def _links(items: list[Item]) -> list[tuple[str, str]]:
    return [(item.reference, kinds.page(item)) for item in items]
