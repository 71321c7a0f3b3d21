"""How the sources of a coordinator's desk are, and whether collecting keeps up."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Count, Exists, Max, OuterRef, Q, Sum

from advisories.collect import schedule
from advisories.collect.rhythm import Rhythm, rhythm, rhythms
from advisories.models import Fetch, Source
from members.models import Person
from members.permits import coordinates

DAY = timedelta(days=1)
OVERDUE = timedelta(hours=1)  # a source waits for a free place for minutes, not for hours
BAD = (Fetch.Outcome.REFUSED, Fetch.Outcome.ERROR)
WORST_FIRST = (Fetch.Outcome.ERROR, Fetch.Outcome.REFUSED, Fetch.Outcome.OK, Fetch.Outcome.SAME)


@dataclass(frozen=True, slots=True)
class SourceHealth:
    """One source: the outcome of its last fetch (None: not yet asked; of a folder, that of its worst file) and
    why, and over the last day how many fetches, how many bad ones, how many entries new and changed. `rhythm`: what
    came on which day, and whether it is silent. `late`: whether it should have been asked long ago, and was not.
    `stale`: whether it has not answered well for a day, and for twice as long as it may be left alone.

    `shut`: it names people for what comes RED, and this coordinator is none of them: a count, a file's name or a
    refused id would tell of what only they may know, so there is none.
    """

    source: Source
    last_at: datetime | None
    outcome: Fetch.Outcome | None
    error: str
    fetches: int
    bad: int
    new: int
    changed: int
    rhythm: Rhythm
    late: bool
    stale: bool
    shut: bool

    @property
    def ill(self) -> bool:
        """Whether a coordinator should have a look."""
        return self.outcome in BAD or self.late or self.rhythm.silent


def source_health(person: Person, at: datetime) -> list[SourceHealth]:
    """The sources whose entries come to this coordinator's desk, by name. Five statements, however many they are."""
    offices = list(coordinates(person, at))
    if not offices:
        return []
    sources = Source.objects.filter(Q(hub_wide=True) | Q(warp__in=[office.warp_id for office in offices]))
    named = Source.red_handlers.through.objects.filter(source=OuterRef("pk"))
    shut = Exists(named) & ~Exists(named.filter(person=person))
    sources = sources.annotate(last_at=Max("fetches__at"), shut=shut).select_related("warp")
    found = list(sources.order_by("name", "pk"))
    latest = Fetch.objects.filter(source__in=found, at__in={one.last_at for one in found if one.last_at})
    last: dict[int, list[Fetch]] = defaultdict(list)
    for fetch in latest:
        last[fetch.source_id].append(fetch)
    counted = {row["source"]: row for row in _day(found, at)}
    told = rhythms(found, at)
    return [_health(one, at, last[one.pk], counted.get(one.pk, {}), told[one.pk]) for one in found]


def unread(found: Sequence[SourceHealth]) -> bool:
    """Whether none of those that are on is read any more: what a desk shows grows stale."""
    on = [one for one in found if one.source.enabled]
    return bool(on) and all(one.late or one.stale for one in on)


def _is_stale(source: Source, at: datetime) -> bool:
    good = source.last_good_at
    return good is not None and at - good > max(DAY, 2 * timedelta(minutes=schedule.longest(source)))


def collecting(at: datetime) -> dict[str, float | None]:
    """How many sources are on, and how many of them should have been asked an hour ago or longer and were not: then it
    is collecting that does not keep up, whatever they would say. `collected`: seconds since one of them last answered
    well, None where none ever did. For the operator, who is told no names.
    """
    on = Q(enabled=True)
    late = on & Q(due_at__lte=at - OVERDUE)
    found = Source.objects.aggregate(
        sources=Count("pk", filter=on), late=Count("pk", filter=late), good=Max("last_good_at", filter=on)
    )
    good = found.pop("good")
    return {**found, "collected": (at - good).total_seconds() if good else None}


def _day(sources: Sequence[Source], at: datetime) -> Iterable[Mapping[str, Any]]:
    rows = Fetch.objects.filter(source__in=sources, at__gt=at - DAY, at__lte=at).order_by()
    return rows.values("source").annotate(
        fetches=Count("pk"), bad=Count("pk", filter=Q(outcome__in=BAD)), new=Sum("new"), changed=Sum("changed")
    )


def _health(source: Any, at: datetime, rows: list[Fetch], day: Mapping[str, Any], own: Rhythm) -> SourceHealth:
    """`source`: with the annotations `shut` and `last_at`, for which django-stubs has no name."""
    told = {} if source.shut else day
    last = [row for row in rows if row.at == source.last_at]
    worst = min(last, key=lambda row: WORST_FIRST.index(Fetch.Outcome(row.outcome)), default=None)
    return SourceHealth(
        source=source,
        last_at=source.last_at,
        outcome=Fetch.Outcome(worst.outcome) if worst else None,
        error=worst.error if worst and not source.shut else "",
        fetches=told.get("fetches", 0),
        bad=told.get("bad", 0),
        new=told.get("new", 0),
        changed=told.get("changed", 0),
        rhythm=rhythm({}, at.date()) if source.shut else own,
        late=source.enabled and source.due_at <= at - OVERDUE,
        stale=source.enabled and _is_stale(source, at),
        shut=source.shut,
    )
