"""By what an incident is known again: what a handler pastes, told with the version that names it."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from advisories import draft, indicators
from advisories.incidents import tended
from advisories.indicators import Found, TooMany
from advisories.models import Advisory, Indicator, Version
from advisories.publish import newest
from members.audit import record
from members.models import Item, Person
from members.refused import Refused

MOST = 1000  # of one incident: what is more belongs in a file
MOST_TYPED = 200_000  # characters
LONGEST = 2000  # bytes of a value, which an index of PostgreSQL can hold


@transaction.atomic
def set_indicators(person: Person, item: Item, at: datetime, typed: str) -> tuple[Found, ...]:
    """The next version names those in this text and no others. Raises Refused."""
    item, _incident = tended(person, item, at)
    found = read(typed)
    text = Advisory.rows.get(item=item)
    if [(one.kind, one.value) for one in found] == named(newest(text)):
        return found
    version = draft.edit(person, text, at)
    version.indicators.all().delete()
    Indicator.objects.bulk_create(
        Indicator(item=item, version=version, kind=one.kind, value=one.value, position=place,
                  as_typed=one.as_typed[:LONGEST])
        for place, one in enumerate(found)
    )  # fmt: skip
    record("set_indicators", at, by=person, reference=item.reference, version=version.number, indicators=len(found))
    return found


def read(typed: str) -> tuple[Found, ...]:
    """What is named in what was pasted. Raises Refused."""
    typed = typed.replace("\0", "")
    if len(typed) > MOST_TYPED:
        raise Refused(_("That is longer than %(most)d characters. Leave out what is no indicator.")
                      % {"most": MOST_TYPED})  # fmt: skip
    try:
        found = indicators.parse(typed)
    except TooMany as many:
        raise Refused(str(many)) from many
    if len(found) > MOST:
        said = _("These are %(found)d indicators, and an incident names %(most)d at the most. Add them as a file.")
        raise Refused(said % {"found": len(found), "most": MOST})
    if long := next((one for one in found if len(one.value.encode()) > LONGEST), None):
        said = _("What stands in line %(line)d is longer than %(most)d bytes. Shorten it or leave it out.")
        raise Refused(said % {"line": long.line, "most": LONGEST})
    return found


def named(version: Version) -> list[tuple[str, str]]:
    return list(version.indicators.values_list("kind", "value"))
