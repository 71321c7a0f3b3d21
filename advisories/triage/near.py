"""Texts that are nearly the same, as when one body repeats another's warning. Pure: an entry as a few keys.

MinHash over runs of four words, in bands: two texts share a key nearly always (94 of 100) where 95 of 100 of their runs
are the same, seldom (4 of 100) where 80 are, and never (1 of 1,000) where 70 are. An entry that names vulnerabilities
is told apart by those alone: makers' advisories differ in little else. Nor do texts meet that are more than a week or
two apart: a key is of one week, and sought in those beside it as well.
"""

from __future__ import annotations

import hashlib
import re
import struct
from datetime import UTC

from rensa import RMinHash

from advisories.collect.base import RawEntry
from advisories.collect.text.html import words

FEWEST = 40  # words; what is shorter is alike by chance
LONGEST = 20_000  # characters that are looked at
RUN = 4  # words
BANDS, ROWS = 8, 24
SEED = 20261124  # never changes: keys are kept
WEEK = 7  # days
KIND = "near:"

_WORD = re.compile(r"\w+")


def keys(entry: RawEntry) -> set[str]:
    """`near:…` keys; none for what is short, undated or names a vulnerability."""
    day = entry.published or entry.updated
    if entry.cves or day is None:
        return set()
    told = _WORD.findall(words(entry.summary[:LONGEST]).casefold())
    if len(told) < FEWEST:
        return set()
    sketch = RMinHash(num_perm=BANDS * ROWS, seed=SEED)
    sketch.update(list(set(map(" ".join, zip(*(told[start:] for start in range(RUN)), strict=False)))))
    week = day.astimezone(UTC).toordinal() // WEEK
    return {f"{KIND}{week}:{band}" for band in _bands(sketch.digest())}


def beside(key: str) -> tuple[str, ...]:
    """The same key of the week before and of the week after."""
    kind, week, band = key.split(":", 2)
    return f"{kind}:{int(week) - 1}:{band}", f"{kind}:{int(week) + 1}:{band}"


def of_any_week(key: str) -> str:
    """What two texts share that are nearly the same, whichever weeks they are of."""
    return key.split(":", 2)[2]


def _bands(digest: list[int]) -> list[str]:
    parts = (struct.pack(f"<{ROWS}Q", *digest[start : start + ROWS]) for start in range(0, BANDS * ROWS, ROWS))
    return [f"{number}:{hashlib.blake2b(part, digest_size=12).hexdigest()}" for number, part in enumerate(parts)]
