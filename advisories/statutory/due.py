"""What is due, to whom, by when. Pure: the moments are arguments."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import NamedTuple
from zoneinfo import ZoneInfo

from advisories.statutory.duty import NATIONS, Duty, Nation
from advisories.statutory.rows import DUTIES

LONDON = ZoneInfo("Europe/London")  # a rule begins at midnight of this clock


class Due(NamedTuple):
    """`by` in UTC, None where no time is set; `late` if it has passed."""

    duty: Duty
    by: datetime | None
    late: bool


def due(nation: str, aware_at: datetime, at: datetime, duties: tuple[Duty, ...] = DUTIES) -> tuple[Due, ...]:
    """The rows of a nation that hold for an incident of which one became aware at a moment, as it stands `at` another.
    A row that sets a time is the one of the day on which one became aware; where to report without a time is asked of
    the day on which one looks."""
    if nation not in NATIONS:
        raise ValueError(f"{nation!r} is no nation of the list. Take one of {', '.join(NATIONS)}.")
    then, now = (moment.astimezone(LONDON).date() for moment in (aware_at, at))
    return tuple(
        _due(one, aware_at, at)
        for one in duties
        if Nation(nation) in one.nations and _holds(one, then if one.within else now)
    )


def _holds(duty: Duty, day: date) -> bool:
    return (duty.since is None or duty.since <= day) and (duty.until is None or day <= duty.until)


def _due(duty: Duty, aware_at: datetime, at: datetime) -> Due:
    """Added in UTC: an hour in the night of a clock change is an hour."""
    by = aware_at.astimezone(UTC) + duty.within if duty.within else None
    return Due(duty, by, by is not None and at > by)
