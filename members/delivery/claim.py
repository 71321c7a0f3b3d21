"""Take some of what is due: a lease on each row, and the right to each asked again, in one transaction.

What the claim returns is all that is sent. A right that ended before the claim sends nothing; none is asked of SMTP
inside a transaction.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from datetime import datetime, timedelta
from typing import NamedTuple

from django.db import transaction
from django.db.models import Max, Q, QuerySet, prefetch_related_objects
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from members import tlp
from members.delivery import gate
from members.delivery.accepted import out_already
from members.delivery.channels import CHANNELS
from members.delivery.claimed import Claimed, Verdict, What, key_of
from members.delivery.keys import keys_of, sealed
from members.delivery.leaving import leave_path
from members.delivery.lines import left
from members.delivery.onward import to_next_channels
from members.delivery.right import GUARDED, answer, hearers, hearing_houses, open_to_all
from members.delivery.secret import Secret, Unopenable, opened
from members.facts import facts_of
from members.links import confirm_token
from members.models import Address, Announcement, Cell, Channel, Delivery, Escalation, Item, Tier
from members.placing import Facts
from members.policy import Answer
from members.response.again import still
from members.response.ask import confirmers
from members.response.link import token
from members.shows import EMBARGOED, Exit, Stand, lesser, stand_of

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


CONFIRMED = gettext_lazy("It was confirmed before this was sent.")


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
    return rows.filter(announcement__held_since=None)


def channels_due(at: datetime, channels: Collection[str]) -> list[str]:
    """Those of `channels` that have such rows, that with the most urgent first; and of the like mail last, of which
    there is most: whoever shares its threads would wait for all of it."""
    found = dict(due(at, *channels).order_by().values_list("address__channel").annotate(Max("announcement__tier")))
    return sorted(found, key=lambda name: (-found[name], name == Channel.MAIL, name))


def waiting(at: datetime, channel: str, but: Collection[int] = ()) -> list[int]:
    """The announcements that have such rows, the most urgent first, then the longest due; `but` for these addresses."""
    announced = (
        due(at, channel).exclude(address__in=list(but)).order_by().values_list("announcement_id", flat=True).distinct()
    )
    return list(
        Announcement.objects.filter(pk__in=list(announced))
        .order_by("-tier", "due_at", "pk")
        .values_list("pk", flat=True)
    )


def claim(announcement: int, at: datetime, channel: str, limit: int = BATCH, but: Collection[int] = ()) -> Claim:
    """Take up to `limit` rows of one announcement, the longest due first, `but` for these addresses (ids)."""
    rows = due(at, channel).filter(announcement=announcement)
    return _take(rows.exclude(address__in=list(but)) if but else rows, at, limit, lost=True)


def again(one: Claimed, at: datetime) -> Claimed | None:
    """The same row asked once more, with a new lease; None where it is ours no longer, or nobody's right.

    By a clock that was put back it is not due, and waits: nobody has a right yet, and it would be cancelled.
    """
    rows = Delivery.objects.filter(pk=one.delivery, state=Delivery.State.DUE, due_at__lte=at)
    ours = rows.filter(lease_until=one.lease_until)
    return next(iter(_take(ours, at, 1).ours), None)


def let_go(claimed: Sequence[Claimed]) -> None:
    """Give rows of one claim back unsent: whoever claims next may have them at once."""
    if claimed:
        rows = Delivery.objects.filter(pk__in=[one.delivery for one in claimed], lease_until=claimed[0].lease_until)
        rows.update(lease_until=None)


@transaction.atomic
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
    for row, judged in zip(taken, _judge(announcement, taken, at), strict=True):
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
    return token(announcement.code, address.pk) if what.confirm_by else ""


def _judge(announcement: Announcement, rows: list[Delivery], at: datetime) -> Iterator[Verdict]:
    """What each of `rows`, all of one announcement, may say at `at`."""
    judged = JUDGES.get(Announcement.Event(announcement.event), _judge_item)
    for row, verdict in zip(rows, judged(announcement, rows, at), strict=True):
        if _usable(row.address, announcement):
            yield verdict
        else:
            onward = verdict.onward or verdict.what is not None  # theirs, by another address
            yield Verdict(None, _("Its address is no longer verified, or bad."), onward=onward)


def _usable(address: Address, announcement: Announcement) -> bool:
    asks = address.subscriber_id is not None and announcement.notice == Announcement.Notice.CONFIRM
    flash = announcement.tier == Tier.FLASH and address.channel == Channel.MAIL  # recipients.tried_all_the_same
    works = address.verified_at is not None and (address.bad_since is None or flash)
    return (asks or works) and address.ended_at is None  # by confirming anew, what was bad is so no longer


def _secret(address: Address) -> Secret | None:
    """Where a web channel leads; None for all others, and where it can't be opened any more."""
    try:
        return opened(address) if address.secret else None
    except Unopenable:
        return None


def _judge_digest(announcement: Announcement, rows: list[Delivery], at: datetime) -> Iterator[Verdict]:
    still = left(rows, at)
    for row in rows:
        lines, said, weekly = still[row.pk]
        if lines:
            to_subscriber = row.address.subscriber_id is not None
            what = What(announcement.event, announcement.tier, lines[0].cell, lines=lines, to_subscriber=to_subscriber)
            yield Verdict(what, lines=said, weekly=weekly)
        else:
            yield Verdict(None, _("Nothing was left to tell."))


def _judge_account(announcement: Announcement, rows: list[Delivery], at: datetime) -> Iterator[Verdict]:
    """An account mail says nothing of any item: whose account is closed gets none, and no right is asked."""
    prefetch_related_objects([row.address for row in rows], "person")
    what = What(
        announcement.event, announcement.tier, Cell.AWAITS, notice=announcement.notice, words=announcement.words
    )
    for row in rows:
        person = row.address.person
        subscriber = row.address.subscriber
        closed = person is not None and not person.active_since <= at < person.active_until
        closed = closed or (subscriber is not None and not subscriber.in_force(at))
        yield Verdict(None, _("Their account was closed.")) if closed else Verdict(what)


def _judge_item(announcement: Announcement, rows: list[Delivery], at: datetime) -> Iterator[Verdict]:
    item = announcement.item
    assert item is not None  # the database's check constraint
    facts = facts_of(item)
    stand = stand_of(facts, at)
    wanted = answer(announcement.event)
    if why := _overtaken(announcement.event, wanted, stand):
        yield from (Verdict(None, why) for _row in rows)
        return
    asked = [row.address.person_id for row in rows if row.address.person_id]
    hear = hearers(item, announcement.event, at, facts=facts)
    people = set(hear.filter(pk__in=asked).order_by().values_list("pk", flat=True))
    subscribers = _subscribers(rows, item, announcement.event, at)
    houses = _houses(rows, facts, announcement.event, at)
    confirm, about = confirmers(announcement, people, at), still(announcement, item, rows, at)
    for row in rows:
        address = row.address
        said = lesser(wanted, _cell(address, stand))
        theirs = (address.person_id in people, address.subscriber_id in subscribers, address.organisation_id in houses)
        if not any(theirs):
            yield _contacted(announcement, row, said, row.pk in about)
        elif said == Cell.NOTHING:
            yield Verdict(None, _("Nothing may be said of it by this channel."), onward=True)
        elif row.step and row.pk not in about:
            yield Verdict(None, CONFIRMED)
        else:
            version = stand.version or announcement.version
            by = confirm.get(address.person_id or 0) if row.step != Escalation.Step.COORDINATOR else None
            yield Verdict(What(
                announcement.event, announcement.tier, said, item, version, stand.label, confirm_by=by,
                to_subscriber=address.subscriber_id is not None, step=row.step, houses=tuple(about.get(row.pk, ())),
            ))  # fmt: skip


def _contacted(announcement: Announcement, row: Delivery, said: Cell, awaited: bool) -> Verdict:
    """Whoever has no right to the item. A contact without an account hears that something waits, while it does,
    and nothing of what: that message is made of no item."""
    if not (row.step and row.address.contact):
        return Verdict(None, _("They had no right to it when it was to be sent."))
    if said == Cell.NOTHING:
        return Verdict(None, _("Nothing may be said of it by this channel."))
    if not awaited:
        return Verdict(None, CONFIRMED)
    return Verdict(What(announcement.event, 0, Cell.AWAITS, step=row.step))


JUDGES = {Announcement.Event.DIGEST: _judge_digest, Announcement.Event.ACCOUNT: _judge_account}


def _cell(address: Address, stand: Stand) -> Cell:
    """What the table allows this address. A channel of an organisation, which several read, never says that something
    awaits: that is said of what is for people by name."""
    way = Exit.SUBSCRIBER if address.subscriber_id else CHANNELS[address.channel].exit
    allowed = stand.cell(way, private=address.private_since is not None)
    return Cell.NOTHING if address.organisation_id and allowed < Cell.NOTICE else allowed


def _houses(rows: list[Delivery], facts: Facts, event: str, at: datetime) -> set[int]:
    """The organisations of `rows` that may hear this by a channel of their own."""
    asked = {row.address.organisation_id for row in rows if row.address.organisation_id is not None}
    if not asked:
        return set()
    hear = hearing_houses(facts.item, event, at, facts)
    return set(hear.filter(pk__in=asked).order_by().values_list("pk", flat=True))


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
