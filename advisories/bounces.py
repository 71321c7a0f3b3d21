"""What came back of the mail that the hub sent: read from its mailbox or from files, each report in a child that may be
killed, and written down by members/delivery/returned.py."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.conf import settings

from advisories.collect import isolate
from advisories.collect.base import CollectError, Limits, ParseContext, RawEntry
from advisories.collect.mail import imap
from members.delivery.returned import Kind, Report, came_back
from members.models import Mailbox

MB = 1_000_000
LIMITS = Limits(wire=MB, decoded=MB, entries=100, seconds=60, cpu_seconds=5, memory=256 * MB)
NAME = "bounces"


@dataclass
class Read:
    """How many mails were read, and what of them was a report on something that the hub sent."""

    mails: int = 0
    came_back: int = 0
    delayed: int = 0
    not_ours: int = 0  # no report, or on none of the hub's messages


def from_mailbox(at: datetime) -> Read:
    """What is new in the mailbox of BOUNCES_URL. Raises CollectError where it can't be read."""
    place, credentials = settings.BOUNCES_URL
    box = Mailbox.objects.get_or_create(name=NAME)[0]
    read = Read()
    letters = imap.messages(
        place, credentials=credentials, cursor=box.cursor, limits=LIMITS, allow=settings.COLLECT_ALLOW
    )
    for letter in letters:
        take([letter.body] if isinstance(letter.body, bytes) else [], at, read)
        Mailbox.objects.filter(name=NAME).update(cursor=letter.cursor)
    return read


def take(mails: Iterable[bytes], at: datetime, read: Read | None = None) -> Read:
    """Whatever is no report, or breaks its reader, is counted and passed over."""
    read = read or Read()
    for mail in mails:
        read.mails += 1
        for told in _reports(mail, at) or [None]:
            row = came_back(told, at) if told else None
            if told is None or row is None:
                read.not_ours += 1
            elif told.kind == Kind.DELAYED:
                read.delayed += 1
            else:
                read.came_back += 1
    return read


def _reports(mail: bytes, at: datetime) -> list[Report | None]:
    if len(mail) > LIMITS.wire:
        return []
    try:
        parsed = isolate.run("advisories.collect.mail.bounce", mail, ParseContext(at, limits=LIMITS))
    except CollectError:
        return []
    return [_report(entry) for entry in parsed.entries]


def _report(entry: RawEntry) -> Report:
    facts = entry.facts
    recipients, returned_to = facts["recipients"].splitlines(), facts["returned_to"].splitlines()
    return Report(entry.guid, recipients, Kind(facts["kind"]), facts["status"], facts["words"], returned_to)
