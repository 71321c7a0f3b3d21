"""What was done, by whom, to what: every verb calls `record` in its own transaction.

Who reads an item only because they filed the anonymous report behind it is named in no row: `actor_of` says under
what they stand instead.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any, TypedDict

from django.db.models import Q

from members.keys import Viewer, openly
from members.models import Alias, Ancestry, AuditRow, Item, Origin, Person
from members.policy import Answer, may
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
    actor, at = _named(by, pseudonym, at)
    return AuditRow.objects.create(at=at, actor=actor, verb=verb, reference=reference, detail=detail)


def record_each(
    verb: str, at: datetime, references: Iterable[str], *, by: Person | None = None, pseudonym: str = "", **detail: Any
) -> None:
    """`record` for each of `references`, in one statement."""
    if every := list(references):
        actor, at = _named(by, pseudonym, at)
        AuditRow.objects.bulk_create(
            AuditRow(at=at, actor=actor, verb=verb, reference=one, detail=detail) for one in every
        )


def _named(by: Person | None, pseudonym: str, at: datetime) -> tuple[str, datetime]:
    if pseudonym:
        return pseudonym, day_of(at)
    return (alias_of(by) if by is not None else ""), at


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
    pseudonym = _pseudonym(person, item=item)
    if pseudonym and may(openly(viewer or Viewer(person.pk), at), item, at) != Answer.BODY:
        return {"by": None, "pseudonym": pseudonym}
    return {"by": person, "pseudonym": ""}


def reporter_of(person: Person, item: Item) -> Actor:
    """Whom a row names about what whoever reported alone is shown: the pseudonym, though they may read `item` in their
    own name as well. That they were there would tell who reported."""
    pseudonym = _pseudonym(person, item=item)
    return {"by": None if pseudonym else person, "pseudonym": pseudonym}


def asker_of(person: Person | None, typed: str) -> Actor:
    """Whom a row names that says what `person` asked for and was not given: them, or the pseudonym under which they
    filed what they typed, or the report behind it. Nobody else knows that reference yet, and the row would tell.

    As many statements whether there is anything of that reference or not.
    """
    if person is None:
        return {"by": None, "pseudonym": ""}
    pseudonym = _pseudonym(person, item__reference__in=typed.upper().replace(" ", "").split("/"))
    if not pseudonym:
        return {"by": person, "pseudonym": ""}
    alias_of(person)  # which `record` asks for in the other case
    return {"by": None, "pseudonym": pseudonym}


def _pseudonym(person: Person, **of: Any) -> str:
    """Under which they filed what the item, or something above it, is or was derived from; "" where they did not.

    `of` says which item, as a row that has one in its field `item` is found by it.
    """
    above = Ancestry.objects.filter(**of).values("ancestor")
    behind = {f"item__derivatives__{field}": value for field, value in of.items()}
    chain = Q(**of) | Q(item__in=above) | Q(**behind) | Q(item__derivatives__item__in=above)
    filed = Origin.objects.filter(chain, filer=seal("person", person.pk)).order_by("pk")
    return filed.values_list("pseudonym", flat=True).first() or ""
