"""The tick-list of each of a person's own addresses: what is told there, and how often. Nobody changes another's."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from members.audit import record
from members.categories import Category
from members.handles import handle, opened
from members.models import (
    MESSAGES,
    Address,
    Affiliation,
    Frequency,
    Membership,
    Office,
    Person,
    Subscription,
    Tier,
    Warp,
    Within,
)
from members.refused import Refused

MOST = 30  # ticks of one address
ADDRESS, TICK = "address", "tick"  # purposes of handles


@dataclass(frozen=True)
class Tick:
    """What is wanted (models/address.py). `category` and `warp`, a slug, are "" for any."""

    lowest: int
    frequency: int
    category: str = ""
    warp: str = ""
    kit: bool = False


def addresses(person: Person) -> QuerySet[Address]:
    """Their own, the oldest first."""
    return Address.objects.filter(person=person, ended_at=None).order_by("pk")


def ticks(person: Person) -> QuerySet[Subscription]:
    """All of theirs, the most frequent first."""
    found = Subscription.objects.filter(address__person=person, address__ended_at=None)
    found = found.select_related("address", "warp")
    return found.order_by("frequency", "category", "warp__name", "kit", "pk")


def own_address(person: Person, text: str) -> Address | None:
    """Their address of this handle; None where it is another's, as where there is none."""
    return addresses(person).filter(pk__in=[0, *opened(ADDRESS, text)]).first()


def own_tick(person: Person, text: str) -> Subscription | None:
    return ticks(person).filter(pk__in=[0, *opened(TICK, text)]).first()


def address_handle(address: Address) -> str:
    return handle(ADDRESS, address.pk)


def tick_handle(tick: Subscription) -> str:
    return handle(TICK, tick.pk)


def warps_of(person: Person, at: datetime) -> QuerySet[Warp]:
    """Those that they belong to by an organisation or an office, and those above them."""
    houses = Affiliation.objects.at(at).filter(person=person).order_by().values("organisation")
    active = Membership.objects.at(at).filter(state=Membership.State.ACTIVE, organisation__in=houses)
    offices = Office.objects.at(at).filter(person=person)
    own = Q(warp__in=active.order_by().values("warp")) | Q(warp__in=offices.order_by().values("warp"))
    return Warp.objects.filter(pk__in=Within.objects.filter(own).order_by().values("ancestor"))


def of(row: Subscription) -> Tick:
    """A row as it is chosen."""
    return Tick(row.lowest, row.frequency, row.category, row.warp.slug if row.warp else "", row.kit)


@transaction.atomic
def add(person: Person, address: Address, tick: Tick, at: datetime) -> Subscription:
    """One tick more on the list of `address`. Raises Refused."""
    _hold(person, address)
    if Subscription.objects.filter(address=address).count() >= MOST:
        raise Refused(_("A list has at most %(n)d lines: change one instead.") % {"n": MOST})
    row = Subscription(address=address)
    _write(row, person, tick, at)
    record("add_tick", at, by=person, **_said(tick))
    return row


@transaction.atomic
def change(person: Person, row: Subscription, tick: Tick, at: datetime) -> Subscription:
    """What stands on the list becomes `tick`. Raises Refused."""
    _hold(person, row.address)
    _write(row, person, tick, at)
    record("change_tick", at, by=person, **_said(tick))
    return row


@transaction.atomic
def remove(person: Person, row: Subscription, at: datetime) -> None:
    """Take it off the list. Raises Refused."""
    _hold(person, row.address)
    Subscription.objects.filter(pk=row.pk).delete()
    record("remove_tick", at, by=person)


def _hold(person: Person, address: Address) -> None:
    """One at a time changes a list, and none but its owner."""
    if not Address.objects.select_for_update().filter(pk=address.pk, person=person).exists():
        raise Refused(_("There is no such address of yours."))


def _write(row: Subscription, person: Person, tick: Tick, at: datetime) -> None:
    if tick.lowest not in Tier.values or tick.frequency not in Frequency.values:
        raise Refused(_("Choose one of what is offered."))
    if row.address.channel in MESSAGES and tick.frequency != Frequency.AT_ONCE:
        raise Refused(_("What comes once a day or a week comes by mail: choose “at once” here."))
    if tick.category and tick.category not in Category.values:
        raise Refused(_("There is no such subject."))
    row.lowest, row.frequency, row.category, row.kit = tick.lowest, tick.frequency, tick.category, tick.kit
    if tick.warp != (row.warp.slug if row.warp else ""):  # one that they have left since may stay
        row.warp = warps_of(person, at).filter(slug=tick.warp).first() if tick.warp else None
        if tick.warp and row.warp is None:
            raise Refused(_("You do not belong to this WARP."))
    same = Subscription.objects.filter(
        address=row.address, frequency=row.frequency, category=row.category, warp=row.warp, kit=row.kit
    )
    if same.exclude(pk=row.pk).exists():
        raise Refused(_("Your list has a line for this already, just as often: change that one."))
    row.save()


def _said(tick: Tick) -> dict[str, Any]:
    """What the audit keeps: what was chosen says nothing of anybody else."""
    return {name: value for name, value in asdict(tick).items() if value}
