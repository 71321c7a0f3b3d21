"""The digest: what waits is gathered into one message for each address and local day, at the person's hour.

A line waits for the next morning, or for the person's day of the week: on that day one message has both, and after it
the next one has whatever did not go. It is planned like everything else, by one INSERT … SELECT, and claimed, asked
again and sent by the same path.
"""

from __future__ import annotations

from datetime import date, datetime

from django.db import connection, transaction
from django.db.models import Exists, OuterRef, Q, QuerySet

from members.delivery.hours import LONDON, MONDAY, MORNING, Slot, slot
from members.delivery.insert import owe
from members.delivery.recipients import usable
from members.models import Address, Announcement, Delivery, DigestLine, Person, Tier

# A digest of this window that has no lines yet, and is due as of now, was written by this very transaction. (One from
# before may have lost all its lines with the right to them: nothing is bound to what goes out no more.)
BIND = """
    UPDATE members_digestline SET delivery_id = (
        SELECT d.id FROM members_delivery d
        WHERE d.announcement_id = %s AND d.address_id = members_digestline.address_id AND d.step = 0)
    WHERE id IN (
        SELECT l.id FROM members_digestline l
        JOIN members_delivery d ON d.address_id = l.address_id AND d.announcement_id = %s AND d.step = 0
            AND d.state = 'due' AND d.due_at = %s
        JOIN members_announcement a ON a.id = l.announcement_id AND a.held_since IS NULL
            AND ((a.due_at <= %s AND NOT l.weekly) OR (a.due_at <= %s AND l.weekly))
        WHERE l.delivery_id IS NULL
        AND NOT EXISTS (SELECT 1 FROM members_digestline o WHERE o.delivery_id = d.id))"""


def digest(at: datetime) -> int:
    """Plan the digests that are due at `at`: what was announced before the hour, for whoever has had none that day.

    How many. A hub that was down plans them when it is back, once.
    """
    rhythms = Person.objects.filter(Exists(_waiting().filter(address__person=OuterRef("pk"))))
    fields = ("time_zone", "digest_hour", "digest_weekday")
    planned = sum(
        _plan(usable().filter(**{f"person__{name}": value for name, value in zip(fields, one, strict=True)}), one, at)
        for one in rhythms.order_by().values_list(*fields).distinct()
    )
    return planned + _plan(usable().filter(subscriber__isnull=False), (LONDON, MORNING, MONDAY), at)


def _waiting() -> QuerySet[DigestLine]:
    return DigestLine.objects.filter(delivery=None, announcement__held_since=None).order_by()


def _owed(rhythm: QuerySet[Address], due: Slot) -> QuerySet[Address]:
    """The addresses of `rhythm` with a line from before its hour, and no digest for the day."""
    its_hour = Q(weekly=False, announcement__due_at__lte=due.begins) | Q(
        weekly=True, announcement__due_at__lte=due.week
    )
    before = _waiting().filter(its_hour, address=OuterRef("pk"))
    had = Delivery.objects.filter(address=OuterRef("pk"), announcement__in=list(_of(due.day)))
    return rhythm.filter(Exists(before)).exclude(Exists(had.order_by())).order_by()


def _of(day: date) -> QuerySet[Announcement]:
    return Announcement.objects.filter(event=Announcement.Event.DIGEST, window=str(day))


def _plan(rhythm: QuerySet[Address], when: tuple[str, int, int], at: datetime) -> int:
    """`when`: the time zone, hour and day of the week of all addresses of `rhythm`."""
    due = slot(*when, at)
    owed = _owed(rhythm, due)
    if not owed.exists():  # most passes: nothing is locked for them
        return 0
    with transaction.atomic():
        day = Announcement.objects.get_or_create(
            event=Announcement.Event.DIGEST, window=str(due.day),
            defaults={"tier": Tier.ADVISORY, "created_at": at, "due_at": at, "planned_at": at},
        )[0]  # fmt: skip
        Announcement.objects.select_for_update().get(pk=day.pk)  # one planner at a time binds lines
        planned = owe(day, owed, at)
        now = connection.ops.adapt_datetimefield_value(at)
        before = [connection.ops.adapt_datetimefield_value(hour) for hour in (due.begins, due.week)]
        with connection.cursor() as cursor:
            cursor.execute(BIND, [day.pk, day.pk, now, *before])
        return planned
