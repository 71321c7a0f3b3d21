"""Texts that are nearly the same, as when one body repeats another's warning. Pure: an entry as a few keys.

MinHash over runs of four words, in bands: two texts share a key nearly always (94 of 100) where 95 of 100 of their runs
are the same, seldom (4 of 100) where 80 are, and never (1 of 1,000) where 70 are. An entry that names vulnerabilities
is told apart by those alone: makers' advisories differ in little else. Nor do texts meet that are more than a week or
two apart.
"""

from __future__ import annotations

import hashlib
import re
from datetime import UTC, datetime

from rensa import RMinHash

from advisories.collect.base import RawEntry
from advisories.collect.text.html import plain

FEWEST = 40  # words; what is shorter is alike by chance
LONGEST = 20_000  # characters that are looked at
RUN = 4  # words
BANDS, ROWS = 8, 24
SEED = 20261124  # never changes: keys are kept
FORTNIGHT = 14

_WORD = re.compile(r"\w+")


def keys(entry: RawEntry) -> set[str]:
    """`near:…` keys; none for what is short, undated or names a vulnerability."""
    day = entry.published or entry.updated
    words = _WORD.findall(plain(entry.summary, LONGEST).casefold())
    if entry.cves or day is None or len(words) < FEWEST:
        return set()
    sketch = RMinHash(num_perm=BANDS * ROWS, seed=SEED)
    sketch.update(sorted({" ".join(words[place : place + RUN]) for place in range(len(words) - RUN + 1)}))
    return {f"near:{when}:{band}" for when in _when(day) for band in _bands(sketch.digest())}


def _bands(digest: list[int]) -> list[str]:
    parts = (digest[start : start + ROWS] for start in range(0, BANDS * ROWS, ROWS))
    return [f"{number}:{hashlib.sha256(repr(part).encode()).hexdigest()[:24]}" for number, part in enumerate(parts)]


def _when(day: datetime) -> tuple[str, str]:
    """Two rows of fortnights, a week apart: what lies within a week of another shares one."""
    number = day.astimezone(UTC).toordinal()
    return f"a{number // FORTNIGHT}", f"b{(number + FORTNIGHT // 2) // FORTNIGHT}"
