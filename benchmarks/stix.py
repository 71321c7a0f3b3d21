"""F7: a STIX bundle as large as MITRE ATT&CK becomes rows; again, unchanged; and again, a part of it told otherwise.

Of ATT&CK's objects one in nine becomes an entry, and the others are relationships and the like, which stix2 builds as
well. So a bundle of indicators, each of which is an entry, stands beside it: the worst case. `ours` is the whole way
(hash, child process, parser, database, the row of the fetch), rolled back after each round; the parser alone stands
apart. stix2 makes objects of the text and stores nothing. Run by `python -m benchmarks`, once for each database.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial

from benchmarks import taking
from benchmarks.taking import begin, here, source, take, undone

# isort: split
import orjson
import stix2
from django.db import connection

from advisories.collect.kinds import parse
from advisories.collect.reading import digest
from benchmarks.documents import ATTACK, INDICATORS, bundle
from benchmarks.measure import Figure, emit, race
from members.models import Warp

OBJECTS, FEWER = 24_771, 5_000
PEER = "stix2.parse"
ROUNDS = 3


def main() -> None:
    warp = begin()
    emit([
        *compared(warp, f"F7 ATT&CK, {OBJECTS:,} objects", OBJECTS, ATTACK),
        *compared(warp, f"F7 indicators, {FEWER:,}, all entries", FEWER, INDICATORS),
    ])  # fmt: skip


def compared(warp: Warp, work: str, count: int, kinds: dict[str, int]) -> list[Figure]:
    """First as a new source sends it; then as one sends it that has sent it before."""
    body, new, old = bundle(count, kinds), source(warp, "stix"), source(warp, "stix")
    parts = {"1%": bundle(count, kinds, 1, 100), "10%": bundle(count, kinds, 1, 10), "all": bundle(count, kinds, 1)}
    text, taken = body.decode(), digest(body)
    peer = partial(stix2.parse, text, allow_custom=True)
    first = race(
        {
            PEER: peer,
            "orjson": partial(orjson.loads, body),
            "ours: the parser alone": partial(here, "stix", body),
            "ours: the parser in its child": partial(parse, "stix", body),
            "ours: bytes to rows": partial(undone, partial(take, new, body)),
        },
        ROUNDS,
    )
    take(old, body)
    later: dict[str, Callable[[], object]] = {
        PEER: peer,
        "ours: unchanged, by hash": partial(undone, partial(taking.again, old, body, taken)),
        "ours: unchanged, parsed again": partial(undone, partial(take, old, body)),
    }
    later |= {f"ours: {part} of it changed": partial(undone, partial(take, old, body)) for part, body in parts.items()}
    return [*_figures(work, count, first), *_figures(f"{work}, again", count, race(later, ROUNDS))]


def _figures(work: str, count: int, taken: dict[str, float]) -> Iterator[Figure]:
    """Microseconds for an object, and how many times as long as stix2 (what is unchanged: how many times faster)."""
    for way, ms in taken.items():
        faster = "by hash" in way
        goal = ">=50" if faster else "<=1.2" if way.endswith((" rows", " of it changed")) else ""
        ratio = taken[PEER] / ms if faster else ms / taken[PEER]
        yield Figure(work, connection.vendor, way, ms * 1000 / count, ratio, goal, "µs")


if __name__ == "__main__":
    main()
