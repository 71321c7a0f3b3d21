"""What goes out, as whoever agrees to it and whoever looks at it is shown it: the label, for whom, from when on."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from advisories.draft import TABLES
from advisories.models import Attachment, Version
from advisories.sharing import consent
from members import tlp
from members.models import Item


def going_out(item: Item, version: Version, at: datetime) -> dict[str, Any]:
    """Its label, for whom it is, the end of its embargo, and the files that go with it."""
    files = Attachment.rows.filter(item__parent=item, item__standings=None).order_by("item__pos")
    return {
        "label": version.label,
        "meaning": tlp.MEANING[version.label],
        "audience": audience(version),
        "until": consent.until(item, at),
        "going_files": [] if item.standings.exists() else list(files.values_list("name", "size")),
    }


def audience(version: Version) -> list[str]:
    """Whom it is for, by name, in four statements at most."""
    names: list[str] = []
    for kind, table in TABLES.items():
        wanted = [pk for of, pk in version.audience if of == kind]
        if wanted:
            names += table.objects.filter(pk__in=wanted).order_by("name").values_list("name", flat=True)
    return names
