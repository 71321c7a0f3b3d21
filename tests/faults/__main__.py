"""`make faults`: the hub is struck at every point of an alert's way, by every fault, and nothing is lost.

`python -m tests.faults [sqlite] [postgresql] [mutants] [sends]` does those parts alone; without words all but the last.
MINUTES=m (nothing is begun after that; default 55) · RESULTS=file · FAULTS_TIMES=real (the hub's own leases).
A cell that stands in the results file for the same code is not run again. Exit status: 0 nothing was lost, 1 a breach,
or a part was never reached.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from tqdm import tqdm

from benchmarks.services import installed
from tests.faults.matrix import Cell, cells, left_out
from tests.faults.mutants import MUTANTS, judge
from tests.faults.stack import DATABASES, ROOT
from tests.faults.stops import REAL, SHORT, times
from tests.prove.__main__ import fingerprint

Row = dict[str, Any]


class Results:
    """Each piece is a line of the file as soon as it is done; a later line of the same piece holds."""

    def __init__(self, path: Path) -> None:
        self.path, self.code, self.lock = (
            path,
            f"{fingerprint()}-{os.environ.get('FAULTS_TIMES', 'short')}",
            threading.Lock(),
        )
        path.parent.mkdir(parents=True, exist_ok=True)
        lines = path.read_text().splitlines() if path.exists() else []
        self.rows = {row["piece"]: row for line in lines if (row := json.loads(line))["code"] == self.code}

    def add(self, piece: str, row: Row) -> None:
        with self.lock, self.path.open("a") as file:
            self.rows[piece] = {"piece": piece, "code": self.code, **row}
            file.write(json.dumps(self.rows[piece]) + "\n")


def strike(database: str, wanted: list[Cell], results: Results, bar: Any) -> None:
    """The cells of one database that are not done yet, in a process that owns the servers."""
    waiting = "\n".join(f"{cell.point} × {cell.fault}" for cell in wanted if cell.name not in results.rows)
    if not waiting:
        return
    command = [sys.executable, "-m", "tests.faults.run", database]
    with subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdin is not None and process.stdout is not None
        process.stdin.write(waiting)
        process.stdin.close()
        for line in process.stdout:
            row = json.loads(line)
            results.add(row.pop("cell"), {"kind": "cell", **row})
            bar.update(not row.get("late"))


def mutate(results: Results, ends: float, bar: Any) -> None:
    def one(mutant: Any) -> None:
        if f"mutant {mutant.why}" not in results.rows and time.time() < ends:
            results.add(f"mutant {mutant.why}", judge(mutant))
        bar.update()

    with ThreadPoolExecutor(2) as pool:
        list(pool.map(one, MUTANTS))


def send(database: str, results: Results) -> None:
    """In a process of its own, which has one database."""
    if f"{database}: sends" not in results.rows:
        command = [sys.executable, "-m", "tests.faults.sends", database]
        done = subprocess.run(command, cwd=ROOT, stdout=subprocess.PIPE, text=True, check=True)
        results.add(f"{database}: sends", json.loads(done.stdout))


def of_sends(results: Results, databases: list[str]) -> tuple[list[str], bool]:
    rows = {database: results.rows.get(f"{database}: sends") for database in databases}
    lines = [
        f"{database}: sent without a fault      {row['messages']:,} of {row['wanted']:,}, {row['twice']} twice,"
        f" in {row['seconds']:.0f} s ({row['taken'] / row['seconds']:.0f}/s)"
        for database, row in rows.items() if row
    ]  # fmt: skip
    return lines, all(row and not row["breach"] for row in rows.values())


def summary(results: Results, wanted: dict[str, list[Cell]], mutants: bool) -> tuple[list[str], bool]:
    """What to print, and whether it holds."""
    lines, holds = [], True
    for database, there in wanted.items():
        rows = [results.rows[cell.name] for cell in there if cell.name in results.rows]
        breaches = [row for row in rows if row["breach"]]
        holds &= len(rows) == len(there) and not breaches
        lines += [f"BREACH {row['piece']}: {_words(row)}" for row in breaches]
        slowest = max(rows, key=lambda row: row["recovery"], default={"recovery": 0.0, "piece": ""})
        lines += [
            f"{database}: cells                     {len(rows):>6} of {len(there)}",
            f"{database}: lost                      {sum(len(row['lost']) for row in rows):>6}",
            f"{database}: to whom the right had ended{sum(len(row['revoked']) for row in rows):>5}",
            f"{database}: duplicates                {sum(row['duplicates'] for row in rows):>6}"
            f" of {sum(row['allowed'] for row in rows)} messages that a crash touched on their way",
            f"{database}: duplicates without a crash{sum(_untouched(row) for row in rows):>6}",
            f"{database}: slowest recovery          {slowest['recovery']:>6.1f} s, {slowest['piece']}",
            f"{database}: the machine stood still   {max((row['stood'] for row in rows), default=0.0):>6.1f} s at most",
        ]
    if mutants:
        found = [results.rows[f"mutant {one.why}"] for one in MUTANTS if f"mutant {one.why}" in results.rows]
        survived = [row for row in found if not row["caught"]]
        holds &= len(found) == len(MUTANTS) and not survived
        lines += [f"NOT CAUGHT {row['piece']}: {row['said']}" for row in survived]
        lines += [f"mutants caught                     {len(found) - len(survived):>6} of {len(MUTANTS)}"]
    return lines, holds


def _untouched(row: Row) -> int:
    return max(0, row["duplicates"] - row["allowed"])


def _words(row: Row) -> str:
    parts = [f"lost {row['lost']}"] * bool(row["lost"]) + [f"told the revoked {row['revoked']}"] * bool(row["revoked"])
    parts += [f"{row['duplicates']} twice where {row['allowed']} may be"] * (row["duplicates"] > row["allowed"])
    return "; ".join([*parts, *row["said"], f"recovered in {row['recovery']} s"])


def main() -> int:
    words = sys.argv[1:] or [*DATABASES, "mutants"]
    minutes = float(os.environ.get("MINUTES") or 55)
    began, home = time.monotonic(), Path(os.environ.get("WARP_HOME") or ROOT / "var")
    ends = time.time() + minutes * 60
    os.environ["FAULTS_UNTIL"] = str(ends)
    results = Results(Path(os.environ.get("RESULTS") or home / "faults" / "results.jsonl").resolve())
    chosen = [database for database in DATABASES if database in words] or DATABASES
    wanted = {database: list(cells(database)) for database in chosen}
    if "postgresql" in wanted and installed() is None:
        print("PostgreSQL or Redis is not installed: struck on SQLite alone")
        del wanted["postgresql"]
    striking = words != ["mutants"] and words != ["sends"]
    every = striking * sum(map(len, wanted.values())) + len(MUTANTS) * ("mutants" in words)
    done = sum(cell.name in results.rows for there in wanted.values() for cell in there)
    with tqdm(total=every, initial=done, unit=" cells") as bar, ThreadPoolExecutor(len(DATABASES)) as pool:
        if striking:
            list(pool.map(lambda one: strike(one[0], one[1], results, bar), wanted.items()))
        if "mutants" in words:
            mutate(results, ends, bar)
        for database in wanted if "sends" in words else ():
            send(database, results)
    struck = wanted if striking else {}
    lines, holds = summary(results, struck, "mutants" in words)
    if "sends" in words:
        said, well = of_sends(results, list(wanted))
        lines, holds = [*lines, *said], holds and well
    told, usual = times(), REAL
    shorter = ", ".join(f"{name} {told[name]:g} s for {usual[name]:g} s" for name in SHORT if told[name] != usual[name])
    print("\n".join(lines))
    print("not struck, since it makes no sense:", *left_out(), sep="\n    ")
    print(f"times of the run                   {shorter or 'the hub’s own'}")
    print(f"minutes {(time.monotonic() - began) / 60:.1f}; results {results.path}")
    print("Nothing is lost, as far as this proof reaches." if holds else "THE PROOF DOES NOT HOLD.")
    return 0 if holds else 1


if __name__ == "__main__":
    sys.exit(main())
