"""For each cell four people of an organisation of their own, and one advisory for them, by the hub's own verbs."""

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
    """Of one cell: ids, since processes share no objects. `domain` ends every address of its people."""

    domain: str
    coordinator: int
    people: list[int] = field(default_factory=list)
    organisation: int = 0
    advisory: int = 0

    @property
    def addresses(self) -> list[str]:
        return [f"p{n}@{self.domain}" for n in range(len(self.people))]


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


def assemble(name: str, coordinator: int, *, digest: bool, people: int = PEOPLE) -> Cast:
    """The people, and a draft: urgent, or for the digest of a morning that has been."""
    from advisories.draft import begin, edit
    from members import clock
    from members.joining import add_organisation, add_person, affiliate
    from members.models import Affiliation, Office, Person, Tier

    at, cast = clock.ask() - 2 * DAY, Cast(f"{name}.example.org", coordinator)
    office = Office.objects.get(person=coordinator)
    house = add_organisation(name, name, office.warp, at)
    for n in range(people):
        person = add_person(f"Person {n} of {name}", f"p{n}@{cast.domain}", at)
        affiliate(person, house, Affiliation.Role.RESPONDER, at)
        cast.people.append(person.pk)
    cora = Person.objects.get(pk=coordinator)
    advisory = begin(cora, office, [], at)
    tier = Tier.ADVISORY if digest else Tier.URGENT
    edit(
        cora, advisory, at, title=f"Patch the gateway of {name}", what_to_do="Install update 4.2", tier=tier,
        label="AMBER", audience=[("organisation", house.pk)],
    )  # fmt: skip
    cast.organisation, cast.advisory = house.pk, advisory.item_id
    return cast


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
    """Two lose the right: one by the verb, which cancels what is queued, the other since the end that was set for it
    has come, which tells nobody. Their addresses, and whether it came too late: their messages were claimed."""
    from members import clock
    from members.leaving import end_affiliation
    from members.models import Affiliation, Delivery, Organisation, Person

    at = clock.ask()
    end_affiliation(Person.objects.get(pk=cast.people[0]), Organisation.objects.get(pk=cast.organisation), at, by=None)
    Affiliation.objects.filter(person=cast.people[1]).update(until=at)
    mine = Delivery.objects.filter(address__person=cast.people[1])
    return cast.addresses[:2], mine.exclude(state="due", lease_until=None).exclude(state="cancelled").exists()
