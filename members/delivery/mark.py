"""What became of a message: written at once, in a transaction of its own, so that a crash repeats that one at most."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import connection, transaction
from django.db.models import Exists, F, OuterRef, QuerySet

from members import chance, journal
from members.audit import alias_of, record
from members.delivery.channels.base import ChannelError, Receipt
from members.delivery.claimed import Claimed
from members.delivery.onward import to_next_channel
from members.models import Address, Announcement, Delivery, DigestLine

State = Delivery.State
SOONEST, LATEST = 10, 300  # seconds until the next try
# Said of every message: written out, since making it anew took longer than the database took to do it.
SENT = """
    UPDATE members_delivery SET state = 'sent', sent_at = %s, lease_until = NULL, shown = %s, outcome = %s
    WHERE id = %s"""
GIVEN_UP = timedelta(hours=72)  # after the first refusal
BAD_AFTER = 3  # days on which the other side refused for good
LATELY = timedelta(days=14)  # after which nobody reports on a mail any more; servers give up after five


def sent(claimed: Claimed, at: datetime, receipt: Receipt) -> None:
    """It is out, whatever became of the row meanwhile. Most are one statement, and need no transaction around it.

    The journal outside the database hears of each: a restore sends none of them again.
    """
    if claimed.lines or claimed.refused:
        _sent_with_more(claimed, at, receipt)
    else:
        _sent(claimed, at, receipt)
    told = [message_key(claimed.key), *(line_key(pk) for pk, _shown in claimed.lines)]
    transaction.on_commit(lambda: journal.note(journal.What.SENT, told, at), robust=True)


def _sent(claimed: Claimed, at: datetime, receipt: Receipt) -> None:
    when = connection.ops.adapt_datetimefield_value(at)
    with connection.cursor() as cursor:
        cursor.execute(SENT, [when, int(claimed.what.cell), receipt.said[:300], claimed.delivery])


@transaction.atomic
def _sent_with_more(claimed: Claimed, at: datetime, receipt: Receipt) -> None:
    _sent(claimed, at, receipt)
    for shown in {shown for _line, shown in claimed.lines}:
        DigestLine.objects.filter(pk__in=[pk for pk, cell in claimed.lines if cell == shown]).update(shown=shown)
    refused = Address.objects.filter(deliveries=claimed.delivery, refused_days__gt=0)
    refused.exclude(Exists(_came_back(at))).update(refused_days=0, refused_on=None)


def _came_back(at: datetime) -> QuerySet[Delivery]:
    """What was sent to an address of late and came back: a server that takes mail for others does not show by taking
    the next one that it gets there. By way of the announcements: no index of deliveries begins with the address."""
    lately = Announcement.objects.filter(due_at__gt=at - LATELY, due_at__lte=at).order_by()
    back = Delivery.objects.filter(state=State.DEAD, sent_at__isnull=False, announcement__in=lately.values("pk"))
    return back.filter(address=OuterRef("pk")).order_by()


def message_key(key: str) -> str:
    """What a message of that key (claim.py) is called in the journal."""
    return journal.key("message", key)


def line_key(pk: int) -> str:
    """What a line of a digest is called there."""
    return journal.key("line", pk)


@transaction.atomic
def failed(claimed: Claimed, at: datetime, error: ChannelError) -> bool:
    """It is not. Whether that was the last try: refused for good, or refused for too long.

    What is due later lets others go first: so one message that breaks the server does not hold up the rest. Of a row
    that is another's by now, they write what becomes of it.
    """
    row = Delivery.objects.select_for_update(of=("self",)).get(pk=claimed.delivery)
    if error.refused:
        count_refusal(row.address, at)
    if row.lease_until != claimed.lease_until:
        return False
    since = row.first_refused_at or at
    over = error.permanent or (error.charged and at - since >= GIVEN_UP)
    if error.charged:
        row.first_refused_at, row.tries = since, row.tries + 1
    if over:
        row.state = State.DEAD
    else:
        row.due_at = at + next_try(at - since)
    row.lease_until, row.outcome = None, str(error)[:300]
    row.save(update_fields=["first_refused_at", "tries", "state", "due_at", "lease_until", "outcome"])
    if over:
        to_next_channel(row, at)
    return over


def next_try(age: timedelta) -> timedelta:
    """The older, the rarer: 10 s at first, 5 min at last, and never all at the same instant."""
    seconds = min(LATEST, max(SOONEST, int(age.total_seconds())))
    return timedelta(seconds=min(LATEST, seconds + chance.below(seconds // 4 + 1)))


def count_refusal(address: Address, at: datetime) -> None:
    """One a day counts: a server that says no to everything for an hour has not lost three addresses' worth."""
    today = at.date()
    counted = Address.objects.filter(pk=address.pk).exclude(refused_on=today)
    counted.update(refused_days=F("refused_days") + 1, refused_on=today)
    if Address.objects.filter(pk=address.pk, refused_days__gte=BAD_AFTER, bad_since=None).exists():
        make_bad(address, at)


def make_bad(address: Address, at: datetime) -> None:
    """Nothing goes there any more until its owner verifies it anew; the leads of the organisation hear of it, once."""
    from members.delivery.notices import tell_of_bad  # nudges, and so stands above the tasks

    if Address.objects.filter(pk=address.pk, bad_since=None).update(bad_since=at):
        whom = alias_of(address.person) if address.person else ""
        record("address_bad", at, channel=address.channel, whom=whom)
        tell_of_bad(address, at)
