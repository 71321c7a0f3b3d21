"""A source that is set to show its entries as labelled: they are released under their own label, and taken back.

Only what is CLEAR or GREEN gains by it: the stricter labels reach nobody without a grant.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime

from members import tlp
from members.many import among
from members.models import Item, Placement, Standing
from members.place import place, placements, write
from members.placing import Facts, rows_for

WITHOUT_GRANTS = {tlp.CLEAR, tlp.GREEN}
VERSION = 1  # an entry has no other: a changed text is another entry


def show(items: Sequence[Item], at: datetime) -> None:
    """Release new items that have nothing but their label, in three statements."""
    standings = Standing.objects.bulk_create(
        Standing(item=item, version=VERSION, label=item.marking, since=at)
        for item in items
        if item.marking in WITHOUT_GRANTS
    )
    rows = [row for s in standings for row in placements(s.item, rows_for(Facts(item=s.item, standings=[s])))]
    if standings:
        Placement.objects.filter(item__in=among([standing.item_id for standing in standings])).delete()
        write(rows)


def show_again(items: Collection[int], at: datetime) -> None:
    """Release items that were taken back before."""
    again = Item.rows.filter(pk__in=among(items), marking__in=WITHOUT_GRANTS).exclude(standings__until__gt=at)
    for item in again:
        Standing.objects.create(item=item, version=VERSION, label=item.marking, since=at)
        place(item)


def take_back(items: Collection[int], at: datetime) -> None:
    """What the source no longer says is no longer shown; it stays with its handlers."""
    held = Standing.objects.filter(item__in=among(items), state=Standing.State.RELEASED, until__gt=at)
    for standing in held.select_related("item"):
        Standing.objects.filter(pk=standing.pk).update(until=max(at, standing.since))
        place(standing.item)
