"""Which addresses an announcement goes to, and how soon: THE query. Planning writes it into the outbox, the preview
counts it."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from django.db.models import Exists, OuterRef, Q, QuerySet

from members.models import (
    Address,
    Affiliation,
    Cell,
    Channel,
    Delivery,
    DigestLine,
    Frequency,
    Item,
    Office,
    Person,
    Subscriber,
    Subscription,
    Tier,
)  # fmt: skip
from members.shows import Exit, Stand


def reached(people: QuerySet[Person]) -> QuerySet[Address]:
    """The mail addresses of `people` at which somebody is known to read."""
    return usable().filter(person__in=people.order_by().values("pk")).order_by()


def usable() -> QuerySet[Address]:
    return Address.objects.filter(channel=Channel.MAIL, verified_at__isnull=False, bad_since=None)


def at_once(
    people: QuerySet[Person], stand: Stand, tier: int, categories: Collection[str], at: datetime
) -> QuerySet[Address]:
    """The addresses told at once: the fastest of their ticks says so, or the tier asks nobody's leave.

    `stand` is how the item stands: what a digest may not carry (RED) is told at once to whoever ticked it for their
    digest, since otherwise they would not be told at all.
    """
    return reached(people).filter(_wants_at_once(stand, tier, categories, at))


def _wants_at_once(stand: Stand, tier: int, categories: Collection[str], at: datetime) -> Q:
    ticked = _ticked(tier, categories)
    if stand.cell(Exit.DIGEST) > Cell.NOTHING:
        ticked = ticked.filter(frequency=Frequency.AT_ONCE)
    wanted: Q = Q(Exists(ticked))
    if tier == Tier.FLASH:
        wanted |= Q(Exists(_responds(at))) | Q(Exists(Office.objects.at(at).filter(person=OuterRef("person"))))
    return wanted


def in_digest(
    people: QuerySet[Person], stand: Stand, tier: int, categories: Collection[str], at: datetime
) -> QuerySet[Address]:
    """The addresses told in their digest: they ticked it, and nothing faster. Weekly ticks count as daily ones until
    weekly digests exist: told too early is better than not told."""
    if stand.cell(Exit.DIGEST) == Cell.NOTHING:
        return Address.objects.none()
    ticked = _ticked(tier, categories).exclude(frequency=Frequency.AT_ONCE)
    return reached(people).filter(~_wants_at_once(stand, tier, categories, at), Exists(ticked))


def subscribed(at: datetime) -> QuerySet[Address]:
    """The mail addresses of those without an account who asked for it, confirmed it and have not left."""
    confirmed = Subscriber.objects.at(at).filter(confirmed_at__lte=at)
    return usable().filter(subscriber__in=confirmed.order_by().values("pk")).order_by()


def subscribers_at_once(tier: int, categories: Collection[str], at: datetime) -> QuerySet[Address]:
    """Those subscribers who ticked it so. No tier rings without their leave: nobody counts on them to act."""
    return subscribed(at).filter(Exists(_ticked(tier, categories).filter(frequency=Frequency.AT_ONCE)))


def subscribers_in_digest(tier: int, categories: Collection[str], at: datetime) -> QuerySet[Address]:
    """Those subscribers who ticked it for their digest, and nothing faster."""
    ticked = _ticked(tier, categories)
    faster = ticked.filter(frequency=Frequency.AT_ONCE)
    return subscribed(at).filter(~Exists(faster), Exists(ticked))


def _ticked(tier: int, categories: Collection[str]) -> QuerySet[Subscription]:
    return Subscription.objects.filter(
        address=OuterRef("pk"), lowest__lte=tier, category__in=["", *categories]
    ).order_by()


def _responds(at: datetime) -> QuerySet[Affiliation]:
    """That the address's owner answers for an organisation: as its responder or lead, or where it has none, as any."""
    answering = (Affiliation.Role.RESPONDER, Affiliation.Role.LEAD)
    others = Affiliation.objects.at(at).filter(organisation=OuterRef("organisation"), role__in=answering)
    mine = Affiliation.objects.at(at).filter(person=OuterRef("person"))
    return mine.filter(Q(role__in=answering) | ~Exists(others))


def told_before(item: Item) -> Q:
    """Of addresses: that they were told of `item`, or may have been: what was being sent counts as sent."""
    out = Q(state=Delivery.State.SENT) | Q(state=Delivery.State.DUE) & (Q(lease_until__isnull=False) | Q(tries__gt=0))
    messages = Delivery.objects.filter(out, announcement__item=item).order_by()
    lines = DigestLine.objects.filter(announcement__item=item, delivery__in=Delivery.objects.filter(out)).order_by()
    lines = lines.exclude(delivery__state=Delivery.State.SENT, shown=Cell.NOTHING)
    return Q(pk__in=messages.values("address")) | Q(pk__in=lines.values("address"))
