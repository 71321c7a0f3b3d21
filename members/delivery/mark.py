"""What became of a message: written at once, in a transaction of its own, so that a crash repeats that one at most."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import F

from members import chance
from members.delivery.channels.base import ChannelError, Receipt
from members.delivery.claimed import Claimed
from members.models import Address, Delivery, DigestLine

State = Delivery.State
SOONEST, LATEST = 10, 300  # seconds until the next try
GIVEN_UP = timedelta(hours=72)  # after the first refusal
BAD_AFTER = 3  # days on which the other side refused for good


@transaction.atomic
def sent(claimed: Claimed, at: datetime, receipt: Receipt) -> None:
    """It is out, whatever became of the row meanwhile."""
    row = Delivery.objects.filter(pk=claimed.delivery)
    row.update(state=State.SENT, sent_at=at, lease_until=None, shown=claimed.what.cell, outcome=receipt.said[:300])
    for shown in {shown for _line, shown in claimed.lines}:
        DigestLine.objects.filter(pk__in=[pk for pk, cell in claimed.lines if cell == shown]).update(shown=shown)
    Address.objects.filter(deliveries=claimed.delivery, refused_days__gt=0).update(refused_days=0, refused_on=None)


@transaction.atomic
def failed(claimed: Claimed, at: datetime, error: ChannelError) -> bool:
    """It is not. Whether that was the last try: refused for good, or refused for too long.

    What is due later lets others go first: so one message that breaks the server does not hold up the rest.
    """
    row = Delivery.objects.get(pk=claimed.delivery)
    since = row.first_refused_at or at
    over = error.permanent or (error.charged and at - since >= GIVEN_UP)
    if error.refused:
        _count_refusal(row.address_id, at)
    if error.charged:
        row.first_refused_at, row.tries = since, row.tries + 1
    if over:
        row.state = State.DEAD
    else:
        row.due_at = at + next_try(at - since)
    row.lease_until, row.outcome = None, str(error)[:300]
    row.save(update_fields=["first_refused_at", "tries", "state", "due_at", "lease_until", "outcome"])
    return over


def next_try(age: timedelta) -> timedelta:
    """The older, the rarer: 10 s at first, 5 min at last, and never all at the same instant."""
    seconds = min(LATEST, max(SOONEST, int(age.total_seconds())))
    return timedelta(seconds=min(LATEST, seconds + chance.below(seconds // 4 + 1)))


def _count_refusal(address: int, at: datetime) -> None:
    """One a day counts: a server that says no to everything for an hour has not lost three addresses' worth."""
    today = at.date()
    counted = Address.objects.filter(pk=address).exclude(refused_on=today)
    counted.update(refused_days=F("refused_days") + 1, refused_on=today)
    Address.objects.filter(pk=address, refused_days__gte=BAD_AFTER, bad_since=None).update(bad_since=at)
