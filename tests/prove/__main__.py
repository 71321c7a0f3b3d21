"""`make prove`: the whole proof, as large as you give it time for.

`python -m tests.prove world` does those pieces alone whose name begins so.

SEEDS=a..b (the worlds; default 0..120) · MINUTES=m (no further piece is begun after that; default 55) · RESULTS=file.
Every piece is a line of the results file as soon as it is done; a piece that stands there for the same code is not
done again. Exit status: 0 nothing leaks, 1 something does, or a part of the proof was never reached.
"""

from __future__ import annotations

import hashlib
import json
import os
import sys
import time
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from multiprocessing import get_context
from pathlib import Path
from typing import Any

from tqdm import tqdm

from tests.prove import work
from tests.prove.mutants import MUTANTS, Mutant
from tests.prove.mutate import ROOT, judge, unchanged

Result = dict[str, Any]
Piece = tuple[str, Callable[..., Result], tuple[Any, ...]]
WORKERS, PAIRS, TAMPERINGS, FEWEST_MUTANTS, SLOWEST_MS = 2, 2_000, 1_000, 40, 1.0
CODE = ("members", "advisories", "warp", "templates", "tests")


def fingerprint() -> str:
    """Of every file that the proof is about, and of the proof."""
    digest = hashlib.sha256()
    for path in sorted(path for name in CODE for path in (ROOT / name).rglob("*") if path.is_file()):
        if "__pycache__" not in path.parts and "static" not in path.parts:
            digest.update(f"{path.relative_to(ROOT)}\n".encode() + path.read_bytes())
    return digest.hexdigest()[:16]


def pieces(seeds: Iterable[int], before: Result) -> Iterator[Piece]:
    """By name: what is quick to say no first, then mutants and worlds by turns: whatever time ends, it has seen as
    much of the one as of the other. `before`: by piece, the test that caught a mutant earlier."""
    yield "pairs", work.pairs, (PAIRS,)
    yield "tamperings", work.tamperings, (TAMPERINGS,)
    yield "mutants, and the hub as it is", unchanged, ()
    mutants = [_mutant(one, before) for one in MUTANTS]
    worlds: list[Piece] = [(f"world {seed}", work.world, (seed,)) for seed in seeds]
    turns = [(at / len(kind), piece) for kind in (mutants, worlds) for at, piece in enumerate(kind)]
    yield from (piece for _turn, piece in sorted(turns, key=lambda turn: turn[0]))


def _mutant(one: Mutant, before: Result) -> Piece:
    name = f"mutant {one.file}: {one.why}"
    return name, judge, (one, before.get(name, ""))


def prove(seeds: Iterable[int], minutes: float, path: Path, only: str = "") -> list[Result]:
    """Do what the results file lacks, and return everything that stands there for this code."""
    code, ends = fingerprint(), time.monotonic() + minutes * 60
    path.parent.mkdir(parents=True, exist_ok=True)
    lines = path.read_text().splitlines() if path.exists() else []
    rows = [json.loads(line) for line in lines]
    before = {row["piece"]: row.get("test", "") for row in rows}
    done = [row for row in rows if row["code"] == code]
    wanted = [piece for piece in pieces(seeds, before) if piece[0].startswith(only)]
    names = {name for name, _do, _words in wanted}
    kept = {row["piece"]: row for row in done if row["piece"] in names}
    waiting = iter([piece for piece in wanted if piece[0] not in kept])
    pool = ProcessPoolExecutor(WORKERS, mp_context=get_context("spawn"), initializer=work.begin)
    with pool, path.open("a") as file, tqdm(total=len(wanted), initial=len(kept), unit=" pieces") as bar:
        for name, row in _results(pool, waiting, ends):
            kept[name] = {"piece": name, "code": code, **row}
            file.write(json.dumps(kept[name]) + "\n")
            file.flush()
            bar.update()
        for _ in range(WORKERS):
            pool.submit(work.end)
    return list(kept.values())


def _results(pool: ProcessPoolExecutor, waiting: Iterator[Piece], ends: float) -> Iterator[tuple[str, Result]]:
    """Each piece's result as it comes; none is begun after `ends`."""
    running: dict[Future[Result], str] = {}
    while True:
        while len(running) < WORKERS and time.monotonic() < ends and (piece := next(waiting, None)):
            name, do, words = piece
            running[pool.submit(do, *words)] = name
        if not running:
            return
        for future in wait(running, return_when=FIRST_COMPLETED).done:
            yield running.pop(future), future.result()


def summary(rows: list[Result], took: float) -> tuple[list[str], bool]:
    """What to print, and whether the proof holds: every part was reached, and none found anything."""
    worlds = [row for row in rows if row["kind"] == "world"]
    mutants = [row for row in rows if row["kind"] == "mutant"]
    found = {name: [said for row in worlds for said in row[name]] for name in ("leaks", "hidden", "twins", "swaps")}
    total = {name: sum(row[name] for row in worlds) for name in ("responses", "tokens", "controls")}
    fails = next((row["failed"] for row in rows if row["kind"] == "unchanged"), "not reached")
    survived = [row for row in mutants if not row["caught_by"]]
    pair = next((row for row in rows if row["kind"] == "pairs"), None)
    tampered = next((row for row in rows if row["kind"] == "tamperings"), None)
    shown, spent = total["controls"] - len(found["hidden"]), sum(row["seconds"] for row in rows) / 60
    lines = [
        f"worlds                               {len(worlds):>12,}",
        f"exits                                {len({one for row in worlds for one in row['exits']}):>12,}",
        f"responses                            {total['responses']:>12,}",
        f"tokens sought                        {total['tokens']:>12,}",
        f"leaks                                {len(found['leaks']):>12,}",
        f"positive controls shown              {shown:>12,} of {total['controls']:,}",
        f"twin worlds with different bytes     {len(found['twins']):>12,} of {len(worlds):,}",
        f"swapped worlds with different bytes  {len(found['swaps']):>12,} of {len(worlds):,}",
        f"mutants caught                       {len(mutants) - len(survived):>12,} of {len(mutants):,}",
        f"the same proof without a mutant      {'fails' if fails else 'holds':>12}",
        f"hidden against nonexistent           {_pairs(pair)}",
        f"audit tamperings found               {_tampered(tampered)}",
        f"minutes, all processes together      {spent:>12.1f}; this time, by the clock, {took:.1f}",
    ]
    said = [one for ones in found.values() for one in ones]
    said += [f"not caught: {row['piece']}: {row['said']}" for row in survived]
    said += [f"what mutants are judged by fails without any: {fails}"] if fails else []
    said += [*(pair or {}).get("unlike", []), *(tampered or {}).get("missed", [])]
    reached = worlds and len(mutants) >= FEWEST_MUTANTS and pair and tampered and total["controls"]
    quick = pair is not None and abs(pair["median_ms"]) <= SLOWEST_MS
    return [*said[:50], *lines], bool(reached and quick and not said)


def _pairs(row: Result | None) -> str:
    if row is None:
        return "  not reached"
    same = row["pairs"] - len(row["unlike"])
    return f"{same:>12,} of {row['pairs']:,} alike, median difference {row['median_ms']:+.3f} ms"


def _tampered(row: Result | None) -> str:
    if row is None:
        return "  not reached"
    return f"{row['tried'] if not row['missed'] else 0:>12,} of {row['tried']:,}"


def main() -> int:
    first, _dots, last = os.environ.get("SEEDS", "0..120").partition("..")
    home = Path(os.environ.get("WARP_HOME") or ROOT / "var")
    path = Path(os.environ.get("RESULTS") or home / "prove" / "results.jsonl").resolve()
    began = time.monotonic()
    rows = prove(
        range(int(first), int(last or first) + 1), float(os.environ.get("MINUTES") or 55), path, " ".join(sys.argv[1:])
    )
    lines, holds = summary(rows, (time.monotonic() - began) / 60)
    print("\n".join([*lines, f"results                              {path}"]))
    print("Nothing leaks, as far as this proof reaches." if holds else "THE PROOF DOES NOT HOLD.")
    return 0 if holds else 1


if __name__ == "__main__":
    sys.exit(main())
