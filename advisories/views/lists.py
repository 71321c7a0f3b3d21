"""Which advisories a page lists: newest first, narrowed by search and filters, 25 a page, always through the rule."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, time
from typing import Any, NamedTuple
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from django.db.models import Exists, F, OuterRef, Q, QuerySet, Value

from advisories.models import Version
from advisories.views.rows import Row, rows
from members import listing, policy, search
from members.middleware import HubRequest
from members.models import Item, Kind, shelf
from members.policy import Viewer
from members.views.asking import confirmed, typed

SIZE = 25
LONDON = ZoneInfo("Europe/London")
SHELF = shelf(Kind.ADVISORY)
Found = Any  # a queryset of items with an annotation `phrase`, for which django-stubs has no name


class Listed(NamedTuple):
    """The rows of one page, and the query strings of the pages beside it ("" where there is none)."""

    rows: list[Row]
    newer: str
    older: str


def latest(request: HubRequest, viewer: Viewer, size: int = SIZE) -> list[Row]:
    """The newest advisories that `viewer` may read."""
    ids = listing.page(viewer, request.at, SHELF, size=size).ids
    return rows(_in_order(ids), request.at, confirmed=confirmed(request))


def listed(request: HubRequest, chosen: dict[str, Any]) -> Listed:
    """One page of the list. Its cursors are references: a place in the order would tell how many items there are."""
    items, older, newer = _narrowed(request, chosen) if chosen else _all(request)
    kept = {name: str(value) for name, value in request.GET.items() if value and name not in {"before", "after"}}
    return Listed(
        rows(items, request.at, confirmed=confirmed(request)),
        _query(kept, "after", items[0]) if newer and items else "",
        _query(kept, "before", items[-1]) if older and items else "",
    )


def _all(request: HubRequest) -> tuple[list[Item], bool, bool]:
    before, after = (_place(request, name) for name in ("before", "after"))
    found = listing.page(request.viewer, request.at, SHELF, before=before, after=after, size=SIZE)
    return _in_order(found.ids), found.older is not None, found.newer is not None


def _place(request: HubRequest, name: str) -> int | None:
    """Where in the order the item lies that the address names, if whoever asks may know."""
    if not (ref := typed(request, name)):
        return None
    readable = policy.visible_to(request.viewer, request.at).filter(reference=ref)
    return readable.values_list("pos", flat=True).first()


def _query(kept: dict[str, str], name: str, item: Item) -> str:
    return f"?{urlencode({**kept, name: item.reference})}"


def _in_order(ids: Sequence[int]) -> list[Item]:
    """The items that the rule has just given, in the order in which it gave them."""
    found = Item.rows.in_bulk(list(ids))
    return [found[pk] for pk in ids]


def _narrowed(request: HubRequest, chosen: dict[str, Any]) -> tuple[list[Item], bool, bool]:
    """The items that the search and the filters leave; whether there are older ones, and newer."""
    found = _found(request, chosen.get("q", ""))
    if narrow := _conditions(chosen):
        found = found.filter(Exists(_standing_texts(request.at, **narrow)))
    if ref := typed(request, "before"):
        found = _beyond(found, ref)
    page = list(found[: SIZE + 1])
    return page[:SIZE], len(page) > SIZE, False


def _found(request: HubRequest, words: str) -> Found:
    """Newest first; of a search, what has the words in its reference or title before the others (`phrase`)."""
    if words:
        return search.matching(request.viewer, request.at, words).filter(kind=Kind.ADVISORY)
    readable = policy.visible_to(request.viewer, request.at).filter(kind=Kind.ADVISORY)
    return readable.annotate(phrase=Value(False)).order_by("-pos")


def _beyond(found: Found, ref: str) -> Found:
    """Those that come after the item of this reference; all of them where it is not among them."""
    place = found.filter(reference=ref).values_list("phrase", "pos").first()
    if place is None:
        return found
    phrase, pos = place
    return found.filter(Q(phrase=False) | Q(pos__lt=pos)) if phrase else found.filter(phrase=False, pos__lt=pos)


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
        narrow["advisory__item__standings__since__gte"] = _midnight(chosen["since"])
    return narrow


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time.min, LONDON)
