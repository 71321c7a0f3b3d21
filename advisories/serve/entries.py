"""What a feed or a collection says of each advisory that its asker may have: for a whole page in a few statements."""

from __future__ import annotations

from datetime import datetime
from typing import Any, NamedTuple

from django.db.models import Exists, F, OuterRef, QuerySet

from advisories.kinds import content
from advisories.models import Version
from members.keys import NOBODY, Viewer
from members.kinds import Content
from members.listing import page
from members.models import Item, Kind, shelf
from members.served import served
from members.shows import Exit, stands


class Told(NamedTuple):
    """One advisory as an exit may tell it: no more of its text than its cell allows."""

    item: Item
    label: str
    content: Content
    since: datetime  # when what stands began to


def newest(viewer: Viewer, at: datetime, channel: Exit, count: int, **narrow: Any) -> list[Told]:
    """The newest `count` advisories that `channel` names to `viewer`, newest first; `narrow`: whose text is so."""
    found = served(viewer, at, channel).filter(kind=Kind.ADVISORY)
    if narrow:
        found = found.filter(Exists(_standing(at).filter(advisory_id=OuterRef("pk"), **narrow).order_by()))
    elif viewer == NOBODY:  # what everyone reads may be rare: its own ordered list has it without a walk past the rest
        found = found.filter(pk__in=page(viewer, at, shelf(Kind.ADVISORY), size=count).ids)
    items = list(found.select_related("warp").order_by("-pos")[:count])
    standing = stands(items, at)
    texts = {text.advisory_id: text for text in _standing_texts(items, at)}
    return [
        Told(item, stand.label, content(text, stand.cell(channel)), text.stands_since)
        for item in items
        if (text := texts.get(item.pk)) and (stand := standing[item.pk])
    ]


def titles(items: list[Item], at: datetime) -> dict[int, str]:
    """The title of each of these advisories, as it stands; by id. One statement. The caller asks the rule first."""
    return {text.advisory_id: text.title for text in _standing_texts(items, at)}


def _standing_texts(items: list[Item], at: datetime) -> QuerySet[Any]:  # versions, with `stands_since`
    """The version of each that its standing in force names."""
    mine = _standing(at).filter(advisory__in=[item.pk for item in items])
    return mine.annotate(stands_since=F("advisory__item__standings__since")).prefetch_related("references")


def _standing(at: datetime) -> QuerySet[Version]:
    """The versions that standings in force at `at` name. All in one filter: another would be of another standing."""
    return Version.objects.filter(
        number=F("advisory__item__standings__version"),
        advisory__item__standings__since__lte=at,
        advisory__item__standings__until__gt=at,
    )
