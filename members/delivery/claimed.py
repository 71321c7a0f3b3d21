"""What a claim hands to a channel. Whatever is sent is made of these values and nothing read since."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import NamedTuple

from django.utils.functional import Promise

from members.delivery.secret import Secret
from members.models import Address, Cell, Item


def key_of(code: str, address: Address, step: int) -> str:
    """What names one message and no other: the announcement's code, where it goes and the step. The id of the address,
    since several owners may have the same mailbox, and each is told something else."""
    return f"{code}/{address.pk}/{address.value}/{step}"


class Line(NamedTuple):
    """One item of a digest, as it stood when the digest was claimed."""

    item: Item
    version: int
    label: str
    cell: Cell
    tier: int
    changed: bool  # they have read of it before


@dataclass(frozen=True, slots=True)
class Invited:
    """What somebody is told of their own booking, no more of it than may be said. `what`: an Invitation.What."""

    what: str
    uid: str
    sequence: int
    stamp: datetime
    starts_at: datetime
    ends_at: datetime
    waiting: bool = False  # they have no place (yet): no calendar is told of it
    called_off: bool = False  # the session, for all
    title: str = ""  # "" where it may not be said; and so is what follows
    place: str = ""
    link: str = ""  # by which to join; by fewer channels than where it is
    because: str = ""


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
    words: str = ""  # of an exercise: what befell it
    to_subscriber: bool = False  # to somebody without an account, who leaves by a link in it
    confirm_by: datetime | None = None  # until when they are to confirm for their organisation, where they are
    step: int = 0  # of an escalation (members/response/escalate.py); 0 is the first telling
    houses: tuple[str, ...] = ()  # of an escalation: the organisations that have not confirmed
    asks: bool = False  # of an exercise: their organisation is to acknowledge it
    invited: Invited | None = None  # of somebody's own booking: it is for them alone


class Verdict(NamedTuple):
    """Of one row: what to say, or why nothing."""

    what: What | None
    why: str | Promise = ""
    lines: tuple[tuple[int, Cell], ...] = ()
    weekly: frozenset[bool] = frozenset()
    onward: bool = False  # it says nothing for the address's sake alone: whose it is may hear it by their next


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
    token: str = ""  # of the link by which to confirm, where the message asks that
    leave: str = ""  # the path by which to have no more such mail, where it is optional
    address: int = 0  # the id of where it goes
    secret: Secret | None = field(default=None, repr=False)  # of a web channel: where that leads
    certificate: bytes = field(default=b"", repr=False)  # the public key that mail to them is encrypted to
    refused: bool = False  # mail to this address was refused lately: one that is taken clears it
