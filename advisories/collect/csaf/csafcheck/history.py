"""The revision history of a CSAF document, in the order of its dates, and how its version numbers compare."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from functools import cached_property
from typing import Any, NamedTuple

LONGEST = 100  # digits of a number that are looked at: no history counts so far, and Python refuses 4,300
_SEMANTIC = re.compile(r"(\d+)\.(\d+)\.(\d+)(?:-([^+]+))?(?:\+.*)?")

Order = tuple[int, int, int, int, tuple[tuple[int, int, str], ...]]


class Version(NamedTuple):
    """`major` of an integer version is the integer. `early`: the pre-release part, "" if there is none."""

    text: str
    semantic: bool
    major: int
    early: str
    order: Order

    @property
    def unfinished(self) -> bool:
        """0 or 0.y.z: of a document that was not yet released."""
        return self.major == 0


class Revision(NamedTuple):
    path: str
    date: datetime
    version: Version


def version(text: str) -> Version:
    """A version that the schema allows: an integer or SemVer 2.0.0, whose build part plays no role in the order."""
    found = _SEMANTIC.fullmatch(text)
    if not found:
        return Version(text, False, _integer(text), "", (_integer(text), 0, 0, 1, ()))
    major, minor, patch = (_integer(found[part]) for part in (1, 2, 3))
    early = found[4] or ""
    order = (major, minor, patch, not early, tuple(_identifier(one) for one in early.split(".") if early))
    return Version(text, True, major, early, order)


def _identifier(text: str) -> tuple[int, int, str]:
    """SemVer 11.4: numbers come before words, and compare as numbers."""
    return (0, _integer(text), "") if text.isdecimal() else (1, 0, text)


def _integer(digits: str) -> int:
    return int(digits[:LONGEST])


def instant(text: str) -> datetime:
    """The instant of an RFC 3339 time that the schema allows; leap seconds and the year 0 are the nearest there is."""
    plain = text.upper()
    for meant in (plain, plain.replace(":60", ":59"), "0001" + plain[4:]):
        try:
            return datetime.fromisoformat(meant)
        except ValueError:
            continue
    return datetime.min.replace(tzinfo=UTC)


class History:
    """`tracking` of a document."""

    def __init__(self, tracking: dict[str, Any]) -> None:
        self.tracking = tracking
        self.draft = tracking["status"] == "draft"
        self.version = version(tracking["version"])
        self.revisions = [
            Revision(f"/document/tracking/revision_history/{number}", instant(item["date"]), version(item["number"]))
            for number, item in enumerate(tracking["revision_history"])
        ]

    @cached_property
    def by_date(self) -> list[Revision]:
        """The oldest first; of one instant, the lower version first."""
        return sorted(self.revisions, key=lambda one: (one.date, one.version.order))

    @cached_property
    def mixed(self) -> bool:
        """Whether integers and semantic versions stand beside each other, so that there is no order."""
        return len({self.version.semantic, *(one.version.semantic for one in self.revisions)}) > 1

    @property
    def newest(self) -> datetime:
        return self.by_date[-1].date
