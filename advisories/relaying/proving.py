"""Verifying a destination: that mail is read there says a code that they tell, and that a collection takes what the hub
sends, the collection itself."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import transaction
from django.utils.translation import gettext as _

from advisories.models import Destination
from advisories.relaying import bymail, bytaxii
from advisories.relaying.destinations import held
from members import codes, mandate
from members.audit import record
from members.models import Person
from members.refused import Refused

Kind = Destination.Kind
VALID = timedelta(hours=1)


def send_code(by: Person, one: Destination, at: datetime) -> None:
    """A code goes there by mail, which they tell whoever rings them. Raises Refused."""
    code = codes.made()
    with transaction.atomic():
        one = held(by, one, at)
        if one.kind != Kind.MAIL:
            raise Refused(_("A collection says itself whether it takes anything: ask it."))
        codes.wait_between(one.code_sent_at, at)
        one.code_hash, one.code_sent_at, one.wrong = codes.hashed(_bound(one), code), at, 0
        one.save(update_fields=["code_hash", "code_sent_at", "wrong"])
        record("send_destination_code", at, by=by, reference=one.warp.slug, to=one.code)
    bymail.send_code(one, code)


@transaction.atomic
def confirm_code(by: Person, one: Destination, typed: str, at: datetime) -> bool:
    """Whether it is the code: then it is verified. Raises Refused."""
    one = held(by, one, at)
    kept = codes.Kept(one.code_hash, one.code_sent_at, one.wrong)
    if not codes.told(kept, _bound(one), typed, at, VALID):
        one.wrong += 1
        one.save(update_fields=["wrong"])
        return False
    _verified(by, one, at)
    return True


def ask_collection(by: Person, one: Destination, at: datetime) -> None:
    """Where the collection says that the hub may write to it, it is verified. Raises Refused, with what it said."""
    if one.kind != Kind.TAXII:
        raise Refused(_("Have a code sent there instead."))
    mandate.over_warp(by, one.warp, at)
    bytaxii.ask(one)
    with transaction.atomic():
        _verified(by, held(by, one, at), at)


def _verified(by: Person, one: Destination, at: datetime) -> None:
    one.verified_by, one.verified_at, one.code_hash = by, one.verified_at or at, ""
    one.save(update_fields=["verified_by", "verified_at", "code_hash"])
    record("verify_destination", at, by=by, reference=one.warp.slug, to=one.code)


def _bound(one: Destination) -> str:
    return f"destination:{one.code}:{one.value}"
