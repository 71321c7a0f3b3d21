"""What is left to say of each line of some digests: the right asked again, line by line, when they are claimed."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from datetime import datetime
from typing import NamedTuple

from django.db.models import prefetch_related_objects

from members.delivery.claimed import Claimed, Line
from members.keys import Viewer, openly
from members.models import Address, Cell, Delivery, DigestLine, Item
from members.models.delivery import Announcement
from members.policy import visible_to
from members.shows import Exit, Stand, stands


class Left(NamedTuple):
    """What a digest still says, newest first, of which of its rows, and whether any of them waited for the week, or
    for the day."""

    lines: tuple[Line, ...] = ()
    rows: tuple[tuple[int, Cell], ...] = ()
    weekly: frozenset[bool] = frozenset()


def left(deliveries: Collection[Delivery], at: datetime) -> dict[int, Left]:
    """By id of the delivery. Two statements for each person, whatever the number of their lines."""
    prefetch_related_objects([one.address for one in deliveries], "person")
    waiting: dict[int, list[DigestLine]] = defaultdict(list)
    found = DigestLine.objects.filter(delivery__in=deliveries, fell=False).select_related("announcement__item__warp")
    for line in found.order_by("-announcement__due_at", "-pk"):
        waiting[line.delivery_id or 0].append(line)
    items = {line.announcement.item for lines in waiting.values() for line in lines if line.announcement.item}
    standing = stands(items, at)
    everybody = _readable(Viewer(), items, at) if any(one.address.subscriber_id for one in deliveries) else set()
    left = dict.fromkeys((delivery.pk for delivery in deliveries), Left())
    for delivery in deliveries:
        address, lines = delivery.address, waiting[delivery.pk]
        if not _there(address, at):
            continue
        if address.subscriber_id is not None:
            left[delivery.pk] = _left(lines, Exit.SUBSCRIBER, everybody, standing)
        else:
            mine = {line.announcement.item for line in lines if line.announcement.item}
            reader = openly(Viewer(address.person_id), at)  # the ledger shows it, and would show who reported it
            left[delivery.pk] = _left(lines, Exit.DIGEST, _readable(reader, mine, at), standing)
    return left


def lose_the_rest(claimed: Collection[Claimed]) -> None:
    """What these digests do not say is lost, as it is where nothing else is left to say: whoever reads the ledger of
    one item learns of no other."""
    said = [pk for one in claimed for pk, _cell in one.lines]
    DigestLine.objects.filter(delivery__in=[one.delivery for one in claimed]).exclude(pk__in=said).update(fell=True)


def _readable(viewer: Viewer, items: set[Item], at: datetime) -> set[int]:
    return set(visible_to(viewer, at).filter(pk__in=[item.pk for item in items]).values_list("pk", flat=True))


def _there(address: Address, at: datetime) -> bool:
    """Whether whoever reads at `address` has an open account, or has subscribed and not left."""
    if address.subscriber is not None:
        return address.subscriber.hears(at)
    person = address.person
    return person is not None and person.active_since <= at < person.active_until


def _left(waiting: list[DigestLine], channel: Exit, readable: set[int], standing: dict[int, Stand]) -> Left:
    said: dict[int, Line] = {}
    rows, weekly = [], set()
    for line in waiting:
        item = line.announcement.item
        if item is None or item.pk not in readable:
            continue
        stand = standing[item.pk]
        allowed = Cell.NOTHING if stand.withdrawn else stand.cell(channel)
        if allowed == Cell.NOTHING:
            continue
        rows.append((line.pk, allowed))
        weekly.add(line.weekly)
        said[item.pk] = _merged(line.announcement, stand, allowed, said.get(item.pk))
    return Left(tuple(sorted(said.values(), key=lambda line: -line.tier)), tuple(rows), frozenset(weekly))


def _merged(announcement: Announcement, stand: Stand, allowed: Cell, other: Line | None) -> Line:
    """One line for an item, however often it was announced since the last digest."""
    assert announcement.item is not None
    tier = max(announcement.tier, other.tier if other else 0)
    changed = announcement.event == Announcement.Event.REVISED and (other is None or other.changed)
    return Line(announcement.item, stand.version or announcement.version, stand.label, allowed, tier, changed)
