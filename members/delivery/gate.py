"""A server that can't be reached rests, with everything that waits for it, and is tried with one message at a time."""

from __future__ import annotations

from datetime import datetime, timedelta
from enum import Enum

from members.models import Address, Server

FIRST, LONGEST = 10, 300  # seconds of rest
PROBING = timedelta(seconds=60)  # nobody else probes meanwhile: as long as a claim's lease
LONGEST_WAIT = 3600  # seconds that a server may ask for
FAR = timedelta(seconds=LONGEST_WAIT) + PROBING  # no rest is so long: one that is was begun by a clock that was wrong


class Gate(Enum):
    OPEN = "open"
    PROBE = "probe"  # one message, to see whether it answers again
    SHUT = "shut"


def gate(channel: str, at: datetime) -> Gate:
    """Whether to send by `channel` at `at`. Of all who ask after a rest, one is told to probe."""
    server = Server.objects.filter(name=channel).first()
    if server is None or server.paused_until is None:
        return Gate.OPEN
    resting = Server.objects.filter(name=channel, paused_until=server.paused_until)
    over = server.paused_until <= at or server.paused_until > at + FAR
    if over and resting.update(paused_until=at + PROBING):
        return Gate.PROBE
    return Gate.SHUT


def why(channel: str) -> str:
    """What it last said, where it rests."""
    return Server.objects.filter(name=channel).values_list("said", flat=True).first() or ""


def pause(channel: str, at: datetime, said: str, wait: int = 0) -> datetime:
    """Rest, twice as long as the last time, and no shorter than `wait` seconds. Until when."""
    server, _new = Server.objects.get_or_create(name=channel)
    server.backoff_seconds = longer(server.backoff_seconds)
    rests = timedelta(seconds=max(server.backoff_seconds, wait))
    server.paused_until, server.said = at + rests, said[:300]
    server.save()
    return server.paused_until


def unpause(channel: str) -> None:
    """It answers: the rest is over, and forgotten."""
    Server.objects.filter(name=channel).update(paused_until=None, backoff_seconds=0, said="")


def not_probed(channel: str, at: datetime) -> None:
    """There was nothing to probe with: whoever asks next may."""
    Server.objects.filter(name=channel, paused_until__isnull=False).update(paused_until=at)


def rest(address: int, at: datetime, wait: int = 0) -> None:
    """The same of one address, which has a server of its own: nobody else's messages wait for it."""
    one = Address.objects.get(pk=address)
    seconds = longer(one.rest_seconds)
    until = at + timedelta(seconds=max(seconds, wait))
    Address.objects.filter(pk=address).update(rests_until=until, rest_seconds=seconds)


def rested(address: int) -> None:
    """It answers again."""
    Address.objects.filter(pk=address, rest_seconds__gt=0).update(rests_until=None, rest_seconds=0)


def longer(seconds: int) -> int:
    return min(LONGEST, seconds * 2 or FIRST)
