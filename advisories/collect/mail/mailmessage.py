"""A mail as a tree of parts, held to limits (RFC 5322, RFC 2045). In the worker.

The standard library reads it; on hostile headers it raises almost anything, so one that it can't understand is taken
as it is written.
"""

from __future__ import annotations

from collections.abc import Callable
from email.feedparser import BytesFeedParser
from email.message import EmailMessage
from email.policy import EmailPolicy
from itertools import count
from typing import Any, TypeVar

from advisories.collect.base import CollectError, gettext_noop

MOST_PARTS = 200
MOST_HEADERS = 1_000  # of one part
MOST_LINES = 600_000
LONGEST_HEADER = 4_000  # characters; the rest of a longer one is not looked at
LONGEST_PARSED = 1_500  # of one whose parsing takes quadratic time
PARSED = ("from", "content-type", "content-disposition", "content-transfer-encoding", "mime-version")
LONGEST_NAME = 200

TOO_MANY_PARTS = gettext_noop("The mail has more than %(limit)d parts; the hub reads no mail like that.")
TOO_MANY_HEADERS = gettext_noop("A part of the mail has more than %(limit)d headers; the hub reads no mail like that.")
TOO_MANY_LINES = gettext_noop("The mail has more than %(limit)d lines; the hub reads no mail like that.")

T = TypeVar("T")


def tried(reading: Callable[[], T], otherwise: T) -> T:
    """What comes of it, or `otherwise` where the library trips over what it reads."""
    try:
        return reading()
    except (CollectError, MemoryError):
        raise
    except Exception:
        return otherwise


class _Forgiving(EmailPolicy):
    def header_fetch_parse(self, name: str, value: str) -> Any:
        return tried(lambda: super(_Forgiving, self).header_fetch_parse(name, value), unfolded(value))


class _Held(EmailMessage):
    def set_raw(self, name: str, value: str) -> None:  # what the parser calls for each header
        if len(self) >= MOST_HEADERS:
            raise CollectError(TOO_MANY_HEADERS, refused=True, limit=MOST_HEADERS)
        longest = LONGEST_PARSED if name.lower() in PARSED else LONGEST_HEADER
        super().set_raw(name[:LONGEST_NAME], value[:longest])


def read(body: bytes) -> EmailMessage:
    """The mail's tree of parts. Raises CollectError on one of more parts, headers or lines than any mail has."""
    if body.count(b"\n") > MOST_LINES:
        raise CollectError(TOO_MANY_LINES, refused=True, limit=MOST_LINES)
    made = count()

    def make(policy: _Forgiving) -> EmailMessage:
        if next(made) > MOST_PARTS:  # the first is the parser's trial
            raise CollectError(TOO_MANY_PARTS, refused=True, limit=MOST_PARTS)
        return _Held(policy)

    parser: BytesFeedParser[Any] = BytesFeedParser(make, policy=_Forgiving())  # type: ignore[arg-type]
    parser.feed(body)
    message: EmailMessage = parser.close()
    return message


def unfolded(raw: str) -> str:
    """A header as it stands there, its lines joined, its bytes beyond ASCII as UTF-8 or else as Windows would."""
    octets = raw.encode("utf-8", "surrogateescape")
    try:
        return " ".join(octets.decode("utf-8").splitlines())
    except UnicodeDecodeError:
        return " ".join(octets.decode("cp1252", "replace").splitlines())
