"""Mail without an account: asked for, confirmed from the mailbox itself, left at any time. TLP:CLEAR and nothing else.

Two tokens, kept as hashes: one confirms, one leaves. The second is worked out anew for each mail, since every mail
must be able to carry it. Nothing here says whether an address is known: what is asked is answered alike.
"""

from __future__ import annotations

import hashlib
import hmac
from datetime import datetime, timedelta

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction
from django.utils.translation import gettext as _

from members import tokens
from members.audit import record
from members.delivery.revoke import revoke_from_subscriber
from members.models import Address, Channel, Frequency, Subscriber, Subscription, Tier
from members.models.dated import DatedQuerySet
from members.refused import Refused

CONFIRM_WITHIN = timedelta(days=3)
TICKS = ((Tier.INFORMATION, Frequency.DAILY),)  # what a subscriber gets until they tick for themselves


@transaction.atomic
def ask(email: str, at: datetime) -> str:
    """Somebody wants mail at `email`: the token that confirms it, to be mailed there and shown nowhere else.

    The same whether the address is new, waits, or is confirmed already: then it confirms what is so. Raises Refused
    for what is no address.
    """
    email = email.strip().lower()
    try:
        validate_email(email)
    except ValidationError:
        raise Refused(_("Write an e-mail address, like name@example.org.")) from None
    token = tokens.make()
    there = _open(at).select_for_update().filter(email__iexact=email).first()
    if there is not None and there.confirmed_at is not None:
        there.confirm_hash = tokens.hashed(token)
        there.save(update_fields=["confirm_hash"])
    else:
        _open(at).filter(email__iexact=email).update(until=at)
        there = Subscriber.objects.create(email=email, since=at, confirm_hash=tokens.hashed(token))
        there.leave_hash = tokens.hashed(leave_token(there))
        there.save(update_fields=["leave_hash"])
    record("ask_subscription", at)
    return token


@transaction.atomic
def confirm(token: str, at: datetime) -> Subscriber | None:
    """Whoever reads the mailbox wants it: from now on they hear what is TLP:CLEAR. None where the token is nobody's,
    or too old."""
    one = _by("confirm_hash", token, at)
    if one is None or (one.confirmed_at is None and at - one.since > CONFIRM_WITHIN):
        return None
    if one.confirmed_at is None:
        one.confirmed_at = at
        one.save(update_fields=["confirmed_at"])
        address = Address.objects.create(subscriber=one, channel=Channel.MAIL, value=one.email, verified_at=at)
        Subscription.objects.bulk_create(
            Subscription(address=address, lowest=lowest, frequency=frequency) for lowest, frequency in TICKS
        )
        record("confirm_subscription", at)
    return one


@transaction.atomic
def leave(token: str, at: datetime) -> bool:
    """They want no more mail: nothing is sent from now on, also of what is queued. Whether the token was one."""
    one = _by("leave_hash", token, at)
    if one is None:
        return False
    Subscriber.objects.filter(pk=one.pk).update(until=at)
    revoke_from_subscriber(one)
    record("leave_subscription", at)
    return True


def leave_token(one: Subscriber) -> str:
    """What ends this subscription: worked out from the hub's own secret, so that no table holds it."""
    told = f"leave:{one.pk}:{one.since.timestamp()}".encode()
    return hmac.new(settings.SECRET_KEY.encode(), told, hashlib.sha256).hexdigest()


def _by(field: str, token: str, at: datetime) -> Subscriber | None:
    """Whose token it is, held until the transaction ends. One that was never given has an empty hash: no token's."""
    return _open(at).select_for_update().filter(**{field: tokens.hashed(token)}).first()


def _open(at: datetime) -> DatedQuerySet[Subscriber]:
    return Subscriber.objects.at(at)
