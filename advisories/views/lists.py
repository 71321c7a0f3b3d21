"""Which advisories, or incidents, a page lists: newest first, narrowed by search and filters, through the rule."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, time
from typing import Any, NamedTuple
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from django.db.models import Exists, F, OuterRef, Q, QuerySet
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy

from advisories.models import Version
from advisories.views.rows import Row, rows
from members import listing, policy, search
from members.middleware import HubRequest
from members.models import Item, Kind, shelf
from members.policy import Viewer
from members.views.asking import confirmed, typed, unguarded

SIZE, MOST_COUNTED = 25, 100
LONDON = ZoneInfo("Europe/London")
LISTS: dict[Kind, tuple[str, Promise]] = {
    Kind.ADVISORY: ("advisories:list", gettext_lazy("Advisories")),
    Kind.INCIDENT: ("incidents:list", gettext_lazy("Incidents")),
}


class Listed(NamedTuple):
    """The rows of one page, and the query strings of the pages beside it ("" where there is none).

    `found`: how many a search found that its reader may read, counted to 100.
    """

    rows: list[Row]
    newer: str
    older: str
    found: str


def list_of(kind: int) -> dict[str, Any]:
    """The list on which items of this kind stand, for the way there."""
    route, name = LISTS[Kind(kind)]
    return {"list_url": reverse(route), "list_name": name}


def latest(request: HubRequest, viewer: Viewer, size: int = SIZE) -> list[Row]:
    """The newest advisories that `viewer` may read."""
    ids = listing.page(viewer, request.at, shelf(Kind.ADVISORY), size=size).ids
    return rows(_in_order(ids), request.at, confirmed=confirmed(request))


def listed(request: HubRequest, kind: Kind, chosen: dict[str, Any]) -> Listed:
    """One page of the list. Its cursors are references: a place in the order would tell how many items there are."""
    found = ""
    if chosen.get("q"):
        items, older, newer, found = _searched(request, kind, chosen)
    else:
        items, older, newer = _narrowed(request, kind, chosen) if chosen else _all(request, kind)
    kept = {name: str(value) for name, value in request.GET.items() if value and name not in {"before", "after"}}
    return Listed(
        rows(items, request.at, confirmed=confirmed(request)),
        query_of(kept, "after", items[0]) if newer and items else "",
        query_of(kept, "before", items[-1]) if older and items else "",
        found,
    )


def _all(request: HubRequest, kind: Kind) -> tuple[list[Item], bool, bool]:
    before, after = (place_of(request, name) for name in ("before", "after"))
    found = listing.page(request.viewer, request.at, shelf(kind), before=before, after=after, size=SIZE)
    return _in_order(found.ids), found.older is not None, found.newer is not None


def place_of(request: HubRequest, name: str) -> int | None:
    """Where in the order the item lies that the address names, if whoever asks may know."""
    if not (ref := typed(request, name)):
        return None
    readable = policy.visible_to(request.viewer, request.at).filter(reference=ref)
    return readable.values_list("pos", flat=True).first()


def query_of(kept: dict[str, str], name: str, item: Item) -> str:
    return f"?{urlencode({**kept, name: item.reference})}"


def _in_order(ids: Sequence[int]) -> list[Item]:
    """The items that the rule has just given, in the order in which it gave them."""
    found = Item.rows.in_bulk(list(ids))
    return [found[pk] for pk in ids]


def _narrowed(request: HubRequest, kind: Kind, chosen: dict[str, Any]) -> tuple[list[Item], bool, bool]:
    """The items that the filters leave; whether there are older ones, and newer."""
    readable = policy.visible_to(request.viewer, request.at).filter(kind=kind)
    if (fitting := _fitting(request, chosen)) is not None:
        readable = readable.filter(fitting)
    if (before := place_of(request, "before")) is not None:
        readable = readable.filter(pos__lt=before)
    page = list(readable.order_by("-pos")[: SIZE + 1])
    return page[:SIZE], len(page) > SIZE, False


def _searched(request: HubRequest, kind: Kind, chosen: dict[str, Any]) -> tuple[list[Item], bool, bool, str]:
    """The items that the search and the filters leave; whether there are older ones, and newer; how many in all."""
    narrow: Q | Exists | None = _fitting(request, chosen)
    if not confirmed(request):  # a word that is found is a word that is read
        narrow = unguarded(request.at) if narrow is None else unguarded(request.at) & Q(narrow)
    asked = search.Search(request.viewer, request.at, shelf(kind), chosen["q"], narrow)
    found, count = asked.page(place_of(request, "before"), SIZE), asked.capped_count(MOST_COUNTED)
    said = f"{MOST_COUNTED}+" if count > MOST_COUNTED else str(count)
    return _in_order(found.ids), found.older is not None, False, said


def _fitting(request: HubRequest, chosen: dict[str, Any]) -> Exists | None:
    """What the filters ask of the text that stands."""
    narrow = _conditions(chosen)
    return Exists(_standing_texts(request.at, **narrow)) if narrow else None


def _standing_texts(at: datetime, **narrow: Any) -> QuerySet[Version]:
    """For an item of an outer query: the version that its standing in force names, where it is as `narrow` says.

    All in one filter: Django takes each further one for another standing, and the labels of old are no reader's.
    """
    return Version.objects.filter(
        advisory_id=OuterRef("pk"),
        number=F("advisory__item__standings__version"),
        advisory__item__standings__since__lte=at,
        advisory__item__standings__until__gt=at,
        **narrow,
    )


def _conditions(chosen: dict[str, Any]) -> dict[str, Any]:
    narrow: dict[str, Any] = {name: chosen[name] for name in ("tier", "category") if name in chosen}
    if "label" in chosen:
        narrow["advisory__item__standings__label"] = chosen["label"]
    if "since" in chosen:
        narrow["advisory__item__standings__since__gte"] = midnight(chosen["since"])
    return narrow


def midnight(day: date) -> datetime:
    return datetime.combine(day, time.min, LONDON)
