"""One pass of the sweeper: plan what is owed, claim what is due, send it. Safe to repeat, and to run twice at once."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog
from django.db import transaction

from members import clock
from members.delivery import mark
from members.delivery.channels import CHANNELS
from members.delivery.channels.base import Channel, ChannelError, Stale
from members.delivery.claim import BATCH, FRESH, Claim, again, claim, let_go, waiting
from members.delivery.claimed import Claimed
from members.delivery.digest import digest
from members.delivery.gate import Gate, gate, not_probed, pause, unpause, why
from members.delivery.plan import plan

log = structlog.get_logger(__name__)

LOOK_UP = 1.0  # seconds after which a pass looks whether something more urgent has come


@dataclass
class Report:
    """What one pass did."""

    planned: int = 0  # announcements
    failed: int = 0  # announcements, or the digests, that could not be planned: a bug, and in the log
    digests: int = 0
    sent: int = 0
    cancelled: int = 0
    later: int = 0  # will be tried again
    dead: int = 0
    paused: str = ""  # why a server rests


class Pass:
    """One pass: the time it may take, and the moment it holds where a test or a command gives one."""

    def __init__(self, at: datetime | None, budget: float, told: Callable[[], object]) -> None:
        self.at, self.told = at, told
        self.ends = time.monotonic() + budget
        self.report = Report()
        self.answered = 0  # messages that the server took or refused

    def now(self) -> datetime:
        return self.at or clock.ask()

    def over(self) -> bool:
        return time.monotonic() > self.ends


def sweep(at: datetime | None = None, budget: float = float("inf"), told: Callable[[], object] = int) -> Report:
    """Plan and send until nothing is due, or `budget` seconds are over. `told` is called after each message."""
    one = Pass(at, budget, told)
    one.report.planned, one.report.failed = plan(one.now())
    try:
        one.report.digests = digest(one.now())
    except Exception:  # what can wait for tomorrow must not hold up what can't
        one.report.failed += 1
        log.exception("planning the digests failed")
    for name, channel_class in CHANNELS.items():
        channel = channel_class()
        try:
            _serve(name, channel, one)
        finally:
            channel.close()
    if one.report.sent:
        log.info("mails sent", sent=one.report.sent)
    if one.report.dead:
        log.warning("deliveries given up", count=one.report.dead)
    return one.report


def _serve(name: str, channel: Channel, one: Pass) -> None:
    """Send what is due by one channel, the most urgent announcement first, as long as its server answers."""
    more = True
    while more and not one.over():
        state = gate(name, one.now())
        if state == Gate.SHUT:
            one.report.paused = why(name)
            return
        more = _round(name, channel, one, BATCH) if state == Gate.OPEN else _probe(name, channel, one)


def _probe(name: str, channel: Channel, one: Pass) -> bool:
    """Try one message on a server that rested."""
    answered = one.answered
    more = _round(name, channel, one, 1)
    if one.answered > answered:
        unpause(name)
    elif not one.report.paused:
        not_probed(name, one.now())
    return more


def _round(name: str, channel: Channel, one: Pass, limit: int) -> bool:
    """Send batches until it is time to look up. Whether there may be more to send."""
    looked, any_taken = time.monotonic(), False
    for announcement in waiting(one.now(), name):
        while (batch := _claim(announcement, name, one, limit)) != Claim():
            any_taken = True
            one.report.cancelled += batch.cancelled
            done = _batch(name, channel, batch.ours, one)
            if not done or limit == 1 or time.monotonic() - looked > LOOK_UP:
                return True
    return any_taken


def _claim(announcement: int, name: str, one: Pass, limit: int) -> Claim:
    with transaction.atomic():  # the moment is asked inside: on SQLite, beginning may wait for another writer
        return claim(announcement, one.now(), name, limit)


def _batch(name: str, channel: Channel, ours: tuple[Claimed, ...], one: Pass) -> bool:
    """Send what was claimed, and let the rest go when the server fails. Whether it was all dealt with."""
    claimed_at = time.monotonic()
    for index, message in enumerate(ours):
        stale = timedelta(seconds=time.monotonic() - claimed_at) > FRESH
        fresh = again(message, one.now()) if stale else message
        if fresh is None:
            one.report.cancelled += 1
        elif not _one(name, channel, fresh, one) or one.over():
            for unsent in ours[index + 1 :]:
                let_go(unsent)
            return False
    return True


def _one(name: str, channel: Channel, message: Claimed, one: Pass) -> bool:
    """Send one message, outside every transaction, and write down what became of it. False: the server failed."""
    try:
        receipt = channel.send(message)
    except Stale:
        let_go(message)
        return False
    except ChannelError as error:
        _failed(message, one, error)
        if error.server:
            one.report.paused = str(error)
            pause(name, one.now(), str(error))
            return False
    except Exception as error:  # one that can't be written must hold up no other
        log.exception("a message could not be made", delivery=message.delivery)
        _failed(message, one, ChannelError(type(error).__name__))
    else:
        mark.sent(message, one.now(), receipt)
        one.report.sent += 1
    one.answered += 1
    one.told()
    return True


def _failed(message: Claimed, one: Pass, error: ChannelError) -> None:
    if mark.failed(message, one.now(), error):
        one.report.dead += 1
    else:
        one.report.later += 1
