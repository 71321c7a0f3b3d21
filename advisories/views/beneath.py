"""In a list that is searched: beneath which items these words were said."""

from __future__ import annotations

from django.db.models import Exists, OuterRef

from advisories.views.rows import Row, rows
from members import search, shows
from members.middleware import HubRequest
from members.models import Item, Kind, shelf
from members.views.asking import confirmed

SAID = 10  # comments that are looked at, the newest: what they are beneath is named once


def said_beneath(request: HubRequest, kind: Kind, text: str) -> list[Row]:
    """Items of `kind`, by the newest comment that whoever asks reads and that has the words. Five statements."""
    of_kind = Item.rows.filter(pk=OuterRef("parent_id"), kind=kind).order_by()
    asked = search.Search(request.viewer, request.at, shelf(Kind.COMMENT), text, Exists(of_kind))
    ids = asked.page(None, SAID).ids
    found = Item.rows.select_related("parent").in_bulk(ids)
    lie = [(found[pk], found[pk].parent) for pk in ids if pk in found]
    stands = shows.stands([one for pair in lie for one in pair if one is not None], request.at)
    hide = not confirmed(request)  # a word that is found is a word that is read, beneath what asks too
    above = {
        parent.pk: parent for one, parent in lie
        if parent is not None and not (hide and (stands[one.pk].asks or stands[parent.pk].asks))
    }  # fmt: skip
    return rows(list(above.values()), request.at, confirmed=not hide)
