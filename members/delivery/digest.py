"""The daily digest: what waits is gathered into one message for each address and local day, at the person's hour.

It is planned like everything else, by one INSERT … SELECT, and claimed, asked again and sent by the same path.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import NamedTuple
from zoneinfo import ZoneInfo

from django.db import connection, transaction
from django.db.models import Exists, OuterRef, QuerySet

from members.delivery.plan import DELIVERIES, write
from members.delivery.recipients import usable
from members.models import Address, Announcement, Delivery, DigestLine, Person, Tier

LONDON, MORNING = "Europe/London", 8  # when those without an account get theirs
# A digest of this window that has no lines yet was written by this very transaction: every other one has some.
BIND = """
    UPDATE members_digestline SET delivery_id = (
        SELECT d.id FROM members_delivery d
        WHERE d.announcement_id = %s AND d.address_id = members_digestline.address_id AND d.step = 0)
    WHERE id IN (
        SELECT l.id FROM members_digestline l
        JOIN members_delivery d ON d.address_id = l.address_id AND d.announcement_id = %s AND d.step = 0
        JOIN members_announcement a ON a.id = l.announcement_id AND a.due_at <= %s
        WHERE l.delivery_id IS NULL
        AND NOT EXISTS (SELECT 1 FROM members_digestline o WHERE o.delivery_id = d.id))"""


class Slot(NamedTuple):
    """The latest hour of the digest for some people: its moment, and the local day that it belongs to."""

    begins: datetime
    day: date


def digest(at: datetime) -> int:
    """Plan the digests that are due at `at`: what was announced before the hour, for whoever has had none that day.

    How many. A hub that was down plans them when it is back, once.
    """
    rhythms = Person.objects.filter(Exists(_waiting().filter(address__person=OuterRef("pk"))))
    planned = sum(
        _plan(usable().filter(person__time_zone=zone, person__digest_hour=hour), slot(zone, hour, at), at)
        for zone, hour in rhythms.order_by().values_list("time_zone", "digest_hour").distinct()
    )
    return planned + _plan(usable().filter(subscriber__isnull=False), slot(LONDON, MORNING, at), at)


def slot(zone: str, hour: int, at: datetime) -> Slot:
    """The last time before `at` that clocks in `zone` came to `hour`: where they skip it, when they passed it, where
    they show it twice, the first time."""
    clocks = zone_of(zone)
    day = at.astimezone(clocks).date()
    begins = datetime(day.year, day.month, day.day, hour, tzinfo=clocks)
    if begins.timestamp() > at.timestamp():  # across a change of clocks, local times don't compare
        day -= timedelta(days=1)
        begins = datetime(day.year, day.month, day.day, hour, tzinfo=clocks)
    return Slot(begins, day)


def zone_of(name: str) -> ZoneInfo:
    """The time zone, or London's where nobody knows one of that name: a wrong word must not cost a digest."""
    try:
        return ZoneInfo(name)
    except (ValueError, OSError, KeyError):  # ZoneInfoNotFoundError is a KeyError
        return ZoneInfo(LONDON)


def _waiting() -> QuerySet[DigestLine]:
    return DigestLine.objects.filter(delivery=None).order_by()


def _owed(rhythm: QuerySet[Address], due: Slot) -> QuerySet[Address]:
    """The addresses of `rhythm` with a line from before the hour, and no digest for the day."""
    before = _waiting().filter(address=OuterRef("pk"), announcement__due_at__lte=due.begins)
    had = Delivery.objects.filter(address=OuterRef("pk"), announcement__in=list(_of(due.day)))
    return rhythm.filter(Exists(before)).exclude(Exists(had.order_by())).order_by()


def _of(day: date) -> QuerySet[Announcement]:
    return Announcement.objects.filter(event=Announcement.Event.DIGEST, window=str(day))


def _plan(rhythm: QuerySet[Address], due: Slot, at: datetime) -> int:
    owed = _owed(rhythm, due)
    if not owed.exists():  # most passes: nothing is locked for them
        return 0
    with transaction.atomic():
        day = Announcement.objects.get_or_create(
            event=Announcement.Event.DIGEST, window=str(due.day),
            defaults={"tier": Tier.ADVISORY, "created_at": at, "due_at": at, "planned_at": at},
        )[0]  # fmt: skip
        Announcement.objects.select_for_update().get(pk=day.pk)  # one planner at a time binds lines
        planned = write(DELIVERIES, [day.pk, at], owed)
        before = connection.ops.adapt_datetimefield_value(due.begins)
        with connection.cursor() as cursor:
            cursor.execute(BIND, [day.pk, day.pk, before])
        return planned
