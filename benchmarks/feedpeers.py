"""Peers of F8 that the hub does not depend on, in a Python that has them. Milliseconds by name, as JSON.

`python feedpeers.py FOLDER`, with feed.xml in it. reader is run as its users run it, with its own database.
"""

import json
import sys
from collections.abc import Callable
from pathlib import Path
from statistics import median
from time import perf_counter

import fastfeedparser
import nh3
from reader import make_reader

ROUNDS = 3


def fast(body: bytes) -> None:
    for entry in fastfeedparser.parse(body)["entries"]:
        nh3.clean(entry.get("description", ""))


def stored(folder: Path) -> None:
    with make_reader(":memory:", feed_root=str(folder)) as reader:
        reader.add_feed("feed.xml")
        reader.update_feeds()
        assert reader.get_entry_counts().total


def milliseconds(way: Callable[[], None]) -> float:
    taken = []
    for _round in range(ROUNDS + 1):
        start = perf_counter()
        way()
        taken.append((perf_counter() - start) * 1000)
    return median(taken[1:])


if __name__ == "__main__":
    folder = Path(sys.argv[1])
    body = (folder / "feed.xml").read_bytes()
    told = {
        "reader, its database in memory": milliseconds(lambda: stored(folder)),
        "fastfeedparser + nh3": milliseconds(lambda: fast(body)),
    }
    json.dump(told, sys.stdout)
