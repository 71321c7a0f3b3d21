"""How often a feed wants to be asked: RSS's ttl, skipHours and skipDays, and the syndication module.

Texts, so that a source can keep them: {"ttl": "60", "skip_hours": "0,1,2", "skip_days": "Saturday,Sunday"}, "" where
the feed asks for nothing, so that a feed that stops asking is heard. Minutes; hours and days are of UTC (RSS 2.0 says
GMT). What makes no sense (a negative number, a month and more, a whole day skipped) counts as not said.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, time, timedelta
from typing import Any

DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
LONGEST = 30 * 24 * 60  # minutes
PERIODS = {"hourly": 60, "daily": 24 * 60, "weekly": 7 * 24 * 60, "monthly": 30 * 24 * 60}
MOST_SAID = 100  # hours or days looked at; a feed may repeat itself


def of(channel: Mapping[str, Any]) -> dict[str, str]:
    """What the channel's elements, as feedxml.py gives them, ask for; all three keys, always."""
    ttl = _minutes(channel.get("ttl")) or _between_updates(channel)
    return {
        "ttl": str(ttl) if ttl else "",
        "skip_hours": ",".join(map(str, sorted(_hours(channel.get("skip_hours"))))),
        "skip_days": ",".join(DAYS[day] for day in sorted(_days(channel.get("skip_days")))),
    }


def next_allowed(at: datetime, state: Mapping[str, str]) -> datetime:
    """The first moment not before `at` (aware) that lies in no skipped hour or day, in UTC.

    `state` as `of` gives it; what cannot be read in it skips nothing.
    """
    hours, days = (state.get(name, "").split(",") for name in ("skip_hours", "skip_days"))
    skipped_hours, skipped_days = _hours(hours), _days(days)
    moment = at.astimezone(UTC)
    while moment.weekday() in skipped_days or moment.hour in skipped_hours:
        if moment.weekday() in skipped_days:
            moment = datetime.combine(moment.date() + timedelta(days=1), time(), UTC)
        else:
            moment = moment.replace(minute=0, second=0, microsecond=0) + timedelta(hours=1)
    return moment


def _minutes(text: Any) -> int:
    """A ttl between a minute and a month; 0 where it is none."""
    number = _whole(text)
    return number if 0 < number <= LONGEST else 0


def _between_updates(channel: Mapping[str, Any]) -> int:
    """The syndication module of RSS 1.0: so many updates in a period, by default one and a day."""
    period = channel.get("sy_updateperiod", "daily" if "sy_updatefrequency" in channel else "")
    minutes = PERIODS.get(period.strip().lower(), 0) if isinstance(period, str) else 0
    often = _whole(channel.get("sy_updatefrequency", "1"))
    return minutes // often if often > 0 else 0


def _hours(texts: Any) -> set[int]:
    """RSS 2.0 counts from 0 to 23, 0.91 from 1 to 24."""
    said = {_whole(text) for text in _few(texts)}
    hours = {hour % 24 for hour in said if 0 <= hour <= 24}
    return hours if len(hours) < 24 else set()


def _days(texts: Any) -> set[int]:
    days = {DAYS.index(day) for text in _few(texts) if (day := text.strip().capitalize()) in DAYS}
    return days if len(days) < 7 else set()


def _few(texts: Any) -> Iterable[str]:
    return (text for text in texts[:MOST_SAID] if isinstance(text, str)) if isinstance(texts, list) else ()


def _whole(text: Any) -> int:
    """The whole number that a text is, -1 where it is none."""
    digits = text.strip() if isinstance(text, str) else ""
    return int(digits) if digits.isascii() and digits.isdigit() and len(digits) < 10 else -1
