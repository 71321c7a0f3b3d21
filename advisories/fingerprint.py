"""What a version says, as one short word that is another after every change: what somebody looked at, or agreed to."""

from __future__ import annotations

import hashlib
import json
from typing import Any

from django.db.models import Exists, F, QuerySet

from advisories.models import Attachment, Version
from members.clock import FOREVER
from members.models import Handler, Kind, Standing


def fingerprint(version: Version) -> str:
    """Another one after every edit of what is read, of its label, or of whom it is for."""
    told = [version.number, version.label, version.audience, version.tier, version.category, version.exploited,
            version.title, version.permission, text_of(version), *_beside(version)]  # fmt: skip
    return _short(told)


def with_files(version: Version) -> str:
    """The same, with the files that go out with it, and with who was ever named to look at it: they read it before."""
    rows = Handler.seconds.filter(item=version.advisory_id, until__gt=F("since")).order_by("person", "pk")
    named = [(person, until == FOREVER) for person, until in rows.values_list("person", "until")]
    return _short([fingerprint(version), sorted(going_out(version).values_list("sha256", flat=True)), *named])


def going_out(version: Version) -> QuerySet[Attachment]:
    """The files that its readers have with it: those beneath what no version stood of before. What is added later its
    readers add, or its handlers in their own name."""
    before = Standing.objects.filter(item=version.advisory_id, until__gt=F("since")).exclude(version=version.number)
    beneath = Attachment.rows.filter(item__parent=version.advisory_id, item__standings=None)
    return beneath.filter(~Exists(before))


def text_of(version: Version) -> str:
    """All that a version says below its title, its references included."""
    references = [f"{title} {url}" for title, url in version.references.values_list("title", "url")]
    return "\n".join([version.what_to_do, version.who_it_hits, version.what_is_known, *references, version.lessons])


def _beside(version: Version) -> list[list[Any]]:
    """What stands beside the text of an incident and is told with it."""
    if version.advisory.item.kind != Kind.INCIDENT:
        return []
    rows = (version.timeline.values_list("on", "words"), version.indicators.values_list("kind", "value"))
    return [list(one) for one in rows]


def _short(told: list[Any]) -> str:
    return hashlib.sha256(json.dumps(told, default=str).encode()).hexdigest()[:32]
