"""Take some of what is due: a lease on each row, and the right to each asked again, in one transaction.

What the claim returns is all that is sent. A right that ended before the claim sends nothing; none is asked of SMTP
inside a transaction.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from typing import NamedTuple

from django.db import transaction
from django.db.models import Max, Q, QuerySet, prefetch_related_objects
from django.utils.translation import gettext as _

from members.delivery import gate
from members.delivery.accepted import out_already
from members.delivery.claimed import Claimed, Verdict, What, key_of
from members.delivery.drill import first_of, may_go
from members.delivery.judge import judge
from members.delivery.keys import keys_of, sealed
from members.delivery.leaving import leave_path
from members.delivery.lines import lose_the_rest
from members.delivery.onward import to_next_channels
from members.delivery.secret import Secret, Unopenable, opened
from members.links import confirm_token
from members.models import Address, Announcement, Cell, Channel, Delivery
from members.response.link import token

BATCH = 50
LEASE = timedelta(seconds=60)
FAR = 2 * LEASE  # no lease reaches so far: one that does was given by a clock that was wrong, and holds nothing
FRESH = timedelta(seconds=5)  # older claims are given back, and asked again with a new lease:
# Of each row: whose the rest is, an announcement's event says, and most ask nothing of it.
ASKED = (
    "announcement_id", "address_id", "step", "lease_until", *(f"address__{name}" for name in (
        "person_id", "organisation_id", "subscriber_id", "contact", "channel", "value", "secret", "verified_at",
        "private_since", "ended_at", "refused_days", "bad_since")),
)  # fmt: skip
ANSWERS = 5  # what is left of one outlasts the answers that sending takes, were each as late as a socket waits


class Claim(NamedTuple):
    """What is ours to send; how many rows were cancelled since nobody has the right to them; and how many were out
    already, though whoever sent them did not write it down."""

    ours: tuple[Claimed, ...] = ()
    cancelled: int = 0
    out: int = 0


def due(at: datetime, *channels: str) -> QuerySet[Delivery]:
    """The rows of `channels` that are due, that nobody is sending, and that no restore holds."""
    free = Q(lease_until=None) | Q(lease_until__lt=at) | Q(lease_until__gt=at + FAR)
    awake = Q(address__rests_until=None) | Q(address__rests_until__lte=at) | Q(address__rests_until__gt=at + gate.FAR)
    rows = Delivery.objects.filter(free, awake, state=Delivery.State.DUE, due_at__lte=at, address__channel__in=channels)
    return rows.filter(may_go(), announcement__held_since=None)


def channels_due(at: datetime, channels: Collection[str]) -> list[str]:
    """Those of `channels` that have such rows, that with the most urgent first; and of the like mail last, of which
    there is most: whoever shares its threads would wait for all of it."""
    most = Max(first_of("announcement__"))
    found = dict(due(at, *channels).order_by().values_list("address__channel").annotate(most=most))
    return sorted(found, key=lambda name: (-found[name], name == Channel.MAIL, name))


def waiting(at: datetime, channel: str, but: Collection[int] = ()) -> list[int]:
    """The announcements that have such rows, the most urgent first, then the longest due; what is of an exercise after
    all that is real. `but` for these addresses."""
    order = ("-first", "announcement__due_at", "announcement_id")
    rows = due(at, channel).exclude(address__in=list(but)).annotate(first=first_of("announcement__")).order_by(*order)
    return [pk for _first, _due_at, pk in rows.values_list(*(name.lstrip("-") for name in order)).distinct()]


def claim(announcement: int, at: datetime, channel: str, limit: int = BATCH, but: Collection[int] = ()) -> Claim:
    """Take up to `limit` rows of one announcement, the longest due first, `but` for these addresses (ids)."""
    rows = due(at, channel).filter(announcement=announcement)
    return _take(rows.exclude(address__in=list(but)) if but else rows, at, limit, lost=True)


def again(one: Claimed, at: datetime) -> Claimed | None:
    """The same row asked once more, with a new lease; None where it is ours no longer, or nobody's right.

    By a clock that was put back it is not due, and waits: nobody has a right yet, and it would be cancelled.
    """
    rows = Delivery.objects.filter(may_go(), pk=one.delivery, state=Delivery.State.DUE, due_at__lte=at)
    ours = rows.filter(lease_until=one.lease_until)
    return next(iter(_take(ours, at, 1).ours), None)


def let_go(claimed: Sequence[Claimed]) -> None:
    """Give rows of one claim back unsent: whoever claims next may have them at once."""
    if claimed:
        rows = Delivery.objects.filter(pk__in=[one.delivery for one in claimed], lease_until=claimed[0].lease_until)
        rows.update(lease_until=None)


@transaction.atomic(savepoint=False)
def _take(rows: QuerySet[Delivery], at: datetime, limit: int, *, lost: bool = False) -> Claim:
    """`lost`: whoever holds one of them went without a word; else they are ours."""
    free = rows.select_for_update(skip_locked=True, of=("self",)).select_related("address").only(*ASKED)
    taken = list(free.order_by("due_at", "pk")[:limit])
    if not taken:
        return Claim()
    prefetch_related_objects([row.address for row in taken if row.address.subscriber_id], "subscriber")
    announcement = Announcement.objects.select_related("item__warp").get(pk=taken[0].announcement_id)
    lease = at + LEASE
    ours: list[Claimed] = []
    refused: list[Delivery] = []
    onward: list[Delivery] = []
    keys = keys_of(taken)
    called = {row.pk: (row.lease_until, key_of(announcement.code, row.address, row.step)) for row in taken}
    out = out_already(called) if lost else set()
    for row, judged in zip(taken, judge(announcement, taken, at), strict=True):
        verdict, certificate = sealed(judged, keys.get(row.address_id), at)
        if row.pk in out:
            _went(row, verdict, at)
        elif verdict.what is None:
            row.state, row.outcome, row.lease_until = Delivery.State.CANCELLED, str(verdict.why), None
            refused.append(row)
            if verdict.onward:
                onward.append(row)
        else:
            address, key = row.address, called[row.pk][1]
            link = _link(announcement, address, verdict.what)
            stop = leave_path(announcement, address, verdict.what, verdict.weekly)
            one = Claimed(
                row.pk, address.channel, address.value, verdict.what, at, lease, verdict.lines, key, link, stop,
                address.pk, _secret(address), certificate, refused=address.refused_days > 0,
            )  # fmt: skip
            ours.append(one)
    Delivery.objects.filter(pk__in=[one.delivery for one in ours]).update(lease_until=lease)
    if announcement.event == Announcement.Event.DIGEST:
        lose_the_rest(ours)
    Delivery.objects.bulk_update(refused, ["state", "outcome", "lease_until"])
    to_next_channels(announcement, onward, at)
    went = [row for row in taken if row.pk in out]
    Delivery.objects.bulk_update(went, ["state", "outcome", "lease_until", "sent_at", "shown"])
    return Claim(tuple(ours), len(refused), len(out))


def _went(row: Delivery, verdict: Verdict, at: datetime) -> None:
    """It went out before, and is not sent again."""
    row.state, row.outcome, row.lease_until = Delivery.State.SENT, _("accepted by the mail server"), None
    row.sent_at, row.shown = at, verdict.what.cell if verdict.what else Cell.NOTHING


def _link(announcement: Announcement, address: Address, what: What) -> str:
    """The last part of the address by which this message is confirmed, whatever it asks; "" where it asks nothing."""
    if address.subscriber is not None and announcement.notice == Announcement.Notice.CONFIRM:
        return confirm_token(address.subscriber)
    return token(announcement.code, address.pk) if what.confirm_by or what.asks else ""


def _secret(address: Address) -> Secret | None:
    """Where a web channel leads; None for all others, and where it can't be opened any more."""
    try:
        return opened(address) if address.secret else None
    except Unopenable:
        return None
