"""What was done, by whom, to what: every verb calls `record` in its own transaction."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from members.models import Alias, AuditRow, Person


def alias_of(person: Person) -> str:
    """The random name under which `person` stands in the audit."""
    return Alias.objects.get_or_create(person=person)[0].code


def record(verb: str, at: datetime, *, by: Person | None = None, reference: str = "", **detail: Any) -> AuditRow:
    """Add one row. `by` None is the hub itself; `detail` names no person and quotes no text."""
    actor = alias_of(by) if by is not None else ""
    return AuditRow.objects.create(at=at, actor=actor, verb=verb, reference=reference, detail=detail)
