"""Which other items name an indicator that this one names: of those alone that whoever asks reads."""

from __future__ import annotations

from datetime import datetime

from django.db.models import Exists, F, Max, OuterRef, Q, QuerySet, Subquery

from advisories.models import Indicator, Version
from members.models import Item, Standing
from members.policy import Viewer, readable
from members.shows import stands

MOST = 200  # indicators, of the newest items first
Shared = dict[Item, list[Indicator]]


def shared(viewer: Viewer, item: Item, version: Version | None, at: datetime, *, confirmed: bool) -> Shared:
    """The items beside `item` whose page shows an indicator of this `version` of it (None: a report, that has none),
    and which; newest first. One statement, and no number of any that `viewer` does not read.

    What asks once more who they are is left out until they said so.
    """
    named = Indicator.objects.filter(item=item, version=version)
    alike = Exists(named.filter(kind=OuterRef("kind"), value=OuterRef("value")))
    others = _shown(at).filter(
        alike, readable(viewer, at, "item_id"), item__realm=item.realm,
        kind__in=Indicator.Of.values, value__in=named.values("value"),  # what the index is of
    )  # fmt: skip
    found: Shared = {}
    for one in others.exclude(item=item).select_related("item").order_by("-item__pos", "position", "pk")[:MOST]:
        found.setdefault(one.item, []).append(one)
    if found and not confirmed:
        asking = {pk for pk, stand in stands(found, at).items() if stand.asks}
        return {other: ones for other, ones in found.items() if other.pk not in asking}
    return found


def _shown(at: datetime) -> QuerySet[Indicator]:
    """Indicators as the page of their item shows them: a report's own, and those of the version that stands, or where
    none does, of the newest."""
    standing = Standing.objects.at(at).filter(item=OuterRef("item_id"))
    newest = Version.objects.filter(advisory=OuterRef("item_id")).order_by().values("advisory")
    found = Indicator.objects.annotate(
        stands=Subquery(standing.values("version")[:1]),
        newest=Subquery(newest.annotate(last=Max("number")).values("last")),
    )
    number = F("version__number")
    return found.filter(Q(version=None) | Q(stands=number) | Q(stands=None, newest=number))
