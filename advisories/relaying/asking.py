"""Asking for a relay: a row of what is to go where, and its audit row, in one transaction. The worker sends it."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from advisories.models import Destination, Relay
from advisories.relaying import rule
from advisories.relaying.parcel import Parcel, parcel
from members import permits
from members.audit import record
from members.items import locked
from members.models import Item, Person
from members.refused import Refused


def shown(item: Item, destination: Destination, at: datetime) -> tuple[Parcel | None, str]:
    """What would go there, or why nothing can. For whom permits.can gave `item`."""
    case = rule.case(item, at)
    if (said := rule.hindrance(case, destination)) or case.standing is None:
        return None, said
    return parcel(item, case.standing), ""


@transaction.atomic
def relay(person: Person, item: Item, destination: Destination, at: datetime, *, seen: str) -> Relay:
    """What stands of `item` goes to `destination`, as soon as the worker comes to it. Twice by a nervous thumb is once.

    `seen`: the digest of what they looked at. Raises Refused.
    """
    item = locked(item.pk)
    if not permits.can(person, "relay", item, at):
        raise Refused(_("You can't do this: only those who handle it can."))
    destination = Destination.objects.select_for_update().get(pk=destination.pk)
    goes, said = shown(item, destination, at)
    if goes is None:
        raise Refused(said)
    if goes.digest != seen:
        raise Refused(_("It has been changed since you looked. Look at it again before it goes."))
    there = Relay.objects.filter(item=item, destination=destination, digest=seen, state__in=Relay.LIVE).first()
    if there is not None:
        return there
    made = Relay.objects.create(
        item=item, version=goes.facts.version, label=goes.label, digest=goes.digest, destination=destination, by=person,
        asked_at=at, due_at=at,
    )  # fmt: skip
    record("relay", at, by=person, reference=item.reference, version=made.version, label=made.label,
           to=destination.code)  # fmt: skip
    transaction.on_commit(wake)
    return made


def wake() -> None:
    """Ask a worker to send now, without insisting: the next round finds it anyway."""
    from advisories import tasks  # which has all that collects behind it

    tasks.nudge()


def relays_of(item: Item) -> list[Relay]:
    """What was relayed of it, the latest first. For its handlers. One statement."""
    found = Relay.objects.filter(item=item).select_related("destination", "by")
    return list(found.order_by("-asked_at", "-pk"))


def known(code: str) -> bool:
    """Whether a message went out that has this code."""
    return Relay.objects.filter(code=code, tries__gt=0).exists()


@transaction.atomic
def confirm(code: str, at: datetime) -> Relay | None:
    """Somebody at the other side, whom the message gave this code, says that they have it. None: there is no such."""
    relay = Relay.objects.select_for_update(of=("self",)).select_related("item__warp").filter(code=code).first()
    if relay is None or not relay.tries:  # nothing went yet
        return None
    if relay.confirmed_at is None:
        relay.confirmed_at = at
        relay.save(update_fields=["confirmed_at"])
        record("relay_receipt", at, reference=relay.item.reference, version=relay.version)
    return relay
