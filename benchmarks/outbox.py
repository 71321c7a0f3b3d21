"""F3: a release to 10,000 people becomes rows of the outbox, with the whole rule and the tick-lists, idempotent.

Against `bulk_create` over the same audience, and one query for each person. Each way begins at the same point, does
the whole work in one transaction, and is rolled back. Run by `python -m benchmarks`, once for each database.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from benchmarks import hub

hub.setup()

from django.db import connection, transaction  # noqa: E402

from benchmarks.data import PEOPLE  # noqa: E402
from benchmarks.measure import Figure, emit, race  # noqa: E402
from benchmarks.texts import NOW  # noqa: E402
from members.delivery.plan import plan  # noqa: E402
from members.items import create  # noqa: E402
from members.models import (  # noqa: E402
    Address,
    Announcement,
    Delivery,
    Frequency,
    Item,
    Kind,
    Person,
    Subscription,
    Tier,
    Warp,
)
from members.policy import audience  # noqa: E402
from members.stand import release  # noqa: E402

GOAL = {"sqlite": 10.0, "postgresql": 3.0}


class Undo(Exception):
    pass


def rolled_back(way: Callable[[], int]) -> None:
    """Do the work and undo it; whatever the way, the same 10,000 are owed a message."""
    try:
        with transaction.atomic():
            owed = way()
            assert owed == PEOPLE, owed
            raise Undo
    except Undo:
        return


def ours() -> int:
    plan(NOW)
    return Delivery.objects.count()


def recipients(item: Item) -> list[Address]:
    """As one would write it: the audience's verified addresses whose tick-list asks for it at once."""
    asks = Subscription.objects.filter(frequency=Frequency.AT_ONCE, lowest__lte=Tier.URGENT, category="")
    addresses = Address.objects.filter(person__in=audience(item, NOW), channel="mail", verified_at__lte=NOW)
    return list(addresses.filter(pk__in=asks.values("address")))


def bulk(announcement: Announcement, item: Item) -> int:
    rows = [Delivery(announcement=announcement, address=address, due_at=NOW) for address in recipients(item)]
    return len(Delivery.objects.bulk_create(rows, ignore_conflicts=True))


def one_by_one(announcement: Announcement, item: Item) -> int:
    for address in recipients(item):
        Delivery.objects.get_or_create(announcement=announcement, address=address, step=0, defaults={"due_at": NOW})
    return Delivery.objects.count()


def main() -> None:
    hub.fill(100)
    author = Person.objects.get(email="coordinator@example.org")
    item = create(Kind.ADVISORY, Warp.objects.earliest("pk"), NOW, author=author)
    release(item, 1, "GREEN", [], NOW, by=author)
    Address.objects.filter(person__email="sparse@example.org").delete()
    announcement = Announcement.objects.create(
        event="released", item=item, version=1, tier=Tier.URGENT, categories=["vulnerability"], due_at=NOW
    )
    ways: dict[str, Callable[[], int]] = {
        "bulk_create": partial(bulk, announcement, item),
        "ours: INSERT … SELECT": ours,
        "one query for each person": partial(one_by_one, announcement, item),
    }
    taken = race({name: partial(rolled_back, way) for name, way in ways.items()}, 20, ("one query for each person",))
    goal = f">={GOAL[connection.vendor]:.0f}"
    base = taken["bulk_create"]
    emit([
        Figure(f"F3 outbox rows for {PEOPLE:,}", connection.vendor, way, ms, base / ms, goal if "ours" in way else "")
        for way, ms in taken.items()
    ])  # fmt: skip


if __name__ == "__main__":
    main()
