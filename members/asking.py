"""What somebody asks for, in the language of the database. Nothing gets into it but words (words.py), in quotes."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from django.db import connection

from members.indexing import SHORT
from members.words import head, place

MOST_ENDS = 128  # ways to end the last word that are listed: each costs some 20 µs
FEW = 3  # lists of which none is worth asking about
MOST_PLACES = 200  # whoever opens more buckets is looked for without: they read most of it anyway


class Asked(NamedTuple):
    """Three questions to the index, the last two of which are together the first."""

    every: str  # items that have every word; the last may be the beginning of one
    phrase: str  # those of them that have the words as one phrase in reference or title
    rest: str


def asked(wanted: Sequence[str], buckets: frozenset[int], shelf: int) -> Asked:
    """Narrowed to the lists of `buckets`: that spares the work on what is not there, and decides nothing."""
    language = _fts5 if connection.vendor == "sqlite" else _tsquery
    return language(wanted, _ends(wanted), _lists(buckets, shelf))


def _lists(buckets: Iterable[int], shelf: int) -> list[str]:
    """The lists that anything lies in: an empty one costs a search as much as a short one."""
    held = sorted(buckets)
    if len(held) <= FEW:
        return [place(bucket, shelf) for bucket in held]
    used = "SELECT 1 FROM members_placement p WHERE p.bucket = k.column1 AND p.shelf = %s"
    values = ", ".join(f"({bucket})" for bucket in held)
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT k.column1 FROM (VALUES {values}) AS k WHERE EXISTS ({used})", [shelf])
        found = [place(bucket, shelf) for (bucket,) in cursor.fetchall()] or [place(held[0], shelf)]
    return found if len(found) <= MOST_PLACES else []


def _ends(wanted: Sequence[str]) -> list[str]:
    """The words that begin with the last of `wanted`, or none where they are too many, or the beginning too short.

    Going through a few words' lists is lazy, and stops with the page; gathering all that begins so is not.
    """
    last = wanted[-1]
    if len(last) <= SHORT:
        return []
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT DISTINCT word FROM members_word WHERE word >= %s AND word < %s LIMIT {MOST_ENDS + 1}",
            [last, f"{last}\U0010ffff"],
        )
        found = [word for (word,) in cursor.fetchall()] or [last]
    return found if len(found) * len(wanted) <= MOST_ENDS else []


def _fts5(wanted: Sequence[str], ends: Sequence[str], within: Sequence[str]) -> Asked:
    *whole, last = wanted
    heads = [" ".join(map(head, [*whole, end])) for end in ends or [last]]
    begun = "" if ends else " *"
    every = " AND ".join(
        [*(f'"{word}"' for word in whole), _either(" OR ", (f'"{end}"{begun}' for end in ends or [last]))]
    )
    phrase = _either(" OR ", (f'"{words}"{begun}' for words in heads))
    if within:
        lists = _either(" OR ", (f'"{one}"' for one in within))
        return Asked(f"{every} AND {lists}", f"{phrase} AND {lists}", f"(({every}) NOT {phrase}) AND {lists}")
    return Asked(every, phrase, f"({every}) NOT {phrase}")


def _tsquery(wanted: Sequence[str], ends: Sequence[str], within: Sequence[str]) -> Asked:
    *whole, last = wanted
    begun = "" if ends else ":*"
    words = [*(f"'{word}'" for word in whole), _either(" | ", (f"'{end}'{begun}" for end in ends or [last]))]
    heads = [*(f"'{head(w)}'" for w in whole), _either(" | ", (f"'{head(end)}'{begun}" for end in ends or [last]))]
    every, phrase = " & ".join(words), "(" + " <-> ".join(heads) + ")"
    lists = " & " + _either(" | ", (f"'{one}'" for one in within)) if within else ""
    return Asked(f"{every}{lists}", f"{phrase}{lists}", f"{every} & !{phrase}{lists}")


def _either(or_: str, parts: Iterable[str]) -> str:
    return f"({or_.join(parts)})"
