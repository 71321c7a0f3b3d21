"""F1: the newest 25 advisories that one member may read, with the whole rule, keys and instances included.

Against the same Django page without visibility, and against the two naive ways: what `Q | Q` with `.distinct()`
emits, and EXISTS over the plain tables. Run by `python -m benchmarks`, once for each database.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from datetime import datetime
from functools import partial

from benchmarks import hub

hub.setup()

from django.db.models import Exists, OuterRef, Q, QuerySet  # noqa: E402

from benchmarks.measure import Figure, emit, race  # noqa: E402
from benchmarks.texts import NOW  # noqa: E402
from members.listing import page  # noqa: E402
from members.models import Affiliation, Grant, Item, Kind, Membership, Person, Standing, Within, shelf  # noqa: E402
from members.policy import Viewer  # noqa: E402

SHELF = shelf(Kind.ADVISORY)
GOAL = {"sqlite": 2.0, "postgresql": 3.0}


def instances(items: QuerySet[Item]) -> list[str]:
    """What a list page takes from its rows: the envelope, the advisory, its version."""
    return [item.reference for item in items.select_related("advisory")]


def without_visibility() -> list[str]:
    return instances(Item.rows.filter(kind=Kind.ADVISORY).order_by("-pos")[:25])


def ours(person: int | None) -> list[str]:
    viewer = Viewer(person)  # a viewer of its own each time: its keys are asked anew, as each request does
    return instances(Item.rows.filter(pk__in=page(viewer, NOW, SHELF).ids).order_by("-pos"))


def reached(person: int, at: datetime, on: str = "") -> Q:
    """Who is granted what, as one would write it over the plain tables; people's organisations and WARPs known."""
    organisations = list(Affiliation.objects.at(at).filter(person=person).values_list("organisation", flat=True))
    warps = Membership.objects.at(at).filter(organisation__in=organisations, state="active").values("warp")
    above = list(Within.objects.filter(warp__in=warps).values_list("ancestor", flat=True))
    targets = {f"{on}organisation__in": organisations, f"{on}warp__in": above, f"{on}person": person}
    return Q(*targets.items(), _connector=Q.OR)


def join_distinct(person: int) -> list[str]:
    granted = Q(standings__label__in=("AMBER", "AMBER+STRICT", "RED")) & reached(person, NOW, "standings__grants__")
    in_force = Q(standings__since__lte=NOW, standings__until__gt=NOW, standings__state="released")
    mine = in_force & (Q(standings__label__in=("CLEAR", "GREEN")) | granted)
    return instances(Item.rows.filter(mine, kind=Kind.ADVISORY).distinct().order_by("-pos")[:25])


def exists_plain(person: int) -> list[str]:
    grants = Grant.objects.at(NOW).filter(reached(person, NOW), standing=OuterRef("pk"))
    standings = Standing.objects.at(NOW).filter(
        Q(label__in=("CLEAR", "GREEN")) | Exists(grants), item=OuterRef("pk"), state="released"
    )
    return instances(Item.rows.filter(Exists(standings), kind=Kind.ADVISORY).order_by("-pos")[:25])


def main(count: int) -> None:
    vendor = hub.fill(count)
    dense = Person.objects.get(email="p0@example.org").pk
    people = {
        "dense member": dense,
        "sparse member": Person.objects.get(email="sparse@example.org").pk,
        "coordinator": Person.objects.get(email="coordinator@example.org").pk,
        "anonymous": None,
    }
    viewers: dict[str, Callable[[], object]] = {name: partial(ours, person) for name, person in people.items()}
    assert len(ours(dense)) == 25
    naive: dict[str, Callable[[], object]] = {
        "JOIN + DISTINCT": partial(join_distinct, dense),
        "EXISTS over plain tables": partial(exists_plain, dense),
    }
    base = "the page without visibility"
    taken = race({base: without_visibility, **viewers, **naive}, rounds=60, slow=tuple(naive))
    goal = f"<={GOAL[vendor]:.0f}"
    work = f"F1 newest 25 of {count:,}"
    emit([Figure(work, vendor, way, ms, ms / taken[base], goal if way in viewers else "") for way, ms in taken.items()])


if __name__ == "__main__":
    main(int(sys.argv[1]))
