"""Which addresses an announcement goes to, and how soon: THE query. Planning writes it into the outbox, the preview
counts it."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import NamedTuple

from django.db.models import Exists, OuterRef, Q, QuerySet

from members.delivery.channels import offered
from members.models import (
    MESSAGES,
    Address,
    Affiliation,
    Cell,
    Channel,
    Delivery,
    DigestLine,
    Frequency,
    Item,
    Office,
    Organisation,
    Person,
    Subscriber,
    Subscription,
    Tier,
)  # fmt: skip
from members.response.who import answering
from members.shows import Exit, Stand


def reached(people: QuerySet[Person]) -> QuerySet[Address]:
    """The mail addresses of `people` at which somebody is known to read."""
    return usable().filter(person__in=people.order_by().values("pk")).order_by()


def usable(channels: Collection[str] = (Channel.MAIL,)) -> QuerySet[Address]:
    return Address.objects.filter(channel__in=channels, verified_at__isnull=False, bad_since=None, ended_at=None)


def messaged(people: QuerySet[Person], houses: QuerySet[Organisation], stand: Stand) -> QuerySet[Address]:
    """The other channels of `people`, and those of `houses`, by which anything may be said of what stands so, and by
    which this hub can send: what it can't send would stay due for ever."""
    theirs = Q(person__in=people.order_by().values("pk")) | Q(organisation__in=houses.order_by().values("pk"))
    ways = [name for name in offered() if name in MESSAGES]
    return usable(ways).filter(theirs, may_carry(stand, Cell.NOTICE, Cell.AWAITS)).order_by()


def all_ways(people: QuerySet[Person], stand: Stand) -> QuerySet[Address]:
    """Every address of `people` by which they can be told of what stands so, whatever they ticked."""
    return reached(people) | messaged(people, Organisation.objects.none(), stand)


def may_carry(stand: Stand, of_houses: Cell, of_people: Cell) -> Q:
    """Of addresses of messages: that they may say at least so much of what stands so. The least of an organisation's is
    more than that something awaits: what is for people by name is for no channel that others read."""
    carried = Q(pk__in=[])
    for private in (True, False):
        allowed = stand.cell(Exit.MESSAGE, private=private)
        registered = Q(private_since__isnull=not private)
        if allowed >= of_people:
            carried |= registered & Q(person__isnull=False)
        if allowed >= of_houses:
            carried |= registered & Q(organisation__isnull=False)
    return carried


class About(NamedTuple):
    """What ticks are held against: how urgent an announcement is, of which subjects, from which WARP, and when.

    `kit`: the organisations whose kit it concerns, None where it is nobody's, or that must not be told.
    """

    tier: int
    categories: Collection[str]
    warp: int
    at: datetime
    kit: QuerySet[Organisation] | None = None


def at_once(people: QuerySet[Person], stand: Stand, about: About) -> QuerySet[Address]:
    """The addresses told at once: the fastest of their ticks says so, or the tier asks nobody's leave.

    `stand` is how the item stands: what a digest may not carry (RED) is told at once to whoever ticked it for their
    digest, since otherwise they would not be told at all.
    """
    return reached(people).filter(_wants_at_once(stand, about))


def messaged_at_once(
    people: QuerySet[Person], houses: QuerySet[Organisation], stand: Stand, about: About
) -> QuerySet[Address]:
    """The other channels told at once: by their ticks, and at Flash all of those who respond and of their houses."""
    wanted = _wants_at_once(stand, about)
    if about.tier == Tier.FLASH:
        wanted |= Q(organisation__isnull=False)
    return messaged(people, houses, stand).filter(wanted)


def tried_all_the_same(people: QuerySet[Person], about: About) -> QuerySet[Address]:
    """At Flash, the mail addresses of those whom it reaches whatever they ticked that came back of late: reports can be
    forged, and what silences bulk mail must not silence an alarm. One that is truly gone costs one more refusal."""
    if about.tier != Tier.FLASH:
        return Address.objects.none()
    came_back = Address.objects.filter(channel=Channel.MAIL, verified_at__isnull=False, ended_at=None)
    theirs = came_back.filter(person__in=people.order_by().values("pk"), bad_since__isnull=False)
    return theirs.filter(called(about.at)).order_by()


def _wants_at_once(stand: Stand, about: About) -> Q:
    ticked = _ticked(about)
    if stand.cell(Exit.DIGEST) > Cell.NOTHING:
        ticked = ticked.filter(frequency=Frequency.AT_ONCE)
    wanted: Q = Q(Exists(ticked))
    if about.tier == Tier.FLASH:
        wanted |= called(about.at)
    return wanted


def called(at: datetime) -> Q:
    """Of addresses: that a Flash reaches their owner, whatever they ticked, since they answer or hold an office."""
    return Q(Exists(_responds(at))) | Q(Exists(Office.objects.at(at).filter(person=OuterRef("person"))))


def in_digest(people: QuerySet[Person], stand: Stand, about: About, *, told: Q | None = None) -> QuerySet[Address]:
    """The addresses told in a digest, with `weekly`: they ticked it, and nothing faster.

    `told`: of addresses, that they are told at once, where that is written down already.
    """
    if stand.cell(Exit.DIGEST) == Cell.NOTHING:
        return _weekly(Address.objects.none(), about)
    waits = Exists(_ticked(about).exclude(frequency=Frequency.AT_ONCE))
    sooner = _wants_at_once(stand, about) if told is None else told
    return _weekly(reached(people).filter(~sooner, waits), about)


def _weekly(waiting: QuerySet[Address], about: About) -> QuerySet[Address]:
    """With `weekly`: whether it waits for their day of the week. Ticked daily as well, it comes in the morning."""
    return waiting.annotate(weekly=~Exists(_ticked(about).filter(frequency=Frequency.DAILY)))


def following_at_once(people: QuerySet[Person], stand: Stand, about: About) -> QuerySet[Address]:
    """Of `people`, who follow it, the addresses told at once: by their ticks, or since no digest may carry it."""
    if stand.cell(Exit.DIGEST) == Cell.NOTHING:
        return reached(people)
    return at_once(people, stand, about) | messaged_at_once(people, Organisation.objects.none(), stand, about)


def following_in_digest(people: QuerySet[Person], stand: Stand, about: About) -> QuerySet[Address]:
    """Of `people`, who follow it, the addresses told in a digest, with `weekly`: where they ticked nothing else, in
    the morning."""
    if stand.cell(Exit.DIGEST) == Cell.NOTHING:
        return reached(people).none().annotate(weekly=Exists(_ticked(about)))
    weekly = _ticked(about).filter(frequency=Frequency.WEEKLY)
    daily = _ticked(about).filter(frequency=Frequency.DAILY)
    elsewhere = asking(about).filter(address__person=OuterRef("person")).order_by()
    here = Exists(_ticked(about)) | ~Exists(elsewhere)  # not twice, at an address that they ticked nothing for
    waiting = reached(people).filter(~Q(_wants_at_once(stand, about)), here)
    return waiting.annotate(weekly=Exists(weekly) & ~Exists(daily))


def subscribed(at: datetime) -> QuerySet[Address]:
    """The mail addresses of those without an account who asked for it, confirmed it and have not left."""
    confirmed = Subscriber.objects.at(at).filter(confirmed_at__lte=at)
    return usable().filter(subscriber__in=confirmed.order_by().values("pk")).order_by()


def subscribers_at_once(about: About) -> QuerySet[Address]:
    """Those subscribers who ticked it so. No tier rings without their leave: nobody counts on them to act."""
    return subscribed(about.at).filter(Exists(_ticked(about).filter(frequency=Frequency.AT_ONCE)))


def subscribers_in_digest(about: About) -> QuerySet[Address]:
    """Those subscribers who ticked it for a digest, with `weekly`, and nothing faster."""
    ticked = _ticked(about)
    faster = ticked.filter(frequency=Frequency.AT_ONCE)
    return _weekly(subscribed(about.at).filter(~Exists(faster), Exists(ticked)), about)


def _ticked(about: About) -> QuerySet[Subscription]:
    return asking(about).filter(address=OuterRef("pk")).order_by()


def asking(about: About) -> QuerySet[Subscription]:
    """The ticks, whoever made them, that ask for it."""
    of_warp = Q(warp=None) | Q(warp=about.warp)
    categories = ["", *about.categories]
    return Subscription.objects.filter(_concerning(about), of_warp, lowest__lte=about.tier, category__in=categories)


def _concerning(about: About) -> Q:
    """Of ticks: they ask for more than their kit, or it is that of an organisation of the person's own."""
    any_kit = Q(kit=False)
    if about.kit is None:
        return any_kit
    houses = about.kit.order_by().values("pk")
    own = Affiliation.objects.at(about.at).filter(person=OuterRef("address__person"), organisation__in=houses)
    return any_kit | Q(Exists(own.order_by()))


def _responds(at: datetime) -> QuerySet[Affiliation]:
    """That the address's owner answers for an organisation."""
    return answering(at).filter(person=OuterRef("person")).order_by()


def told_before(item: Item) -> Q:
    """Of addresses: that they were told of `item`, or may have been: what was being sent counts as sent, and what was
    due when a backup was made."""
    begun = Q(lease_until__isnull=False) | Q(tries__gt=0) | Q(announcement__held_since__isnull=False)
    out = Q(state=Delivery.State.SENT) | Q(state=Delivery.State.DUE) & begun
    messages = Delivery.objects.filter(out, announcement__item=item).order_by()
    gone = Q(delivery__in=Delivery.objects.filter(out)) | Q(delivery=None, announcement__held_since__isnull=False)
    lines = DigestLine.objects.filter(gone, announcement__item=item).order_by()
    lines = lines.exclude(delivery__state=Delivery.State.SENT, shown=Cell.NOTHING)
    return Q(pk__in=messages.values("address")) | Q(pk__in=lines.values("address"))
