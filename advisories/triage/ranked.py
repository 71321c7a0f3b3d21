"""Stories ranked for one viewer, in the database: from the entries that this viewer handles and no others."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db.models import (
    BooleanField,
    Case,
    Count,
    Exists,
    F,
    IntegerField,
    Max,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Value,
    When,
)
from django.db.models.functions import Coalesce, Greatest, Least

from advisories.models import Dismissal, Entry, EntryKey
from advisories.triage import rank
from advisories.triage.here import here
from members.buckets import Bucket, split
from members.models import Realm, Warp
from members.policy import Viewer, handled

ORDER = ("-score", "-told", "story__code")
LONGEST_QUERY = 100
Ranked = Any  # rows of values with annotations: beyond what the stubs can say


def desks_of(viewer: Viewer, at: datetime) -> set[int]:
    """The ids of the WARPs that the viewer coordinates at `at`."""
    return {number for kind, number in map(split, viewer.keys(at)) if kind == Bucket.DESK}


def entries(viewer: Viewer, at: datetime, warp: Warp | None = None) -> QuerySet[Entry]:
    """Every entry that the viewer handles, its earlier texts included; those on the desk of `warp`, if given."""
    found = Entry.rows.filter(handled(viewer, at, "item_id"), item__realm=Realm.REAL)
    if warp is None:
        return found
    return (
        found.filter(Q(item__hub_wide=True) | Q(item__warp=warp)) if warp.pk in desks_of(viewer, at) else found.none()
    )


def current(found: QuerySet[Entry]) -> QuerySet[Entry]:
    """Those that their sources say today."""
    return found.filter(superseded_at=None, gone_at=None)


def ranked(viewer: Viewer, at: datetime, warp: Warp | None = None, query: str = "") -> Ranked:
    """One row for each story: story_id, story__code, score, top, lift, sources, entries, newest (when the hub
    last saw something new in it), told (the latest that a source says it is from), open (not dismissed).
    """
    desks = {warp.pk} if warp else desks_of(viewer, at)
    found: Any = current(entries(viewer, at, warp)).values("story_id", "story__code")
    found = found.annotate(
        top=Max(here("rank", desks)), lifted=Max(here("lift", desks)), sources=Count("source", distinct=True),
        entries=Count("pk"),
        newest=Max("seen_at"), told=Max(Least(Coalesce("updated", "published", "seen_at"), F("seen_at"))),
    )  # fmt: skip
    found = _with_open(found.annotate(score=_score()), desks)
    if query := query.strip()[:LONGEST_QUERY]:
        found = found.annotate(hits=Count("pk", filter=_tells_of(query))).filter(hits__gt=0)
    return found.order_by(*ORDER)


def _score() -> Least:
    """A story is as urgent as its most urgent entry, and a little more for each further source that tells it.

    Known exploitation lifts it where anything in it is fresh, above all that is not known to be exploited.
    """
    further = Least(F("sources") - 1, Value(rank.MOST_SOURCES)) * rank.PER_SOURCE
    lifted = Q(top__gt=rank.OLD_NEWS, lifted__gt=0)
    return Least(
        Case(When(lifted, then=Greatest("top", "lifted")), default="top", output_field=IntegerField()) + further,
        Case(When(lifted, then=rank.HIGHEST), default=rank.UNPROVED, output_field=IntegerField()),
        output_field=IntegerField(),
    )


def _with_open(found: Any, desks: set[int]) -> Any:
    """Open while, on one of the desks that it lies on, something in it is newer than that desk's dismissal."""
    hub_wide = Q(item__hub_wide=True)
    found = found.annotate(elsewhere=Max("seen_at", filter=~hub_wide & ~Q(item__warp__in=desks)))
    is_open = Q(elsewhere__isnull=False)  # handled by name: nobody here can dismiss it for that desk
    for desk in sorted(desks):
        done = Dismissal.objects.filter(story=OuterRef("story_id"), warp=desk).values("at")
        found = found.annotate(
            **{f"newest_{desk}": Max("seen_at", filter=hub_wide | Q(item__warp=desk)), f"done_{desk}": Subquery(done)}
        )
        newer = Q(**{f"done_{desk}": None}) | Q(**{f"newest_{desk}__gt": F(f"done_{desk}")})
        is_open |= Q(**{f"newest_{desk}__isnull": False}) & newer
    return found.annotate(open=Case(When(is_open, then=True), default=False, output_field=BooleanField()))


def _tells_of(query: str) -> Q:
    key = EntryKey.objects.filter(entry=OuterRef("pk"), key=f"cve:{query.upper()}")
    return (
        Q(title__icontains=query)
        | Q(summary__icontains=query)
        | Q(guid__iexact=query)
        | Q(item__reference__iexact=query)
        | Q(Exists(key))
    )
