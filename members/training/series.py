"""When the sessions of a series are: the same time of UK clocks each time, whatever these do in between. Pure."""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum

from django.utils import dateformat
from django.utils.translation import gettext as _

from members.refused import Refused
from members.times import LONDON, Unclear, in_london

MOST = 24  # sessions of one series
FURTHEST = 104  # weeks or months between two


class Unit(StrEnum):
    WEEKS = "weeks"
    MONTHS = "months"
    QUARTERS = "quarters"


@dataclass(frozen=True)
class When:
    """When a session begins and ends, and until when it is booked."""

    starts_at: datetime
    ends_at: datetime
    books_until: datetime


@dataclass(frozen=True)
class Series:
    """So many sessions, one every so many `unit`. Of months and quarters it is the same weekday of the month, such as
    the second Tuesday: the same date would fall on Sundays."""

    count: int
    every: int = 1
    unit: Unit = Unit.QUARTERS


def dates(first: When, series: Series) -> list[When]:
    """Each of them, the first as it is. Raises Refused where a time is none of UK clocks, or a day is in no month."""
    if not 1 <= series.count <= MOST or not 1 <= series.every <= FURTHEST:
        raise Refused(_("A series has from 1 to %(most)d sessions, and at least one week or month between two.")
                      % {"most": MOST})  # fmt: skip
    return [first, *(_moved(first, day) for day in _days(_local(first.starts_at).date(), series))]


def _moved(first: When, day: date) -> When:
    """`first` as it would be on `day`, each of its times by the clock and as many days from its beginning."""
    begins = _local(first.starts_at)
    by = timedelta(days=(day - begins.date()).days)
    return When(*(_moment(_local(one) + by) for one in (first.starts_at, first.ends_at, first.books_until)))


def _moment(local: datetime) -> datetime:
    try:
        return in_london(local)
    except Unclear as unclear:
        said = _("On %(day)s at %(time)s: %(why)s")
        when = {"day": dateformat.format(local, "j F Y"), "time": dateformat.format(local, "H:i")}
        raise Refused(said % {**when, "why": unclear}) from None


def _local(at: datetime) -> datetime:
    return at.astimezone(LONDON).replace(tzinfo=None)


def _days(first: date, series: Series) -> Iterator[date]:
    for number in range(1, series.count):
        if series.unit == Unit.WEEKS:
            yield first + timedelta(weeks=number * series.every)
        else:
            yield _weekday(first, number * series.every * (3 if series.unit == Unit.QUARTERS else 1))


def _weekday(first: date, months: int) -> date:
    """The same weekday of the month, so many months on."""
    nth = (first.day - 1) // 7
    year, month = divmod(first.year * 12 + first.month - 1 + months, 12)
    beginning = date(year, month + 1, 1)
    day = 1 + (first.weekday() - beginning.weekday()) % 7 + 7 * nth
    if day > monthrange(year, month + 1)[1]:
        said = _("%(month)s has no fifth %(weekday)s. Begin in one of the first four weeks of a month.")
        names = {"month": dateformat.format(beginning, "F Y"), "weekday": dateformat.format(first, "l")}
        raise Refused(said % names)
    return beginning.replace(day=day)
