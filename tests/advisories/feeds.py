"""Documents of our own writing, as sources send them, and short ways to sources. All names are fictional."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any
from xml.sax.saxutils import escape

from advisories.models import Entry, Source
from members.models import Warp

AT = datetime(2026, 11, 1, 12, tzinfo=UTC)


def source(warp: Warp, slug: str = "news", kind: str = "feed", **fields: Any) -> Source:
    return Source.objects.create(name=slug.title(), slug=slug, kind=kind, warp=warp, **{"due_at": AT, **fields})


def rss(*items: dict[str, str]) -> bytes:
    """A feed of items, each a dict of its elements."""
    told = "".join(
        "<item>" + "".join(f"<{name}>{escape(text)}</{name}>" for name, text in item.items()) + "</item>"
        for item in items
    )
    return f'<?xml version="1.0"?><rss version="2.0"><channel><title>News</title>{told}</channel></rss>'.encode()


def item(number: int, title: str = "", **rest: str) -> dict[str, str]:
    link = f"https://news.example.org/{number}"
    return {"guid": link, "link": link, "title": title or f"Item number {number}", **rest}


def row(cve: str, day: str = "2026-10-30", **rest: str) -> dict[str, str]:
    return {
        "cveID": cve, "vendorProject": "Example", "product": "Gateway", "dateAdded": day, "dueDate": "2026-11-20",
        "vulnerabilityName": f"Example Gateway {cve[-4:]} Vulnerability", "shortDescription": "It lets strangers in.",
        "requiredAction": "Apply updates.", "knownRansomwareCampaignUse": "Unknown", "notes": "", **rest,
    }  # fmt: skip


def kev(*rows: dict[str, str]) -> bytes:
    document = {"title": "Catalogue", "catalogVersion": "1", "dateReleased": "2026-10-31T00:00:00Z"}
    return json.dumps({**document, "count": len(rows), "vulnerabilities": list(rows)}, indent=1).encode()


def texts(which: Source, **more: Any) -> list[str]:
    """The titles of what a source says today."""
    current = Entry.rows.filter(source=which, superseded_at=None, gone_at=None, **more)
    return list(current.order_by("pk").values_list("title", flat=True))
