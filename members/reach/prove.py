"""Proving that an address is its owner's: a code that was sent there and is typed in, or a test that the other side
takes over. Nothing but these goes to an address that is not verified; and no transaction is open while they go."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext as _

from members import codes
from members.audit import record
from members.delivery.channels import channel, offered
from members.delivery.channels.base import ChannelError
from members.delivery.claimed import Claimed, What
from members.delivery.message import CODE, CONTACT_CODE, TEST
from members.delivery.secret import Secret, Unopenable, opened
from members.models import OF_ORGANISATIONS, Address, Announcement, AuditRow, Cell, Person, Proof, Tier
from members.reach.register import house_of, may_change
from members.refused import Refused

VALID = timedelta(minutes=15)
DAY = timedelta(days=1)
A_DAY = 20  # codes and tests for all addresses of one owner


def send_code(address: Address, by: Person, at: datetime) -> None:
    """Send a code there, which holds for a quarter of an hour. Raises Refused."""
    if address.channel in OF_ORGANISATIONS or address.channel not in offered():
        raise Refused(_("This hub sends no codes by this channel."))
    code = codes.made()
    _counted(address, by, at, codes.hashed(_bound(address), code))
    _send(address, CONTACT_CODE if address.contact else CODE, code, at)


@transaction.atomic
def confirm_code(address: Address, typed: str, by: Person, at: datetime) -> bool:
    """Whether it is the code: then the address is verified, and no longer bad. Raises Refused."""
    may_change(address, by, at)
    proof = Proof.objects.select_for_update().filter(address=address).first()
    kept = codes.Kept(proof.code_hash, proof.sent_at, proof.wrong) if proof else codes.Kept()
    mine = Proof.objects.filter(address=address)
    if not codes.told(kept, _bound(address), typed, at, VALID):
        mine.update(wrong=F("wrong") + 1)
        return False
    mine.update(code_hash="")
    _verified(address, by, at)
    return True


def try_out(address: Address, by: Person, at: datetime) -> str:
    """Send a test that asks for nothing; where the other side takes it, the address is verified. What it said.

    Raises Refused, with what went wrong.
    """
    if address.channel not in OF_ORGANISATIONS:
        raise Refused(_("Have a code sent there instead."))
    _counted(address, by, at)
    said = _send(address, TEST, "", at)
    with transaction.atomic():
        now = Address.objects.select_for_update(of=("self",)).select_related("organisation").get(pk=address.pk)
        if bytes(now.secret) != bytes(address.secret):
            raise Refused(_("It was changed meanwhile: test it again."))
        may_change(now, by, at)
        _verified(now, by, at)
    return said


@transaction.atomic
def _counted(address: Address, by: Person, at: datetime, code_hash: str = "") -> None:
    """Counts what is about to be sent: nobody has the hub write to strangers all day. Raises Refused."""
    may_change(address, by, at)
    whose = {"person": address.person_id} if address.person_id else {"organisation": address.organisation_id}
    theirs = Address.objects.filter(**whose).order_by()
    proofs = Proof.objects.select_for_update().filter(address__in=theirs.values("pk"), sent_at__gt=at - DAY)
    today = {one.address_id: one for one in proofs}
    sent = _to_contacts(address, by, at) if address.contact else sum(one.sent for one in today.values())
    if sent >= A_DAY:
        raise Refused(_("That was tried too often today. Try again tomorrow."))
    last = today.get(address.pk)
    codes.wait_between(last.sent_at if last else None, at)
    Proof.objects.update_or_create(
        address=address,
        defaults={"code_hash": code_hash, "sent_at": at, "wrong": 0, "sent": last.sent + 1 if last else 1},
    )


def _to_contacts(address: Address, by: Person, at: datetime) -> int:
    """How many were sent to contacts of the same organisation before this one: by the audit, which whoever takes a
    contact away and writes it down again does not begin anew."""
    house = house_of(address)
    reference = house.slug if house else ""
    before = AuditRow.objects.filter(reference=reference, verb="send_contact_code", at__gt=at - DAY).count()
    record("send_contact_code", at, by=by, reference=reference)
    return before


def _send(address: Address, notice: str, words: str, at: datetime) -> str:
    what = What(Announcement.Event.ACCOUNT, Tier.URGENT, Cell.AWAITS, notice=notice, words=words)
    key = f"{notice}/{address.pk}/{at.isoformat()}"
    claimed = Claimed(
        0, address.channel, address.value, what, at, at, key=key, address=address.pk, secret=_secret(address)
    )
    one = channel(address.channel)
    try:
        return one.send(claimed).said
    except ChannelError as error:
        raise Refused(_("It did not get there. %(why)s") % {"why": error}) from error
    finally:
        one.close()


def _secret(address: Address) -> Secret | None:
    try:
        return opened(address) if address.secret else None
    except Unopenable:
        return None


def _verified(address: Address, by: Person, at: datetime) -> None:
    Address.objects.filter(pk=address.pk).update(
        verified_at=at, bad_since=None, refused_days=0, refused_on=None, rests_until=None, rest_seconds=0
    )
    house = house_of(address)
    whose = house.slug if house else ""
    record("verify_address", at, by=by, reference=whose, channel=address.channel)


def _bound(address: Address) -> str:
    return f"code:{address.pk}:{address.value}"
