"""Write an item's placements: the verb that changes an item calls `place` in its own transaction.

A forgotten call is a leak, so `misplaced` compares the table with the rule: nightly, and in every proof.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from django.db import transaction

from members import chance, many
from members.facts import facts_of, facts_of_all
from members.indexing import refile
from members.models import Ancestry, Item, Placement, Standing, pos_of
from members.placing import Facts, Row, rows_for

Placed = tuple[int | str, ...]  # the values of COLUMNS
COLUMNS = ("bucket", "shelf", "pos", "item", "level", "label", "since", "until")


@transaction.atomic(savepoint=False)
def place(item: Item) -> None:
    """Rewrite where `item`, and whatever lies below it, is placed, for searches too. Also the place in every order.

    In as many statements for two hundred comments as for one.
    """
    below = Item.rows.realm(item.realm).filter(pk__in=Ancestry.objects.filter(ancestor=item).values("item"))
    # Held, as the caller holds `item`: what another verb is doing to one of them would be undone unseen.
    facts = facts_of_all([item, *below.select_for_update().order_by("pk")])
    _set_pos(facts.values())
    Placement.objects.filter(item__in=list(facts)).delete()
    write(row for one in facts.values() for row in placements(one.item, rows_for(one)))
    refile([one.item for one in facts.values()])


def placements(item: Item, rows: Iterable[Row]) -> Iterator[Placed]:
    """The rows of `rows_for`, as they are stored."""
    for row in rows:
        yield int(row.bucket), item.shelf, item.pos, item.pk, int(row.level), row.label, row.since, row.until


def write(rows: Iterable[Placed]) -> None:
    """New rows of `placements`."""
    many.insert(Placement, COLUMNS, rows)


def _set_pos(facts: Iterable[Facts]) -> None:
    """Lists are in release order: an item stands where its latest standing began, else where it was made."""
    moved = []
    for one in facts:
        released = [s.since for s in one.standings if s.state == Standing.State.RELEASED and s.since < s.until]
        pos = pos_of(max(released, default=one.item.created_at), one.item.pk)
        if one.item.pos != pos:
            one.item.pos = pos
            moved.append(one.item)
    Item._base_manager.bulk_update(moved, ["pos"])


def adopt(item: Item) -> None:
    """Write the ancestry of a new child, once."""
    if item.parent_id is None:
        return
    above = Ancestry.objects.filter(item_id=item.parent_id).values_list("ancestor_id", flat=True)
    Ancestry.objects.bulk_create(Ancestry(item=item, ancestor_id=pk) for pk in {item.parent_id, *above})


def misplaced(items: Iterable[Item]) -> list[Item]:
    """Those whose placements are not what the rule says: each one is a leak or a loss, and a bug."""
    return [item for item in items if _stored(item) != rows_for(facts_of(item))]


def _stored(item: Item) -> list[Row]:
    rows = Placement.objects.filter(item=item).values_list("bucket", "level", "since", "until", "label")
    return sorted(Row(*row) for row in rows)


def new_pos() -> int:
    """A place for an item that is being inserted and has no id yet: unique, and replaced by `place`."""
    return -1 - chance.below(2**62)
