"""The coordinators' desk: stories to look at, ranked, what each source said, and the verbs.

Everything here is worked out from entries that the viewer handles: what they may not read changes no score, count,
reason or order.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import Q

from advisories.collect.health import SourceHealth, source_health
from advisories.models import Dismissal, Entry, EntryKey, Story
from advisories.triage import rank
from advisories.triage.evidence import evidence
from advisories.triage.here import here, own_reasons
from advisories.triage.ranked import current, desks_of, entries, ranked
from members import clock, tlp
from members.audit import record
from members.models import Person, Warp
from members.permits import coordinates
from members.policy import Viewer

__all__ = ["DeskStory", "SourceHealth", "Telling", "dismiss", "restore", "source_health", "stories", "story"]

MOST = 200  # stories of one page
MOST_REASONS = 6
COLUMNS = ("story_id", "title", "reasons", "item__marking")


@dataclass(frozen=True, slots=True)
class DeskStory:
    """One story as one viewer's desk shows it. `label`: the strictest of its entries. `reasons`: why it stands
    where it does, in words. `newest`: when the hub last saw something new in it; `told`: the latest day that a
    source gives. `cursor`: what `stories(before=…)` takes to go on after it.
    """

    code: str
    title: str
    rank: int
    reasons: tuple[str, ...]
    sources: int
    entries: int
    newest: datetime
    told: datetime
    known_exploited: bool
    dismissed: bool
    label: str

    @property
    def cursor(self) -> str:
        return f"{self.rank}.{clock.micro(self.told)}.{self.code}"


@dataclass(frozen=True, slots=True)
class Telling:
    """What one source says under one id: the latest text, and the earlier ones, newest first."""

    entry: Entry
    earlier: tuple[Entry, ...]


def stories(
    viewer: Viewer,
    at: datetime,
    *,
    warp: Warp | None = None,
    query: str = "",
    limit: int = 50,
    before: str | None = None,
    dismissed: bool = False,
) -> list[DeskStory]:
    """The stories on the viewer's desks (or that of `warp`), the most urgent first; or those dismissed there.

    `query` looks in titles, texts, CVE ids and references. Two statements, whatever they hold.
    """
    rows = ranked(viewer, at, warp, query).filter(open=not dismissed)
    if before:
        rows = rows.filter(_after(before))
    desks = {warp.pk} if warp else desks_of(viewer, at)
    return _told(list(rows[: min(limit, MOST)]), current(entries(viewer, at, warp)), desks)


def why_together(every: Sequence[Entry]) -> list[str]:
    """What these entries of one story share, in words. One statement."""
    held = EntryKey.objects.filter(entry__in=[entry.pk for entry in every], entry__superseded_at=None, joins=True)
    return evidence(held.values_list("entry_id", "key").order_by())


def story(viewer: Viewer, code: str, at: datetime) -> tuple[DeskStory, list[Telling]] | None:
    """One story and what each source said of it, newest first; None where the viewer handles nothing of it."""
    found = _story(code)
    # Asked of no story too: one that is hidden takes as many statements as one that is not there.
    own = entries(viewer, at).filter(story=found.pk if found else 0).select_related("item", "source")
    every = list(own.order_by("-seen_at", "-item"))
    if found is None or not every:
        return None
    shown = _told(list(ranked(viewer, at).filter(story_id=found.pk)), current(own), desks_of(viewer, at))
    return (shown[0] if shown else _past(found, every)), _tellings(every)


@transaction.atomic
def dismiss(person: Person, code: str, warp: Warp, at: datetime, *, newest: datetime | None = None) -> None:
    """The desk of `warp` has done with a story, until something newer than `newest` (what the person saw).

    Raises PermissionDenied, and Story.DoesNotExist for what is not on that desk.
    """
    found = on_desk(person, code, warp, at)
    Dismissal.objects.update_or_create(story=found, warp=warp, defaults={"at": min(newest or at, at)})
    record("dismiss_story", at, by=person, reference=found.code, warp=warp.slug)


@transaction.atomic
def restore(person: Person, code: str, warp: Warp, at: datetime) -> None:
    """Take a dismissal back. Raises as `dismiss` does."""
    found = on_desk(person, code, warp, at)
    Dismissal.objects.filter(story=found, warp=warp).delete()
    record("restore_story", at, by=person, reference=found.code, warp=warp.slug)


def on_desk(person: Person, code: str, warp: Warp, at: datetime) -> Story:
    """The story of this code, for a verb on it. Raises PermissionDenied; Story.DoesNotExist for what is not there."""
    if not coordinates(person, at).filter(warp=warp).exists():
        raise PermissionDenied
    found = _story(code)
    there = entries(Viewer(person.pk), at, warp).filter(story=found.pk if found else 0).exists()
    if found is None or not there:
        raise Story.DoesNotExist
    return found


def _story(code: str) -> Story | None:
    """By its code, or by that of one that was merged into it."""
    found = Story.objects.filter(code=code).select_related("into").first()
    return (found.into or found) if found else None


def _after(cursor: str) -> Q:
    """What comes after `cursor` in the order of stories. A cursor that is none is before everything."""
    score, _, rest = cursor.partition(".")
    micros, _, code = rest.partition(".")
    try:
        top, told = int(score), clock.moment(int(micros))
    except (ValueError, OverflowError):
        return Q()
    return Q(score__lt=top) | Q(score=top, told__lt=told) | Q(score=top, told=told, story__code__gt=code)


def _told(rows: Sequence[dict[str, Any]], own: Any, desks: set[int]) -> list[DeskStory]:
    found: dict[int, list[dict[str, Any]]] = defaultdict(list)
    theirs = own_reasons(desks)
    told = own.filter(story__in=[row["story_id"] for row in rows]).annotate(here=here("rank", desks), **theirs)
    for entry in told.order_by("-here", "-seen_at", "item").values(*COLUMNS, *theirs):
        entry["reasons"] = [one for name in theirs for one in entry[name] or ()] or entry["reasons"]
        found[entry["story_id"]].append(entry)
    return [_shown(row, found[row["story_id"]]) for row in rows]


def _shown(row: dict[str, Any], told: list[dict[str, Any]]) -> DeskStory:
    return DeskStory(
        code=row["story__code"], title=told[0]["title"], rank=row["score"], reasons=_reasons(row, told),
        sources=row["sources"], entries=row["entries"], newest=row["newest"], told=row["told"],
        known_exploited=row["lifted"] > 0, dismissed=not row["open"],
        label=tlp.strictest(entry["item__marking"] for entry in told),
    )  # fmt: skip


def _reasons(row: dict[str, Any], told: list[dict[str, Any]]) -> tuple[str, ...]:
    """Each reason once, of the most urgent entry first; that one entry is old news matters only where all are."""
    reasons = dict.fromkeys(
        rank.Reason(*reason).words
        for entry in told
        for reason in entry["reasons"]
        if row["top"] <= rank.OLD_NEWS or reason[0] != rank.STALE
    )
    words = list(reasons)[:MOST_REASONS]
    if row["sources"] > 1:
        words.append(rank.Reason(rank.SOURCES, {"count": row["sources"]}).words)
    return tuple(words)


def _past(found: Story, every: list[Entry]) -> DeskStory:
    """A story of which no source says anything any more."""
    newest = max(entry.seen_at for entry in every)
    return DeskStory(
        code=found.code, title=every[0].title, rank=0, reasons=(), sources=0, entries=0, newest=newest, told=newest,
        known_exploited=False, dismissed=False, label=tlp.strictest(entry.item.marking for entry in every),
    )  # fmt: skip


def _tellings(every: list[Entry]) -> list[Telling]:
    by_id: dict[tuple[int, str, bool], list[Entry]] = defaultdict(list)
    for entry in every:
        by_id[entry.source_id, entry.guid, entry.item.marking == tlp.RED].append(entry)
    told = [sorted(own, key=lambda e: (e.superseded_at is None, e.seen_at), reverse=True) for own in by_id.values()]
    return sorted((Telling(own[0], tuple(own[1:])) for own in told), key=lambda t: t.entry.seen_at, reverse=True)
