"""What goes out, as whoever agrees to it and whoever looks at it is shown it: the label, for whom, from when on."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.urls import reverse

from advisories import fingerprint
from advisories.draft import TABLES
from advisories.models import Version
from advisories.relaying import destinations
from advisories.sharing import consent, seconding
from members import tlp
from members.models import Item


def going_out(item: Item, version: Version, at: datetime) -> dict[str, Any]:
    """Its label, for whom it is, to whom it may be relayed, the end of its embargo, who was named to look at it before,
    and the files that go with it."""
    shared = version.released_at is not None and version.released_at <= at
    return {
        "label": version.label,
        "meaning": tlp.MEANING[version.label],
        "audience": audience(version),
        "until": consent.until(item, at),
        "relays": destinations.open_to(item.warp, version.label, at),
        **_looked_at_by(item),
        "going_files": [] if shared else _files(item, version),
    }


def _looked_at_by(item: Item) -> dict[str, Any]:
    if seconding.shared(item):
        return {"seconds": [], "were_seconds": []}
    return {"seconds": list(seconding.named(item)), "were_seconds": list(seconding.were_named(item))}


def _files(item: Item, version: Version) -> list[tuple[str, int, str]]:
    """The name, the size and the address of each."""
    found = fingerprint.going_out(version).select_related("item").order_by("item__pos")
    place = "advisories:attachment"
    return [(one.name, one.size, reverse(place, args=[item.reference, one.item.reference])) for one in found]


def audience(version: Version) -> list[str]:
    """Whom it is for, by name, in four statements at most."""
    names: list[str] = []
    for kind, table in TABLES.items():
        wanted = [pk for of, pk in version.audience if of == kind]
        if wanted:
            names += table.objects.filter(pk__in=wanted).order_by("name").values_list("name", flat=True)
    return names
