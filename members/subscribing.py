"""Mail without an account: asked for, confirmed from the mailbox itself, left at any time. TLP:CLEAR and nothing else.

Two tokens, kept as hashes: one confirms, one leaves. Both are worked out anew for each mail (links.py), so that the
outbox holds neither. Nothing here says whether an address is known: what is asked is answered alike.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime, timedelta

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction
from django.db.models import QuerySet, Value
from django.db.models.functions import Concat
from django.utils.translation import gettext as _

from members import journal, tokens
from members.audit import record
from members.categories import Category
from members.delivery.forget import NOBODY, forget
from members.delivery.notices import ask_subscriber
from members.delivery.revoke import revoke_from_subscriber
from members.links import confirm_token, leave_token
from members.models import Address, Channel, Frequency, Subscriber, Subscription, Tier
from members.models.dated import DatedQuerySet
from members.refused import Refused

__all__ = ["CONFIRM_WITHIN", "ask", "confirm", "leave", "leave_token", "left", "subscribe", "waiting"]

CONFIRM_WITHIN = timedelta(days=3)
DAILY = Frequency.DAILY  # what a subscriber gets where they choose nothing: everything, once a day


@transaction.atomic
def subscribe(email: str, at: datetime, frequency: int = DAILY, categories: Collection[str] = ()) -> None:
    """Somebody wants mail at `email`: one mail goes there, by which whoever reads it may confirm that. Raises Refused.

    The same whether the address is new, waits, or is confirmed already.
    """
    token = ask(email, at, frequency, categories)
    if (one := _by("confirm_hash", token, at)) is not None:
        ask_subscriber(one, at)


@transaction.atomic
def ask(email: str, at: datetime, frequency: int = DAILY, categories: Collection[str] = ()) -> str:
    """The same without its mail: the token that confirms it, to be mailed there and shown nowhere else.

    `categories`: the subjects that are wanted, all of them where none is named. Where the address is confirmed
    already, confirming changes what comes there to this. Raises Refused for what is no address, and no choice.
    """
    email = email.strip().lower()
    try:
        validate_email(email)
    except ValidationError:
        raise Refused(_("Write an e-mail address, like name@example.org.")) from None
    if frequency not in Frequency.values or not set(categories) <= set(Category.values):
        raise Refused(_("Choose one of what is offered."))
    there = _open(at).select_for_update().filter(email__iexact=email).first()
    if there is None or there.confirmed_at is None:
        _open(at).filter(email__iexact=email).update(until=at)
        there = Subscriber.objects.create(email=email, since=at)
        there.leave_hash = tokens.hashed(leave_token(there))
    there.asked_at, there.choice = at, {"frequency": frequency, "categories": sorted(set(categories))}
    token = confirm_token(there)
    there.confirm_hash = tokens.hashed(token)
    there.save(update_fields=["leave_hash", "asked_at", "choice", "confirm_hash"])
    record("ask_subscription", at)
    return token


def waiting(token: str, at: datetime) -> Subscriber | None:
    """Whose wish the token confirms at `at`; None where it is nobody's, or too old."""
    one = _by("confirm_hash", token, at)
    return one if one is not None and at - (one.asked_at or one.since) <= CONFIRM_WITHIN else None


@transaction.atomic
def confirm(token: str, at: datetime) -> Subscriber | None:
    """Whoever reads the mailbox wants it: from now on they hear what is TLP:CLEAR. None as `waiting` has it."""
    if (one := waiting(token, at)) is None:
        return None
    address = _address(one, at)
    if one.choice:
        record("change_subscription" if one.confirmed_at else "confirm_subscription", at)
    if one.confirmed_at is None:
        one.confirmed_at = at
        one.save(update_fields=["confirmed_at"])
    if one.choice:
        _tick(address, one.choice["frequency"], one.choice["categories"])
        one.choice = {}
        one.save(update_fields=["choice"])
    return one


def _address(one: Subscriber, at: datetime) -> Address:
    """Theirs, at which somebody is known to read since they confirmed it; asked for anew, whatever came back before."""
    of = {"subscriber": one, "channel": Channel.MAIL, "value": one.email}
    address = Address.objects.get_or_create(**of, defaults={"verified_at": at})[0]
    if address.verified_at is None or (one.choice and (address.bad_since or address.refused_days)):
        address.verified_at, address.bad_since, address.refused_days, address.refused_on = at, None, 0, None
        address.save(update_fields=["verified_at", "bad_since", "refused_days", "refused_on"])
    return address


def _tick(address: Address, frequency: int, categories: list[str]) -> None:
    """What was asked for, in place of whatever was ticked: all that is public, or all of these subjects."""
    Subscription.objects.filter(address=address).delete()
    Subscription.objects.bulk_create(
        Subscription(address=address, lowest=Tier.INFORMATION, frequency=frequency, category=category)
        for category in categories or [""]
    )


def left(token: str, at: datetime) -> bool:
    """Whether the token is one of a subscription that is over: asked again to end it, there is nothing left to do."""
    return Subscriber.objects.filter(leave_hash=tokens.hashed(token), until__lte=at).exclude(leave_hash="").exists()


def leaving(token: str, at: datetime) -> bool:
    """Whether the token would end a subscription."""
    return _by("leave_hash", token, at) is not None


@transaction.atomic
def leave(token: str, at: datetime) -> bool:
    """They want no more mail: nothing is sent from now on, also of what is queued. Whether the token was one."""
    one = _by("leave_hash", token, at)
    if one is None:
        return False
    journal.ended(Subscriber.objects.filter(pk=one.pk), at)
    Subscriber.objects.filter(pk=one.pk).update(until=at)
    revoke_from_subscriber(one)
    erase(Subscriber.objects.filter(pk=one.pk))
    record("leave_subscription", at)
    return True


def erase(gone: QuerySet[Subscriber]) -> None:
    """What those were reached by who are subscribers no more."""
    forget(Address.objects.filter(subscriber__in=gone.order_by().values("pk")))
    gone.update(email=Concat(NOBODY, Value("@invalid")))


@transaction.atomic
def _by(field: str, token: str, at: datetime) -> Subscriber | None:
    """Whose token it is, held until the transaction ends. One that was never given has an empty hash: no token's."""
    return _open(at).select_for_update().filter(**{field: tokens.hashed(token)}).first()


def _open(at: datetime) -> DatedQuerySet[Subscriber]:
    return Subscriber.objects.at(at)
