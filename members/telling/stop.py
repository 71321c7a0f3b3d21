"""End some mail by a link in it, without signing in (RFC 8058): that address's ticks of that frequency, and no more.

Nothing by which a council would not hear what is urgent: such a tick stays, from Urgent up, unless all that is urgent
comes to that address at once anyway. The link is made of the row, and kept nowhere; whoever has it can only end.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.db.models import QuerySet

from members import journal
from members.audit import record
from members.handles import handle, opened
from members.models import Address, DigestLine, Frequency, Subscription, Tier

PURPOSE = "stop"


@dataclass(frozen=True)
class Stop:
    """What a link ends. `kept`: what is urgent still comes as it did."""

    address: Address
    frequencies: Collection[Frequency]

    @property
    def daily(self) -> bool:
        return Frequency.DAILY in self.frequencies

    @property
    def weekly(self) -> bool:
        return Frequency.WEEKLY in self.frequencies

    @property
    def at_once(self) -> bool:
        return Frequency.AT_ONCE in self.frequencies


def token(address: int, frequencies: Collection[int]) -> str:
    """The last part of the link by which address number `address` has no more of these."""
    return handle(PURPOSE, address, sum(1 << one for one in set(frequencies)))


def stoppable(text: str) -> Stop | None:
    """What the link ends; None where it is none, or the address is gone."""
    if len(told := opened(PURPOSE, text)) != 2:
        return None
    address = Address.objects.filter(pk=told[0], person__isnull=False).select_related("person").first()
    return Stop(address, [one for one in Frequency if told[1] >> one & 1]) if address else None


@transaction.atomic
def stop(text: str, at: datetime) -> Stop | None:
    """End it, and what waits of it; as often as asked. None as `stoppable` has it."""
    if (found := stoppable(text)) is None:
        return None
    Address.objects.select_for_update().get(pk=found.address.pk)
    theirs = Subscription.objects.filter(address=found.address)
    optional = theirs.filter(frequency__in=list(found.frequencies), lowest__lt=Tier.URGENT)
    ended = optional.count()
    if not found.at_once and _urgent_anyway(theirs):
        optional.delete()
    else:
        optional.update(lowest=Tier.URGENT)
    _drop(found)
    journal.note(journal.What.STOPPED, [key_of(found.address, found.frequencies)], at)
    if ended:
        record("stop_ticks", at, frequencies=sorted(found.frequencies))
    return found


def key_of(address: Address, frequencies: Collection[int]) -> str:
    """What this is called in the journal."""
    return journal.key("stop", address.pk, address.value, sum(1 << one for one in set(frequencies)))


def _urgent_anyway(theirs: QuerySet[Subscription]) -> bool:
    urgent = {"frequency": Frequency.AT_ONCE, "category": "", "warp": None, "kit": False, "lowest__lte": Tier.URGENT}
    return theirs.filter(**urgent).exists()


def _drop(found: Stop) -> None:
    """What waits of it for a digest. A message on its way goes: it may be one that no digest may carry."""
    waits = DigestLine.objects.filter(address=found.address, delivery=None, announcement__tier__lt=Tier.URGENT)
    for frequency, weekly in ((Frequency.DAILY, False), (Frequency.WEEKLY, True)):
        if frequency in found.frequencies:
            waits.filter(weekly=weekly).delete()
