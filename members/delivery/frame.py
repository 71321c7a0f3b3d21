"""A text for many as the bytes that go out: encoded once, with places in it for the few words that each has of its own.

What can't be filled in so has no frame, and is written for each as Django does it.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from email.utils import formatdate, parseaddr
from typing import Any

from django.core.mail import EmailMultiAlternatives

from members.delivery.claimed import Claimed
from members.delivery.compose import LEAVE, PLACE, REMEMBERED, Written, address, headers, message_id

# Each is another in each process, like PLACE and LEAVE: no text of a source can hold it.
TO, ID, DATE = (f"{name}-{secrets.token_hex(16)}" for name in ("to", "id", "date"))
NOBODY = f"{TO}@place.invalid"
LONGEST = 700  # bytes of a line with a place in it: what is filled in is longer, and servers take 998
CODED = (b"quoted-printable", b"base64")  # ways of writing a part by which a place may be cut in two


@dataclass(frozen=True, slots=True)
class Frame:
    """`sender`: as the envelope has it."""

    raw: bytes
    sender: str

    def filled(self, claimed: Claimed) -> bytes:
        """The mail of this message. Its address is plain, and none of its words breaks a line."""
        raw = self.raw
        own = {NOBODY: claimed.to, ID: message_id(claimed.key), DATE: formatdate(), LEAVE: address(claimed.leave)}
        own |= {PLACE: claimed.token} if claimed.token else {}
        for place, words in own.items():
            raw = raw.replace(place.encode(), words.encode("ascii"))
        return raw


class Frames:
    """Makes once what is filled in for many."""

    def __init__(self) -> None:
        self._made: dict[tuple[Written, bool], Frame | None] = {}

    def of(self, written: Written, *, leaves: bool) -> Frame | None:
        """`leaves`: its messages say how to have no more such mail."""
        if (written, leaves) not in self._made:
            if len(self._made) >= REMEMBERED:
                self._made.clear()
            self._made[written, leaves] = frame(written, leaves=leaves)
        return self._made[written, leaves]


def frame(written: Written, *, leaves: bool) -> Frame | None:
    told = headers("", "/" if leaves else "") | {"Message-ID": ID, "Date": DATE}
    if leaves:
        told["List-Unsubscribe"] = f"<{LEAVE}>"
    mail = EmailMultiAlternatives(written.subject, written.text, to=[NOBODY], headers=told)
    mail.attach_alternative(written.html, "text/html")
    message: Any = mail.message()  # Django's own, which ends lines as it is told
    raw = message.as_bytes(linesep="\r\n")
    long = any(len(line) > LONGEST and (PLACE in line or LEAVE in line) for line in raw.decode().split("\r\n"))
    return None if long or any(way in raw for way in CODED) else Frame(raw, parseaddr(str(message["From"]))[1])


def plain(to: str) -> bool:
    """Whether an address stands in a header and in the envelope as it is."""
    return to.isascii() and '"' not in to
