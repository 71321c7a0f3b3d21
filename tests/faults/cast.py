"""For each cell four people of an organisation of their own, two webhooks, and one advisory for them, by the hub's own
verbs."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

PEOPLE = 4
DAY = timedelta(days=1)


@dataclass
class Cast:
    """Of one cell: ids, since processes share no objects. `domain` ends every address of its people, and the last part
    of every webhook's: `hooks` has that of the organisation and that of its guest, an organisation without people."""

    domain: str
    coordinator: int
    people: list[int] = field(default_factory=list)
    organisation: int = 0
    guest: int = 0
    hooks: dict[str, int] = field(default_factory=dict)
    advisory: int = 0

    @property
    def addresses(self) -> list[str]:
        return [*(f"p{n}@{self.domain}" for n in range(len(self.people))), *self.hooks]

    @property
    def of_guest(self) -> list[str]:
        return list(self.hooks)[1:]


def coordinator() -> int:
    """The one who releases; nobody tells them anything, so that each cell's mails are its own."""
    from members import clock
    from members.joining import add_person, add_warp, appoint
    from members.models import Address, Office, Warp

    at = clock.ask() - 3 * DAY
    n = Warp.objects.count()
    warp = add_warp(f"Fault {n}", f"fault{n}", "F", at)
    person = add_person("Cora", f"cora{n}@example.org", at)
    appoint(person, warp, Office.Role.COORDINATOR, at)
    Address.objects.filter(person=person).delete()
    return person.pk


def assemble(name: str, coordinator: int, *, digest: bool, people: int = PEOPLE, port: int = 0) -> Cast:
    """The people, and a draft: urgent, or for the digest of a morning that has been, which goes to no webhook. `port`:
    where webhooks are taken."""
    from advisories.draft import begin, edit
    from members import clock
    from members.joining import add_organisation
    from members.models import Affiliation, Office, Person, Tier

    at, cast = clock.ask() - 2 * DAY, Cast(f"{name}.example.org", coordinator)
    office = Office.objects.get(person=coordinator)
    house, guest = (add_organisation(f"{name}{more}", f"{name}{more}", office.warp, at) for more in ("", "g"))
    cast.organisation, cast.guest = house.pk, guest.pk
    for n in range(people):
        cast.people.append(joins(f"p{n}@{cast.domain}", house.pk, Affiliation.Role.RESPONDER))
    if port and not digest:
        cast.hooks = {
            f"{which}@{cast.domain}": _hook(owner, f"http://127.0.0.1:{port}/{which}@{cast.domain}")
            for which, owner in (("house", house.pk), ("guest", guest.pk))
        }
    cora = Person.objects.get(pk=coordinator)
    advisory = begin(cora, office, [], at)
    tier = Tier.ADVISORY if digest else Tier.URGENT
    edit(
        cora, advisory, at, title=f"Patch the gateway of {name}", what_to_do="Install update 4.2", tier=tier,
        label="AMBER", audience=[("organisation", house.pk), ("organisation", guest.pk)],
    )  # fmt: skip
    cast.advisory = advisory.item_id
    return cast


def joins(mail: str, organisation: int, role: Any) -> int:
    """One more person of an organisation, who signs in with this address and is told there."""
    from members import clock
    from members.joining import add_person, affiliate
    from members.models import Organisation

    at = clock.ask() - 2 * DAY
    person = add_person(f"Person at {mail}", mail, at)
    affiliate(person, Organisation.objects.get(pk=organisation), role, at)
    return person.pk


def _hook(owner: int, url: str) -> int:
    """A webhook of an organisation, verified; what is urgent goes there at once."""
    from members import clock
    from members.delivery.secret import Secret, close, shown
    from members.models import MESSAGE_TICKS, Address, Subscription
    from tests.faults.hook import SECRET

    at = clock.ask() - 2 * DAY
    address = Address(organisation_id=owner, channel="webhook", value=shown(url), verified_at=at, private_since=at)
    address.secret = close(address, Secret(url, (SECRET,)))
    address.save()
    for lowest, frequency in MESSAGE_TICKS:
        Subscription.objects.create(address=address, lowest=lowest, frequency=frequency)
    return address.pk


def release(cast: Cast, *, digest: bool, before_commit: Callable[[], Any] = int) -> None:
    """One transaction, as a page's: what is for the digest was released a day and a half ago."""
    from django.db import transaction

    from advisories import publish
    from members import clock
    from members.models import Item, Person

    with transaction.atomic():
        at = clock.ask() - (1.5 * DAY if digest else timedelta(0))
        publish.release(Person.objects.get(pk=cast.coordinator), Item.rows.get(pk=cast.advisory), at)
        before_commit()


def apart(act: Callable[[], Any]) -> int:
    """Do it in a process of its own, which may be killed. Its id."""
    from django.db import connections

    connections.close_all()
    pid = os.fork()
    if pid == 0:
        status = 1
        try:
            act()
            status = 0
        finally:
            os._exit(status)
    return pid


def revoke(cast: Cast) -> tuple[list[str], bool]:
    """Two people lose the right: one by the verb, which cancels what is queued, the other since the end that was set
    for it has come, which tells nobody; as it comes for the guest's membership, and so for its webhook. Their
    addresses, and whether it came too late: their messages were claimed."""
    from django.db.models import Q

    from members import clock
    from members.leaving import end_affiliation
    from members.models import Affiliation, Delivery, Membership, Organisation, Person

    at = clock.ask()
    end_affiliation(Person.objects.get(pk=cast.people[0]), Organisation.objects.get(pk=cast.organisation), at, by=None)
    Affiliation.objects.filter(person=cast.people[1]).update(until=at)
    Membership.objects.filter(organisation=cast.guest).update(until=at)
    theirs = Delivery.objects.filter(Q(address__person__in=cast.people[:2]) | Q(address__organisation=cast.guest))
    claimed = theirs.exclude(state="due", lease_until=None).exclude(state="cancelled").exists()
    return [*cast.addresses[:2], *cast.of_guest], claimed


def confirm(cast: Cast) -> None:
    """By telephone, for both organisations: whatever the clock does in other cells, nothing of this escalates there."""
    from members import clock
    from members.models import Item, Organisation, Person, Response
    from members.response.answer import note_call

    item = Item.rows.get(pk=cast.advisory)
    asked = Response.objects.filter(item=item, organisation__in=[cast.organisation, cast.guest])
    slugs = Organisation.objects.filter(pk__in=asked.values("organisation")).values_list("slug", flat=True)
    if slugs:
        note_call(Person.objects.get(pk=cast.coordinator), item, clock.ask(), list(slugs))
