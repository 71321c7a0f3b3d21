"""`python -m tests.faults.run DATABASE [quick] [names of cells …]`: the cells of one database; a JSON line for each.

`-` for the names reads them from standard input. Ends after `FAULTS_UNTIL` (seconds since 1970).
"""

from __future__ import annotations

import json
import os
import signal
import sys
import tempfile
import time
from pathlib import Path

from tests.faults.matrix import Cell
from tests.faults.stack import Stack
from tests.faults.stops import times

SETTLE = 1.5  # leases and sweeps that are waited for something late


def main() -> int:
    database, *names = sys.argv[1:]
    cells = [Cell(database, *name.split(" × ")) for name in (names or sys.stdin.read().splitlines())]
    ends = float(os.environ.get("FAULTS_UNTIL", "inf"))
    home = Path(tempfile.mkdtemp(prefix="warp-faults-"))
    stack = Stack(database, home, times=os.environ.get("FAULTS_TIMES", "short"))
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
    try:
        stack.prepare()
        run(stack, cells, ends)
    finally:
        stack.end()
    return 0


def run(stack: Stack, cells: list[Cell], ends: float) -> None:
    from tests.faults import stops
    from tests.faults.cast import coordinator
    from tests.faults.strike import Strike, strike

    stops.FOLDER = stack.faults
    stack.start("worker", "beat")
    cora = coordinator()
    done: list[Strike] = []
    for number, cell in enumerate(cells):
        if time.time() > ends:
            break
        began = time.monotonic()
        one = strike(stack, cell, f"c{number}", cora)
        done.append(one)
        say({"cell": cell.name, **one.result.row(), "seconds": round(time.monotonic() - began, 1)})
    time.sleep(SETTLE * (times()["lease"] + times()["sweep"]))
    for one in done:
        before = one.result.row()
        one.count()
        if one.result.row() != before:  # the last line of a cell is the one that holds
            say({"cell": one.cell.name, **one.result.row(), "seconds": 0.0, "late": True})


def say(row: dict[str, object]) -> None:
    print(json.dumps(row), flush=True)


if __name__ == "__main__":
    sys.exit(main())
