"""Exact dates and times, of which the week is kept."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta

from django.utils.translation import gettext as _

from advisories.sanitise.hit import GUESSED, SURE, Hit
from advisories.sanitise.view import View
from advisories.sanitise.words import Kind

MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
MONTH = (
    r"(?:jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?"
    r"|sept?(?:ember)?|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)"
)
_ZONE = r"(?:\s?(?:utc|gmt|bst|z\b|[+-]\d\d:?\d\d))?"
_CLOCK = (
    rf"(?:\d{{1,2}}:\d\d(?::\d\d(?:[.,]\d{{1,9}})?)?(?:\s?[ap]\.?m\b\.?)?{_ZONE}|\d{{1,2}}(?:\.\d\d)?\s?[ap]\.?m\b\.?)"
)
_WEEKDAY = r"(?:mon|tues?|wed(?:nes)?|thu(?:rs)?|fri|sat(?:ur)?|sun)(?:day)?,?\s"
_LATER = rf"(?:(?:t|:|,?\s(?:at\s|around\s|about\s)?){_CLOCK}(?!\d))?"
_BEFORE = re.compile(rf"(?:\b(?:at\s|around\s|about\s)?(?<!\d){_CLOCK}\s)?(?:\bon\s)?(?:\bthe\s)?(?:\b{_WEEKDAY})?\Z")
FURTHEST = 60  # characters before a date that may belong to it
_START = r"(?<![\w.,/:-])"
_FORMS = (
    rf"{_START}(?P<y>(?:19|20)\d\d)[-/.](?P<m>\d\d?)[-/.](?P<d>\d\d?)(?!\d){_LATER}",
    rf"{_START}(?P<d>\d\d?)([-/.])(?P<m>\d\d?)\2(?P<y>(?:20)?\d\d)(?!\d){_LATER}",
    rf"{_START}(?P<d>\d\d?)(?:st|nd|rd|th)?(?:\sof)?[\s/-]{{0,2}}(?P<w>{MONTH})\b(?:\.?,?[\s/-](?P<y>20\d\d)\b)?{_LATER}",
    rf"\b(?P<w>{MONTH})\.?\s{{1,2}}(?P<d>\d\d?)(?:st|nd|rd|th)?(?!\d|:)(?:,?\s(?P<y>20\d\d)\b)?{_LATER}",
)
_DATES = tuple(re.compile(form) for form in _FORMS)
_TIME = re.compile(
    rf"(?<![\w.,:-])(?:{_CLOCK}|(?:[01]\d|2[0-3])[0-5]\d\s?(?:hrs|hours|h|utc|gmt|bst|z)\b"
    r"|(?<=at\s)(?:[01]?\d|2[0-3])\.[0-5]\d\b|noon\b|midnight\b)(?![\d:])"
)
_AT = re.compile(r"\b(?:at|around|about)\s\Z")
_STAMP = re.compile(r"(?<![\w.-])1[6-9]\d{8}(?:\d{3})?(?![\w-]|\.\d)")


def found(view: View, day: date | None) -> Iterator[Hit]:
    """`day`: when it was told, for dates that leave out the year."""
    for pattern in _DATES:
        for match in pattern.finditer(view.low):
            meant = _meant(match, day)
            if view.low.endswith(("week of ", "week commencing "), 0, match.start()):
                continue  # is not exact
            if meant or match["y"] is None or len(match["y"]) == 4:
                start = _start(_BEFORE, view.low, match.start())
                yield Hit(start, match.end(), Kind.DATE, "", SURE, week(meant) if meant else "")
    for match in _TIME.finditer(view.low):
        start = _start(_AT, view.low, match.start())
        yield Hit(start, match.end(), Kind.TIME, "", GUESSED, _("at some point") if start < match.start() else "")
    for match in _STAMP.finditer(view.plain):
        meant = datetime.fromtimestamp(int(match[0][:10]), UTC).date()
        yield Hit(match.start(), match.end(), Kind.DATE, "", GUESSED, week(meant))


def _start(before: re.Pattern[str], text: str, at: int) -> int:
    """Where what belongs to a date or time begins. The earliest match is the longest."""
    match = before.search(text, max(0, at - FURTHEST), at)
    return match.start() if match else at


def week(meant: date) -> str:
    monday = meant - timedelta(days=meant.weekday())
    return _("in the week of %(monday)s") % {"monday": f"{monday.day} {monday:%B %Y}"}


def _meant(match: re.Match[str], day: date | None) -> date | None:
    groups = match.groupdict()
    month = MONTHS.index(groups["w"][:3]) + 1 if groups.get("w") else int(groups["m"])
    try:
        if groups["y"]:
            return date(int(groups["y"]) % 100 + 2000, month, int(groups["d"]))
        if day is None:
            return None
        meant = date(day.year, month, int(groups["d"]))
        return meant if meant <= day + timedelta(days=31) else meant.replace(year=day.year - 1)
    except ValueError:
        return None
