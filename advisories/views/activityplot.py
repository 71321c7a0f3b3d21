"""When in a period things happened, and parts of a whole beside those of the period before: as bars, drawn here."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any, NamedTuple

from django.utils import dateformat
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from advisories.activity.gathered import Facts
from advisories.activity.period import QUARTER, Period
from advisories.activity.values import Line, Section
from advisories.views.activitywords import said
from advisories.views.plot import drawn
from members.models import Kind

SCALE = 100  # of the widest bar


class Row(NamedTuple):
    """A figure of this period and of the one before; `bar` and `was` are how wide, or None where nothing is drawn."""

    line: Line
    now: str
    before: str
    bar: int | None
    was: int | None


class Shown(NamedTuple):
    slug: str
    heading: str
    rows: list[Row]
    parts: bool


def beside(now: list[Section], before: list[Section]) -> list[Shown]:
    """Sections with anything in them, in either period; of parts, those that are something."""
    pairs = [(one, list(zip(one.lines, other.lines, strict=True))) for one, other in zip(now, before, strict=True)]
    there = [(one, lines) for one, lines in pairs if any(new.value or old.value for new, old in lines)]
    return [Shown(one.slug, one.heading, _rows(lines, parts=one.parts), one.parts) for one, lines in there]


def _rows(lines: list[tuple[Line, Line]], *, parts: bool) -> list[Row]:
    if not parts:
        measured = [(one, other) for one, other in lines if one.value is not None or other.value is not None]
        return [Row(one, said(one.value), said(other.value), None, None) for one, other in measured]
    counted = [(one, _count(one), _count(other)) for one, other in lines]
    most = max((max(new, old) for _line, new, old in counted), default=0) or 1
    return [
        Row(one, str(new), str(old), round(SCALE * new / most), round(SCALE * old / most))
        for one, new, old in counted if new or old
    ]  # fmt: skip


def _count(line: Line) -> int:
    assert isinstance(line.value, int)  # parts are counts
    return line.value


def over_time(found: Facts, period: Period) -> dict[str, Any]:
    """A plot for each kind of thing that happened, and the same as a table: a line for each day or week with any."""
    happened = {
        _("Advisories released"): [one.at for one in found.of(Kind.ADVISORY) if one.first],
        _("Incidents shared"): [one.at for one in found.of(Kind.INCIDENT) if one.first],
        _("Questions asked"): [one.at for one in found.questions],
    }
    parts = period.parts()
    counts = {name: _counts(times, period, len(parts)) for name, times in happened.items() if times}
    columns = list(zip(*counts.values(), strict=True))
    return {
        "plots": [{"name": name, **drawn(numbers, _words(name, numbers, period))} for name, numbers in counts.items()],
        "names": list(counts),
        "rows": [(_named(*part), numbers) for part, numbers in zip(parts, columns, strict=False) if any(numbers)],
        "first": dateformat.format(parts[0][0], "j M"),
        "last": dateformat.format(parts[-1][1], "j M"),
    }


def _counts(times: list[datetime], period: Period, parts: int) -> list[int]:
    counts = [0] * parts
    for at in times:
        counts[period.part_of(at)] += 1
    return counts


def _words(name: str, counts: list[int], period: Period) -> str:
    most = max(counts)
    if period.months == QUARTER:
        at_most = ngettext("at most %(most)d in a week", "at most %(most)d in a week", most)
    else:
        at_most = ngettext("at most %(most)d on a day", "at most %(most)d on a day", most)
    return f"{name}: {sum(counts)}, {at_most % {'most': most}}"


def _named(first: date, last: date) -> str:
    begins = dateformat.format(first, "j F")
    return begins if first == last else f"{begins} – {dateformat.format(last, 'j F')}"
