"""Account mails: what somebody must hear that is of no item, and says nothing of any."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from members import tasks
from members.delivery.recipients import usable
from members.models import Address, Announcement, Channel, Delivery, Embargo, Office, Tier, Warp

Notice = Announcement.Notice


def tell_source(embargo: Embargo, at: datetime) -> None:
    """The one that an embargo was agreed with hears, under their own reference, that it got out."""
    if not embargo.source_contact:
        return
    contact = embargo.source[:200] or embargo.source_contact
    address = Address.objects.filter(contact=contact, value=embargo.source_contact).first() or Address.objects.create(
        contact=contact, value=embargo.source_contact, channel=Channel.MAIL, verified_at=at
    )
    _owe(Notice.LEAKED, embargo.source_reference, [address], at)


def tell_custodians(warp: Warp, at: datetime) -> None:
    """The custodians of a WARP hear that break-glass was used on one of its items; where none can, who runs it."""
    offices = Office.objects.at(at).filter(warp=warp, person__active_since__lte=at, person__active_until__gt=at)
    keepers, others = (
        usable().filter(person__in=offices.filter(role=role).values("person"))
        for role in (Office.Role.CUSTODIAN, Office.Role.COORDINATOR)
    )
    _owe(Notice.BROKEN_GLASS, warp.name, list(keepers) or others, at)


def _owe(notice: str, words: str, addresses: Iterable[Address], at: datetime) -> None:
    """The announcement and its deliveries at once: there is nobody to find out, and no tick to ask."""
    announcement = Announcement.objects.create(
        event=Announcement.Event.ACCOUNT, notice=notice, words=words[:200], tier=Tier.URGENT,
        created_at=at, due_at=at, planned_at=at,
    )  # fmt: skip
    Delivery.objects.bulk_create(Delivery(announcement=announcement, address=one, due_at=at) for one in addresses)
    tasks.nudge()
