"""Whoever reported something hears that it awaits them, by a message that is in no ledger.

Who that is, is looked up when the message goes out: of an anonymous report it is unsealed, held in memory, and gone
with the message. No row, no log and no audit says to whom it went.
"""

from __future__ import annotations

import time
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog
from django.db import transaction
from django.db.models import Q

from members import chance, tasks
from members.delivery.channels import channel
from members.delivery.channels.base import Channel, ChannelError
from members.delivery.claimed import Claimed, What
from members.delivery.keys import by_notify
from members.delivery.openpgp import fit
from members.delivery.recipients import usable
from members.journal import restoring
from members.models import Address, Announcement, Cell, Item, PublicKey, ReporterNotice, Tier
from members.models import Channel as Name
from members.seal import Unopenable, unseal

log = structlog.get_logger(__name__)
AGAIN = timedelta(minutes=1)  # a pass that died leaves its rows to the next
BUDGET = 8.0  # seconds to begin messages in: each is out, or not, while the row is still ours
FAR = timedelta(minutes=10)  # nothing is due so late: what is was written by a clock that was wrong
MOST, RAREST = 50, 5  # notices of a pass; minutes between two tries, at last
TRIES = 72 * 60 // RAREST  # for three days, as of any other message
# What every other message says that only says that an item awaits, letter for letter.
SAID = What(Announcement.Event.OFFERED, Tier.URGENT, Cell.AWAITS)


def owe(item: Item, at: datetime) -> None:
    """Those whose reports `item` derives from are to hear that something awaits them, once however often it is owed."""
    reports = item.derived_from.values_list("report", flat=True)
    ReporterNotice.objects.bulk_create(
        (ReporterNotice(report_id=pk, due_at=at) for pk in reports), ignore_conflicts=True
    )
    tasks.nudge()


def owe_about(report: Item, at: datetime) -> None:
    """The same of one report itself: its keeper asked something."""
    ReporterNotice.objects.bulk_create([ReporterNotice(report=report, due_at=at)], ignore_conflicts=True)
    tasks.nudge()


@dataclass
class Came:
    """What came of one notice."""

    out: int = 0  # messages that the server took
    later: bool = False  # it may take one yet
    charged: bool = False  # and this counts as a try
    ended: bool = False  # nothing more goes out in this pass


def send(at: datetime) -> int:
    """Send what is owed, as long as the server answers. How many messages went out. Safe to repeat."""
    if restoring() or not (owed := _taken(at)):
        return 0
    ends = time.monotonic() + BUDGET
    whose = {notice.pk: _person(notice.report) for notice in owed}
    known = {person for person in whose.values() if person is not None}
    open_now = {"person__active_since__lte": at, "person__active_until__gt": at}
    addresses = list(usable().filter(person__in=known, **open_now).order_by("pk"))
    keys = PublicKey.objects.in_bulk(known)
    served, done = channel(Name.MAIL), 0
    try:
        for notice in owed:
            mine = [one for one in addresses if one.person_id == whose[notice.pk]]
            came = _handed_over(served, mine, keys.get(whose[notice.pk] or 0), at, ends)
            _written(notice, came, at)
            done += came.out
            if came.ended:  # the rest stays ours for its minute, and is the next pass's then
                break
    finally:
        served.close()
    return done


def _taken(at: datetime) -> list[ReporterNotice]:
    """Ours for a minute."""
    with transaction.atomic():
        due = ReporterNotice.objects.filter(Q(due_at__lte=at) | Q(due_at__gt=at + FAR)).order_by("due_at", "pk")
        owed = list(due.select_related("report__origin").select_for_update(skip_locked=True, of=("self",))[:MOST])
        ReporterNotice.objects.filter(pk__in=[one.pk for one in owed]).update(due_at=at + AGAIN)
    return owed


def _person(report: Item) -> int | None:
    if not report.anonymous:
        return report.author_id
    try:
        return unseal(bytes(report.origin.sealed), report.pk)
    except Unopenable:
        log.error("a sealed link can't be opened: the hub has another ORIGIN_KEY than when it was filed")
        return None


def _handed_over(served: Channel, to: Iterable[Address], key: PublicKey | None, at: datetime, ends: float) -> Came:
    """One to each address of theirs."""
    came = Came()
    certificate = bytes(key.certificate) if key is not None and not by_notify() and fit(key, at) else b""
    for address in to:
        if time.monotonic() > ends:
            came.later = came.ended = True
            break
        message = Claimed(
            0, address.channel, address.value, SAID, at, at + AGAIN, key=chance.code(32), certificate=certificate
        )
        try:
            served.send(message)
            came.out += 1
        except ChannelError as error:
            came.later |= not error.permanent
            came.charged |= error.charged
            if error.server:
                came.ended = True
                break
        except Exception as error:  # in no log but by its name: it may quote the address
            log.error("a message to whoever reported something could not be made", error=type(error).__name__)
    return came


def _written(notice: ReporterNotice, came: Came, at: datetime) -> None:
    """Whom one address reached has been told: which it was can stand in no row, so none of them is tried again. What
    was not taken is tried more and more rarely, and lets others go first; a server that is gone costs it no try."""
    ours = ReporterNotice.objects.filter(pk=notice.pk, due_at=at + AGAIN)
    if came.out or not came.later or (came.charged and notice.tries >= TRIES):
        ours.delete()
    elif came.charged:
        ours.update(tries=notice.tries + 1, due_at=at + AGAIN * min(notice.tries + 2, RAREST))
