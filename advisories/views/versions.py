"""Which texts of an advisory a page may show beside the one that stands."""

from __future__ import annotations

from advisories.models import Version
from members import policy
from members.middleware import HubRequest
from members.models import Item, Standing


def standing_text(item: Item, standing: Standing | None) -> Version:
    """The version that the standing in force names, else the newest."""
    versions = Version.objects.filter(advisory=item.pk).prefetch_related("references")
    if standing is not None:
        return versions.get(number=standing.version)
    return versions.order_by("-number")[0]


def earlier(request: HubRequest, item: Item, now: Version, *, handles: bool) -> list[Version]:
    """Versions released before `now`: all for handlers, for others those that they would be given today."""
    released = Version.objects.filter(advisory=item.pk, released_at__isnull=False, number__lt=now.number)
    if not handles:
        released = released.filter(number__in=policy.versions_for(request.viewer, item, request.at))
    return list(released.order_by("-number").prefetch_related("references"))
