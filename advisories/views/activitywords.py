"""The figures of the activity report as people read them, and as a spreadsheet does."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import NamedTuple

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from advisories.activity.gathered import Facts
from advisories.activity.period import Period
from advisories.activity.values import Few, Share, Value
from advisories.views.curve import in_words
from members.models import Kind

LONG = timedelta(days=2)  # from here on hours alone say nothing


def said(value: Value) -> str:
    if value is None:
        return "–"
    if isinstance(value, Few):
        return _("fewer than five")
    if isinstance(value, Share):
        return f"{value.percent}%"
    if isinstance(value, timedelta):
        return _span(value)
    return str(value)


def _span(value: timedelta) -> str:
    if value < LONG:
        return in_words(value)
    days, hours = divmod(round(value / timedelta(hours=1)), 24)
    return _("%(d)d d %(h)d h") % {"d": days, "h": hours} if hours else _("%(d)d d") % {"d": days}


def unit(value: Value) -> str:
    return "%" if isinstance(value, Share) else "minutes" if isinstance(value, timedelta) else ""


def plain(value: Value) -> str:
    """As a spreadsheet reckons with it: the number alone, minutes of a time."""
    if isinstance(value, Share):
        return str(value.percent)
    if isinstance(value, timedelta):
        return str(round(value.total_seconds() / 60))
    return said(value) if value is not None else ""


class Main(NamedTuple):
    """One of the numbers that the report begins with, now and before, in words of now."""

    now: int
    before: int
    words: str


def _mains(now: Facts, before: Facts) -> Iterator[Main]:
    released, shared = (sum(one.first for one in now.of(kind)) for kind in (Kind.ADVISORY, Kind.INCIDENT))
    was_released, was_shared = (sum(one.first for one in before.of(kind)) for kind in (Kind.ADVISORY, Kind.INCIDENT))
    reported, asked = len(now.reports), len(now.questions)
    yield Main(released, was_released, ngettext(
        "%(n)d advisory was released", "%(n)d advisories were released", released
    ) if released else _("No advisory was released"))  # fmt: skip
    yield Main(shared, was_shared, ngettext(
        "%(n)d incident was shared", "%(n)d incidents were shared", shared
    ) if shared else _("No incident was shared"))  # fmt: skip
    yield Main(reported, len(before.reports), ngettext(
        "%(n)d report was received", "%(n)d reports were received", reported
    ) if reported else _("No report was received"))  # fmt: skip
    yield Main(asked, len(before.questions), ngettext(
        "%(n)d question was asked", "%(n)d questions were asked", asked
    ) if asked else _("No question was asked"))  # fmt: skip


def compared(now: Facts, before: Facts, than: Period, *, over: bool) -> list[str]:
    """What was done, each beside the period before. One that is not `over` is not measured against a whole one."""
    return [_compared(main, than, over=over) for main in _mains(now, before)]


def _compared(main: Main, than: Period, *, over: bool) -> str:
    words = main.words % {"n": main.now}
    more = main.now - main.before
    if not over:
        ends = _("%(said)s so far; %(n)s in all of %(than)s.")
    elif more > 0:
        ends = _("%(said)s, %(more)d more than in %(than)s.")
    elif more < 0:
        ends = _("%(said)s, %(fewer)d fewer than in %(than)s.")
    else:
        ends = _("%(said)s, as many as in %(than)s.") if main.now else _("%(said)s, as in %(than)s.")
    return ends % {"said": words, "n": main.before or _("none"), "more": more, "fewer": -more, "than": than}


def nothing(period: Period, *, over: bool) -> str:
    if over:
        return _("Nothing was released, shared, reported or asked in %(period)s.") % {"period": period}
    return _("Nothing has been released, shared, reported or asked in %(period)s so far.") % {"period": period}
