"""What was sent to one person: when, by which channel, with what result. It names no item: whoever shows it asks the
rule which of them may still be named. Of exercises their own pages tell."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import NamedTuple

from django.db.models import Count, Q

from members.models import Address, Announcement, Cell, Delivery, Person, Realm

BACK = timedelta(days=90)
MOST = 200  # messages, the latest


class Message(NamedTuple):
    event: str
    item: int | None  # its id; None for a digest or an account mail
    lines: int  # of a digest: how many of them were told
    at: datetime
    to: str
    channel: str
    state: str  # a Delivery.State, or "held"
    outcome: str
    told: bool  # whether it named the item


def messages(person: Person, at: datetime) -> list[Message]:
    """The latest messages to `person`, newest first: not more than 200, of the last 90 days. Two statements.

    By way of the announcements: no index of deliveries begins with the address.
    """
    mine = list(Address.objects.filter(person=person).values_list("pk", flat=True))
    recent = Announcement.objects.filter(realm=Realm.REAL, due_at__gt=at - BACK, due_at__lte=at).order_by()
    rows = Delivery.objects.filter(address__in=mine, announcement__in=recent.values("pk"))
    told = Count("digest_lines", filter=Q(digest_lines__shown__gt=Cell.NOTHING))
    rows = rows.select_related("announcement", "address").annotate(told=told).order_by("-announcement__due_at", "-pk")
    return [_message(row, row.told) for row in rows[:MOST]]


def _message(row: Delivery, lines: int) -> Message:
    announced = row.announcement
    held = row.state == Delivery.State.DUE and announced.held_since is not None
    return Message(
        announced.event, announced.item_id, lines, row.sent_at or row.due_at, row.address.value,
        str(row.address.get_channel_display()), "held" if held else row.state, row.outcome, row.shown >= Cell.TITLE,
    )  # fmt: skip
