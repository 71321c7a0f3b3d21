"""F8: a feed with dates, made safe and stored, beside feedparser alone, which makes HTML safe and stores nothing.

Of a usual feed and of a long one: starting the child process that parses (isolate.py) weighs on short ones. What is
unchanged is told by 304, through a real server on loopback, or by the hash of its bytes. `reader` and fastfeedparser
are no dependencies of the hub: they are measured where BENCH_PEERS names a Python that has them, and nh3.
"""

from __future__ import annotations

import json
import os
import subprocess
import tempfile
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from unittest.mock import patch

from benchmarks import taking
from benchmarks.server import served
from benchmarks.taking import begin, here, source, take, undone

# isort: split
import feedparser
from django.db import connection

from advisories.collect import isolate, run
from advisories.collect.kinds import parse
from advisories.collect.reading import digest
from advisories.models import Source
from benchmarks.documents import feed
from benchmarks.measure import Figure, emit, race
from benchmarks.texts import NOW
from members.models import Warp

PEER = "feedparser"
SIZES = {100: 11, 1_000: 3}  # entries, rounds


def main() -> None:
    warp = begin()
    emit([figure for size, rounds in SIZES.items() for figure in compared(warp, size, rounds)])


def compared(warp: Warp, count: int, rounds: int) -> Iterator[Figure]:
    body = feed(count)
    new, old, asked = source(warp, "feed"), source(warp, "feed"), source(warp, "feed", "-")
    take(old, body)
    peer = partial(feedparser.parse, body)
    changed = race(
        {
            PEER: peer,
            "ours: the parser alone": partial(here, "feed", body),
            "ours: the parser in its child": partial(parse, "feed", body),
            "ours: all new, bytes to rows": partial(undone, partial(take, new, body)),
            "ours: 10% of it changed": partial(undone, partial(take, old, feed(count, edition=1, of=10))),
            "ours: all of it changed": partial(undone, partial(take, old, feed(count, edition=1))),
        },
        rounds,
    )
    changed |= others(body)
    with served(["127.0.0.1"]) as port:
        asked.url = f"http://127.0.0.1:{port}/0/{count}"
        asked.save()
        run.collect(asked, NOW)
        asked.refresh_from_db()
        assert asked.etag, "the server gave no ETag"
        same = race(
            {
                PEER: peer,
                "ours: told by 304, all in all": partial(undone, partial(unparsed, asked)),
                "ours: told by hash, all in all": partial(undone, partial(taking.again, old, body, digest(body))),
                "ours: told by hash, the telling": partial(digest, body),
            },
            rounds,
        )
    yield from _figures(f"F8 feed of {count:,}", count, changed)
    yield from _figures(f"F8 feed of {count:,}, unchanged", count, same)


def unparsed(which: Source) -> None:
    """Asked and answered over HTTP; any child that parses would be a bug."""
    with patch.object(isolate, "run", side_effect=AssertionError("it was parsed")):
        (row,) = run.collect(which, NOW)
    assert row.outcome == "same", row.error


def others(body: bytes) -> dict[str, float]:
    """Milliseconds of the peers that live elsewhere."""
    if not (python := os.environ.get("BENCH_PEERS")):
        return {}
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "feed.xml").write_bytes(body)
        program = Path(__file__).with_name("feedpeers.py")
        told = subprocess.run([python, str(program), folder], check=True, stdout=subprocess.PIPE).stdout
    taken: dict[str, float] = json.loads(told)
    return taken


def _figures(work: str, count: int, taken: dict[str, float]) -> Iterator[Figure]:
    """Entries a second, and how many times as long as feedparser (what is unchanged: how many times faster)."""
    for way, ms in taken.items():
        faster = "told by" in way
        goal = ">=100" if faster else "<=1.2" if way.endswith((" rows", " of it changed")) else ""
        ratio = taken[PEER] / ms if faster else ms / taken[PEER]
        yield Figure(work, connection.vendor, way, count / ms * 1000, ratio, goal, "/s")


if __name__ == "__main__":
    main()
