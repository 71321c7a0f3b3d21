"""What the channels that go by HTTP share: one guarded POST for each message, and what its answer means.

`posting` reads the texts and must stand in the thread that has the database; what it gives is handed over in any
other, so that a server which hangs holds up nobody else's message (delivery/aside.py).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import ClassVar

from django.conf import settings
from django.utils.translation import gettext as _

from members.delivery.channels.base import ChannelError, Receipt, one_line
from members.delivery.claimed import Claimed
from members.delivery.gate import LONGEST_WAIT
from members.delivery.message import Message, Messenger
from members.shows import Exit
from members.web.failure import Failure
from members.web.post import Answer, post

WORDS = 120  # characters of an answer that are kept
BUSY = (408, 425, 429)
OWN = (400, 413, 422)  # it won't take this message; another it may


@dataclass(frozen=True, slots=True)
class Posting:
    """A message as it goes over the wire."""

    url: str = field(repr=False)
    body: bytes = field(repr=False)
    headers: Mapping[str, str] = field(repr=False)

    def go(self) -> Answer:
        """Hand it over. Raises ChannelError where nothing answered."""
        try:
            return post(self.url, self.body, self.headers, allow=settings.SEND_ALLOW)
        except Failure as failure:
            raise ChannelError(str(failure), refused=failure.permanent, midway=not failure.permanent) from failure


class ByWeb:
    """One for each pass of sending. `apart`: each address has a server of its own, which rests alone."""

    exit: ClassVar[Exit] = Exit.MESSAGE
    apart: ClassVar[bool] = True

    def __init__(self) -> None:
        self._messenger = Messenger()

    def posting(self, claimed: Claimed) -> Posting:
        """What is sent. Raises ChannelError where it can't be."""
        raise NotImplementedError

    def taken(self, answer: Answer) -> Receipt:
        """What the answer means. Raises ChannelError."""
        said, wait = words(answer), min(answer.retry_after or 0, LONGEST_WAIT)
        if 200 <= answer.status < 300:
            return Receipt(_("taken over by %(host)s") % {"host": answer.host})
        if answer.status in BUSY or answer.status >= 500:
            raise ChannelError(said, midway=True, wait=wait)
        if answer.status in OWN:
            raise ChannelError(said, permanent=True)
        raise ChannelError(said, refused=True)

    def send(self, claimed: Claimed) -> Receipt:
        return self.taken(self.posting(claimed).go())

    def close(self) -> None:
        """Every message has a connection of its own."""


def url_of(claimed: Claimed) -> str:
    if claimed.secret is None:
        said = _("Where this leads can't be read any more: the hub's SECRET_KEY was changed. Register it again.")
        raise ChannelError(said, permanent=True)
    return claimed.secret.url


def words(answer: Answer) -> str:
    """The answer in a line: never the address that was asked."""
    told = one_line(answer.body.decode("utf-8", "replace"))[:WORDS]
    if 300 <= answer.status < 400:
        told = _("it leads elsewhere, and the hub follows nowhere: register the new address")
    return f"{answer.host}: {answer.status} {told}".strip()


def headline(message: Message) -> str:
    return f"[{message.label}] {message.title}" if message.label else message.title
