"""What a channel is: one small class, one error, and its line in `channels/__init__.py`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, Protocol

from members.delivery.claimed import Claimed
from members.shows import Exit


@dataclass(frozen=True, slots=True)
class Receipt:
    """That the other side took a message over, and in which words."""

    said: str


def one_line(said: str) -> str:
    """The other side's words as they can be kept and shown: PostgreSQL takes no NUL, a terminal obeys an escape."""
    return "".join(char for char in " ".join(said.split()) if char.isprintable())


class ChannelError(Exception):
    """A message did not go out. `said` is kept as one line.

    permanent: it never will, so it is not tried again.
    refused: permanent because of where it goes, by the other side's word: too often, and the address is bad.
    server: nothing can be sent to anyone by this channel for now, and the message is not charged for it, but where it
    broke off `midway`: that may have been the message's doing, so it grows older by it.
    wait: the seconds after which the other side asked to be tried again.
    """

    def __init__(
        self,
        said: str,
        *,
        permanent: bool = False,
        refused: bool = False,
        server: bool = False,
        midway: bool = False,
        wait: int | None = None,
    ) -> None:
        super().__init__(one_line(said))
        self.wait = wait
        self.permanent, self.refused, self.server = permanent or refused, refused, server or midway
        self.charged = midway or not server


class Stale(ChannelError):
    """A connection that had served others broke. The next attempt is made on a new one, and nothing rests."""

    def __init__(self, said: str) -> None:
        super().__init__(said, server=True)


class Channel(Protocol):
    """One pass of sending opens one, sends by it, and closes it."""

    exit: ClassVar[Exit]

    def send(self, claimed: Claimed) -> Receipt:
        """Send one message. Raises ChannelError."""

    def close(self) -> None:
        """Let go of whatever was kept between messages."""
