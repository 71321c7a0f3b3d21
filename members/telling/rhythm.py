"""When a person's day begins: the hour of their digest, its day of the week, their time zone, their quiet hours."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import datetime
from functools import cache
from zoneinfo import available_timezones

from django.db import transaction
from django.utils.translation import gettext as _

from members.audit import record
from members.models import Person
from members.refused import Refused


@dataclass(frozen=True)
class Rhythm:
    """Hours 0 to 23 of their own clocks, days from 0 (Monday); no quiet hours where both ends are None."""

    time_zone: str
    digest_hour: int
    digest_weekday: int
    quiet_from: int | None = None
    quiet_until: int | None = None


def rhythm_of(person: Person) -> Rhythm:
    return Rhythm(**{name: getattr(person, name) for name in Rhythm.__dataclass_fields__})


@transaction.atomic
def set_rhythm(person: Person, rhythm: Rhythm, at: datetime) -> None:
    """Keep `rhythm` from now on; what waits goes by it already. Raises Refused."""
    if rhythm.time_zone not in _zones():
        raise Refused(_("There is no time zone “%(name)s”.") % {"name": rhythm.time_zone[:40]})
    if rhythm.digest_hour not in range(24) or rhythm.digest_weekday not in range(7):
        raise Refused(_("Choose an hour and a day."))
    _check_quiet(rhythm.quiet_from, rhythm.quiet_until)
    Person.objects.filter(pk=person.pk).update(**asdict(rhythm))
    record("set_rhythm", at, by=person)


def _check_quiet(begins: int | None, ends: int | None) -> None:
    if (begins is None) != (ends is None):
        raise Refused(_("Quiet hours need both a beginning and an end."))
    if begins is None or ends is None:
        return
    if begins not in range(24) or ends not in range(24):
        raise Refused(_("Choose an hour and a day."))
    if begins == ends:
        raise Refused(_("Quiet hours that begin when they end would never end: choose two hours that differ."))


@cache
def _zones() -> frozenset[str]:
    return frozenset(available_timezones())
