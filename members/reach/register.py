"""Registering where somebody is reached: a person's own telephone, an organisation's webhook, Teams or Slack channel.

What is new or was changed is not verified, and gets nothing until it is (prove.py). No row of the audit quotes an
address.
"""

from __future__ import annotations

import re
from datetime import datetime
from typing import NamedTuple
from urllib.parse import urlsplit

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from members import mandate
from members.audit import record
from members.delivery.secret import Secret, Unopenable, close, made, opened, shown
from members.models import (
    MESSAGE_TICKS,
    OF_ORGANISATIONS,
    Address,
    Channel,
    Delivery,
    Frequency,
    Organisation,
    Person,
    Subscription,
    Tier,
)
from members.refused import Refused
from members.web.failure import Failure
from members.web.request import target_of

MOST = 10  # addresses of one owner
LONGEST_URL = 2000
SCHEMES = ("https",)
HOME_CODE = "+44"  # of a number that is written without a country's
_NUMBER = re.compile(r"\+[1-9][0-9]{6,14}")


class Registered(NamedTuple):
    """The address, and the secret that signs its messages where it has one: shown once, and kept encrypted."""

    address: Address
    signing: str = ""


@transaction.atomic
def add_phone(person: Person, number: str, at: datetime, *, private: bool) -> Address:
    """A telephone of their own. Raises Refused."""
    if not mandate.is_open(person, at):
        raise Refused(_("The account of %(name)s is closed.") % {"name": person.name})
    address = _kept(Address(person=person, channel=Channel.SMS, value=number_of(number)), at, private)
    record("add_address", at, by=person, channel=Channel.SMS)
    return address


@transaction.atomic
def add_channel(
    by: Person, organisation: Organisation, channel: str, name: str, url: str, at: datetime, *, private: bool,
    lowest: int = Tier.URGENT,
) -> Registered:  # fmt: skip
    """A channel of an organisation, by whoever leads it; `lowest`: the tier from which it is told. Raises Refused."""
    _leads(by, organisation, at)
    if channel not in OF_ORGANISATIONS:
        raise Refused(_("Choose one of what is offered: a webhook, Teams, or Slack."))
    url = url_of(url)
    secret = Secret(url, (made(),) if channel == Channel.WEBHOOK else ())
    address = Address(organisation=organisation, channel=channel, value=shown(url), name=_named(name))
    address.secret = close(address, secret)
    address = _kept(address, at, private)
    _told_from(address, lowest)
    record("add_address", at, by=by, reference=organisation.slug, channel=channel)
    return Registered(address, *secret.signing)


@transaction.atomic
def change(
    address: Address, by: Person, at: datetime, *, private: bool, name: str = "", url: str = "", lowest: int = 0
) -> Address:
    """What it is called, who reads it, from which tier on (0: as it is) and, where `url` is given, where it leads: then
    it must be proved anew.

    Raises Refused.
    """
    address = _held(address, by, at)
    address.name, address.private_since = _named(name), (address.private_since or at) if private else None
    if url:
        url = url_of(url)
        secret = Secret(url, _signing(address))
        address.value, address.verified_at, address.bad_since = shown(url), None, None
        address.rests_until, address.rest_seconds = None, 0
        _only(address)
        address.secret = close(address, secret)
        _cancel(address)
    address.save()
    if lowest:
        _told_from(address, lowest)
    record("change_address", at, by=by, reference=_whose(address), channel=address.channel, anew=bool(url))
    return address


@transaction.atomic
def rotate(address: Address, by: Person, at: datetime) -> Registered:
    """A new secret for a webhook's signatures; the one that it has holds for a week more. Raises Refused."""
    address = _held(address, by, at)
    if address.channel != Channel.WEBHOOK:
        raise Refused(_("Only a webhook's messages are signed."))
    try:
        secret = opened(address).rotated(at)
    except Unopenable:
        raise Refused(_("Its URL can't be read any more: the hub's key was changed. Give the URL again.")) from None
    address.secret = close(address, secret)
    address.save(update_fields=["secret"])
    record("rotate_secret", at, by=by, reference=_whose(address))
    return Registered(address, secret.signing[0])


@transaction.atomic
def take_off(address: Address, by: Person, at: datetime) -> None:
    """Nothing goes there any more, and what is queued is cancelled. Raises Refused; of a mail address, which the
    account hangs on, too."""
    address = _held(address, by, at)
    if address.channel == Channel.MAIL:
        raise Refused(_("An account needs its mail address. Ask your WARP's coordinator to change it."))
    address.ended_at, address.verified_at, address.secret = at, None, b""
    address.save(update_fields=["ended_at", "verified_at", "secret"])
    _cancel(address)
    record("end_address", at, by=by, reference=_whose(address), channel=address.channel)


def number_of(text: str) -> str:
    """A telephone number as the world writes it. Raises Refused."""
    digits = re.sub(r"[ ()./\-]", "", text.strip())
    if digits.startswith("00"):
        digits = "+" + digits[2:]
    elif digits.startswith("0"):
        digits = HOME_CODE + digits[1:]
    if not _NUMBER.fullmatch(digits):
        raise Refused(_("Write a telephone number, like 07700 900123 or +44 7700 900123."))
    return digits


def url_of(text: str) -> str:
    """A web address that may be kept. Raises Refused, in words that don't repeat it."""
    text = text.strip()
    if len(text) > LONGEST_URL or not text.isprintable() or " " in text or urlsplit_or_none(text) not in SCHEMES:
        raise Refused(_("Write the whole address, beginning with https://."))
    try:
        target_of(text)
    except Failure:
        raise Refused(_("The hub can't use this address: write it like https://host/path, without a name or password "
                        "before the host.")) from None  # fmt: skip
    return text


def urlsplit_or_none(text: str) -> str:
    try:
        return urlsplit(text).scheme
    except ValueError:
        return ""


def _kept(address: Address, at: datetime, private: bool) -> Address:
    """Saved, or revived where the same was taken off before, with the ticks of a new one."""
    owned = Q(person=address.person) & Q(organisation=address.organisation)
    there = list(Address.objects.select_for_update().filter(owned, channel__in=_kinds(address)))
    same = next((one for one in there if (one.channel, one.value) == (address.channel, address.value)), None)
    if same is not None and same.ended_at is None:
        raise Refused(_("This is registered already."))
    if len([one for one in there if one.ended_at is None]) >= MOST:
        raise Refused(_("That is more than %(n)d: take one off first.") % {"n": MOST})
    if same is not None:
        same.name, same.secret, same.ended_at, same.verified_at = address.name, address.secret, None, None
        same.bad_since, same.refused_days, same.rests_until = None, 0, None
        address = same
    address.private_since = at if private else None
    address.save()
    if not address.subscriptions.exists():
        Subscription.objects.bulk_create(
            Subscription(address=address, lowest=lowest, frequency=frequency) for lowest, frequency in MESSAGE_TICKS
        )
    return address


def _told_from(address: Address, lowest: int) -> None:
    """The one line of a list that a channel of an organisation has."""
    Subscription.objects.filter(address=address).delete()
    Subscription.objects.create(address=address, lowest=lowest, frequency=Frequency.AT_ONCE)


def _kinds(address: Address) -> list[str]:
    return [Channel.SMS] if address.person_id else list(OF_ORGANISATIONS)


def _only(address: Address) -> None:
    """Raise Refused where the same is there, be it taken off."""
    same = Address.objects.filter(organisation=address.organisation, channel=address.channel, value=address.value)
    if same.exclude(pk=address.pk).exists():
        raise Refused(_("This is registered already, or was: add it as new instead."))


def _held(address: Address, by: Person, at: datetime) -> Address:
    """The row, locked, where it is theirs to change. Raises Refused."""
    held = Address.objects.select_for_update(of=("self",)).select_related("organisation")
    address = held.get(pk=address.pk)
    may_change(address, by, at)
    return address


def may_change(address: Address, by: Person, at: datetime) -> None:
    """Raise Refused unless it is theirs, or their organisation's to lead; of a contact, whose ladder they keep."""
    if address.ended_at is not None:
        raise Refused(_("This was taken off already."))
    if address.contact:
        if (house := house_of(address)) is None:
            raise Refused(_("This was taken off already."))
        mandate.over_people(by, house, at)
    elif address.organisation is not None:
        _leads(by, address.organisation, at)
    elif address.person_id != by.pk or not mandate.is_open(by, at):
        raise Refused(_("This is not yours to change."))


def house_of(address: Address) -> Organisation | None:
    """The organisation whose channel it is, or on whose ladder it stands."""
    if address.contact:
        return Organisation.objects.filter(contacts__address=address).first()
    return address.organisation


def _leads(by: Person, organisation: Organisation, at: datetime) -> None:
    if not mandate.leads(by, organisation, at):
        raise Refused(_("Only a lead of %(organisation)s can do this.") % {"organisation": organisation})


def _signing(address: Address) -> tuple[str, ...]:
    try:
        return opened(address).signing if address.secret else ()
    except Unopenable:
        return (made(),) if address.channel == Channel.WEBHOOK else ()


def _whose(address: Address) -> str:
    return address.organisation.slug if address.organisation else ""


def _named(name: str) -> str:
    return " ".join(name.split())[:100]


def _cancel(address: Address) -> None:
    due = Delivery.objects.filter(address=address, state=Delivery.State.DUE)
    due.update(state=Delivery.State.CANCELLED, outcome=_("The address was taken off or changed."), lease_until=None)
