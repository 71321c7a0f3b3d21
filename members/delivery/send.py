"""One pass of the sweeper: plan what is owed, claim what is due, send it. Safe to repeat, and to run twice at once."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog
from django.db import InterfaceError, OperationalError, transaction

from members import clock
from members.delivery import fence, mark
from members.delivery.accepted import Accepted
from members.delivery.aside import Aside
from members.delivery.channels import channel, offered
from members.delivery.channels.base import Channel, ChannelError, Receipt, Stale
from members.delivery.channels.byweb import ByWeb
from members.delivery.claim import BATCH, FRESH, Claim, again, claim, let_go, waiting
from members.delivery.claimed import Claimed
from members.delivery.digest import digest
from members.delivery.gate import Gate, gate, not_probed, pause, unpause, why
from members.delivery.onward import flash_unheard
from members.delivery.plan import planning
from members.journal import restoring
from members.response.escalate import escalate

log = structlog.get_logger(__name__)

LARGEST = 500  # messages of a batch
LOOK_UP = 1.0  # seconds after which a pass looks whether something more urgent has come


@dataclass
class Report:
    """What one pass did."""

    planned: int = 0  # announcements
    failed: int = 0  # announcements that could not be planned or claimed, or the digests: a bug, and in the log
    escalated: int = 0  # steps
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
        self.batch = BATCH  # messages to claim at a time
        self.answered = 0  # messages that the server took or refused
        self.accepted = Accepted()
        self.aside: Aside | None = None  # what goes out beside
        self.seen = self.now()  # the last answer of the clock
        self.fence = 0  # where it stood when the batch was claimed

    def now(self) -> datetime:
        self.seen = self.at or clock.ask()
        return self.seen

    def turn(self) -> None:
        """Give what goes out beside its turn, which asks the clock."""
        if self.aside is not None:
            self.aside.turn()

    def paced(self, since: float) -> None:
        """A batch that began at `since` (monotonic) is over. To ask for many costs little more than for few, so the
        next has as many as would be out, at this pace, before it is time to look up; four times as many at most."""
        spent = time.monotonic() - since
        fits = int(self.batch * min(4.0, LOOK_UP / max(spent, 0.001)))
        self.batch = min(fits, LARGEST) if spent <= LOOK_UP else BATCH

    def over(self) -> bool:
        return time.monotonic() > self.ends

    def write(self) -> None:
        """Have the database know what the server took."""
        if self.accepted:
            self.accepted.write(self.now())

    @contextmanager
    def guarded(self, said: str, **of: int) -> Iterator[None]:
        """One announcement that can't be claimed holds up no other, however urgent it is; nor does a message of which
        it can't be written what became. A database that is gone is nobody's fault: the next pass finds everything."""
        try:
            yield
        except (OperationalError, InterfaceError):
            raise
        except Exception:
            self.report.failed += 1
            log.exception(said, **of)

    def writing(self, message: Claimed) -> AbstractContextManager[None]:
        """Where it fails, the row stays held until its lease is over, and the others go on."""
        return self.guarded("what became of a message could not be written", delivery=message.delivery)


def sweep(at: datetime | None = None, budget: float = float("inf"), told: Callable[[], object] = int) -> Report:
    """Plan and send until nothing is due, or `budget` seconds are over. `told` is called after each message."""
    one = Pass(at, budget, told)
    if restoring():
        log.error("a restore is not finished: run it again, nothing is sent before")
        one.report.paused = "a restore is not finished"
        return one.report
    channels = {name: channel(name) for name in offered()}
    with Aside({name: each for name, each in channels.items() if isinstance(each, ByWeb)}, one) as aside:
        one.aside = aside
        try:
            for planned in planning(lambda: one.seen, pause=LOOK_UP):
                one.report.planned += planned.done
                one.report.failed += planned.failed
                if planned.done:  # what may be a Flash begins to go out before anything else is looked at
                    _send(channels, one, once=True)
                if one.over():
                    break  # the next pass goes on with it, and sends in between
            _follow(one)
            _send(channels, one)
        finally:
            for served in channels.values():
                served.close()
        aside.finish()
    if one.report.sent:
        log.info("messages sent", sent=one.report.sent)
    if one.report.dead:
        log.warning("deliveries given up", count=one.report.dead)
    return one.report


def _follow(one: Pass) -> None:
    """Write what follows from what was told before, and what has waited for its hour."""
    one.report.escalated = _guarded(escalate, one, "escalating failed")
    if not one.over():  # what is not planned yet may be for this digest: the next pass comes to it
        one.report.digests = _guarded(digest, one, "planning the digests failed")
    _guarded(flash_unheard, one, "telling a Flash by other ways failed")


def _guarded(stage: Callable[[datetime], int], one: Pass, said: str) -> int:
    """What a stage planned. One that fails holds up no other, nor what is on its way already."""
    try:
        return stage(one.now())
    except Exception:
        one.report.failed += 1
        log.exception(said)
        return 0


def _send(channels: Mapping[str, Channel], one: Pass, *, once: bool = False) -> None:
    """What is due by each channel that is served here. Where all go aside, those begin."""
    here = {name: served for name, served in channels.items() if not isinstance(served, ByWeb)}
    for name, served in here.items():
        _serve(name, served, one, once=once)
    if not here:
        one.turn()


def _serve(name: str, channel: Channel, one: Pass, *, once: bool = False) -> None:
    """Send what is due by one channel, the most urgent announcement first, as long as its server answers; or `once`,
    until it is time to look up."""
    more = True
    while more and not one.over():
        one.turn()
        state = gate(name, one.seen)
        if state == Gate.SHUT:
            one.report.paused = why(name)
            return
        more = (_round(name, channel, one) if state == Gate.OPEN else _probe(name, channel, one)) and not once


def _probe(name: str, channel: Channel, one: Pass) -> bool:
    """Try one message on a server that rested."""
    answered, paused = one.answered, one.report.paused
    more = _round(name, channel, one, 1)
    if one.answered > answered:
        unpause(name)
    elif one.report.paused == paused:
        not_probed(name, one.now())
    return more


def _round(name: str, channel: Channel, one: Pass, limit: int = 0) -> bool:
    """Send batches, or one of `limit`, until it is time to look up. Whether there may be more to send."""
    looked, any_taken = time.monotonic(), False
    for announcement in waiting(one.seen, name):
        while True:
            since = time.monotonic()
            if (batch := _claim(announcement, name, one, limit or one.batch)) == Claim():
                break
            any_taken = True
            one.report.cancelled += batch.cancelled
            try:
                done = _batch(name, channel, batch.ours, since, one)
            finally:
                one.write()
            one.paced(since)
            if not done or limit or time.monotonic() - looked > LOOK_UP:
                return True
    return any_taken


def _claim(announcement: int, name: str, one: Pass, limit: int) -> Claim:
    with one.guarded("claiming failed", announcement=announcement), transaction.atomic():
        # The moment is asked inside: on SQLite, beginning may wait for another writer.
        batch = claim(announcement, one.now(), name, limit)
        one.fence = fence.stands()  # inside: from the commit on another may take them over
        return batch
    return Claim()


def _batch(name: str, channel: Channel, ours: tuple[Claimed, ...], since: float, one: Pass) -> bool:
    """Send what was claimed at `since` (monotonic). Whether the server answers and there is time to claim more.

    Once the claim is old, by either clock, or some other sender's claim took over what one held, the rest goes back,
    and the next claim asks for all of it at once. So does what is left when the server fails.
    """
    for index, message in enumerate(ours):
        old = timedelta(seconds=time.monotonic() - since) > FRESH or abs(one.seen - message.at) > FRESH
        stale = old or fence.stands() != one.fence
        if stale and index:
            let_go(ours[index:])
            return True
        fresh = again(message, one.now()) if stale else message
        if fresh is None:
            one.report.cancelled += 1
        elif not _one(name, channel, fresh, one) or one.over():
            let_go(ours[index + 1 :])
            return False
    return True


def _one(name: str, channel: Channel, message: Claimed, one: Pass) -> bool:
    """Send one message, outside every transaction, and write down what became of it. False: the server failed."""
    try:
        receipt = channel.send(message)
    except Stale:
        let_go([message])
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
        _taken(message, receipt, one)
    one.answered += 1
    one.told()
    return True


def _taken(message: Claimed, receipt: Receipt, one: Pass) -> None:
    """What says more than that it is out is written at once."""
    if message.lines or message.refused:
        with one.writing(message):
            mark.sent(message, one.now(), receipt)
    else:
        one.accepted.note(message, receipt, one.seen)
    if one.accepted.owed:
        one.write()
    one.report.sent += 1


def _failed(message: Claimed, one: Pass, error: ChannelError) -> None:
    with one.writing(message):
        if mark.failed(message, one.now(), error):
            one.report.dead += 1
        else:
            one.report.later += 1
