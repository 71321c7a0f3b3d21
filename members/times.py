"""Times as people write them: local to the United Kingdom, refused where clocks show them twice or never."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta, timezone
from zoneinfo import ZoneInfo

from django.utils import dateformat
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

LONDON = ZoneInfo("Europe/London")
ZONES = {"GMT": timezone(timedelta(0)), "BST": timezone(timedelta(hours=1)), "UTC": UTC, "Z": UTC}
FORMATS = ("%Y-%m-%d %H:%M", "%Y-%m-%dT%H:%M", "%Y-%m-%d %H:%M:%S", "%d %B %Y, %H:%M", "%d %B %Y %H:%M")
YEARS = range(1970, 2201)  # what lies outside was mistyped, and overflows what is reckoned from it
HOW = gettext_lazy("Write it like 2026-12-01 12:00, in UK time.")
_ZONE = re.compile(r"\s*(GMT|BST|UTC|Z|[+-]\d\d:?\d\d)$", re.IGNORECASE)


class Unclear(ValueError):
    """What was typed is no one moment. `str()` says why, and what to write instead."""


def parse(text: str) -> datetime:
    """The moment that was typed, aware, UTC. Without a zone it is a time of UK clocks. Raises Unclear."""
    text = " ".join(text.split())
    said = _ZONE.search(text)
    local = _local(_ZONE.sub("", text) if said else text)
    return local.replace(tzinfo=_zone(said[1])).astimezone(UTC) if said else in_london(local)


def in_london(local: datetime) -> datetime:
    """The one moment at which UK clocks show `local` (naive), UTC. Raises Unclear where there is none, or two."""
    first, second = (local.replace(tzinfo=LONDON, fold=fold) for fold in (0, 1))
    if first.utcoffset() == second.utcoffset():
        return first.astimezone(UTC)
    if first.astimezone(UTC).astimezone(LONDON).replace(tzinfo=None) != local:
        raise Unclear(_("Clocks go forward that night, and never show this time. Choose one an hour later."))
    raise Unclear(_("Clocks go back that night, and show this time twice. Add BST for the first, GMT for the second."))


def typed(at: datetime) -> str:
    """`at` as somebody would type it: with a zone only where its time of UK clocks alone would not say which it is."""
    local = at.astimezone(LONDON)
    text = local.strftime("%Y-%m-%d %H:%M")
    try:
        in_london(local.replace(tzinfo=None))
    except Unclear:
        return f"{text} {local.tzname()}"
    return text


def from_to(since: datetime, until: datetime) -> str:
    """Wednesday 24 March 2027, 18:00 to 20:00 GMT: when something is that one goes to, by UK clocks."""
    begins, ends = since.astimezone(LONDON), until.astimezone(LONDON)
    first, last = (dateformat.format(one, "l j F Y, H:i") for one in (begins, ends))
    if begins.date() == ends.date():
        last = dateformat.format(ends, "H:i")
    if begins.tzname() != ends.tzname():
        first = f"{first} {begins.tzname()}"
    return _("%(first)s to %(last)s") % {"first": first, "last": f"{last} {ends.tzname()}"}


def _local(text: str) -> datetime:
    for form in FORMATS:
        try:
            local = datetime.strptime(text, form)
        except ValueError:
            continue
        if local.year in YEARS:
            return local
    raise Unclear(_("This is no date and time. %(how)s") % {"how": HOW})


def _zone(name: str) -> timezone:
    if name.upper() in ZONES:
        return ZONES[name.upper()]
    sign = -1 if name[0] == "-" else 1
    digits = name[1:].replace(":", "")
    hours, minutes = int(digits[:2]), int(digits[2:])
    if hours > 23 or minutes > 59:
        raise Unclear(_("There is no such time zone. %(how)s") % {"how": HOW})
    return timezone(sign * timedelta(hours=hours, minutes=minutes))


def aware(moment: datetime) -> datetime:
    """`moment`, or ValueError where it says no zone: nothing here guesses one."""
    if moment.tzinfo is None:
        raise ValueError(f"{moment} says no time zone: give an aware moment")
    return moment.astimezone(UTC)
