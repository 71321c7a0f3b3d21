"""Search: one row of words per item, asked together with the rule in one query.

The text is that of the version in force, else of the draft, which only those meet who may read it. What a viewer may
not read influences nothing: no scores, no statistics over words; newest first, hits in reference and title before
those in the text.

Words are cut here, the same way for both databases and for what is asked: letters and digits without accents or case.
SQLite keeps them in FTS5 with `Item.pos` as rowid, PostgreSQL in a tsvector. Nothing typed reaches their query
languages but such words.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence
from datetime import datetime

from django.db import connection, transaction
from django.db.models import BooleanField, F, Func, QuerySet, Value

from members.models import Item, Kind, Realm
from members.policy import Viewer, visible_to

LONGEST_WORD = 100
MOST_WORDS, MOST_ASKED = 10_000, 12  # of a text; of a question
GAP = 10  # between reference, title and text, so that no phrase runs from one into the next

_WORD = re.compile(r"[^\W_]+")


def words(text: str) -> list[str]:
    """The words of a text in their order, as they are kept and asked for."""
    plain = "".join(char for char in unicodedata.normalize("NFKD", text) if not unicodedata.combining(char))
    return [word[:LONGEST_WORD] for word in _WORD.findall(plain.casefold())]


@transaction.atomic
def index(item: Item, title: str, text: str) -> None:
    """Find `item` by these words from now on. After `place`, which may have moved it in the order."""
    parts = [words(item.reference), words(title), words(text)[:MOST_WORDS]]
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(
                "INSERT INTO members_search (item_id, document) VALUES (%s, %s::tsvector)"
                " ON CONFLICT (item_id) DO UPDATE SET document = excluded.document",
                [item.pk, _document(parts)],
            )
            return
        cursor.execute(
            "DELETE FROM members_search WHERE rowid IN"
            " (SELECT rowid FROM members_search WHERE members_search MATCH %s)",
            [f'item : "i{item.pk}"'],
        )
        cursor.execute(
            "INSERT OR REPLACE INTO members_search (rowid, item, reference, title, body) VALUES (%s, %s, %s, %s, %s)",
            [item.pos, f"i{item.pk}", *map(" ".join, parts)],
        )


def _document(parts: Sequence[Iterable[str]]) -> str:
    """A tsvector: what stands in reference and title has weight A."""
    lexemes, place = [], 1
    for weight, part in zip("AAD", parts, strict=True):
        for word in part:
            lexemes.append(f"'{word}':{place}{weight}")
            place += 1
        place += GAP
    return " ".join(lexemes)


def matching(viewer: Viewer, at: datetime, asked: str, realm: int = Realm.REAL) -> QuerySet[Item]:
    """What `viewer` may read at `at` that has every word of `asked`; the last may be the beginning of one.

    Newest first; before the others, those that have the words as one phrase in reference or title.
    """
    wanted = words(asked)[:MOST_ASKED]
    if not wanted:
        return Item.rows.none()
    sqlite = connection.vendor == "sqlite"
    found, phrase = _fts5(wanted) if sqlite else _tsquery(wanted)
    hits = visible_to(viewer, at, realm).filter(_matches(found))
    return hits.annotate(phrase=_matches(phrase)).order_by("-phrase", "-pos")


def _matches(query: str) -> Func:
    if connection.vendor == "postgresql":
        field, asked = "pk", " IN (SELECT item_id FROM members_search WHERE document @@ CAST("
        template = "%(expressions)s AS tsquery))"
    else:
        field, asked = "pos", " IN (SELECT rowid FROM members_search WHERE members_search MATCH "
        template = "%(expressions)s)"
    return Func(F(field), Value(query), template=template, arg_joiner=asked, output_field=BooleanField())


def _fts5(wanted: list[str]) -> tuple[str, str]:
    all_of = " ".join(f'"{word}"' for word in wanted)
    return f"{{reference title body}} : ({all_of} *)", f'{{reference title}} : ("{" ".join(wanted)}" *)'


def _tsquery(wanted: list[str]) -> tuple[str, str]:
    *whole, last = wanted
    all_of = " & ".join([*(f"'{word}'" for word in whole), f"'{last}':*"])
    return all_of, " <-> ".join([*(f"'{word}':A" for word in whole), f"'{last}':*A"])


def astray(kind: Kind, realm: int = Realm.REAL) -> QuerySet[Item]:
    """Items of `kind` that no search finds: each is a verb that forgot to call `index`, and a bug."""
    field, row = ("pos", "rowid") if connection.vendor == "sqlite" else ("pk", "item_id")
    template = f"%(expressions)s NOT IN (SELECT {row} FROM members_search)"  # noqa: S608 - two constants
    lost = Func(F(field), template=template, output_field=BooleanField())
    return Item.rows.realm(realm).filter(lost, kind=kind)
