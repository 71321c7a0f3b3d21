"""A scenario as people share it: what happens, when, to which team. Values: reading.py and writing.py do files."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from django.db.models import Model

from members.models import Exercise, Inject, Team, Tier
from members.refused import Refused

VERSION = 1
BYTES = 1_000_000  # of a file
MOST_INJECTS, MOST_TEAMS = 200, 30
LATEST = 14 * 24 * 3600  # seconds of exercise time
CHANNELS: tuple[str, ...] = tuple(Inject.Channel.values)
TIERS: dict[str, int] = {tier.name.lower(): int(tier) for tier in Tier}
# What a double click opens as text: an attachment is a prop, and must never be a page or a program.
FILE_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._ -]*\.(txt|log|csv|eml|md|json)", re.ASCII)
SLUG = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*", re.ASCII)


class Unreadable(Refused):
    """A file that is no scenario. `errors`: everything that is wrong with it, each a sentence that says where."""

    def __init__(self, errors: list[str]) -> None:
        super().__init__(" ".join(errors))
        self.errors = errors


@dataclass(frozen=True, slots=True)
class TeamFile:
    slug: str
    name: str


@dataclass(frozen=True, slots=True)
class InjectFile:
    """`offset` and `within` are seconds of exercise time; `teams` are slugs, in the order of the scenario's."""

    number: int
    offset: int
    teams: tuple[str, ...]
    title: str
    text: str
    channel: str = str(Inject.Channel.MAIL)
    tier: int = int(Tier.ADVISORY)
    expects: str = ""
    asks: bool = False
    within: int | None = None
    attachment_name: str = ""
    attachment: str = ""


@dataclass(frozen=True, slots=True)
class ScenarioFile:
    """`injects` are in the order in which they happen."""

    title: str
    teams: tuple[TeamFile, ...]
    injects: tuple[InjectFile, ...]
    aims: str = ""
    briefing: str = ""

    @property
    def minutes(self) -> int:
        """Of exercise time, until the last thing happens."""
        return max((one.offset for one in self.injects), default=0) // 60


def longest(model: type[Model], name: str) -> int:
    """How many characters the hub keeps of that field."""
    field: Any = model._meta.get_field(name)
    return int(field.max_length)


LONGEST: dict[str, int] = {
    **{name: longest(Exercise, name) for name in ("title", "aims", "briefing")},
    **{name: longest(Inject, name) for name in ("text", "expects", "attachment", "attachment_name")},
    "team": longest(Team, "name"),
    "slug": longest(Team, "slug"),
}
