"""Write an item's placements: the verb that changes an item calls `place` in its own transaction.

A forgotten call is a leak, so `misplaced` compares the table with the rule: nightly, and in every proof.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta

from django.db import transaction

from members import chance, clock
from members.buckets import Bucket
from members.indexing import refile
from members.models import (
    Ancestry,
    BreakGlass,
    Derivation,
    Embargo,
    Grant,
    Handler,
    Item,
    Named,
    Origin,
    Placement,
    Standing,
    pos_of,
)
from members.placing import Facts, Row, rows_for
from members.spans import Span

GLASS = timedelta(hours=1)  # how long break-glass lasts


def facts_of(item: Item) -> Facts:
    """Read what the rule needs of one item, and of the ancestors whose standing it may take."""
    embargo = Embargo.objects.filter(item=item).first()
    origin = Origin.objects.filter(item=item).values_list("filer", "capacity").first()
    return Facts(
        item=item,
        standings=list(Standing.objects.filter(item=item).select_related("withdraws")),
        grants=list(Grant.objects.filter(standing__item=item)),
        handlers=list(Handler.objects.filter(item=item)),
        embargo=embargo,
        named=list(Named.objects.filter(embargo=embargo)) if embargo else (),
        origin=origin,
        glass=_glass(item),
        reporters=_reporters(item),
        parent=facts_of(item.parent) if item.parent else None,
    )


def _glass(item: Item) -> list[tuple[int, Span]]:
    """Who broke glass for the item, each for an hour from its approval on."""
    broken = BreakGlass.objects.filter(reference=item.reference, approved_at__isnull=False)
    return [
        (person, Span(clock.micro(since), clock.micro(since + GLASS)))
        for person, since in broken.values_list("person_id", "approved_at")
        if since is not None
    ]


def _reporters(item: Item) -> list[int]:
    """Buckets of those whose reports this was derived from: sealed where the report is anonymous."""
    reports = Derivation.objects.filter(item=item).values_list("report__origin__filer", "report__author_id")
    return [
        Bucket.SEALED.of(filer) if filer is not None else Bucket.PERSON.of(author)
        for filer, author in reports
        if filer is not None or author is not None
    ]


@transaction.atomic
def place(item: Item) -> None:
    """Rewrite where `item`, and whatever inherits from it, lies, for searches too. Also its place in every order."""
    facts = facts_of(item)
    _set_pos(facts)
    Placement.objects.filter(item=item).delete()
    Placement.objects.bulk_create(placements(item, rows_for(facts)))
    refile(item)
    for child in Item.rows.realm(item.realm).filter(parent=item).select_related("parent"):
        place(child)


def placements(item: Item, rows: Iterable[Row]) -> list[Placement]:
    """The rows of `rows_for`, as they are stored."""
    return [
        Placement(
            bucket=row.bucket,
            shelf=item.shelf,
            pos=item.pos,
            item=item,
            level=row.level,
            label=row.label,
            since=row.since,
            until=row.until,
        )
        for row in rows
    ]


def _set_pos(facts: Facts) -> None:
    """Lists are in release order: an item stands where its latest standing began, else where it was made."""
    item = facts.item
    released = [s.since for s in facts.standings if s.state == Standing.State.RELEASED]
    pos = pos_of(max(released, default=item.created_at), item.pk)
    if item.pos != pos:
        item.pos = pos
        item.save(update_fields=["pos"])


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
