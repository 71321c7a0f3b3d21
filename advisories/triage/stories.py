"""Lay new entries into stories. What match.py decides is applied here.

No reader's desk may change by an entry that this reader can't read, so an entry joins stories only through entries
that everyone who reads it may read: a source of the whole hub through those of such sources, a WARP's own source
through those and the WARP's own, and what came RED through nothing but its own earlier text. A story of one WARP
is folded into one of the whole hub, never the other way.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.db.models import Q

from advisories.models import Dismissal, Entry, EntryKey, Story
from advisories.triage import match
from members import chance, many

# Keys that a person gave: which stories lie together, or don't, whatever their sources say.
DECIDED = Q(key__startswith=match.HAND) | Q(key__startswith=match.APART)
EARLIER = "earlier:"  # joins an entry to the story of its earlier text; never stored


@dataclass(frozen=True, slots=True)
class Newcomer:
    """One entry to lay: its keys, and the story of its source's earlier text of the same id, where there is one."""

    keys: frozenset[str]
    earlier: int | None = None
    red: bool = False


def lay(newcomers: Sequence[Newcomer], warp: int | None) -> list[int]:
    """The id of the story of each. `warp`: whose desk alone the entries come to; None for every desk.

    Makes and merges stories; where several tell the same, the oldest stays. Call it inside a transaction.
    """
    open_ones = [place for place, one in enumerate(newcomers) if not one.red]
    keys = {key for place in open_ones for key in newcomers[place].keys}
    shelves = _shelves({other for key in keys for other in match.sought(key)}, warp)
    told, known = [], dict(shelves.joined)
    for place in open_ones:
        one = newcomers[place]
        told.append(one.keys | ({f"{EARLIER}{one.earlier}"} if one.earlier else frozenset()))
        if one.earlier:
            known[f"{EARLIER}{one.earlier}"] = {one.earlier}
    found = match.groups(told, known)
    narrow = shelves.narrow | _narrow({story for group in found for story in group.stories} - shelves.seen)
    stories = _stories(found, warp, narrow)
    _fold(found, stories, told, shelves, narrow, warp)
    laid = {open_ones[member]: story for group, story in zip(found, stories, strict=True) for member in group.members}
    alone = _new(sum(1 for one in newcomers if one.red and one.earlier is None), warp)
    return [laid[p] if p in laid else (one.earlier or alone.pop()) for p, one in enumerate(newcomers)]


@dataclass(frozen=True, slots=True)
class Shelves:
    """What the keys lead to: stories that may be joined, and stories of one WARP that may be folded in."""

    joined: Mapping[str, set[int]]
    foldable: Mapping[str, set[int]]
    narrow: set[int]  # those of them that lie on one desk only
    seen: set[int]


def _shelves(keys: set[str], warp: int | None) -> Shelves:
    joined, foldable = defaultdict(set), defaultdict(set)
    narrow: set[int] = set()
    seen: set[int] = set()
    for key, story, of_warp, hub_wide in _told(sorted(keys), warp):
        seen.add(story)
        if of_warp is not None:
            narrow.add(story)
        if hub_wide or warp is not None:
            joined[key].add(story)
        elif of_warp is not None:
            foldable[key].add(story)
    return Shelves(joined, foldable, narrow, seen)


def _told(keys: list[str], warp: int | None) -> list[tuple[str, int, int | None, bool]]:
    current = Q(entry__superseded_at=None, entry__gone_at=None)
    readable = Q() if warp is None else Q(entry__item__hub_wide=True) | Q(entry__item__warp=warp)
    rows = EntryKey.objects.filter(current, readable, key__in=many.among(keys), joins=True).order_by()
    return list(rows.values_list("key", "entry__story", "entry__story__warp", "entry__item__hub_wide").distinct())


def _narrow(stories: set[int]) -> set[int]:
    """Those that lie on one desk only, of stories that no key led to."""
    return (
        set(Story.objects.filter(pk__in=many.among(stories), warp__isnull=False).values_list("pk", flat=True))
        if stories
        else set()
    )


def _stories(found: Sequence[match.Group], warp: int | None, narrow: set[int]) -> list[int]:
    """The story of each group: its oldest one of the whole hub, else its oldest, else a new one."""
    chosen: list[int | None] = []
    for group in found:
        wide = [story for story in group.stories if story not in narrow]
        may_join = wide if warp is None else wide or list(group.stories)
        chosen.append(may_join[0] if may_join else None)
    made = _new(chosen.count(None), warp)
    return [story if story is not None else made.pop() for story in chosen]


def _new(count: int, warp: int | None) -> list[int]:
    made = many.ids(Story, count) if count else []
    many.insert(Story, ("id", "code", "warp"), [(pk, chance.code(8), warp) for pk in made])
    return made[::-1]  # taken from the end: in order


def _fold(
    found: Sequence[match.Group],
    stories: Sequence[int],
    told: Sequence[frozenset[str]],
    shelves: Shelves,
    narrow: set[int],
    warp: int | None,
) -> None:
    """Merge what the groups brought together. A WARP's own entry merges no stories of the whole hub."""
    target: dict[int, int] = {}
    for group, story in zip(found, stories, strict=True):
        touched: set[int] = set()
        if shelves.foldable:
            keys = {other for place in group.members for key in told[place] for other in match.sought(key)}
            touched = {other for key in keys for other in shelves.foldable.get(key, ())}
        touched |= {other for other in group.stories if warp is None or other in narrow}
        for other in touched - {story}:
            target[other] = min(story, target.get(other, story))
    by_target = defaultdict(set)
    for other, story in target.items():
        by_target[story].add(other)
    for story, others in by_target.items():
        merge(story, others, warp)


def merge(story: int, others: set[int], warp: int | None) -> None:
    """`others` become part of `story`. Who had dismissed one of them is asked again: there is something newer."""
    Entry.rows.filter(story__in=others).update(story=story)
    Story.objects.filter(Q(pk__in=others) | Q(into__in=others)).update(into=story)
    asked_again = Dismissal.objects.filter(story__in={story, *others})
    (asked_again if warp is None else asked_again.filter(warp=warp)).delete()
