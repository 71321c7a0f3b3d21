"""Courses, sessions and places of the cast, as rows."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from members.models import Affiliation, Booking, Certificate, Course, Session
from tests.conftest import NOON
from tests.members.world import BEGINNING, World

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
HAD = dict.fromkeys(("alice", "alan"), "brum") | {"bob": "solihull", "dora": "dudley", "wendy": "walsall"}
HAD |= {"mia": "maidstone"}


def course(world: World, label: str = "GREEN", **case: Any) -> Course:
    """Of the West Midlands, where a case says nothing else: carol teaches it."""
    fields = {name: case.pop(name) for name in ("title", "level", "cpd_minutes", "form") if name in case}
    item = world.item({"kind": "training", "label": label, **case})
    fields = {"title": "Phishing first aid", "cpd_minutes": 90, **fields}
    return Course.rows.create(item=item, written_at=BEGINNING, **fields)


def session(of: Course, starts_at: datetime = NOON - 2 * HOUR, hours: float = 3, **fields: Any) -> Session:
    """By default it runs at noon."""
    ends_at = starts_at + timedelta(hours=hours)
    fields = {"capacity": 12, "books_until": starts_at, **fields}
    return Session.objects.create(course=of, starts_at=starts_at, ends_at=ends_at, changed_at=BEGINNING, **fields)


def place(world: World, of: Session, who: str, state: str = "placed", attended: str = "", **fields: Any) -> Booking:
    """`who` comes for the organisation that they are of."""
    person = world.people[who]
    fields = {"organisation": world.organisations.get(HAD.get(who, "")), **fields}
    return Booking.objects.create(
        session=of, person=person, state=state, booked_at=BEGINNING, booked_by=person, attended=attended,
        placed_at=BEGINNING if state == "placed" else None, **fields,
    )  # fmt: skip


def there(world: World, of: Session, *who: str) -> list[Booking]:
    return [place(world, of, one, attended="yes") for one in who]


def lead(world: World, who: str) -> None:
    Affiliation.objects.filter(person=world.people[who]).update(role=Affiliation.Role.LEAD)


def numbers(**of: Any) -> list[str]:
    return list(Certificate.objects.filter(**of).order_by("pk").values_list("number", flat=True))
