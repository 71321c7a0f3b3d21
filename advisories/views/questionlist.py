"""Which questions a page lists: newest first, narrowed by search and filters, through the rule."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext as _

from advisories.models import Comment, Discussion
from advisories.questionforms import ANSWERED
from advisories.views.lists import SIZE, Listed, midnight, place_of, query_of
from advisories.views.rows import Row
from members import kinds, listing, policy, search, shows
from members.middleware import HubRequest
from members.models import Item, Kind, Standing, shelf
from members.views.asking import confirmed

ANSWERS = 10  # in which a search finds something, beside the questions


def listed(request: HubRequest, chosen: dict[str, Any]) -> Listed:
    """One page of the list. Its cursors are references, as in other lists."""
    newer: int | None = None
    if not chosen:
        before, after = (place_of(request, name) for name in ("before", "after"))
        found = listing.page(request.viewer, request.at, shelf(Kind.DISCUSSION), before=before, after=after, size=SIZE)
        ids, older, newer = found.ids, found.older is not None, found.newer
    elif chosen.get("q"):
        asked = search.Search(
            request.viewer, request.at, shelf(Kind.DISCUSSION), chosen["q"], _fitting(request, chosen)
        )
        found = asked.page(place_of(request, "before"), SIZE)
        ids, older = found.ids, found.older is not None
    else:
        ids, older = _narrowed(request, chosen)
    items = _in_order(ids)
    kept = {name: str(value) for name, value in request.GET.items() if value and name not in {"before", "after"}}
    return Listed(
        _rows(request, items),
        query_of(kept, "after", items[0]) if newer is not None and items else "",
        query_of(kept, "before", items[-1]) if older and items else "",
        "",
    )


def _narrowed(request: HubRequest, chosen: dict[str, Any]) -> tuple[list[int], bool]:
    readable = policy.visible_to(request.viewer, request.at).filter(_fitting(request, chosen), kind=Kind.DISCUSSION)
    if (before := place_of(request, "before")) is not None:
        readable = readable.filter(pos__lt=before)
    ids = list(readable.order_by("-pos").values_list("pk", flat=True)[: SIZE + 1])
    return ids[:SIZE], len(ids) > SIZE


def _fitting(request: HubRequest, chosen: dict[str, Any]) -> Q:
    """What the filters ask, of items."""
    now: dict[str, Any] = {"label": chosen["label"]} if "label" in chosen else {}
    if "since" in chosen:
        now["since__gte"] = midnight(chosen["since"])
    fits = Q(Exists(Standing.objects.at(request.at).filter(item=OuterRef("pk"), **now).order_by()))
    if "state" in chosen:
        answered = Q(Exists(_answered(request).filter(item=OuterRef("pk"))))
        fits &= answered if chosen["state"] == ANSWERED else ~answered
    return fits


def _answered(request: HubRequest) -> Any:
    """The questions with an accepted answer that whoever asks may read, and that was not removed."""
    gone = Standing.objects.filter(item=OuterRef("accepted"), state=Standing.State.WITHDRAWN).order_by()
    mine = policy.readable(request.viewer, request.at, "accepted_id")
    return Discussion.rows.filter(mine, ~Exists(gone), accepted__isnull=False).order_by()


def _in_order(ids: Sequence[int]) -> list[Item]:
    """The items that the rule has just given, in the order in which it gave them."""
    found = Item.rows.in_bulk(list(ids))
    return [found[pk] for pk in ids]


def _rows(request: HubRequest, items: Sequence[Item]) -> list[Row]:
    texts = Discussion.rows.select_related("item__origin").in_bulk([item.pk for item in items])
    stands = shows.stands(items, request.at)
    answered = set(_answered(request).filter(item__in=list(texts)).values_list("pk", flat=True))
    hide = not confirmed(request)
    return [
        _row(item, text, stands[item.pk], _("Answered") if item.pk in answered else "", text.title)
        for item in items
        if (text := texts.get(item.pk)) and not (hide and stands[item.pk].asks)
    ]


def _row(item: Item, text: Discussion | Comment, stand: shows.Stand, note: str, title: str) -> Row:
    note = _("Removed") if stand.withdrawn else note
    label = stand.label or item.marking  # where nothing stands any more, its handlers still find it
    return Row(item.reference, title, label, "", text.written_at, kinds.page(item), note)


def answers(request: HubRequest, text: str) -> list[Row]:
    """The newest answers to questions in which a search finds these words."""
    of_question = Discussion.rows.filter(item=OuterRef("parent_id")).order_by()
    asked = search.Search(request.viewer, request.at, shelf(Kind.COMMENT), text, Exists(of_question))
    ids = asked.page(None, ANSWERS).ids
    found = Comment.rows.select_related("item__parent__discussion").in_bulk(ids)
    stands = shows.stands([one.item for one in found.values()], request.at)
    hide = not confirmed(request)
    return [
        Row(
            one.item.reference,
            _title(one),
            stands[pk].label or one.item.marking,
            "",
            one.written_at,
            kinds.page(one.item),
        )
        for pk in ids
        if (one := found.get(pk)) and not (hide and stands[pk].asks)
    ]


def _title(comment: Comment) -> str:
    assert comment.item.parent is not None  # a comment
    return str(comment.item.parent.discussion.title)
