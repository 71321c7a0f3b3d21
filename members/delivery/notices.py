"""Account mails: what somebody must hear that is of no item, and says nothing of any."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import datetime

from django.db.models import Q

from members import tasks
from members.delivery.forget import called
from members.delivery.recipients import usable
from members.models import (
    Address,
    Affiliation,
    Announcement,
    Channel,
    Contact,
    Delivery,
    Embargo,
    Membership,
    Office,
    Organisation,
    Subscriber,
    Tier,
    Warp,
)

Notice = Announcement.Notice


def tell_source(embargo: Embargo, at: datetime) -> None:
    """The one that an embargo was agreed with hears, under their own reference, that it got out."""
    if not embargo.source_contact:
        return
    told = {"contact": embargo.source[:200] or embargo.source_contact, "value": embargo.source_contact}
    own = usable().filter(rung=None, **told)  # a ladder's is for its organisation to close, with what is due there
    address = own.first() or Address.objects.create(**told, channel=Channel.MAIL, verified_at=at)
    _owe(Notice.LEAKED, embargo.source_reference, [address], at)


def tell_custodians(warp: Warp, at: datetime) -> None:
    """The custodians of a WARP hear that break-glass was used on one of its items; where none can, who runs it."""
    offices = Office.objects.at(at).filter(warp=warp, person__active_since__lte=at, person__active_until__gt=at)
    keepers, others = (
        usable().filter(person__in=offices.filter(role=role).values("person"))
        for role in (Office.Role.CUSTODIAN, Office.Role.COORDINATOR)
    )
    _owe(Notice.BROKEN_GLASS, warp.name, list(keepers) or others, at)


def ask_subscriber(one: Subscriber, at: datetime) -> None:
    """The one mail to an address that nobody has confirmed yet: whether they want what was asked for in its name."""
    address = Address.objects.get_or_create(subscriber=one, channel=Channel.MAIL, value=one.email)[0]
    _owe(Notice.CONFIRM, "", [address], at)


def tell_of_bad(address: Address, at: datetime) -> None:
    """The leads of whom an address no longer reaches hear of it; where none can, the coordinators of its WARPs, and of
    those in which its owner holds an office. Of a contact's those hear on whose ladder it stands."""
    if address.subscriber_id is not None:
        return
    theirs = Affiliation.objects.at(at).filter(person=address.person_id).values("organisation")
    ladders = Contact.objects.filter(address=address).order_by().values("organisation")
    of_it = Q(pk=address.organisation_id) | Q(pk__in=theirs) | Q(pk__in=ladders)
    houses = Organisation.objects.filter(of_it).order_by().values("pk")
    leads = Affiliation.objects.at(at).filter(organisation__in=houses, role=Affiliation.Role.LEAD)
    warps = Membership.objects.at(at).filter(organisation__in=houses, state=Membership.State.ACTIVE)
    own = Office.objects.at(at).filter(person=address.person_id).order_by().values("warp")
    there = Q(warp__in=warps.order_by().values("warp")) | Q(warp__in=own)
    offices = Office.objects.at(at).filter(there, role=Office.Role.COORDINATOR)
    open_now = usable().filter(person__active_since__lte=at, person__active_until__gt=at).exclude(pk=address.pk)
    told = list(open_now.filter(person__in=leads.order_by().values("person")))
    told = told or list(open_now.filter(person__in=offices.order_by().values("person")))
    if told:
        _owe(Notice.RETURNED, called(address), told, at)


def tell_of_key(people: Collection[int], days: int, at: datetime) -> None:
    """These people's public keys expire in so many days."""
    _owe(Notice.KEY_ENDS, str(days), usable().filter(person__in=people), at)


def tell_of_work(people: Iterable[int], at: datetime) -> None:
    """Something waits for the look of these people, or was answered: in the words of any item that awaits somebody."""
    there = usable().filter(person__in=list(people), person__active_since__lte=at, person__active_until__gt=at)
    if addresses := list(there):
        _owe(Notice.AWAITS, "", addresses, at)


def _owe(notice: str, words: str, addresses: Iterable[Address], at: datetime) -> None:
    """The announcement and its deliveries at once: there is nobody to find out, and no tick to ask."""
    announcement = Announcement.objects.create(
        event=Announcement.Event.ACCOUNT, notice=notice, words=words[:200], tier=Tier.URGENT,
        created_at=at, due_at=at, planned_at=at,
    )  # fmt: skip
    Delivery.objects.bulk_create(Delivery(announcement=announcement, address=one, due_at=at) for one in addresses)
    tasks.nudge()
