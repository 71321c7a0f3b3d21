"""300 sources, 20 of them hanging: are the others as quick as without those, and what does the worker hold?

The sources lie on as many loopback addresses, each another host, of a server in a process of its own. They are
collected twice: everything is new, and nothing is (the server says 304, and those that hang have failed before); with
the hanging ones and, in another hub, without them. A source's time goes from the task to its row. The hanging ones
themselves end when their time is up. The worker's memory is its own; that of the children that parse is told apart.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from statistics import median
from typing import Any, NamedTuple

from benchmarks.measure import Figure, emit
from benchmarks.server import served

SOURCES, HANGING, ENTRIES = 300, 20, 20
MOST = 200  # MB by which the worker may grow
HOSTS = [f"127.0.{number // 200 + 1}.{number % 200 + 1}" for number in range(SOURCES)]


class Pass(NamedTuple):
    """Seconds until each of the good sources was collected, by its number, and until all were, the hanging as well."""

    good: dict[Any, float]
    all: float


def hanging() -> dict[int, str]:
    """Which of the sources hang, and how."""
    every = SOURCES // HANGING
    return {number: "hang" if number % 2 else "drip" for number in range(every // 2, SOURCES, every)}


def run(port: int, which: str) -> tuple[list[Pass], dict[str, float]]:
    with tempfile.TemporaryDirectory() as home:
        env = {**os.environ, "WARP_HOME": home, "COLLECT_ALLOW": "127.0.0.0/8"}
        command = [sys.executable, "-m", "benchmarks.collectrun", str(port), which]
        told = json.loads(subprocess.run(command, env=env, stdout=subprocess.PIPE, check=True).stdout)
    return [Pass(*one) for one in told["passes"]], told["memory"]


def main() -> None:
    with served(HOSTS) as port:
        without, _memory = run(port, "-")
        beside, memory = run(port, "hanging")
    emit([
        *_times(f"{SOURCES} sources, all new", without[0], beside[0]),
        *_times(f"{SOURCES} sources, none new", without[1], beside[1]),
        *_held(memory),
    ])  # fmt: skip


def _times(work: str, without: Pass, beside: Pass) -> Iterator[Figure]:
    """Of the good sources. `ratio`: against the run without the hanging ones."""
    for name, of, goal in (("median", median, ""), ("last", max, "<=1.2")):
        before, now = of(without.good.values()), of(beside.good.values())
        yield Figure(work, "sqlite", f"without the {HANGING} that hang: {name}", before, 1.0, "", "s")
        yield Figure(work, "sqlite", f"beside them: {name}", now, now / before, goal, "s")
    delays = [beside.good[number] - before for number, before in without.good.items()]
    for name, of in (("median", median), ("most", max)):
        yield Figure(work, "sqlite", f"delay of one by them: {name}", of(delays), of(delays) / before, "", "s")
    yield Figure(work, "sqlite", "until those that hang were given up", beside.all, beside.all / before, "", "s")


def _held(memory: dict[str, float]) -> Iterator[Figure]:
    """`ratio`: of the growth that is allowed."""
    for name in ("start", "peak", "end"):
        grown = (memory[name] - memory["start"]) / MOST
        goal = "" if name == "start" else "<=1"
        yield Figure(f"{SOURCES} sources, the worker's memory", "sqlite", name, memory[name], grown, goal, "MB")
    children = memory["children"]
    yield Figure(f"{SOURCES} sources, the worker's memory", "sqlite", "its children, at most", children, 0.0, "", "MB")


if __name__ == "__main__":
    main()
