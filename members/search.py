"""Search: by words and the rule, in one statement; newest first, hits in reference and title before those in the text.

The text is that of the version in force, else of the draft, which only those meet who may read it. What a viewer may
not read influences nothing that is shown: no scores, no statistics over words. A search looks through the lists of
the viewer's own buckets (indexing.py), so that what others have takes it little time; whether an item is shown, the
rule says each time.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Any

from django.db import connection
from django.db.models import Exists, Q

from members.asking import Asked, asked
from members.indexing import astray, index, misfiled
from members.listing import TOP, Page, Row
from members.models import Item
from members.policy import Viewer, readable_sql
from members.words import words

__all__ = ["Search", "astray", "index", "misfiled"]

MOST_ASKED = 12  # words of a question
WALK = 32  # newest rows that PostgreSQL looks through for each that is wanted, before it asks its index for all

FTS5 = """
SELECT members_item.id, members_item.pos
FROM members_search CROSS JOIN members_item ON members_item.pos = members_search.rowid
WHERE members_search MATCH %s AND members_search.rowid < %s
AND members_item.realm * 100 + members_item.kind = {shelf} AND {readable}
ORDER BY members_search.rowid DESC LIMIT {count}
"""
# A GIN index gives its hits all at once and in no order: good for few. Of many, the newest are soon met on the way
# back through time. Which it is no estimate says well, so: a bounded walk, and all hits where that found too few.
TSVECTOR = """
WITH walked AS MATERIALIZED (
    SELECT s.item_id, s.pos FROM (
        SELECT item_id, pos, document FROM members_search WHERE shelf = {shelf} AND pos < %s
        ORDER BY pos DESC LIMIT {walk}
    ) s CROSS JOIN LATERAL (SELECT 1 WHERE {readable} OFFSET 0) r
    WHERE s.document @@ %s::tsquery ORDER BY s.pos DESC LIMIT {count}
), hits AS MATERIALIZED (
    SELECT item_id, pos FROM members_search WHERE document @@ %s::tsquery AND shelf = {shelf} AND pos < %s
    AND (SELECT count(*) FROM walked) < {count}
)
SELECT item_id, pos FROM walked WHERE (SELECT count(*) FROM walked) >= {count}
UNION ALL (
    SELECT s.item_id, s.pos FROM (SELECT item_id, pos FROM hits ORDER BY pos DESC OFFSET 0) s
    CROSS JOIN LATERAL (SELECT 1 WHERE {readable} OFFSET 0) r
    ORDER BY s.pos DESC LIMIT {count}
) ORDER BY pos DESC
"""
AT = {
    "sqlite": "SELECT 1 FROM members_search WHERE members_search MATCH %s AND rowid = %s",
    "postgresql": "SELECT 1 FROM members_search WHERE document @@ %s::tsquery AND pos = %s AND shelf = {shelf}",
}


@dataclass(frozen=True)
class Search:
    """Items of `shelf` that `viewer` may read at `at` and that have every word of `text`, where `narrow` holds.

    The last word may be the beginning of one. Before the others come those that have the words as one phrase in
    reference or title.
    """

    viewer: Viewer
    at: datetime
    shelf: int
    text: str
    narrow: Q | Exists | None = None

    def page(self, before: int | None = None, size: int = 25) -> Page:
        """At most `size` of them; with `before` those after the one that lies there, if it is one of them."""
        rows: list[Row] = []
        for query, bound in self._groups(before) if self.wanted else []:
            rows += self._rows(query, bound, size + 1 - len(rows))
            if len(rows) > size:
                break
        return Page([row.id for row in rows[:size]], rows[size - 1].pos if len(rows) > size else None, None)

    def capped_count(self, cap: int = 100) -> int:
        """How many they are, counted to `cap`; `cap` + 1 says that there are more."""
        return len(self._rows(self.asked.every, TOP, cap + 1)) if self.wanted else 0

    def _groups(self, before: int | None) -> list[tuple[str, int]]:
        """What is to be gone through, and from where on."""
        phrase, rest = self.asked.phrase, self.asked.rest
        if before is not None and self._lies(phrase, before):
            return [(phrase, before), (rest, TOP)]
        if before is not None and self._lies(rest, before):
            return [(rest, before)]
        return [(phrase, TOP), (rest, TOP)]

    def _lies(self, query: str, pos: int) -> bool:
        with connection.cursor() as cursor:
            cursor.execute(AT[connection.vendor].format(shelf=self.shelf), [query, pos])
            return cursor.fetchone() is not None

    def _rows(self, query: str, before: int, count: int) -> list[Row]:
        readable, params = self.readable
        with connection.cursor() as cursor:
            if connection.vendor == "sqlite":
                sql = FTS5.format(shelf=self.shelf, readable=readable, count=count)
                cursor.execute(sql, [query, before, *params])
            else:
                sql = TSVECTOR.format(shelf=self.shelf, readable=readable, count=count, walk=WALK * count)
                cursor.execute(sql, [before, *params, query, query, before, *params])
            return [Row(*row) for row in cursor.fetchall()]

    @cached_property
    def wanted(self) -> list[str]:
        return words(self.text)[:MOST_ASKED]

    @cached_property
    def asked(self) -> Asked:
        return asked(self.wanted, self.viewer.keys(self.at), self.shelf)

    @cached_property
    def readable(self) -> tuple[str, Sequence[Any]]:
        """The rule, and what narrows it, as a condition on the item of a row."""
        sqlite = connection.vendor == "sqlite"
        rule = readable_sql(self.viewer, self.at, "members_item.id" if sqlite else "s.item_id")
        if self.narrow is None:
            return rule, []
        items = Item._base_manager.filter(self.narrow).query
        narrow, params = items.get_compiler(connection=connection).compile(items.where)
        if not sqlite:
            narrow = f"EXISTS (SELECT 1 FROM members_item WHERE members_item.id = s.item_id AND {narrow})"
        return f"{rule} AND {narrow}", params
