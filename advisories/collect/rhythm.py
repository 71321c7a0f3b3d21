"""How often a source says something new, and whether it has been silent for longer than it ever is."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

from django.db.models import F, Q, Sum
from django.db.models.functions import TruncDate

from advisories.models import Fetch, Source

LONDON = ZoneInfo("Europe/London")
DAY = timedelta(days=1)
WINDOW = 180  # days that are looked back on: half a year holds six of what comes monthly
SHOWN = 28  # days that are drawn
NEWS = Q(new__gt=0) | Q(changed__gt=0)
FEWEST = 5  # days on which it brought something, before it has a rhythm

News = Mapping[date, int]  # by day in London, where there was something: how much was new or changed


@dataclass(frozen=True, slots=True)
class Rhythm:
    """`days`: how much was new or changed on each of the last 28 days, today's last. `last`: the latest day that
    brought something. `usual`: the most days that ever lay between two such; None where there were too few to tell.
    `silent`: whether it has been silent for clearly longer than that.
    """

    days: tuple[int, ...]
    last: date | None
    usual: int | None
    silent: bool

    @property
    def total(self) -> int:
        return sum(self.days)


def rhythm(news: News, today: date) -> Rhythm:
    """What these days tell, as of `today`. Silent is half as long again as the longest silence so far, and a day.

    The longest one, not the mean: what comes on weekdays is not ill on a Monday morning, nor after Christmas.
    """
    days = tuple(news.get(today - age * DAY, 0) for age in reversed(range(SHOWN)))
    told = sorted(news)
    if len(told) < FEWEST:
        return Rhythm(days, told[-1] if told else None, None, silent=False)
    usual = max((after - before).days for before, after in pairwise(told))
    return Rhythm(days, told[-1], usual, silent=(today - told[-1]).days > usual * 3 / 2 + 1)


def rhythms(sources: Iterable[Source], at: datetime) -> dict[int, Rhythm]:
    """The rhythm of each, by id. One statement, however many they are."""
    found: dict[int, dict[date, int]] = defaultdict(dict)
    brought = Fetch.objects.filter(NEWS, source__in=sources, at__gt=at - WINDOW * DAY, at__lte=at).order_by()
    by_day = brought.annotate(day=TruncDate("at", tzinfo=LONDON)).values_list("source", "day")
    for source, day, count in by_day.annotate(count=Sum(F("new") + F("changed"))):
        found[source][day] = count
    today = at.astimezone(LONDON).date()
    return {source.pk: rhythm(found[source.pk], today) for source in sources}
