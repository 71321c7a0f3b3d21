"""Take some of what is due: a lease on each row, and the right to each asked again, in one transaction.

What the claim returns is all that is sent. A right that ended before the claim sends nothing; none is asked of SMTP
inside a transaction.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import NamedTuple

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from members import tlp
from members.delivery.channels import CHANNELS
from members.delivery.claimed import Claimed, What
from members.delivery.lines import left
from members.delivery.right import GUARDED, answer, hearers, open_to_all
from members.models import Address, Announcement, Cell, Delivery, Item
from members.policy import Answer
from members.shows import EMBARGOED, Exit, Stand, lesser, stands

BATCH = 50
LEASE = timedelta(seconds=60)
FRESH = timedelta(seconds=5)  # older claims are asked again, message by message, and given a new lease:
ANSWERS = 5  # what is left of one outlasts the answers that sending takes, were each as late as a socket waits


class Claim(NamedTuple):
    """What is ours to send, and how many rows were cancelled since nobody has the right to them."""

    ours: tuple[Claimed, ...] = ()
    cancelled: int = 0


class Verdict(NamedTuple):
    """Of one row: what to say, or why nothing."""

    what: What | None
    why: str = ""
    lines: tuple[tuple[int, Cell], ...] = ()


def due(at: datetime, channel: str) -> QuerySet[Delivery]:
    """The rows of `channel` that are due and that nobody is sending."""
    free = Q(lease_until=None) | Q(lease_until__lt=at)
    return Delivery.objects.filter(free, state=Delivery.State.DUE, due_at__lte=at, address__channel=channel)


def waiting(at: datetime, channel: str) -> list[int]:
    """The announcements that have such rows, the most urgent first, then the longest due."""
    announced = due(at, channel).order_by().values_list("announcement_id", flat=True).distinct()
    return list(
        Announcement.objects.filter(pk__in=list(announced))
        .order_by("-tier", "due_at", "pk")
        .values_list("pk", flat=True)
    )


def claim(announcement: int, at: datetime, channel: str, limit: int = BATCH) -> Claim:
    """Take up to `limit` rows of one announcement, the longest due first."""
    return _take(due(at, channel).filter(announcement=announcement), at, limit)


def again(one: Claimed, at: datetime) -> Claimed | None:
    """The same row asked once more, with a new lease; None where it is ours no longer, or nobody's right."""
    ours = Delivery.objects.filter(pk=one.delivery, state=Delivery.State.DUE, lease_until=one.lease_until)
    return next(iter(_take(ours, at, 1).ours), None)


def let_go(claimed: Claimed) -> None:
    """Give the row back unsent: whoever claims next may have it at once."""
    Delivery.objects.filter(pk=claimed.delivery, lease_until=claimed.lease_until).update(lease_until=None)


@transaction.atomic
def _take(rows: QuerySet[Delivery], at: datetime, limit: int) -> Claim:
    free = rows.select_for_update(skip_locked=True, of=("self",)).select_related(
        "address__person", "address__subscriber"
    )
    taken = list(free.order_by("due_at", "pk")[:limit])
    if not taken:
        return Claim()
    announcement = Announcement.objects.select_related("item__warp").get(pk=taken[0].announcement_id)
    lease = at + LEASE
    ours: list[Claimed] = []
    refused: list[Delivery] = []
    for row, verdict in zip(taken, _judge(announcement, taken, at), strict=True):
        if verdict.what is None:
            row.state, row.outcome, row.lease_until = Delivery.State.CANCELLED, verdict.why, None
            refused.append(row)
        else:
            address, key = row.address, f"{announcement.code}/{row.address.value}/{row.step}"
            ours.append(Claimed(row.pk, address.channel, address.value, verdict.what, at, lease, verdict.lines, key))
    Delivery.objects.filter(pk__in=[one.delivery for one in ours]).update(lease_until=lease)
    Delivery.objects.bulk_update(refused, ["state", "outcome", "lease_until"])
    return Claim(tuple(ours), len(refused))


def _judge(announcement: Announcement, rows: list[Delivery], at: datetime) -> Iterator[Verdict]:
    """What each of `rows`, all of one announcement, may say at `at`."""
    judged = JUDGES.get(Announcement.Event(announcement.event), _judge_item)
    for row, verdict in zip(rows, judged(announcement, rows, at), strict=True):
        yield verdict if _usable(row.address) else Verdict(None, _("Its address is no longer verified, or bad."))


def _usable(address: Address) -> bool:
    known = address.person_id is not None or address.subscriber_id is not None or address.contact
    return bool(known) and address.verified_at is not None and address.bad_since is None


def _judge_digest(announcement: Announcement, rows: list[Delivery], at: datetime) -> Iterator[Verdict]:
    still = left(rows, at)
    for row in rows:
        lines, said = still[row.pk]
        if lines:
            yield Verdict(What(announcement.event, announcement.tier, lines[0].cell, lines=lines), lines=said)
        else:
            yield Verdict(None, _("Nothing was left to tell."))


def _judge_account(announcement: Announcement, rows: list[Delivery], at: datetime) -> Iterator[Verdict]:
    """An account mail says nothing of any item: whose account is closed gets none, and no right is asked."""
    what = What(
        announcement.event, announcement.tier, Cell.AWAITS, notice=announcement.notice, words=announcement.words
    )
    for row in rows:
        person = row.address.person
        closed = person is not None and not person.active_since <= at < person.active_until
        yield Verdict(None, _("Their account was closed.")) if closed else Verdict(what)


def _judge_item(announcement: Announcement, rows: list[Delivery], at: datetime) -> Iterator[Verdict]:
    item = announcement.item
    assert item is not None  # the database's check constraint
    stand = stands([item], at)[item.pk]
    wanted = answer(announcement.event)
    if why := _overtaken(announcement.event, wanted, stand):
        yield from (Verdict(None, why) for _row in rows)
        return
    asked = [row.address.person_id for row in rows if row.address.person_id]
    people = set(hearers(item, announcement.event, at).filter(pk__in=asked).order_by().values_list("pk", flat=True))
    subscribers = _subscribers(rows, item, announcement.event, at)
    for row in rows:
        address = row.address
        said = lesser(wanted, stand.cell(Exit.SUBSCRIBER if address.subscriber_id else CHANNELS[address.channel].exit))
        if address.person_id not in people and address.subscriber_id not in subscribers:
            yield Verdict(None, _("They had no right to it when it was to be sent."))
        elif said == Cell.NOTHING:
            yield Verdict(None, _("Nothing may be said of it by this channel."))
        else:
            version = stand.version or announcement.version
            yield Verdict(What(announcement.event, announcement.tier, said, item, version, stand.label))


JUDGES = {Announcement.Event.DIGEST: _judge_digest, Announcement.Event.ACCOUNT: _judge_account}


def _subscribers(rows: list[Delivery], item: Item, event: str, at: datetime) -> set[int]:
    """Those of `rows` who have no account, asked for mail, still want it, and may hear this, as anybody may."""
    there = {one.pk: one for row in rows if (one := row.address.subscriber) is not None}
    if not there or not open_to_all(item, event, at):
        return set()
    return {pk for pk, one in there.items() if one.hears(at)}


def _overtaken(event: str, wanted: Answer, stand: Stand) -> str:
    """Why the announcement no longer holds, whoever reads it: "" where it does."""
    if event in GUARDED:
        return "" if stand.row == EMBARGOED else _("The embargo was over before this was sent.")
    if wanted == Answer.WITHDRAWN:
        return "" if stand.withdrawn else _("It was released again before this was sent.")
    if stand.withdrawn:
        return _("It was withdrawn before this was sent.")
    return "" if stand.row in tlp.LABELS else _("It was no longer released when this was to be sent.")
