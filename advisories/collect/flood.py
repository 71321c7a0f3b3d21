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

Text = tuple[str, str]


class Renamed(NamedTuple):
    """An entry of the hub's, and what its source says now under another id."""

    pk: int
    fresh: Fresh


def text_of(title: str, url: str, summary: str) -> Text:
    """What makes an entry the same whatever its id and date: its title, and its address or else its words."""
    return title, url or summary


def renamed(fresh: Sequence[Fresh], known: Iterable[tuple[int, str, str, str]]) -> tuple[list[Renamed], list[Fresh]]:
    """Those of `fresh` that are there already under another id, each `known` row once, and the others.

    `known`: (pk, title, url, summary) of what the source says today.
    """
    there: dict[Text, list[int]] = {}
    for pk, *text in known:
        there.setdefault(text_of(*text), []).append(pk)
    found, rest = [], []
    for one in fresh:
        pks = there.get(text_of(one.raw.title, one.raw.url, one.raw.summary)) if one.former is None else None
        if pks:
            found.append(Renamed(pks.pop(0), one))
        else:
            rest.append(one)
    return found, rest
