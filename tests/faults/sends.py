"""100,000 messages without a fault, by two workers and two beats: exactly one each. `python -m tests.faults sends`.

`python -m tests.faults.sends DATABASE [people]`: one JSON line. The leases are the hub's own.
"""

from __future__ import annotations

import json
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path
from typing import Any

from tests.faults.stack import Stack, until

PEOPLE, ADVISORIES, PATIENCE = 10_000, 10, 1_800.0


def crowd(people: int, advisories: int = ADVISORIES) -> list[Any]:
    """`people` of one organisation, and drafts for all of them."""
    from members import clock
    from members.models import Address, Affiliation, Frequency, Organisation, Person, Subscription, Tier
    from tests.faults import cast

    cora, at = cast.coordinator(), clock.ask() - cast.DAY
    drafts = [cast.assemble(f"s{n}", cora, digest=False, people=0) for n in range(advisories)]
    house = Organisation.objects.get(slug="s0")
    persons = Person.objects.bulk_create(
        Person(email=f"p{n}@many.example.org", name=f"Person {n}", active_since=at) for n in range(people)
    )
    Affiliation.objects.bulk_create(Affiliation(person=one, organisation=house, since=at) for one in persons)
    addresses = Address.objects.bulk_create(
        Address(person=one, channel="mail", value=one.email, verified_at=at) for one in persons
    )
    Subscription.objects.bulk_create(
        Subscription(address=one, lowest=Tier.URGENT, frequency=Frequency.AT_ONCE) for one in addresses
    )
    for draft in drafts:
        from advisories.models import Version

        Version.objects.filter(advisory=draft.advisory).update(audience=[["organisation", house.pk]])
    return drafts


def send(database: str, people: int = PEOPLE) -> dict[str, Any]:
    from tests.faults import cast

    stack = Stack(database, Path(tempfile.mkdtemp(prefix="warp-faults-")), times="real")
    try:
        stack.prepare()
        drafts = crowd(people)
        stack.start("worker", "beat", "worker2", "beat2")
        began = time.monotonic()
        for draft in drafts:
            cast.release(draft, digest=False)
        wanted = people * ADVISORIES
        until(lambda: stack.sink.ask("count") >= wanted, PATIENCE, every=0.2)
        seconds = time.monotonic() - began
        time.sleep(20)  # a sweep and more, in which nothing may come
        taken = stack.sink.taken("@many.example.org")
    finally:
        stack.end()
    each = Counter(one for times in taken.values() for _at, one in times)
    return {
        "kind": "sends", "wanted": wanted, "taken": sum(each.values()), "messages": len(each),
        "twice": sum(n - 1 for n in each.values()), "seconds": round(seconds, 1),
        "breach": len(each) != wanted or sum(each.values()) != wanted,
    }  # fmt: skip


if __name__ == "__main__":
    print(json.dumps(send(sys.argv[1], *map(int, sys.argv[2:]))))
