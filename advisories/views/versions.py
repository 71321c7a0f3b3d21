"""Which texts of an advisory a page may show beside the one that stands."""

from __future__ import annotations

from advisories.models import Version
from members import policy, tlp
from members.middleware import HubRequest
from members.models import Grant, Item, Standing
from members.stand import Target, proposed


def standing_text(item: Item, standing: Standing | None) -> Version:
    """The version that the standing in force names, else the newest."""
    versions = Version.objects.filter(advisory=item.pk).prefetch_related("references")
    if standing is not None:
        return versions.get(number=standing.version)
    return versions.order_by("-number")[0]


def earlier(request: HubRequest, item: Item, now: Version, *, handles: bool) -> list[Version]:
    """Versions released before `now`: all for handlers, for others those that they would be given today."""
    released = Version.objects.filter(advisory=item.pk, released_at__isnull=False, number__lt=now.number)
    found = list(released.order_by("-number").prefetch_related("references"))
    return found if handles else [version for version in found if _would_read(request, item, version)]


def _would_read(request: HubRequest, item: Item, version: Version) -> bool:
    """Whether the version's last released standing, judged at this moment, would give it to whoever asks."""
    last = (
        Standing.objects.filter(item=item, version=version.number, state=Standing.State.RELEASED, since__lte=request.at)
        .order_by("-since", "-pk")
        .first()
    )
    if last is None:
        return False
    if last.label == tlp.CLEAR:
        return True
    grants = list(Grant.objects.filter(standing=last))
    standing, copies = proposed(item, last.version, last.label, _in_force(grants, request), request.at)
    if grants and not copies:  # ever given a grant, it stays narrowed
        return False
    readers = policy.audience(item, request.at, standing, copies)
    return request.viewer.person is not None and readers.filter(pk=request.viewer.person).exists()


def _in_force(grants: list[Grant], request: HubRequest) -> list[Target]:
    return [
        (kind, number)
        for grant in grants
        if grant.in_force(request.at)
        for kind in Grant.TARGETS
        if (number := getattr(grant, f"{kind}_id")) is not None
    ]
