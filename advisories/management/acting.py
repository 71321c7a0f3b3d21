"""For whom a command acts, and on which item: it can no more than that person can. Exit status 2: wrong use."""

from __future__ import annotations

from datetime import datetime

from django.core.management.base import CommandError

from members.keys import openly
from members.models import Item, Person
from members.policy import Viewer, visible_to


def person_of(email: str) -> Person:
    """Who signs in with this address."""
    person = Person.objects.filter(email=email.strip().lower()).first()
    if person is None:
        raise CommandError(f"Nobody signs in with {email!r}. Write the address of a coordinator.", returncode=2)
    return person


def item_for(person: Person, reference: str, at: datetime) -> Item:
    """The item of that reference, as far as `person` may read it in their own name."""
    item = visible_to(openly(Viewer(person.pk), at), at).filter(reference=reference.strip().upper()).first()
    if item is None:
        raise CommandError(
            f"{person.email} has no item {reference!r}. Look the reference up on the desk.", returncode=2
        )
    return item
