"""Mail that came back: which message it was, and what becomes of its address.

Anybody may send the hub a report, so one counts only where it names a Message-ID that the hub made for that very
address, and a message that it sent there within two weeks. Replies and forwards quote that id, so by it alone a report
counts one day, as a refusal does, and once for each message; one that came to the address which that message was sent
from (compose.sender) silences at once. Nobody's account is ever locked by one.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import NamedTuple

from django.db import transaction
from django.db.models import Q
from django.db.models.functions import Lower
from django.utils.translation import gettext as _

from members.delivery.claimed import key_of
from members.delivery.compose import headers, sender
from members.delivery.mark import LATELY, count_refusal, make_bad
from members.delivery.onward import to_next_channel
from members.models import Address, Announcement, Channel, Delivery

MOST = 10  # recipients of one report that are looked up
MOST_TRIED = 10_000  # messages to them, the latest


class Kind(StrEnum):
    FAILED = "failed"
    DELAYED = "delayed"
    COMPLAINT = "complaint"


@dataclass(frozen=True, slots=True)
class Report:
    """What a report says of one message. `status`: like 5.1.1, "" where it gives none. `returned_to`: where it came."""

    message_id: str
    recipients: Sequence[str]
    kind: Kind
    status: str = ""
    words: str = ""
    returned_to: Sequence[str] = ()


class Found(NamedTuple):
    """The delivery that a report is about, and whether it came to the address which that alone was sent from."""

    delivery: int
    proved: bool


def came_back(report: Report, at: datetime) -> Delivery | None:
    """Write down what the report says; the delivery that it is about, or None where it is about none of ours."""
    found = _found(report, at)  # many are tried: no transaction is open meanwhile
    return _written(report, found, at) if found else None


@transaction.atomic
def _written(report: Report, found: Found, at: datetime) -> Delivery:
    """The row is held: a report that comes twice counts once."""
    rows = Delivery.objects.select_for_update(of=("self",)).select_related("announcement", "address__person")
    row = rows.get(pk=found.delivery)
    if row.state == Delivery.State.DUE:  # its sender has not written it yet: it is out, or it could not come back
        row.state, row.sent_at, row.lease_until = Delivery.State.SENT, at, None
        row.save(update_fields=["state", "sent_at", "lease_until"])
    said = " ".join(f"{report.status} {report.words}".split())
    if report.kind == Kind.COMPLAINT:
        if found.proved or not _complained(row):
            _note(row, _complaint(said), row.state)
            _counts(row.address, at, for_good=found.proved)
    elif row.state == Delivery.State.SENT and report.kind == Kind.FAILED:
        _note(row, _("came back: %(said)s") % {"said": said}, Delivery.State.DEAD)
        _counts(row.address, at, for_good=found.proved and not report.status.startswith("4"))
        to_next_channel(row, at)
    elif row.state == Delivery.State.SENT and not _complained(row):
        _note(row, _("on its way, delayed: %(said)s") % {"said": said}, row.state)
    return row


def _counts(address: Address, at: datetime, *, for_good: bool) -> None:
    if for_good:
        make_bad(address, at)
    else:
        count_refusal(address, at)


def _complaint(said: str) -> str:
    return _("reported as spam there: %(said)s") % {"said": said}


def _complained(row: Delivery) -> bool:
    return row.outcome.startswith(_complaint(""))


def _note(row: Delivery, outcome: str, state: str) -> None:
    row.state, row.outcome = state, outcome[:300]
    row.save(update_fields=["state", "outcome"])


def _found(report: Report, at: datetime) -> Found | None:
    """By working out the Message-ID of everything that went to its recipients lately: it is kept nowhere, and made of
    the announcement, the address and the step, so that a wrong pair gives another."""
    asked = {one.lower() for one in list(report.recipients)[:MOST]}
    mail = Address.objects.filter(channel=Channel.MAIL).annotate(lower=Lower("value")).filter(lower__in=asked)
    addresses = {one.pk: one for one in mail[: 4 * MOST]}
    if not addresses:
        return None
    lately = Announcement.objects.filter(due_at__gt=at - LATELY, due_at__lte=at).order_by()
    out = Q(sent_at__isnull=False) | Q(state=Delivery.State.DUE, lease_until__isnull=False)  # or about to be written
    sent = Delivery.objects.filter(out, announcement__in=lately.values("pk"), address__in=addresses)
    rows = sent.order_by("-sent_at", "-pk").values_list("pk", "announcement__code", "address", "step")
    for pk, code, address, step in rows[:MOST_TRIED]:
        key = key_of(code, addresses[address], step)
        if headers(key)["Message-ID"] == report.message_id:
            return Found(pk, bool(own := sender(key)) and own.lower() in report.returned_to)
    return None
