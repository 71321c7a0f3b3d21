"""What a figure can be, and how figures stand together."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta
from enum import Enum
from statistics import median
from typing import NamedTuple


class Few(Enum):
    FEW = "few"


class Share(NamedTuple):
    percent: int


FEW = Few.FEW  # it would rest on fewer than five organisations
Value = int | timedelta | Share | Few | None  # None: there was nothing to measure


@dataclass(frozen=True)
class Line:
    """One figure. `tlp`, `tier`: the name is that label or tier, and is shown as one."""

    name: str
    value: Value
    tlp: str = ""
    tier: str = ""


@dataclass(frozen=True)
class Section:
    """`parts`: its figures are parts of one whole, and those that are nothing need not be told."""

    slug: str
    heading: str
    lines: tuple[Line, ...]
    parts: bool = False


def half(times: Iterable[timedelta | None]) -> timedelta | None:
    """The median of those there are."""
    seconds = [one.total_seconds() for one in times if one is not None]
    return timedelta(seconds=median(seconds)) if seconds else None
