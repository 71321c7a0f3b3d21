"""`make bench`: the figures, each beside its peers in the same run, as ratios. ITEMS sets the sizes of F1 and F2.

Words name some of them. BENCH_PEERS names a Python that has reader, fastfeedparser and nh3, for F8.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile

from benchmarks.measure import Figure
from benchmarks.services import postgres


def run(module: str, database: str | None, *words: str) -> list[Figure]:
    """One benchmark in a process and a database of its own."""
    with tempfile.TemporaryDirectory() as home:
        env = {**os.environ, "WARP_HOME": home, "WARP_DEMO": "1", "COLLECT_ALLOW": "127.0.0.0/8"}
        env.pop("DATABASE_URL", None)
        env.pop("REDIS_URL", None)
        if database is not None:
            env["DATABASE_URL"] = database
        command = [sys.executable, "-m", f"benchmarks.{module}", *words]
        done = subprocess.run(command, env=env, stdout=subprocess.PIPE, check=True)
    return [Figure(**words) for words in json.loads(done.stdout)]


def main() -> None:
    sizes = os.environ.get("ITEMS", "10000,100000").split(",")
    wanted = sys.argv[1:] or [
        "visibility",
        "search",
        "outbox",
        "sending",
        "flash",
        "startup",
        "stix",
        "feeds",
        "rows",
        "collecting",
        "indicators",
    ]
    for module in ("visibility", "search"):
        for size in sizes if module in wanted else []:
            show(run(module, None, size))
            with postgres() as database:
                show(run(module, database, size) if database else [])
    for module in ("outbox", "sending", "stix", "feeds", "rows"):
        if module in wanted:
            show(run(module, None))
            with postgres() as database:
                show(run(module, database) if database else [])
    for module in ("startup", "collecting", "indicators"):
        if module in wanted:
            show(run(module, None))
    for database in ("sqlite", "postgresql") if "flash" in wanted else ():
        show(run("flash", None, database))


def show(figures: list[Figure]) -> None:
    rows = [figure.row() for figure in figures] or ["no PostgreSQL server is installed: not measured"]
    print("\n".join(rows), flush=True)


if __name__ == "__main__":
    main()
