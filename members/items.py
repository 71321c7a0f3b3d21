"""Make envelopes: one, or many at once for what a source sent."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db import transaction

from members import chance, many
from members.models import Affiliation, Handler, Item, Kind, Office, Person, Realm, Warp, pos_of
from members.place import Placed, adopt, new_pos, place, placements, write
from members.placing import Facts, rows_for


def reference(warp: Warp, length: int = 5) -> str:
    """A short random code, easy to read out: `WM-7K3QF`. Taken ones are as good as never drawn again."""
    while True:
        code = f"{warp.prefix}-{chance.code(length)}"
        if not Item._base_manager.filter(reference=code).exists():
            return code


def locked(pk: int) -> Item:
    """The item, held until the transaction ends: one verb at a time. Of any realm."""
    return Item._base_manager.select_for_update(of=("self",)).select_related("warp", "parent").get(pk=pk)


def locked_if_free(pk: int) -> Item | None:
    """The same for who must not wait: None where another holds it."""
    items = Item._base_manager.select_for_update(skip_locked=True, of=("self",)).select_related("warp", "parent")
    return items.filter(pk=pk).first()


@transaction.atomic
def create(
    kind: Kind, warp: Warp, at: datetime, *, author: Person | None = None, office: Office | None = None,
    affiliation: Affiliation | None = None, submitted: bool = True, **fields: Any,
) -> Item:  # fmt: skip
    """One item of `kind`, written under an office or an affiliation, placed. A handler's draft is submitted at once."""
    item = Item.rows.create(
        kind=kind, warp=warp, author=author, office=office, affiliation=affiliation, created_at=at,
        submitted_at=at if submitted else None, reference=reference(warp), pos=new_pos(), **fields,
    )  # fmt: skip
    adopt(item)
    place(item)
    return item


@transaction.atomic
def create_entries(
    markings: Sequence[str], warp: Warp, at: datetime, *, hub_wide: bool, red_handlers: Sequence[Person] = ()
) -> list[Item]:
    """Items of kind entry, one for each import label of `markings`, on the desk of `warp` (or of every
    WARP), in a handful of statements.

    Those that came RED are for `red_handlers` alone.
    """
    items = [
        Item(
            pk=pk, kind=int(Kind.ENTRY), realm=int(Realm.REAL), warp=warp, hub_wide=hub_wide, marking=marking,
            created_at=at, submitted_at=at, reference=f"{warp.prefix}-{chance.code(9)}", pos=pos_of(at, pk),
        )
        for pk, marking in zip(many.ids(Item, len(markings)), markings, strict=True)
    ]  # fmt: skip
    many.create(Item, items)
    handlers: list[Handler] = []
    rows: list[Placed] = []
    for item in items:
        named = [Handler(item=item, person=p, since=at) for p in red_handlers] if item.marking == "RED" else []
        handlers += named
        rows += placements(item, rows_for(Facts(item=item, handlers=named)))
    Handler.objects.bulk_create(handlers)
    write(rows)
    return items
