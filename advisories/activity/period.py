"""A month or a quarter as UK calendars have it: from midnight to midnight in London, the last instant not included."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.utils import dateformat
from django.utils.translation import gettext as _

from members.times import LONDON, YEARS, in_london

MONTH, QUARTER = 1, 3  # months
_WRITTEN = re.compile(r"([0-9]{4})-(?:(0[1-9]|1[0-2])|Q([1-4]))")


@dataclass(frozen=True)
class Period:
    """`months` from the first of a month on."""

    year: int
    month: int
    months: int = MONTH

    @property
    def code(self) -> str:
        """2026-10 · 2026-Q4: as an address has it."""
        if self.months == QUARTER:
            return f"{self.year}-Q{(self.month + 2) // QUARTER}"
        return f"{self.year}-{self.month:02}"

    @property
    def first(self) -> date:
        return date(self.year, self.month, 1)

    @property
    def since(self) -> datetime:
        return in_london(datetime(self.year, self.month, 1))

    @property
    def until(self) -> datetime:
        return self.next().since

    def __contains__(self, at: datetime) -> bool:
        return self.since <= at < self.until

    def next(self) -> Period:
        return self._moved(self.months)

    def previous(self) -> Period:
        return self._moved(-self.months)

    def _moved(self, months: int) -> Period:
        years, month = divmod(self.month - 1 + months, 12)
        return Period(self.year + years, month + 1, self.months)

    def __str__(self) -> str:
        """October 2026 · October to December 2026."""
        if self.months == MONTH:
            return dateformat.format(self.first, "F Y")
        last = self.next().first - timedelta(days=1)
        return _("%(first)s to %(last)s") % {
            "first": dateformat.format(self.first, "F"), "last": dateformat.format(last, "F Y")
        }  # fmt: skip

    @property
    def short(self) -> str:
        """Oct 2026 · Oct–Dec 2026: at the head of a column."""
        last = self.next().first - timedelta(days=1)
        said = dateformat.format(last, "M Y")
        return said if self.months == MONTH else f"{dateformat.format(self.first, 'M')}–{said}"

    def parts(self) -> list[tuple[date, date]]:
        """First and last day of each part that a plot has a bar for: days of a month, weeks of a quarter."""
        end, step = self.next().first - timedelta(days=1), timedelta(days=self._step())
        starts = [self.first + step * number for number in range((end - self.first) // step + 1)]
        return [(start, min(end, start + step - timedelta(days=1))) for start in starts]

    def part_of(self, at: datetime) -> int:
        """Which of `parts` the moment lies in."""
        return (at.astimezone(LONDON).date() - self.first).days // self._step()

    def _step(self) -> int:
        return 7 if self.months == QUARTER else 1


def read(text: str) -> Period | None:
    """What an address says, or None where that is no period."""
    found = _WRITTEN.fullmatch(text)
    if not found or int(found[1]) not in YEARS[1:-1]:  # which have one before and one after
        return None
    if found[3]:
        return Period(int(found[1]), int(found[3]) * QUARTER - 2, QUARTER)
    return Period(int(found[1]), int(found[2]))


def running(at: datetime, months: int = MONTH) -> Period:
    """The one that `at` lies in."""
    today = at.astimezone(LONDON).date()
    return Period(today.year, today.month - (today.month - 1) % months, months)


def latest(at: datetime, months: int, count: int) -> list[Period]:
    """So many, the running one first."""
    found = [running(at, months)]
    while len(found) < count:
        found.append(found[-1].previous())
    return found
