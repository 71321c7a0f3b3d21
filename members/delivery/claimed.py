"""What a claim hands to a channel. Whatever is sent is made of these values and nothing read since."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from members.models import Cell, Item


class Line(NamedTuple):
    """One item of a digest, as it stood when the digest was claimed."""

    item: Item
    version: int
    label: str
    cell: Cell
    tier: int
    changed: bool  # they have read of it before


@dataclass(frozen=True, slots=True)
class What:
    """What is said: the same for everybody who has the same right, so that it is rendered once."""

    event: str
    tier: int
    cell: Cell
    item: Item | None = None
    version: int = 0
    label: str = ""  # "" where nothing is to be told of it
    lines: tuple[Line, ...] = ()
    notice: str = ""  # of an account mail: which it is, and what it quotes
    words: str = ""


@dataclass(frozen=True, slots=True)
class Claimed:
    """One message, ours to send until `lease_until`, to somebody who had the right to it at `at`."""

    delivery: int
    channel: str
    to: str
    what: What
    at: datetime
    lease_until: datetime
    lines: tuple[tuple[int, Cell], ...] = ()  # of a digest: id of each line, and what is said of it
    key: str = ""  # of this message and no other, and counted by nothing: its Message-ID is made from it
