"""The channels that go by HTTP, beside the rest of a pass: each message in a thread of its own, so that a member's
webhook which hangs holds up nobody else's message, and no mail.

Threads hand over what was made for them and nothing else: texts are read, and what became of a message is written, in
the thread of the pass.
"""

from __future__ import annotations

from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from types import TracebackType
from typing import TYPE_CHECKING

import structlog
from django.db import transaction

from members.delivery import mark
from members.delivery.channels.base import ChannelError
from members.delivery.channels.byweb import ByWeb
from members.delivery.claim import Claim, channels_due, claim, waiting
from members.delivery.claimed import Claimed
from members.delivery.gate import Gate, gate, not_probed, pause, rest, rested, unpause, why
from members.web.post import Answer

if TYPE_CHECKING:
    from members.delivery.send import Pass

log = structlog.get_logger(__name__)
THREADS = 16  # messages that are out at a time: each ends within the seconds of one POST


class Aside:
    """The web channels of one pass. `channels`: by name."""

    def __init__(self, channels: dict[str, ByWeb], one: Pass) -> None:
        self._channels, self._one = channels, one
        self._out: dict[Future[Answer], tuple[str, Claimed]] = {}
        self._probing: set[str] = set()
        self._pool = ThreadPoolExecutor(THREADS, thread_name_prefix="post") if channels else None

    def __enter__(self) -> Aside:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        while self._out:  # what is out is out: it is written down, whatever else failed
            self.gather(wait_for_one=True)
        if self._pool is not None:
            self._pool.shutdown()

    def turn(self) -> bool:
        """Write down what came back, and begin what is due. Whether anything is out."""
        self.gather()
        now = self._one.now()
        for name in channels_due(now, self._channels) if self._channels else []:
            self._begin(name, self._channels[name])
        return bool(self._out)

    def finish(self) -> None:
        """Until nothing is due and nothing is out, or the time is over."""
        while not self._one.over() and self.turn():
            self.gather(wait_for_one=True)

    def gather(self, *, wait_for_one: bool = False) -> None:
        if wait_for_one and self._out:
            wait(self._out, return_when=FIRST_COMPLETED)
        for future in [one for one in self._out if one.done()]:
            name, message = self._out.pop(future)
            self._written(name, message, future)

    def _begin(self, name: str, channel: ByWeb) -> None:
        """Claim for the threads that are free: of a server that rests nothing, or one message to try it with."""
        state = Gate.OPEN if channel.apart else gate(name, self._one.now())
        if state == Gate.SHUT:
            self._one.report.paused = why(name)
            return
        room, begun = 1 if state == Gate.PROBE else THREADS - len(self._out), 0
        for announcement in waiting(self._one.now(), name, self._busy()) if room > 0 else []:
            while begun < room and (batch := self._claim(announcement, name, room - begun)) != Claim():
                for message in batch.ours:
                    begun += self._post(name, channel, message)
        if state == Gate.PROBE:
            self._probing.add(name)
            if not begun:
                not_probed(name, self._one.now())

    def _claim(self, announcement: int, name: str, limit: int) -> Claim:
        batch = Claim()
        with self._one.guarded("claiming failed", announcement=announcement), transaction.atomic():
            batch = claim(announcement, self._one.now(), name, limit, self._busy())
        self._one.report.cancelled += batch.cancelled
        return batch

    def _busy(self) -> list[int]:
        """The addresses to which something is out: one message at a time, so that one which hangs holds one thread."""
        return [message.address for _name, message in self._out.values()]

    def _post(self, name: str, channel: ByWeb, message: Claimed) -> bool:
        assert self._pool is not None
        try:
            posting = channel.posting(message)
        except ChannelError as error:
            self._failed(name, message, error)
        except Exception as error:  # one that can't be written must hold up no other
            log.exception("a message could not be made", delivery=message.delivery)
            self._failed(name, message, ChannelError(type(error).__name__))
        else:
            self._out[self._pool.submit(posting.go)] = name, message
            return True
        return False

    def _written(self, name: str, message: Claimed, future: Future[Answer]) -> None:
        channel, now = self._channels[name], self._one.now()
        try:
            receipt = channel.taken(future.result())
        except ChannelError as error:
            self._failed(name, message, error)
        except Exception as error:
            log.exception("a message could not be sent", delivery=message.delivery)
            self._failed(name, message, ChannelError(type(error).__name__))
        else:
            with self._one.writing(message):
                mark.sent(message, now, receipt)
            self._answers(name, message)
            self._one.report.sent += 1
            self._one.told()

    def _failed(self, name: str, message: Claimed, error: ChannelError) -> None:
        now = self._one.now()
        if error.server and self._channels[name].apart:
            rest(message.address, now, error.wait or 0)
        elif error.server:
            self._one.report.paused = str(error)
            pause(name, now, str(error), error.wait or 0)
        else:
            self._answers(name, message)
        with self._one.writing(message):
            if mark.failed(message, now, error):
                self._one.report.dead += 1
            else:
                self._one.report.later += 1

    def _answers(self, name: str, message: Claimed) -> None:
        """Whatever it said: the server is there."""
        if self._channels[name].apart:
            rested(message.address)
        elif name in self._probing:
            self._probing.discard(name)
            unpause(name)
