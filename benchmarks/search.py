"""F2: the newest 25 hits of a search and a capped count, with the whole rule, keys and instances included.

Against the same search and the same count without the rule, and against the plain way: the rule over all hits, and
then in order. Run by `python -m benchmarks`, once for each database.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from functools import cached_property, partial
from typing import Any

from benchmarks import hub

hub.setup()

from django.db import connection  # noqa: E402
from django.db.models import BooleanField, F, Func, QuerySet, Value  # noqa: E402

from benchmarks.measure import Figure, emit, race  # noqa: E402
from benchmarks.texts import (  # noqa: E402
    ABSENT,
    AT_TIMES,
    IN_TEXTS,
    IN_TITLES,
    NOW,
    RARE,
)
from members.asking import Asked, asked  # noqa: E402
from members.models import Item, Kind, Person, shelf  # noqa: E402
from members.policy import NOBODY, Viewer, visible_to  # noqa: E402
from members.search import Search  # noqa: E402

SHELF = shelf(Kind.ADVISORY)
WORDS = {
    "rare": RARE, "common in titles": IN_TITLES, "common in texts": IN_TEXTS, "absent": ABSENT,
    "1 text in 50": AT_TIMES,
}  # fmt: skip
GOAL, WORST = 3.0, 20.0  # times the same without the rule; milliseconds


class Unruled(Search):
    """The same search, and everybody finds everything."""

    @cached_property
    def asked(self) -> Asked:
        return asked(self.wanted, frozenset(), self.shelf)

    @cached_property
    def readable(self) -> tuple[str, Sequence[Any]]:
        return "1 = 1", []


def instances(items: QuerySet[Item]) -> list[str]:
    """What a list page takes from its rows: the envelope, the advisory."""
    return [item.reference for item in items.select_related("advisory")]


def hits(kind: type[Search], person: int | None, word: str) -> list[str]:
    viewer = Viewer(person)  # a viewer of its own each time: its keys are asked anew, as each request does
    return instances(Item.rows.filter(pk__in=kind(viewer, NOW, SHELF, word).page().ids).order_by("-pos"))


def count(kind: type[Search], person: int | None, word: str) -> int:
    return kind(Viewer(person), NOW, SHELF, word).capped_count()


def plainly(person: int | None, word: str) -> list[str]:
    """As one would write it: a subquery of hits beside the rule, put in order afterwards."""
    query = Value(Unruled(NOBODY, NOW, SHELF, word).asked.every)
    if connection.vendor == "sqlite":
        on, part = "pos", " IN (SELECT rowid FROM members_search WHERE members_search MATCH "
    else:
        on, part = "pk", " IN (SELECT item_id FROM members_search WHERE document @@ CAST("
    ends = ")" if connection.vendor == "sqlite" else " AS tsquery))"
    found = Func(F(on), query, template=f"%(expressions)s{ends}", arg_joiner=part, output_field=BooleanField())
    return instances(visible_to(Viewer(person), NOW).filter(found, kind=Kind.ADVISORY).order_by("-pos")[:25])


def main(size: int) -> None:
    vendor = hub.fill(size, searched=True)
    people = {
        "dense": Person.objects.get(email="p0@example.org").pk,
        "sparse": Person.objects.get(email="sparse@example.org").pk,
        "anonymous": None,
    }
    assert len(hits(Search, people["dense"], IN_TITLES)) == 25 and not hits(Search, people["dense"], ABSENT)
    figures: list[Figure] = []
    for name, word in WORDS.items():
        for what, way in (("newest 25", hits), ("count to 100", count)):
            base = f"{what}, without the rule"
            ways: dict[str, Callable[[], object]] = {base: partial(way, Unruled, None, word)}
            ours = {f"{what}, {who}": partial(way, Search, person, word) for who, person in people.items()}
            plain = {f"{what}, rule over all hits": partial(plainly, people["dense"], word)} if way is hits else {}
            taken = race({**ways, **ours, **plain}, rounds=60, slow=tuple(plain))
            goal = f"<={GOAL:.0f}" if way is hits and word != AT_TIMES else ""
            figures += [
                Figure(f"F2 {size:,}, {name}", vendor, who, ms, ms / taken[base], goal if who in ours else "")
                for who, ms in taken.items()
            ]
    ruled = [figure.value for figure in figures if figure.way.endswith(tuple(people))]
    slowest = f"the slowest, against {WORST:.0f} ms"
    figures.append(Figure(f"F2 {size:,}", vendor, slowest, max(ruled), max(ruled) / WORST, "<=1"))
    emit(figures)


if __name__ == "__main__":
    main(int(sys.argv[1]))
