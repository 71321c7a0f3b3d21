"""What each kind of item can do for those who tell of it. Apps register theirs in `ready()`; members asks no app.

The texts live with the app that owns the kind, and the arrow between the apps points the other way: this is the one
way up.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime

from django.db.models import QuerySet

from members.models import Cell, Item, Kind, Person


@dataclass(frozen=True, slots=True)
class Section:
    """A heading and what stands below it: paragraphs, or with `steps` a list, one thing to do in each."""

    heading: str
    paragraphs: tuple[str, ...]
    steps: bool = False


@dataclass(frozen=True, slots=True)
class Content:
    """What an item says, as plain text: what to do comes first. With no sections, the title alone."""

    title: str
    sections: tuple[Section, ...] = ()


@dataclass(frozen=True, slots=True)
class Naming:
    """What an item speaks of: its text, line by line, and the CPE names and package URLs of what it was made from."""

    text: str = ""
    cpes: tuple[str, ...] = ()
    purls: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class KindOf:
    """What a kind of item is asked for.

    `render(item, version, cell)`: what that version says, no more of it than `cell` allows (TITLE: the title alone).
    `url(item)`: the path of its page, from the leading slash on.
    `search_text(item, version)`: what a search finds it by.
    `naming(item, version)`: by what the kit that it concerns is known.
    `titles(versions)`: by id of the item, the title of that version; of many in one statement.
    `rescheduled(item, since)`: a release approved in advance begins at `since` instead, or (None) never.
    `board(item)`: the path of the page of who has confirmed it; where there is none, that of the item.
    `followers(item)`: who hears of it because they follow what it was said about. The rule is asked beside it.
    """

    render: Callable[[Item, int, Cell], Content]
    url: Callable[[Item], str]
    search_text: Callable[[Item, int], str]
    rescheduled: Callable[[Item, datetime | None], None] = lambda item, since: None
    naming: Callable[[Item, int], Naming] = lambda item, version: Naming()
    titles: Callable[[Mapping[int, int]], dict[int, str]] = lambda versions: {}
    board: Callable[[Item], str] | None = None
    followers: Callable[[Item], QuerySet[Person]] = lambda item: Person.objects.none()


_KINDS: dict[Kind, KindOf] = {}


def register(kind: Kind, of_kind: KindOf) -> None:
    """Say what items of `kind` can do. Twice for one kind is a bug, and refused."""
    if kind in _KINDS:
        raise ValueError(f"the kind {kind.name} is already registered: one app owns it")
    _KINDS[kind] = of_kind


def of(item: Item) -> KindOf:
    """What the kind of `item` can do; KeyError where no app has registered it."""
    try:
        return _KINDS[Kind(item.kind)]
    except KeyError:
        name = Kind(item.kind).name
        raise KeyError(f"no app has registered the kind {name}: call members.kinds.register in its ready()") from None


def rescheduled(item: Item, since: datetime | None) -> None:
    """Say that a release of `item` that was approved in advance begins at `since` instead, or (None) never."""
    if Kind(item.kind) in _KINDS:
        of(item).rescheduled(item, since)


def naming(item: Item, version: int) -> Naming:
    """What that version speaks of; nothing where no app has registered its kind."""
    return of(item).naming(item, version) if Kind(item.kind) in _KINDS else Naming()


def titles(versions: Mapping[Item, int]) -> dict[int, str]:
    """By id, the title of that version of each of these items: one statement for each kind."""
    found: dict[int, str] = {}
    for kind in {Kind(item.kind) for item in versions} & _KINDS.keys():
        found |= _KINDS[kind].titles({item.pk: number for item, number in versions.items() if item.kind == kind})
    return found


def board(item: Item) -> str:
    """The path of the page of who has confirmed `item`."""
    kind = of(item)
    return (kind.board or kind.url)(item)


def page(item: Item) -> str:
    """The path of the page that shows `item`: its own, else that of what it belongs to, else the first page."""
    above: Item | None = item
    while above is not None:
        if Kind(above.kind) in _KINDS:
            return of(above).url(above)
        above = above.parent
    return "/"
