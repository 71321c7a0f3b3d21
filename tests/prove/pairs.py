"""Hidden against nonexistent: whoever may not see an item gets what everyone gets who asks for nothing.

Pairs of requests, one for something that is there and hidden from whoever asks, one for what nobody ever had: same
status, same bytes, same number of statements; which of the two comes first alternates, and their times are compared.
"""

from __future__ import annotations

import copy
import gc
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from random import Random
from statistics import median

from django.db import connection
from django.test import Client
from django.urls import reverse

from advisories.models import Entry
from members.models import Kind, Named
from tests.pages import visitor
from tests.prove import draw
from tests.prove.exits import UNKNOWN, A
from tests.prove.seeded import seed
from tests.prove.walk import Counter, standing_still, undone
from tests.prove.worlds import Drawn, drawn

NO_CODE, NO_STORY = "2" * 20, "22222222"  # as long as those that exist
ACTS = ("propose", "revise", "extend", "name", "handlers", "end", "leak", "decline")


@dataclass(frozen=True)
class Pair:
    """Two addresses that differ in one word, and who asks for them."""

    who: str
    route: str
    there: str
    nowhere: str
    method: str = "GET"


@dataclass
class Compared:
    """What came out: how many pairs, the unlike ones in words, and the difference of each in milliseconds."""

    pairs: int = 0
    unlike: list[str] = field(default_factory=list)
    differences: list[float] = field(default_factory=list)

    @property
    def median_ms(self) -> float:
        """The median of (hidden - nonexistent): positive where what is hidden takes longer."""
        return median(self.differences) if self.differences else 0.0


def pairs_of(world: Drawn, who: str, at: datetime) -> Iterator[Pair]:
    """Every route that takes a reference or a code, for each thing that is nothing to `who`."""
    oracle = world.oracle(who, at)
    blind = [row for name, row in world.rows.items() if oracle.may(world.items[name]) == "nothing"]
    for row in blind:
        yield from _of_item(who, row.reference)
        if row.parent is not None:
            child = reverse(A + "attachment", args=[row.parent.reference, row.reference])
            yield Pair(who, A + "attachment", child, reverse(A + "attachment", args=[row.parent.reference, UNKNOWN]))
    codes = Named.objects.filter(embargo__item__in=blind).exclude(person=world.people.get(who))
    for code in codes.order_by("pk").values_list("code", flat=True):
        yield Pair(who, "offer", reverse("offer", args=[code]), reverse("offer", args=[NO_CODE]))
    entries = [row for row in blind if row.kind == Kind.ENTRY]
    seen = Entry.rows.exclude(item__in=entries).values("story")
    for code in Entry.rows.filter(item__in=entries).exclude(story__in=seen).values_list("story__code", flat=True):
        yield Pair(who, A + "story", reverse(A + "story", args=[code]), reverse(A + "story", args=[NO_STORY]))


def _of_item(who: str, ref: str) -> Iterator[Pair]:
    def pair(route: str, *more: str, method: str = "GET") -> Pair:
        there, nowhere = (reverse(route, args=[one, *more]) for one in (ref, UNKNOWN))
        return Pair(who, route, there, nowhere, method)

    yield from (
        pair(A + route) for route in ("detail", "draft-edit", "release", "withdraw", "embargo", "embargo-leave")
    )
    yield pair("incidents:detail")
    yield from (pair(f"questions:{name}") for name in ("detail", "hide"))
    yield from (pair(f"questions:{name}", method="POST") for name in ("hide", "follow"))
    yield pair("questions:accept", UNKNOWN, method="POST")
    yield from (pair(f"incidents:{name}") for name in ("close", "indicators", "stix", "misp", "csv"))
    for name in ("sanitise", "hand-on", "second", "seconds", "consent", "words"):
        yield from (pair(f"incidents:{name}", method=method) for method in ("GET", "POST"))
    yield from (pair(f"incidents:{name}", method="POST") for name in ("derive", "state", "note", "take", "become"))
    yield pair("incidents:write", method="POST")
    yield from (pair(A + "relay", method=method) for method in ("GET", "POST"))
    yield from (pair(A + "embargo-act", act) for act in ACTS)
    yield from (pair(A + route, method="POST") for route in ("comment", "attach", "sight", "release", "withdraw"))
    yield from (pair(A + "embargo-decide", word, method="POST") for word in ("approve", "grant"))


def compare(count: int, first: int = 0) -> Compared:
    """At least `count` pairs, from worlds numbered from `first` on, each undone. Inside a transaction."""
    found, number = Compared(), first
    while found.pairs < count:
        r = Random(f"pairs {number}")
        at = r.choice(draw.MOMENTS[2:])
        with undone(), standing_still(at):
            world = drawn(number)
            viewers = [*r.sample(sorted(world.people), 3), "nobody"]
            for who in viewers:
                mine = list(pairs_of(world, who, at))
                _ask_all(found, world, r.sample(mine, min(len(mine), 60)))
        number += 1
    return found


def _ask_all(found: Compared, world: Drawn, pairs: list[Pair]) -> None:
    for pair in pairs:
        person = world.people.get(pair.who)
        client = visitor(person, confirmed=person is not None)
        client.get(reverse(A + "detail", args=[UNKNOWN]))  # who asks for the first time is given an alias
        order = (pair.there, pair.nowhere) if found.pairs % 2 else (pair.nowhere, pair.there)
        gc.disable()  # whichever of the two it hit would seem the slower
        answers = {path: _asked(world, client, pair, path) for path in order}
        gc.enable()
        _judge(found, pair, answers[pair.there], answers[pair.nowhere])


Answer = tuple[int, bytes, int, float]


def _asked(world: Drawn, client: Client, pair: Pair, path: str) -> Answer:
    """Status, every byte with the address that was asked for left out, statements, milliseconds."""
    seed(world.key, pair.who, pair.route)
    counter, cookies = Counter(), copy.deepcopy(client.cookies)
    with undone(), connection.execute_wrapper(counter):
        began = time.perf_counter()
        response = client.post(path) if pair.method == "POST" else client.get(path)
        took = (time.perf_counter() - began) * 1000
    client.cookies = cookies  # a page with a form gives one to who has none, and the second of a pair would have it
    headers = sorted(f"{name}: {value}" for name, value in response.items())
    said = "\n".join(headers).encode() + b"\n" + response.content
    asked = [path.encode(), path.replace("/", "%2F").encode()]
    for one in asked:
        said = said.replace(one, b"<asked>")
    return response.status_code, said, counter.count, took


def _judge(found: Compared, pair: Pair, hidden: Answer, nothing: Answer) -> None:
    found.pairs += 1
    found.differences.append(hidden[3] - nothing[3])
    for what, mine, theirs in zip(("status", "bytes", "statements"), hidden, nothing, strict=False):
        if mine != theirs:
            found.unlike.append(f"{pair.who} at {pair.method} {pair.route} ({pair.there}): other {what}")
