"""What a mail server says of a mail that it could not deliver (RFC 3464), or a provider of one that was reported as
spam (RFC 5965). Runs in the worker.

An entry for each recipient that is told of. `guid`: the Message-ID of what was sent, as the report quotes it. Facts:
`kind` (failed, delayed, complaint), `status` (5.1.1), `recipients` (every address that the report gives for that one,
a line each), `returned_to` (every address that the report itself was sent to, or says that the mail was sent from, a
line each), `words` of the server.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from email.message import EmailMessage, Message
from typing import Any

from advisories.collect.base import CollectError, ParseContext, Parsed, RawEntry, gettext_noop
from advisories.collect.mail import mailmessage
from advisories.collect.mail.mailmessage import tried

NO_REPORT = gettext_noop("This is no report of a mail that came back.")
UNREADABLE = gettext_noop("The report can't be understood (%(what)s); it may be made to do so.")
MOST = 20  # recipients: the hub sends to one at a time
LONGEST_ADDRESS, LONGEST_ID, LONGEST_WORDS = 320, 500, 200
TOLD = {"failed": "failed", "delayed": "delayed"}  # other actions say that it got somewhere
SENT_TO = ("to", "delivered-to", "x-original-to", "envelope-to")
_ADDRESS = re.compile(r"[^\s<>;,\"]+@[^\s<>;,\"]+")
_ID = re.compile(r"<[^<>\s]+>")
_STATUS = re.compile(r"[245]\.\d{1,3}\.\d{1,3}")


def parse(body: bytes, context: ParseContext) -> Parsed:
    """Raises CollectError(refused=True) on what is no such report."""
    try:
        message = mailmessage.read(body)
        if message.get_content_type() != "multipart/report":
            raise CollectError(NO_REPORT, refused=True)
        entries = tuple(_entries(message))[:MOST]
    except (CollectError, MemoryError):
        raise
    except Exception as error:
        raise CollectError(UNREADABLE, refused=True, what=type(error).__name__) from error
    if not entries:
        raise CollectError(NO_REPORT, refused=True)
    return Parsed(entries)


def _entries(message: EmailMessage) -> Iterator[RawEntry]:
    original, blocks = _original(message), list(_blocks(message))
    sent = _first(_ID, _text(original, "message-id"))
    to = _ADDRESS.findall(_text(original, "to"))[:MOST]
    back = [one for name in SENT_TO for one in _ADDRESS.findall(_text(message, name))[:MOST]]
    if not sent:
        return
    for block in blocks:
        kind = "complaint" if block.get("feedback-type") else TOLD.get(_text(block, "action").strip().lower(), "")
        if kind:
            names = ("original-recipient", "final-recipient", "original-rcpt-to")
            named = [one for name in names for one in _ADDRESS.findall(_text(block, name))[:1]]
            told = [*back, *_ADDRESS.findall(_text(block, "original-mail-from"))[:1]]
            yield _entry(sent, kind, [*named, *to], told, block)


def _entry(sent: str, kind: str, recipients: list[str], back: list[str], block: Message[Any, Any]) -> RawEntry:
    words = " ".join(_text(block, "diagnostic-code").partition(";")[2].split()) or _text(block, "feedback-type")
    facts = {
        "kind": kind,
        "status": _first(_STATUS, _text(block, "status")),
        "recipients": _lines(recipients),
        "returned_to": _lines(back[: 4 * MOST]),
        "words": "".join(char for char in words if char.isprintable())[:LONGEST_WORDS],
    }
    return RawEntry.of(guid=sent[:LONGEST_ID], title="", facts=facts)


def _lines(addresses: list[str]) -> str:
    return "\n".join(dict.fromkeys(one[:LONGEST_ADDRESS].lower() for one in addresses))


def _blocks(message: EmailMessage) -> Iterator[Message[Any, Any]]:
    """The groups of fields of the part for machines: one for the message, one for each recipient."""
    for part in message.walk():
        if part.get_content_type() in ("message/delivery-status", "message/feedback-report"):
            held = part.get_payload()
            if isinstance(held, list):
                yield from (one for one in held if isinstance(one, Message))
            else:
                yield mailmessage.read(str(held).encode("utf-8", "replace"))


def _original(message: EmailMessage) -> Message[Any, Any]:
    """The mail that it is about, or its headers: the last part."""
    for part in reversed(list(message.walk())):
        if part.get_content_type() == "message/rfc822" and isinstance(held := part.get_payload(), list):
            return next((one for one in held if isinstance(one, Message)), EmailMessage())
        if part.get_content_type() == "text/rfc822-headers":
            raw = part.get_payload(decode=True)
            return mailmessage.read(raw if isinstance(raw, bytes) else b"")
    return EmailMessage()


def _text(message: Message[Any, Any], name: str) -> str:
    return tried(lambda: str(message.get(name, "")), "")


def _first(pattern: re.Pattern[str], text: str) -> str:
    found = pattern.search(text)
    return found[0] if found else ""
