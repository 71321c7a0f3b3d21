"""How the sources of a coordinator's desk are."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Count, Max, Q, Sum

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
    """

    source: Source
    last_at: datetime | None
    outcome: Fetch.Outcome | None
    error: str
    fetches: int
    bad: int
    new: int
    changed: int


def source_health(person: Person, at: datetime) -> list[SourceHealth]:
    """The sources whose entries come to this coordinator's desk, by name. Four statements, however many they are."""
    offices = list(coordinates(person, at))
    if not offices:
        return []
    sources = Source.objects.filter(Q(hub_wide=True) | Q(warp__in=[office.warp_id for office in offices]))
    found = list(sources.annotate(last_at=Max("fetches__at")).select_related("warp").order_by("name", "pk"))
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


def _health(source: Source, last_at: datetime | None, rows: list[Fetch], day: Mapping[str, Any]) -> SourceHealth:
    last = [row for row in rows if row.at == last_at]
    worst = min(last, key=lambda row: WORST_FIRST.index(Fetch.Outcome(row.outcome)), default=None)
    return SourceHealth(
        source=source,
        last_at=last_at,
        outcome=Fetch.Outcome(worst.outcome) if worst else None,
        error=worst.error if worst else "",
        fetches=day.get("fetches", 0),
        bad=day.get("bad", 0),
        new=day.get("new", 0),
        changed=day.get("changed", 0),
    )
