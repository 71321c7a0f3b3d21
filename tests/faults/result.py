"""What came of one cell, and what of it is a breach."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from typing import Any

from tests.faults.stops import REAL, SHORT

# 90 s, less that by which the lease and the sweep are shorter than the hub's.
LIMIT = 90.0 - (REAL["lease"] - SHORT["lease"]) - (REAL["sweep"] - SHORT["sweep"])

# A breach, since nothing was proved; and for the same reason no proof that a mutant was caught.
NEVER_REACHED = "the point was never reached"
NEVER_STRUCK = "nobody came to the server that was to do wrong"
NOT_PROVED = "the hub was always quicker than this point, or the machine too slow for it"

UNPROVED = {NEVER_REACHED, NEVER_STRUCK, NOT_PROVED}


@dataclass
class Result:
    database: str
    point: str
    fault: str
    lost: list[str] = field(default_factory=list)
    revoked: list[str] = field(default_factory=list)  # told, though their right ended before the claim
    duplicates: int = 0
    allowed: int = 0
    recovery: float = 0.0
    said: list[str] = field(default_factory=list)
    stood: float = 0.0  # seconds in which the worker was given no time at all

    @property
    def breach(self) -> bool:
        return bool(self.lost or self.revoked or self.said or self.duplicates > self.allowed or self.recovery > LIMIT)

    def row(self) -> dict[str, Any]:
        return {**asdict(self), "breach": self.breach}

    def say(self, words: str) -> None:
        """Once, however often it is counted."""
        if words not in self.said:
            self.said.append(words)
