"""What goes out, as whoever agrees to it and whoever looks at it is shown it: the label, for whom, from when on."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from advisories import fingerprint
from advisories.draft import TABLES
from advisories.models import Version
from advisories.sharing import consent
from members import tlp
from members.models import Item


def going_out(item: Item, version: Version, at: datetime) -> dict[str, Any]:
    """Its label, for whom it is, the end of its embargo, and the files that go with it."""
    files = fingerprint.going_out(version).order_by("item__pos").values_list("name", "size")
    return {
        "label": version.label,
        "meaning": tlp.MEANING[version.label],
        "audience": audience(version),
        "until": consent.until(item, at),
        "going_files": [] if version.released_at is not None and version.released_at <= at else list(files),
    }


def audience(version: Version) -> list[str]:
    """Whom it is for, by name, in four statements at most."""
    names: list[str] = []
    for kind, table in TABLES.items():
        wanted = [pk for of, pk in version.audience if of == kind]
        if wanted:
            names += table.objects.filter(pk__in=wanted).order_by("name").values_list("name", flat=True)
    return names
