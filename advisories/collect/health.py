"""How the sources of a coordinator's desk are."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Count, Exists, Max, OuterRef, Q, Sum

from advisories.models import Fetch, Source
from members.models import Person
from members.policy import coordinates

DAY = timedelta(days=1)
BAD = (Fetch.Outcome.REFUSED, Fetch.Outcome.ERROR)
WORST_FIRST = (Fetch.Outcome.ERROR, Fetch.Outcome.REFUSED, Fetch.Outcome.OK, Fetch.Outcome.SAME)


@dataclass(frozen=True, slots=True)
class SourceHealth:
    """One source: the outcome of its last fetch (None: not yet asked; of a folder, that of its worst file) and
    why, and over the last day how many fetches, how many bad ones, how many entries new and changed.

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
    shut: bool


def source_health(person: Person, at: datetime) -> list[SourceHealth]:
    """The sources whose entries come to this coordinator's desk, by name. Four statements, however many they are."""
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
    return [_health(one, one.last_at, last[one.pk], counted.get(one.pk, {})) for one in found]


def _day(sources: Sequence[Source], at: datetime) -> Iterable[Mapping[str, Any]]:
    rows = Fetch.objects.filter(source__in=sources, at__gt=at - DAY, at__lte=at).order_by()
    return rows.values("source").annotate(
        fetches=Count("pk"), bad=Count("pk", filter=Q(outcome__in=BAD)), new=Sum("new"), changed=Sum("changed")
    )


def _health(source: Any, last_at: datetime | None, rows: list[Fetch], day: Mapping[str, Any]) -> SourceHealth:
    """`source`: with the annotation `shut`, for which django-stubs has no name."""
    told = {} if source.shut else day
    last = [row for row in rows if row.at == last_at]
    worst = min(last, key=lambda row: WORST_FIRST.index(Fetch.Outcome(row.outcome)), default=None)
    return SourceHealth(
        source=source,
        last_at=last_at,
        outcome=Fetch.Outcome(worst.outcome) if worst else None,
        error=worst.error if worst and not source.shut else "",
        fetches=told.get("fetches", 0),
        bad=told.get("bad", 0),
        new=told.get("new", 0),
        changed=told.get("changed", 0),
        shut=source.shut,
    )
