"""Whose mail is encrypted, decided when it is claimed. Where a key can't be used any more, its owner gets the notice to
sign in: never silence, and never in the clear what was to be read by them alone."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace
from datetime import datetime

from django.conf import settings

from members.delivery.claimed import Verdict
from members.delivery.openpgp import fit
from members.models import Announcement, Cell, Channel, Delivery, PublicKey


def keys_of(rows: Collection[Delivery]) -> dict[int, PublicKey]:
    """By id of the mail address to which something goes: its owner's key, where they have one. One statement."""
    mail = {row.address_id: row.address.person_id for row in rows if row.address.channel == Channel.MAIL}
    people = {person for person in mail.values() if person is not None}
    found = PublicKey.objects.in_bulk(people) if people else {}
    return {address: found[person] for address, person in mail.items() if person is not None and person in found}


def sealed(verdict: Verdict, key: PublicKey | None, at: datetime) -> tuple[Verdict, bytes]:
    """What is said to whoever has `key`, and the certificate that it is encrypted to (b"": to none)."""
    if key is None or verdict.what is None:
        return verdict, b""
    if not by_notify() and fit(key, at):
        return verdict, bytes(key.certificate)
    if verdict.what.event == Announcement.Event.ACCOUNT:  # says nothing of any item
        return verdict, b""
    lines = tuple(line._replace(cell=min(line.cell, Cell.NOTICE)) for line in verdict.what.lines)
    what = replace(verdict.what, cell=min(verdict.what.cell, Cell.NOTICE), lines=lines)
    return verdict._replace(what=what, lines=tuple((pk, min(cell, Cell.NOTICE)) for pk, cell in verdict.lines)), b""


def by_notify() -> bool:
    """Whether mail goes by Notify, which makes its own mails of texts."""
    return bool(settings.NOTIFY_API_KEY and settings.NOTIFY_MAIL_TEMPLATE)
