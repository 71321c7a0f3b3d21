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
_HALF = r"(?:[ap]m\b|[ap]\.m\b\.?)"
_CLOCK = (
    rf"(?:\d{{1,2}}:\d\d(?::\d\d(?:[.,]\d{{1,9}})?)?(?:\s?{_HALF})?{_ZONE}"
    rf"|\d{{1,2}}(?:\.\d\d)?\s?{_HALF})"
)
_DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_WEEKDAYS = tuple(
    f"{name}{comma} " for day in _DAYS for name in (day, day[:3], day[:4], day[:5]) for comma in ("", ",")
)
_AT = ("at ", "around ", "about ")
_LATER = rf"(?:(?:t|:|,?\s(?:at\s|around\s|about\s)?){_CLOCK}(?!\d))?"
_BEFORE = re.compile(rf"(?<![\w.,:-]){_CLOCK}\s\Z")
FURTHEST = 20  # characters of a time before its date
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
_STAMP = re.compile(r"(?<![\w.-])1[6-9]\d{8}(?:\d{3})?(?![\w-]|\.\d)")


def found(view: View, day: date | None) -> Iterator[Hit]:
    """`day`: when it was told, for dates that leave out the year."""
    for pattern in _DATES:
        for match in pattern.finditer(view.low):
            meant = _meant(match, day)
            if view.low.endswith(("week of ", "week commencing "), 0, match.start()):
                continue  # is not exact
            if meant or match["y"] is None or len(match["y"]) == 4:
                start = _start(view.low, match.start())
                yield Hit(start, match.end(), Kind.DATE, "", SURE, week(meant) if meant else "")
    for match in _TIME.finditer(view.low):
        start = _past(view.low, match.start(), _AT)
        yield Hit(start, match.end(), Kind.TIME, "", GUESSED, _("at some point") if start < match.start() else "")
    for match in _STAMP.finditer(view.plain):
        meant = datetime.fromtimestamp(int(match[0][:10]), UTC).date()
        yield Hit(match.start(), match.end(), Kind.DATE, "", GUESSED, week(meant))


def _start(low: str, at: int) -> int:
    """Where a date begins, with what belongs to it: "at 9.40am on Monday the" 23rd."""
    for words in (("the ",), _WEEKDAYS, ("the ",), ("on ",)):
        at = _past(low, at, words)
    if clock := _BEFORE.search(low, max(0, at - FURTHEST), at):
        return _past(low, clock.start(), _AT)
    return at


def _past(low: str, at: int, words: tuple[str, ...]) -> int:
    """Before the one of the words that ends there."""
    if not low.endswith(words, 0, at):
        return at
    start = next(at - len(word) for word in words if low.endswith(word, 0, at))
    return at if start and low[start - 1].isalnum() else start


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
