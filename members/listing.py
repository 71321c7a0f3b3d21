"""Pages of what a viewer may read, newest first, in time that does not grow with what they may not.

Each bucket that the viewer holds a key to is an ordered list of its own (the index `placement_page`): a page is those
lists, laid into one. Agrees with `policy.visible_to` item for item.

No bound at the moment itself: a revision approved in advance lies ahead of its time, and is read in its earlier
version until then. The rows' own times decide.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from typing import NamedTuple

from django.db import connection

from members import clock
from members.buckets import Level
from members.policy import Viewer, parents_open

TOP = 2**63 - 1
AT_ONCE = 200  # buckets in one statement: SQLite compounds at most 500 parts


class Page(NamedTuple):
    """`ids` newest first; `older` and `newer` are the cursors of the pages beside it, None where there is none."""

    ids: list[int]
    older: int | None
    newer: int | None


class Row(NamedTuple):
    id: int
    pos: int


def page(
    viewer: Viewer, at: datetime, shelf: int, *, before: int | None = None, after: int | None = None, size: int = 25
) -> Page:
    """At most `size` items of `shelf` that `viewer` may read at `at`: the newest, or those next to a cursor."""
    if after is not None:
        rows = Readable(viewer, at, shelf, after, newest_first=False).rows(size + 1)
        if len(rows) <= size:
            return page(viewer, at, shelf, size=size)  # that is the first page, and it may be filled up
        rows = rows[size - 1 :: -1]
        return Page([row.id for row in rows], rows[-1].pos, rows[0].pos)
    rows = Readable(viewer, at, shelf, TOP if before is None else before).rows(size + 1)
    shown = rows[:size]
    newer = None if before is None else shown[0].pos if shown else before - 1
    return Page([row.id for row in shown], shown[-1].pos if len(rows) > size else None, newer)


def capped_count(viewer: Viewer, at: datetime, shelf: int, cap: int = 100) -> int:
    """How many items of `shelf` the viewer may read, counted to `cap`; `cap` + 1 says that there are more."""
    return len(Readable(viewer, at, shelf, TOP).rows(cap + 1))


@dataclass(frozen=True)
class Readable:
    """What `viewer` may read of `shelf` at `at`, beyond `bound` in one direction."""

    viewer: Viewer
    at: datetime
    shelf: int
    bound: int
    newest_first: bool = True

    def rows(self, count: int) -> list[Row]:
        """The first `count`, in one statement for as many buckets as people really hold."""
        buckets = iter(sorted(self.viewer.keys(self.at)))
        found: set[Row] = set()
        while some := list(islice(buckets, AT_ONCE)):
            with connection.cursor() as cursor:
                cursor.execute(self.merged(some, count))
                found.update(Row(*row) for row in cursor.fetchall())
        return sorted(found, key=lambda row: row.pos, reverse=self.newest_first)[:count]

    def merged(self, buckets: list[int], count: int) -> str:
        tail = f"ORDER BY pos {'DESC' if self.newest_first else 'ASC'} LIMIT {count}"
        if connection.vendor == "postgresql":
            keys = ",".join(map(str, buckets))
            return (
                f"SELECT DISTINCT b.item_id, b.pos FROM unnest(ARRAY[{keys}]::bigint[]) k (bucket) CROSS JOIN LATERAL"
                f" (SELECT DISTINCT ON (pos) item_id, pos FROM members_placement p WHERE p.bucket = k.bucket"
                f" AND {self.open} {tail}) b {tail}"
            )
        return " UNION ".join(self.branches(buckets, tail)) + f" {tail}"

    def branches(self, buckets: list[int], tail: str) -> Iterator[str]:
        """One bucket's list. An item may lie in a bucket more than once: grouped, so that it uses up one place."""
        for bucket in buckets:
            yield (
                f"SELECT * FROM (SELECT item_id, pos FROM members_placement p WHERE p.bucket = {bucket}"
                f" AND {self.open} GROUP BY pos {tail})"
            )

    @property
    def open(self) -> str:
        """On this shelf, in force, giving the text; and so does each ancestor."""
        t = clock.micro(self.at)
        return (
            f"p.shelf = {self.shelf} AND p.pos {'<' if self.newest_first else '>'} {self.bound}"
            f" AND p.level >= {int(Level.BODY)} AND p.since <= {t} AND {t} < p.until"
            f" AND {parents_open(self.viewer, self.at, 'p.item_id')}"
        )
