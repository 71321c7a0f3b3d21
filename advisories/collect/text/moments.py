"""Times as documents write them. Runs in the worker."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

EARLIEST = datetime(1990, 1, 1, tzinfo=UTC)
AHEAD = timedelta(days=2)  # clocks and zones are wrong by this much in good faith


def moment(value: Any) -> datetime | None:
    """An ISO time in UTC, or None where it is none. Without an offset UTC is meant."""
    if not isinstance(value, str) or len(value) > 40:
        return None
    try:
        at = datetime.fromisoformat(value)
        return at.astimezone(UTC) if at.tzinfo else at.replace(tzinfo=UTC)
    except (ValueError, OverflowError):
        return None


def when(text: str) -> datetime | None:
    """The same, but None for Go's zero time."""
    at = moment(text)
    return at if at and at.year > 1 else None


def likely(at: datetime | None, now: datetime) -> datetime | None:
    """The moment, or None where it lies before 1990 or more than two days ahead: the time of the fetch instead
    would make the same entry look changed on every fetch.
    """
    return at if at is not None and EARLIEST <= at <= now + AHEAD else None
