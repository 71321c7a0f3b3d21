"""Confirm from the message: an address of one message alone, which tells nothing and opens nothing but that answer.

It is the announcement's code and the address's id, encrypted (AES-SIV, RFC 5297): no table keeps it, the same message
sent twice has the same one, and whoever has two of them learns nothing of others.
"""

from __future__ import annotations

import base64
import binascii
import hmac
from dataclasses import dataclass
from datetime import datetime
from functools import cache

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESSIV
from django.conf import settings
from django.db import transaction

from members import permits
from members.exercises import link as play
from members.exercises.link import Played
from members.models import Address, Announcement, Item, Person, Realm, Response
from members.response.answer import Means, acknowledge, asked

ID = 8  # bytes, at the end of what is encrypted


@dataclass(frozen=True)
class Opened:
    """Who may answer by a link, for which organisations, and whether all of them have."""

    person: Person
    item: Item
    responses: list[Response]
    of_exercise: bool = False

    @property
    def organisations(self) -> list[str]:
        return [one.organisation.name for one in self.responses]

    @property
    def answered(self) -> bool:
        return all(one.acknowledged_at is not None for one in self.responses)


def token(code: str, address: int) -> str:
    """The last part of the link of the message that announcement `code` owes to address number `address`."""
    sealed = _cipher().encrypt(code.encode() + address.to_bytes(ID, "big"), None)
    return base64.urlsafe_b64encode(sealed).decode().rstrip("=")


def opened(token: str, at: datetime) -> Opened | Played | None:
    """What the link is for at `at`; None where it is none, whoever it was sent to may not answer any more, or
    its address is not theirs any more.

    What was asked anew since is answered by the newer message alone.
    """
    if (told := _decrypted(token)) is None:
        return None
    code, pk = told
    # Gone bad is no reason: the message that has this link came through.
    theirs = Address.objects.filter(pk=pk, person__isnull=False, verified_at__isnull=False, ended_at=None)
    address = theirs.select_related("person").first()
    announcement = Announcement.objects.filter(code=code, deliveries__address=pk).select_related("item__warp").first()
    if address is None or address.person is None or announcement is None or announcement.item is None:
        return None
    person, item = address.person, announcement.item
    if announcement.realm != Realm.REAL:
        return play.opened(person, item, at)
    if not permits.can(person, "acknowledge", item, at):
        return None
    responses = list(asked(person, item, at).filter(announcement=announcement, closed_at=None))
    return Opened(person, item, responses) if responses else None


@transaction.atomic
def confirm(token: str, at: datetime) -> Opened | Played | None:
    """Confirm by the link, once, for all organisations that it is for; None as `opened` has it."""
    found = opened(token, at)
    if isinstance(found, Played):
        return play.confirm(found, at)
    if found is not None and not found.answered:
        houses = [one.organisation.slug for one in found.responses]
        acknowledge(found.person, found.item, at, houses, found.responses[0].announcement.code, Means.LINK)
    return found


def _decrypted(token: str) -> tuple[str, int] | None:
    try:
        sealed = base64.urlsafe_b64decode(token + "=" * (-len(token) % 4))
        plain = _cipher().decrypt(sealed, None)
        return plain[:-ID].decode(), int.from_bytes(plain[-ID:], "big")
    except (InvalidTag, ValueError, binascii.Error):
        return None


def _cipher() -> AESSIV:
    return _made(settings.SECRET_KEY)


@cache
def _made(secret: str) -> AESSIV:
    return AESSIV(hmac.digest(secret.encode(), b"answer link", "sha256"))
