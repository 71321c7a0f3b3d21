"""The words that a search finds items by, cut the same way for both databases and for what is asked: letters and
digits without accents or case.

The index keeps marked tokens beside them. No word has a `_`, so that nothing typed meets a token of ours.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from typing import NamedTuple

from members.models import Item

LONGEST_WORD = 100
MOST_WORDS = 10_000  # of a text

_WORD = re.compile(r"[^\W_]+")


def words(text: str) -> list[str]:
    """The words of a text in their order, as they are kept and asked for."""
    plain = "".join(char for char in unicodedata.normalize("NFKD", text) if not unicodedata.combining(char))
    return [word[:LONGEST_WORD] for word in _WORD.findall(plain.casefold())]


def head(word: str) -> str:
    """The word once more, where it stands in a reference or a title: so a search of those walks no texts."""
    return f"_{word}"


def place(bucket: int, shelf: int) -> str:
    """One bucket's list of one shelf, that a search walks no other items than a viewer's."""
    return f"__{bucket}_{shelf}"


class Row(NamedTuple):
    """What the index keeps of one item: where it lies, and by which words it is found."""

    item: Item
    places: list[str]
    reference: list[str]
    title: list[str]
    text: list[str]  # all of them, each once

    @classmethod
    def of(cls, item: Item, buckets: Iterable[int], title: str, text: str) -> Row:
        in_reference, in_title = words(item.reference), words(title)
        every = dict.fromkeys([*in_reference, *in_title, *words(text)[:MOST_WORDS]])
        return cls(item, places(item, buckets), [*map(head, in_reference)], [*map(head, in_title)], list(every))


def places(item: Item, buckets: Iterable[int]) -> list[str]:
    return [place(bucket, item.shelf) for bucket in sorted(set(buckets))]
