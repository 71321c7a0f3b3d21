"""When a source says a great deal at once: under new ids what it said before, or more than anyone can look through.

What is there already keeps its place under the new id. The rest of a flood lies on the desk as one card: nothing is
dropped, and nobody scrolls past a thousand.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from advisories.collect.base import gettext_noop
from advisories.collect.changes import Fresh

MOST = 50  # new entries of one document, from a source that is known
RENAMED = gettext_noop("It gave %(count)d entries that were here already new ids. They stay as they are.")
FLOODED = gettext_noop("It sent %(count)d new entries at once. They lie on the desk as one card.")

Text = tuple[str, ...]


class Renamed(NamedTuple):
    """An entry of the hub's, and what its source says now under another id."""

    pk: int
    fresh: Fresh


def renamed(
    fresh: Sequence[Fresh], known: Iterable[tuple[int, str, str, str, str]]
) -> tuple[list[Renamed], list[Fresh]]:
    """Those of `fresh` that are there already under another id, each `known` row once, and the others.

    `known`: (pk, title, url, summary, label) of what the source says today. All four have to be the same: a new text,
    or a stricter label, under a new id is news.
    """
    there: dict[Text, list[int]] = {}
    for pk, *text in known:
        there.setdefault(tuple(text), []).append(pk)
    found, rest = [], []
    for one in fresh:
        said = one.raw.title, one.raw.url, one.raw.summary, one.marking
        pks = there.get(said) if one.former is None else None
        if pks:
            found.append(Renamed(pks.pop(0), one))
        else:
            rest.append(one)
    return found, rest
