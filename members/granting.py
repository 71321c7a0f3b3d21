"""Whom a standing in force reaches, widened and narrowed. A grant is never deleted, only ended."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from members import permits, tlp
from members.audit import record
from members.clock import FOREVER
from members.ending import lost
from members.items import locked
from members.joining import end
from members.models import Grant, Item, Person, Standing
from members.place import place
from members.refused import Refused
from members.stand import Target, in_force


@transaction.atomic
def grant(person: Person, item: Item, at: datetime, targets: Iterable[Target], why: str = "") -> list[Grant]:
    """Grant what stands to `targets` too. Raises Refused.

    TLP:CLEAR takes no grants; TLP:GREEN that was for the whole community would be narrowed by one; TLP:RED is for
    people.
    """
    item, standing = _held(person, item, at)
    if item.derived_from.exists() or (item.parent is not None and item.parent.derived_from.exists()):
        raise Refused(_("It comes from a report, and whoever reported it agrees for whom it is. Say it in the next"
                        " version, and hand that on."))  # fmt: skip
    targets = list(dict.fromkeys(targets))
    _takes(standing, targets)
    if not permits.grantable(person, targets, at):
        raise Refused(_("It is for somebody whom you can’t grant it to: ask a coordinator."))
    made = [
        Grant(standing=standing, since=at, granted_by=person, why=why, **{f"{kind}_id": pk}) for kind, pk in targets
    ]
    Grant.objects.bulk_create(made)
    place(item)
    record("grant", at, by=person, reference=item.reference, grants=len(made))
    return made


@transaction.atomic
def end_grant(person: Person, item: Item, at: datetime, ended: Grant) -> None:
    """It reaches them no more, and what is queued by it is cancelled. Raises Refused."""
    item, standing = _held(person, item, at)
    if not end(Grant.objects.at(at).filter(pk=ended.pk, standing=standing), at):
        raise Refused(_("This grant has ended already, or is of another standing."))
    place(item)
    lost(Person.objects.filter(addresses__deliveries__announcement__item=item).distinct(), at)
    record("end_grant", at, by=person, reference=item.reference)


def _held(person: Person, item: Item, at: datetime) -> tuple[Item, Standing]:
    item = locked(item.pk)
    if not permits.can(person, "grant", item, at):
        raise Refused(_("You can't do this: only the handlers of an item can."))
    standing = in_force(item, at)
    if standing is None or standing.state != Standing.State.RELEASED:
        raise Refused(_("%(ref)s is not released, so nobody has it.") % {"ref": item.reference})
    if standing.until != FOREVER:
        raise Refused(_("It has been released anew or withdrawn in the meantime. Look again at who gets it."))
    return item, standing


def _takes(standing: Standing, targets: list[Target]) -> None:
    if standing.label == tlp.CLEAR:
        raise Refused(_("TLP:CLEAR is for everyone and takes no grants."))
    if standing.label == tlp.GREEN and not standing.grants.exists():
        raise Refused(_("It is for the whole community: a grant would narrow it. Release the next version for fewer."))
    if standing.label == tlp.RED and any(kind != "person" for kind, _pk in targets):
        raise Refused(_("TLP:RED is for named people alone."))
