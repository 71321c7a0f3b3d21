"""What was made from an incident: a link is given only where both ends are read."""

from __future__ import annotations

from datetime import datetime

from advisories.models import MadeFrom
from members.models import Item
from members.policy import Viewer, visible_to


def made_from(viewer: Viewer, advisory: Item, at: datetime) -> list[Item]:
    """The incidents that `advisory` was made from, as far as `viewer` reads them."""
    incidents = MadeFrom.objects.filter(advisory=advisory.pk).values("incident")
    return list(visible_to(viewer, at, advisory.realm).filter(pk__in=incidents).order_by("-pos"))


def became(viewer: Viewer, incident: Item, at: datetime) -> list[Item]:
    """The advisories that were made from `incident`, as far as `viewer` reads them."""
    advisories = MadeFrom.objects.filter(incident=incident.pk).values("advisory")
    return list(visible_to(viewer, at, incident.realm).filter(pk__in=advisories).order_by("-pos"))
