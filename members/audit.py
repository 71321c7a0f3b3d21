"""What was done, by whom, to what: every verb calls `record` in its own transaction.

Who reads an item only because they filed the anonymous report behind it is named in no row: `actor_of` says under
what they stand instead.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any, TypedDict

from django.db.models import Q

from members.keys import Viewer
from members.models import Alias, Ancestry, AuditRow, Item, Origin, Person
from members.policy import Answer, may, openly
from members.seal import seal


class Actor(TypedDict):
    """Whom a row names: `record(verb, at, reference=..., **actor)`."""

    by: Person | None
    pseudonym: str


def alias_of(person: Person) -> str:
    """The random name under which `person` stands in the audit."""
    return Alias.objects.get_or_create(person=person)[0].code


def record(
    verb: str, at: datetime, *, by: Person | None = None, reference: str = "", pseudonym: str = "", **detail: Any
) -> AuditRow:
    """Add one row. `by` None is the hub itself; `detail` names no person and quotes no text.

    With `pseudonym`, that of an anonymous report, the row names its author so and in no other way: `by` is left out,
    and the time is the day.
    """
    if pseudonym:
        actor, at = pseudonym, day_of(at)
    else:
        actor = alias_of(by) if by is not None else ""
    return AuditRow.objects.create(at=at, actor=actor, verb=verb, reference=reference, detail=detail)


def day_of(at: datetime) -> datetime:
    """The beginning of the day (UTC): all that is said of when an anonymous reporter did something."""
    return at.astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0)


def actor_of(person: Person | None, item: Item, at: datetime, viewer: Viewer | None = None) -> Actor:
    """Whom a row about what `person` did with `item` at `at` names: them, or the pseudonym under which they filed the
    report behind it, where that alone lets them read it.

    `viewer` is theirs where the caller has it: what it knows already is not asked again.
    """
    if person is None:
        return {"by": None, "pseudonym": ""}
    pseudonym = _pseudonym(person, item)
    if pseudonym and may(openly(viewer or Viewer(person.pk), at), item, at) != Answer.BODY:
        return {"by": None, "pseudonym": pseudonym}
    return {"by": person, "pseudonym": ""}


def _pseudonym(person: Person, item: Item) -> str:
    """Under which they filed what `item`, or something above it, is or was derived from; "" where they did not."""
    above = Ancestry.objects.filter(item=item).values("ancestor")
    chain = Q(item=item) | Q(item__in=above)
    behind = Q(item__derivatives__item=item) | Q(item__derivatives__item__in=above)
    filed = Origin.objects.filter(chain | behind, filer=seal("person", person.pk)).order_by("pk")
    return filed.values_list("pseudonym", flat=True).first() or ""
