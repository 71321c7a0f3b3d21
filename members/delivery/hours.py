"""When it is somebody's hour on their own clocks: of their digest, and the end of their quiet. Pure."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import NamedTuple
from zoneinfo import ZoneInfo

LONDON, MORNING, MONDAY = "Europe/London", 8, 0  # when those without an account get theirs


class Slot(NamedTuple):
    """The latest hour of the digest for some people: its moment, and the local day that it belongs to; and the moment
    of that hour on their latest day of the week."""

    begins: datetime
    day: date
    week: datetime


def slot(zone: str, hour: int, weekday: int, at: datetime) -> Slot:
    """The last time before `at` that clocks in `zone` came to `hour`: where they skip it, when they passed it, where
    they show it twice, the first time. And the last time that they did on a `weekday` (0: Monday)."""
    clocks = zone_of(zone)
    day = at.astimezone(clocks).date()
    if at_hour(day, hour, clocks).timestamp() > at.timestamp():  # across a change of clocks, local times don't compare
        day -= timedelta(days=1)
    latest = day - timedelta(days=(day.weekday() - weekday) % 7)
    return Slot(at_hour(day, hour, clocks), day, at_hour(latest, hour, clocks))


def slot_after(zone: str, hour: int, weekday: int, at: datetime, *, weekly: bool) -> datetime:
    """When the next digest of these people is due: the next morning's, or that of their day of the week."""
    latest, clocks = slot(zone, hour, weekday, at), zone_of(zone)
    if weekly:
        return at_hour(latest.week.astimezone(clocks).date() + timedelta(days=7), hour, clocks)
    return at_hour(latest.day + timedelta(days=1), hour, clocks)


def at_hour(day: date, hour: int, clocks: ZoneInfo) -> datetime:
    """When `clocks` come to `hour` on `day`, as `slot` has it."""
    return datetime(day.year, day.month, day.day, hour, tzinfo=clocks)


def zone_of(name: str) -> ZoneInfo:
    """The time zone, or London's where nobody knows one of that name: a wrong word must not cost a digest."""
    try:
        return ZoneInfo(name)
    except (ValueError, OSError, KeyError):  # ZoneInfoNotFoundError is a KeyError
        return ZoneInfo(LONDON)


def quiet_until(zone: str, begins: int, ends: int, at: datetime) -> datetime | None:
    """When the quiet hours of `zone`'s clocks that are at `at` end; None outside them. They may cross midnight."""
    clocks = zone_of(zone)
    local = at.astimezone(clocks)
    day, hour = local.date(), local.hour
    if begins <= hour < ends or hour < ends < begins:
        return at_hour(day, ends, clocks).astimezone(UTC)
    return at_hour(day + timedelta(days=1), ends, clocks).astimezone(UTC) if ends < begins <= hour else None
