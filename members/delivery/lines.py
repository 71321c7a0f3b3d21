"""What is left to say of each line of some digests: the right asked again, line by line, when they are claimed."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from datetime import datetime
from typing import NamedTuple

from members.delivery.claimed import Line
from members.keys import Viewer
from members.models import Cell, Delivery, DigestLine, Person
from members.models.delivery import Announcement
from members.policy import visible_to
from members.shows import Exit, Stand, cell, stands


class Left(NamedTuple):
    """What a digest still says, newest first, and of which of its rows."""

    lines: tuple[Line, ...] = ()
    rows: tuple[tuple[int, Cell], ...] = ()


def left(deliveries: Collection[Delivery], at: datetime) -> dict[int, Left]:
    """By id of the delivery. Two statements for each person, whatever the number of their lines."""
    waiting: dict[int, list[DigestLine]] = defaultdict(list)
    found = DigestLine.objects.filter(delivery__in=deliveries).select_related("announcement__item__warp")
    for line in found.order_by("-announcement__due_at", "-pk"):
        waiting[line.delivery_id or 0].append(line)
    items = {line.announcement.item for lines in waiting.values() for line in lines if line.announcement.item}
    standing = stands(items, at)
    return {delivery.pk: _left(waiting[delivery.pk], delivery.address.person, standing, at) for delivery in deliveries}


def _left(waiting: list[DigestLine], person: Person | None, standing: dict[int, Stand], at: datetime) -> Left:
    if person is None or not person.active_since <= at < person.active_until:
        return Left()
    asked = {line.announcement.item_id for line in waiting if line.announcement.item_id}
    readable = set(visible_to(Viewer(person.pk), at).filter(pk__in=asked).values_list("pk", flat=True))
    said: dict[int, Line] = {}
    rows = []
    for line in waiting:
        item = line.announcement.item
        if item is None or item.pk not in readable:
            continue
        stand = standing[item.pk]
        allowed = Cell.NOTHING if stand.withdrawn else cell(stand.row, Exit.DIGEST)
        if allowed == Cell.NOTHING:
            continue
        rows.append((line.pk, allowed))
        said[item.pk] = _merged(line.announcement, stand, allowed, said.get(item.pk))
    return Left(tuple(sorted(said.values(), key=lambda line: -line.tier)), tuple(rows))


def _merged(announcement: Announcement, stand: Stand, allowed: Cell, other: Line | None) -> Line:
    """One line for an item, however often it was announced since the last digest."""
    assert announcement.item is not None
    tier = max(announcement.tier, other.tier if other else 0)
    changed = announcement.event == Announcement.Event.REVISED and (other is None or other.changed)
    return Line(announcement.item, stand.version or announcement.version, stand.label, allowed, tier, changed)
