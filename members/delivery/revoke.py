"""What ends a right ends what is queued by it, in its own transaction: set-based, and by the rule itself.

The claim asks the right again in any case. This keeps the queue honest meanwhile: the ledger does not say that
somebody will be told of what they have lost.
"""

from __future__ import annotations

from datetime import datetime

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils.translation import gettext as _

from members.delivery.right import hearers, hearing_houses
from members.models import Address, Announcement, Delivery, DigestLine, Person, Subscriber

DUE = Delivery.State.DUE


def revoke(people: QuerySet[Person], at: datetime) -> int:
    """Cancel what is due to any of `people`, or by a channel of any organisation, and drop what waits for their digest,
    where they have no right to it at `at`. How many messages and lines.

    `people` may be more than those concerned: who has the right keeps what is theirs. They are looked up after the
    change, so name them by what it has not changed. A few statements for each announcement that is still due.
    """
    addresses = Address.objects.filter(person__in=people.order_by().values("pk")).order_by()
    ended = 0
    for announcement in _waiting_for(addresses):
        item = announcement.item
        assert item is not None  # the database's check constraint
        may_hear = hearers(item, announcement.event, at).order_by().values("pk")
        ended += _end(addresses.exclude(person__in=may_hear), announcement)
    ended += _from_houses(at)
    closed = addresses.exclude(person__active_since__lte=at, person__active_until__gt=at)
    return ended + _cancel(Delivery.objects.filter(address__in=closed.values("pk"), announcement__item=None))


def _from_houses(at: datetime) -> int:
    """The same of the organisations' own channels, whichever of them the change touched: few have something due."""
    addresses, ended = Address.objects.filter(organisation__isnull=False).order_by(), 0
    for announcement in _waiting_for(addresses):
        item = announcement.item
        assert item is not None  # the database's check constraint
        may_hear = hearing_houses(item, announcement.event, at).order_by().values("pk")
        ended += _end(addresses.exclude(organisation__in=may_hear), announcement)
    return ended


def revoke_from_subscriber(subscriber: Subscriber) -> int:
    """The same for somebody without an account who has left: nothing is theirs any more."""
    addresses = Address.objects.filter(subscriber=subscriber).order_by()
    ended = sum(_end(addresses, announcement) for announcement in _waiting_for(addresses))
    return ended + _cancel(Delivery.objects.filter(address__in=addresses.values("pk")))


def _waiting_for(addresses: QuerySet[Address]) -> QuerySet[Announcement]:
    """The announcements of an item of which something is still to be sent to one of `addresses`."""
    mine = addresses.values("pk")
    due = Delivery.objects.filter(announcement=OuterRef("pk"), state=DUE, address__in=mine).order_by()
    lines = _unsent(DigestLine.objects.filter(announcement=OuterRef("pk"), address__in=mine))
    found = Announcement.objects.filter(Exists(due) | Exists(lines), item__isnull=False)
    return found.select_related("item__warp", "item__parent")


def _unsent(lines: QuerySet[DigestLine]) -> QuerySet[DigestLine]:
    """Those in no digest yet, or in one that nobody is sending: what may be out already is for the claim."""
    idle = Delivery.objects.filter(pk=OuterRef("delivery"), state=DUE, lease_until=None).order_by()
    return lines.filter(Q(delivery=None) | Q(Exists(idle))).order_by()


def _end(addresses: QuerySet[Address], announcement: Announcement) -> int:
    theirs = addresses.values("pk")
    lines = _unsent(DigestLine.objects.filter(announcement=announcement, address__in=theirs))
    dropped = DigestLine.objects.filter(pk__in=list(lines.values_list("pk", flat=True))).delete()[0]
    return dropped + _cancel(Delivery.objects.filter(announcement=announcement, address__in=theirs))


def _cancel(deliveries: QuerySet[Delivery]) -> int:
    """But what a sender holds: that may be out already, which the next claim finds out, and cancels it where it is
    not."""
    why = _("They had no right to it any more.")
    return deliveries.filter(state=DUE, lease_until=None).update(state=Delivery.State.CANCELLED, outcome=why)
