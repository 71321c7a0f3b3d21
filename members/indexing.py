"""What a search looks in: one row per item that has a text, with its words and the buckets it lies in.

SQLite keeps the rows in FTS5 with `Item.pos` as rowid, so that hits come newest first; PostgreSQL in a tsvector. The
buckets are a copy of the item's placements, rewritten whenever those are: they spare a search the items of others,
and decide nothing. The rule is asked beside them (search.py).
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from typing import Any

from django.db import connection, transaction
from django.db.models import BooleanField, F, Func, QuerySet

from members.buckets import Level
from members.models import Item, Kind, Placement, Realm
from members.words import Row, places

GAP = 10  # between reference and title, so that no phrase runs from one into the other
OURS = "ARRAY(SELECT l FROM unnest(tsvector_to_array(document)) l WHERE l LIKE '\\_\\_%%')"  # PostgreSQL: the places
AT_ONCE = 500  # items in one question to FTS5
SHORT = 3  # words begun with as few letters are found without a list of them


@transaction.atomic(savepoint=False)
def index(item: Item, title: str, text: str) -> None:
    """Find `item` by these words from now on. After `place`, which says where it lies."""
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            for rowid, _places in _fts5_rows(item):
                cursor.execute("DELETE FROM members_search WHERE rowid = %s", [rowid])
    add([Row.of(item, _buckets(item), title, text)])


def add(rows: Sequence[Row]) -> None:
    """Write the rows of many items at once."""
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.executemany(
                "INSERT INTO members_search (item_id, shelf, pos, document) VALUES (%s, %s, %s, %s::tsvector)"
                " ON CONFLICT (item_id) DO UPDATE"
                " SET shelf = excluded.shelf, pos = excluded.pos, document = excluded.document",
                [(row.item.pk, row.item.shelf, row.item.pos, _document(row)) for row in rows],
            )
        else:
            cursor.executemany(
                "INSERT OR REPLACE INTO members_search (rowid, item, places, reference, title, body)"
                " VALUES (%s, %s, %s, %s, %s, %s)",
                [(row.item.pos, _item(row.item), *map(" ".join, row[1:])) for row in rows],
            )
        cursor.execute(*_learn({word for row in rows for word in row.text if len(word) > SHORT}))


def _document(row: Row) -> str:
    """A tsvector. Positions only where phrases are asked for."""
    lexemes = [f"'{word}'" for word in (*row.places, *row.text)]
    lexemes += [f"'{word}':{number}" for number, word in enumerate(row.reference, 1)]
    lexemes += [f"'{word}':{number}" for number, word in enumerate(row.title, len(row.reference) + GAP)]
    return " ".join(lexemes)


def _learn(words: set[str]) -> tuple[str, list[str]]:
    """Keep each word once, for words that are begun. On PostgreSQL two who learn the same at once may keep it twice:
    better than that one waits for the other."""
    among = "jsonb_array_elements_text(%s::jsonb) w (word)"
    if connection.vendor == "sqlite":
        among = "(SELECT value AS word FROM json_each(%s)) w"
    known = "SELECT 1 FROM members_word m WHERE m.word = w.word"
    return (
        f"INSERT INTO members_word (word) SELECT w.word FROM {among} WHERE NOT EXISTS ({known})",
        [json.dumps(sorted(words))],
    )


def refile(items: Iterable[Item]) -> None:
    """Have the rows of `items` say where they lie now. Most have none. In as many statements for many as for one: what
    lies below an item may be hidden from whoever acts on it."""
    there = {item.pk: item for item in items}
    lies = _buckets_of(list(there))
    found = [(there[pk], before, " ".join(places(there[pk], lies[pk]))) for pk, before in _indexed(list(there))]
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.executemany(
                f"UPDATE members_search SET pos = %s, document = ts_delete(document, {OURS}) || %s::tsvector"
                " WHERE item_id = %s",
                [(item.pos, " ".join(f"'{place}'" for place in now.split()), item.pk) for item, _before, now in found],
            )
        else:
            cursor.executemany(
                "UPDATE members_search SET rowid = %s, places = %s WHERE rowid = %s",
                [(item.pos, now, before[0]) for item, before, now in found if before != (item.pos, now)],
            )


Before = tuple[int, str]  # of a row of FTS5: its rowid and its places


def _indexed(pks: list[int]) -> list[tuple[int, Before]]:
    """The items with these ids that have a row, and how it was; PostgreSQL need not know that."""
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SELECT item_id FROM members_search WHERE item_id = ANY(%s)", [pks])
            return sorted((pk, (0, "")) for (pk,) in cursor.fetchall())
        found: list[tuple[int, Before]] = []
        for start in range(0, len(pks), AT_ONCE):
            asked = " OR ".join(f'"__i_{pk}"' for pk in pks[start : start + AT_ONCE])
            cursor.execute("SELECT item, rowid, places FROM members_search WHERE members_search MATCH %s", [asked])
            found += [(int(item.removeprefix("__i_")), (rowid, lies)) for item, rowid, lies in cursor.fetchall()]
        return sorted(found)


def _item(item: Item) -> str:
    return f"__i_{item.pk}"


def _fts5_rows(item: Item) -> list[Before]:
    """The row of an item and its places, wherever in the order it was left."""
    with connection.cursor() as cursor:
        asked = [f'"{_item(item)}"']
        cursor.execute("SELECT rowid, places FROM members_search WHERE members_search MATCH %s", asked)
        rows: list[Before] = cursor.fetchall()
        return rows


def _buckets(item: Item) -> list[int]:
    """Where an item lies that can be read there by somebody, now or at another time."""
    return _buckets_of([item.pk])[item.pk]


def _buckets_of(pks: list[int]) -> dict[int, list[int]]:
    """The same of each of the items with these ids, in one statement."""
    lies: dict[int, list[int]] = {pk: [] for pk in pks}
    found = Placement.objects.filter(item__in=pks, level__gte=Level.BODY).order_by("pk")
    for pk, bucket in found.values_list("item_id", "bucket"):
        lies[pk].append(bucket)
    return lies


def astray(kind: Kind, realm: int = Realm.REAL) -> QuerySet[Item]:
    """Items of `kind` that no search finds: each is a verb that forgot to call `index`, and a bug."""
    field, row = ("pos", "rowid") if connection.vendor == "sqlite" else ("pk", "item_id")
    template = f"%(expressions)s NOT IN (SELECT {row} FROM members_search)"
    lost = Func(F(field), template=template, output_field=BooleanField())
    return Item.rows.realm(realm).filter(lost, kind=kind)


def misfiled(items: Iterable[Item]) -> list[Item]:
    """Those whose rows say that they lie elsewhere than the placements do: each one is a loss, and a bug."""
    return [item for item in items if _filed(item) not in (None, (item.pos, _places(item)))]


def _places(item: Item) -> set[str]:
    return set(places(item, _buckets(item)))


def _filed(item: Item) -> tuple[int, set[str]] | None:
    if connection.vendor == "sqlite":
        rows: list[tuple[int, Any]] = [(rowid, before.split()) for rowid, before in _fts5_rows(item)]
    else:
        with connection.cursor() as cursor:
            cursor.execute(f"SELECT pos, {OURS} FROM members_search WHERE item_id = %s", [item.pk])
            rows = cursor.fetchall()
    return next(((pos, set(lies)) for pos, lies in rows), None)
