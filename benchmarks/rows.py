"""F9: 10,000 entries that were parsed, again unchanged, and new.

The peers write one row for an entry into one table. Ours writes, in one transaction, the item, its place, its story,
its keys and its rank as well: rows of five tables, so that the hub's rows are counted apart. Each way is rolled back.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from functools import partial
from typing import Any

from benchmarks.taking import begin, source, undone

# isort: split
from django.db import connection

from advisories.collect.base import Parsed, RawEntry
from advisories.collect.store import store
from advisories.models import Entry, EntryKey, Source, Story
from benchmarks.documents import entries
from benchmarks.flat import Flat
from benchmarks.measure import Figure, emit, race
from benchmarks.texts import NOW
from members.models import Item, Placement

COUNT = 10_000
FIELDS = ["content_hash", "title", "summary", "url", "author", "published", "updated", "seen_at", "facts"]
ONE_BY_ONE, BULK, OURS = "update_or_create", "bulk_create(update_conflicts)", "ours: store()"


def values(one: RawEntry) -> dict[str, Any]:
    said = {name: getattr(one, name) for name in FIELDS if name not in ("seen_at", "facts")}
    return {**said, "seen_at": NOW, "facts": {**one.facts, "cves": list(one.cves)}}


def one_by_one(said: Iterable[RawEntry]) -> None:
    for one in said:
        Flat._default_manager.update_or_create(source=1, guid=one.guid, defaults=values(one))


def bulk(said: Iterable[RawEntry]) -> None:
    Flat._default_manager.bulk_create(
        [Flat(source=1, guid=one.guid, **values(one)) for one in said],
        update_conflicts=True, unique_fields=["source", "guid"], update_fields=FIELDS,
    )  # fmt: skip


def ours(which: Source, said: Parsed, *, new: int) -> None:
    counts = store(which, said, NOW)
    assert (counts.new, counts.same) == (new, COUNT - new), counts


def main() -> None:
    warp = begin()
    with connection.schema_editor() as editor:
        editor.create_model(Flat)
    which, said = source(warp, "feed"), tuple(entries(COUNT))
    ways = {ONE_BY_ONE: partial(one_by_one, said), BULK: partial(bulk, said)}
    new = raced({**ways, OURS: partial(ours, which, Parsed(said), new=COUNT)})
    bulk(said)
    ours(which, Parsed(said), new=COUNT)
    written = sum(model._base_manager.count() for model in (Item, Placement, Entry, EntryKey, Story))
    same = raced({**ways, OURS: partial(ours, which, Parsed(said), new=0)})
    emit([
        *_figures("F9 10,000 again, unchanged", same, ONE_BY_ONE, ">=25"),
        *_figures("F9 10,000 new", new, BULK, ">=3"),
        _row("F9 10,000 new, rows of 5 tables", OURS, new[OURS], written, new[BULK] / new[OURS] * written / COUNT, ""),
    ])  # fmt: skip


def raced(ways: dict[str, Callable[[], None]]) -> dict[str, float]:
    return race({name: partial(undone, way) for name, way in ways.items()}, 3, (ONE_BY_ONE,))


def _figures(work: str, taken: dict[str, float], base: str, goal: str) -> Iterator[Figure]:
    for way, ms in taken.items():
        yield _row(work, way, ms, COUNT, taken[base] / ms, goal if way == OURS else "")


def _row(work: str, way: str, ms: float, rows: int, ratio: float, goal: str) -> Figure:
    return Figure(work, connection.vendor, way, rows / ms * 1000, ratio, goal, "/s")


if __name__ == "__main__":
    main()
