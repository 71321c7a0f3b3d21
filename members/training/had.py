"""Who has had what: where somebody was, and what they completed, with the CPD that counts for it.

A course is named to whom the rule gives it; to others it is a course, on a day, of so many minutes.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Exists, OuterRef, Q, QuerySet

from members import policy
from members.models import Affiliation, Booking, Certificate, Organisation, Person
from members.policy import Viewer
from members.times import LONDON


@dataclass(frozen=True)
class Had:
    """Something that somebody had. `title`, `reference` and `level` are "" where whoever looks may not read it;
    `number` is that of a certificate that holds, which alone counts as CPD."""

    person: int
    organisation: int | None
    on: date
    title: str
    reference: str
    level: str
    minutes: int
    number: str


def had(viewer: Viewer, at: datetime, whose: Q) -> list[Had]:
    """What those of `whose` (of their person and organisation, as a booking and a certificate both have them) had,
    the latest first. Two statements."""
    found = [*_certified(viewer, at, whose), *attended(viewer, at, whose, Certificate.objects.filter(revoked_at=None))]
    return sorted(found, key=lambda one: (one.on, one.number, one.person, one.reference), reverse=True)


def _certified(viewer: Viewer, at: datetime, whose: Q) -> list[Had]:
    rows = Certificate.objects.filter(whose, revoked_at=None, issued_at__lte=at)
    rows = rows.annotate(reads=policy.readable(viewer, at, "course__item_id"))
    fields = ("person_id", "organisation_id", "completed_on", "cpd_minutes", "number", "reads")
    return [
        _had(person, house, on, bool(reads), minutes, number, *course)
        for person, house, on, minutes, number, reads, *course in rows.order_by().values_list(
            *fields, "course__title", "course__item__reference", "course__level"
        )
    ]


def attended(viewer: Viewer, at: datetime, whose: Q, certificates: QuerySet[Certificate]) -> list[Had]:
    """Where they were, and have none of `certificates` of it."""
    of = certificates.filter(session=OuterRef("session"), person=OuterRef("person"))
    rows = Booking.objects.filter(whose, ~Exists(of.order_by()), attended=Booking.Attended.YES)
    rows = rows.exclude(state=Booking.State.ENDED)
    rows = rows.annotate(reads=policy.readable(viewer, at, "session__course__item_id"))
    course = ("session__course__title", "session__course__item__reference", "session__course__level")
    return [
        _had(person, house, ended.astimezone(LONDON).date(), bool(reads), 0, "", *said)
        for person, house, ended, reads, *said in rows.order_by().values_list(
            "person_id", "organisation_id", "session__ends_at", "reads", *course
        )
    ]


def _had(
    person: int, house: int | None, on: date, reads: bool, minutes: int, number: str, title: str, ref: str, level: str
) -> Had:
    named = (title, ref, level) if reads else ("", "", "")
    return Had(person, house, on, *named, minutes, number)


def people_of(organisation: Organisation, at: datetime) -> QuerySet[Person]:
    """Who is of it at `at`, and whose account is open."""
    of = Affiliation.objects.at(at).filter(organisation=organisation).order_by().values("person")
    return Person.objects.filter(pk__in=of, active_since__lte=at, active_until__gt=at).order_by("name", "pk")


def today(at: datetime) -> date:
    return at.astimezone(LONDON).date()


def years_before(at: datetime, years: int = 1) -> date:
    """The same day of that year before; of 29 February the day before the first of March."""
    on = today(at)
    try:
        return on.replace(year=on.year - years)
    except ValueError:
        return on.replace(year=on.year - years, day=28)


def minutes_of(found: Iterable[Had]) -> int:
    return sum(one.minutes for one in found)


def hours(minutes: int) -> str:
    """Minutes as hours of CPD: 1.5, 0.75, 2."""
    return f"{minutes / 60:.2f}".rstrip("0").rstrip(".")
