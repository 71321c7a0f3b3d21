"""A server that can't be reached rests, with everything that waits for it, and is tried with one message at a time."""

from __future__ import annotations

from datetime import datetime, timedelta
from enum import Enum

from members.models import Server

FIRST, LONGEST = 10, 300  # seconds of rest
PROBING = timedelta(seconds=60)  # nobody else probes meanwhile: as long as a claim's lease


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
    if server.paused_until <= at and resting.update(paused_until=at + PROBING):
        return Gate.PROBE
    return Gate.SHUT


def why(channel: str) -> str:
    """What it last said, where it rests."""
    return Server.objects.filter(name=channel).values_list("said", flat=True).first() or ""


def pause(channel: str, at: datetime, said: str) -> datetime:
    """Rest, twice as long as the last time. Until when."""
    server, _new = Server.objects.get_or_create(name=channel)
    server.backoff_seconds = min(LONGEST, server.backoff_seconds * 2 or FIRST)
    server.paused_until, server.said = at + timedelta(seconds=server.backoff_seconds), said[:300]
    server.save()
    return server.paused_until


def unpause(channel: str) -> None:
    """It answers: the rest is over, and forgotten."""
    Server.objects.filter(name=channel).update(paused_until=None, backoff_seconds=0, said="")


def not_probed(channel: str, at: datetime) -> None:
    """There was nothing to probe with: whoever asks next may."""
    Server.objects.filter(name=channel, paused_until__isnull=False).update(paused_until=at)
