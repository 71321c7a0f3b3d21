"""Break-glass: somebody who handles nothing of an item becomes its handler for an hour, by two people's word.

For the night when nobody who handles it can be reached. An administrator gains nothing by being one: this is an act
of its own, with a reason, a second person, an audit row and a notice to the custodians. An anonymous report stays
shut even so, and nobody is named on an item by who handles it by this alone: the hour is an hour.
"""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from members.audit import record
from members.delivery.notices import tell_custodians
from members.items import locked
from members.models import BreakGlass, Item, Office, Person
from members.place import place
from members.refused import Refused

LONGEST = 40  # characters of a reference, as the audit keeps it


@transaction.atomic
def ask(person: Person, reference: str, reason: str, at: datetime) -> BreakGlass:
    """Ask to handle the item of this reference for an hour. Says nothing of whether there is one. Raises Refused."""
    _trusted(person, at)
    if not reason.strip():
        raise Refused(_("Say why it can't wait for those who handle it: the custodians read this."))
    reference = reference.strip().upper()[:LONGEST]
    asked = BreakGlass.objects.create(reference=reference, person=person, reason=reason.strip(), asked_at=at)
    record("ask_break_glass", at, by=person, reference=reference)
    return asked


@transaction.atomic
def approve(person: Person, asked: BreakGlass, at: datetime) -> None:
    """The second person's word. The same answer whether there is such an item or not. Raises Refused."""
    _trusted(person, at)
    asked = BreakGlass.objects.select_for_update().get(pk=asked.pk)
    if asked.person_id == person.pk:
        raise Refused(_("This needs a second person: somebody else who holds an office, or operates the hub."))
    if asked.approved_at is not None:
        raise Refused(_("This was approved already. Ask again for another hour."))
    asked.approved_by, asked.approved_at = person, at
    asked.save(update_fields=["approved_by", "approved_at"])
    record("break_glass", at, by=person, reference=asked.reference, number=asked.pk)
    found = Item._base_manager.filter(reference=asked.reference).values_list("pk", flat=True).first()
    if found is not None:
        item = locked(found)
        place(item)
        tell_custodians(item.warp, at)


def _trusted(person: Person, at: datetime) -> None:
    """Who may take part in it: whoever operates the hub, or holds an office in it."""
    active = person.active_since <= at < person.active_until
    if not active or not (person.is_superuser or Office.objects.at(at).filter(person=person).exists()):
        raise Refused(_("Only those who hold an office, or operate the hub, can break glass."))
