"""A person's own public key: registered, checked and taken off by themselves; whoever's expires is told in time."""

from __future__ import annotations

from collections import defaultdict
from datetime import datetime, timedelta
from email.utils import parseaddr

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _
from pysequoia import Cert

from members import journal, mandate
from members.audit import record
from members.delivery.notices import tell_of_key
from members.delivery.openpgp import LARGEST, Unfit, certificate, encrypted, is_private
from members.models import Address, Channel, Person, PublicKey
from members.refused import Refused

WARNED = (30, 7)  # days before the end


@transaction.atomic
def register_key(person: Person, text: str, at: datetime) -> PublicKey:
    """From now on mail to them is encrypted to this key. Raises Refused."""
    if not mandate.is_open(person, at):
        raise Refused(_("The account of %(name)s is closed.") % {"name": person.name})
    one, raw = _checked(person, text, at)
    _noted(person, at)
    told = {"certificate": raw, "fingerprint": one.fingerprint, "expires_at": one.expiration, "added_at": at}
    key, _new = PublicKey.objects.update_or_create(person=person, defaults={**told, "warned": None})
    record("register_key", at, by=person)
    return key


@transaction.atomic
def take_off_key(person: Person, at: datetime) -> None:
    """Mail to them is no longer encrypted. Raises Refused."""
    _noted(person, at)
    if not PublicKey.objects.filter(person=person).delete()[0]:
        raise Refused(_("You have no key here."))
    record("end_key", at, by=person)


def _noted(person: Person, at: datetime) -> None:
    """The key that they have ends, or becomes another: a restore must not encrypt to it again."""
    journal.note(journal.What.ENDED, map(name_of, PublicKey.objects.filter(person=person)), at)


def name_of(key: PublicKey) -> str:
    """What it is called in the journal."""
    return journal.row_key("public key", key.person_id, key.added_at)


def key_of(person: Person) -> PublicKey | None:
    return PublicKey.objects.filter(person=person).first()


def _checked(person: Person, text: str, at: datetime) -> tuple[Cert, bytes]:
    """The key, and its bytes as they are kept: without a secret, and nothing beside it."""
    if len(text) > LARGEST:
        raise Refused(_("That is larger than any public key: %(n)d characters at most.") % {"n": LARGEST})
    try:
        private, one = is_private(text.encode()), certificate(text.encode())
    except Unfit:
        raise Refused(_("This is no public key. Paste one whole, from “BEGIN PGP PUBLIC KEY BLOCK” to its "
                        "end.")) from None  # fmt: skip
    if private:
        raise Refused(_("This is your private key, and nobody else's to see: the hub kept nothing of it. Paste the "
                        "public one, and think about whether somebody could have read along."))  # fmt: skip
    if one.is_revoked:
        raise Refused(_("This key was revoked by its owner."))
    if one.expiration is not None and one.expiration <= at:
        raise Refused(_("This key expired on %(day)s.") % {"day": one.expiration.date()})
    if not _names(one) & _addresses(person):
        raise Refused(_("This key names none of your mail addresses: %(addresses)s.")
                      % {"addresses": ", ".join(sorted(_addresses(person)))})  # fmt: skip
    raw = bytes(one)
    try:
        encrypted(raw, b"")
    except Unfit:
        raise Refused(
            _("Nothing can be encrypted to this key: it has no part for that, or one that expired.")
        ) from None
    return one, raw


def _names(one: Cert) -> set[str]:
    return {parseaddr(str(user))[1].lower() for user in one.user_ids} - {""}


def _addresses(person: Person) -> set[str]:
    mine = Address.objects.filter(person=person, channel=Channel.MAIL, ended_at=None)
    return {value.lower() for value in mine.values_list("value", flat=True)}


@transaction.atomic
def warn(at: datetime) -> int:
    """Tell whose key expires within 30 days, and again within 7. How many keys."""
    owed: dict[int, list[PublicKey]] = defaultdict(list)
    for days in sorted(WARNED):
        soon = PublicKey.objects.filter(expires_at__gt=at, expires_at__lte=at + timedelta(days=days))
        for key in soon.filter(Q(warned=None) | Q(warned__gt=days)).select_for_update():
            if not any(key in keys for keys in owed.values()) and key.expires_at is not None:
                owed[max(1, (key.expires_at - at).days)].append(key)
    for left, keys in owed.items():
        people = [key.person_id for key in keys]
        latest = min(days for days in WARNED if left <= days)
        PublicKey.objects.filter(person__in=people).update(warned=latest)
        tell_of_key(people, left, at)
    return sum(map(len, owed.values()))
