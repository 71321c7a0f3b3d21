"""Sessions as their readers see them: when, where, how many places are left, and what whoever looks has of them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from itertools import groupby

from django.utils import dateformat
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from members import shows
from members.middleware import HubRequest
from members.models import Booking
from members.times import LONDON, from_to
from members.training import reading
from members.training.clashing import clashes
from members.views.asking import person_of


@dataclass(frozen=True)
class Row:
    """One session in a list. `left`: how many places there are, in words. `mine`: the reader's booking."""

    session: reading.Counted
    label: str
    left: str
    mine: Booking | None
    clash: list[str] = field(default_factory=list)

    @property
    def when(self) -> str:
        return from_to(self.session.starts_at, self.session.ends_at)

    @property
    def starts(self) -> str:
        return self.session.starts_at.astimezone(LONDON).strftime("%H:%M")

    @property
    def full(self) -> bool:
        return self.session.placed >= self.session.capacity

    @property
    def day(self) -> date:
        return self.session.starts_at.astimezone(LONDON).date()


def rows(request: HubRequest, sessions: Sequence[reading.Counted], mine: Iterable[Booking] | None = None) -> list[Row]:
    """Of sessions that the rule gave. `mine`: what whoever looks booked, where it is known."""
    items = {one.course_id: one.course.item for one in sessions}
    stands = shows.stands(items.values(), request.at)
    person = person_of(request)
    booked = reading.mine(request.viewer, request.at) if mine is None and person else mine or ()
    own = {one.session_id: one for one in booked}
    open_ones = [one for one in sessions if one.cancelled_at is None and one.starts_at > request.at]
    clash = clashes(person, open_ones, request.viewer, request.at) if person else {}
    return [
        Row(one, stands[one.course_id].label or one.course.item.marking, left(one, request.at), own.get(one.pk),
            clash.get(one.pk, []))
        for one in sessions
    ]  # fmt: skip


def by_month(found: Iterable[Row]) -> list[tuple[str, list[Row]]]:
    """Under the name of each month; months follow each other as the rows do."""
    grouped = groupby(found, key=lambda row: (row.day.year, row.day.month))
    months = ((list(some)) for _month, some in grouped)
    return [(dateformat.format(some[0].day, "F Y"), some) for some in months]


def left(session: reading.Counted, at: datetime) -> str:
    """How many places there are; how many wait where there are none."""
    placed, waiting = session.placed, session.waiting
    if session.cancelled_at is not None:
        return _("cancelled")
    if session.starts_at <= at:
        return _("has begun") if session.ends_at > at else _("over")
    if (free := session.capacity - placed) > 0:
        return ngettext("%(n)d place left", "%(n)d places left", free) % {"n": free}
    return _("full, %(n)d waiting") % {"n": waiting} if waiting else _("full")
