"""Prove the proof: put each seeded leak into a copy of the hub, and see that the proof fails there.

`python -m tests.prove.mutate [part of a file's name or of a reason]` prints one line for each.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

from tests.prove.mutants import MUTANTS, Mutant
from tests.prove.parts import Proof, likest, nearest

ROOT = Path(__file__).parent.parent.parent
COPIED = ("manage.py", "pyproject.toml", "members", "advisories", "warp", "templates", "tests")
PARSER = "node_modules/ical.js"  # which reads calendars, where the machine has it
# A mutant that only breaks the hub proves nothing.
BROKEN = re.compile(
    r"^E +(NameError|ImportError|SyntaxError|IndentationError|ModuleNotFoundError|UnboundLocalError)", re.M
)
PATIENCE = 1800  # seconds for one part of the proof: what hangs is given up, and what shares its machine is not
HOLDS = "the proof holds all the same"
AGAIN = "what caught it before"


class Verdict(NamedTuple):
    mutant: Mutant
    caught_by: str  # "" where it survived, or is none
    said: str  # the first line of what failed, or what is wrong with the mutant
    seconds: float
    test: str = ""  # which one failed

    @property
    def line(self) -> str:
        word = f"caught by {self.caught_by}" if self.caught_by else f"SURVIVED: {self.said}"
        return f"{self.mutant.file}: {self.mutant.why}: {word} ({self.seconds:.0f} s)"


def outdated(mutants: Iterable[Mutant] = MUTANTS) -> list[str]:
    """Those whose text no longer stands exactly once where it should."""
    counts = [(mutant, (ROOT / mutant.file).read_text().count(mutant.old)) for mutant in mutants]
    return [f"{mutant.file}: {mutant.why}: {count} times" for mutant, count in counts if count != 1]


def run(mutants: Iterable[Mutant] = MUTANTS, workers: int = 2) -> Iterator[Verdict]:
    """The verdict on each, as they come."""
    with tempfile.TemporaryDirectory() as folder, ThreadPoolExecutor(workers) as pool:
        yield from pool.map(lambda mutant: _judge(mutant, Path(folder)), mutants)


def _judge(mutant: Mutant, folder: Path, before: str = "") -> Verdict:
    began = time.monotonic()
    with copied(folder) as copy:
        path = copy / mutant.file
        text = path.read_text()
        if text.count(mutant.old) != 1:
            return Verdict(mutant, "", f"its text stands there {text.count(mutant.old)} times", 0)
        path.write_text(text.replace(mutant.old, mutant.new))
        caught_by, said, test = _proved(copy, mutant.file, before)
    return Verdict(mutant, caught_by, said, time.monotonic() - began, test)


@contextmanager
def copied(folder: Path | None = None, *more: str) -> Iterator[Path]:
    """A copy of the hub, and of `more` beside it, to be changed."""
    with tempfile.TemporaryDirectory(dir=folder, ignore_cleanup_errors=True) as copy:
        for name in (*COPIED, *([PARSER] if (ROOT / PARSER).exists() else []), *more):
            _copy(ROOT / name, Path(copy) / name)
        yield Path(copy)


def _copy(source: Path, target: Path) -> None:
    if source.is_dir():
        shutil.copytree(source, target, ignore=shutil.ignore_patterns("__pycache__", "*.pyc"))
    else:
        shutil.copy(source, target)


def unchanged() -> dict[str, object]:
    """What mutants are judged by, of the hub as it is: a proof that fails by itself would catch them all.

    `failed` says how it did; "" where it holds.
    """
    began = time.monotonic()
    with copied() as copy:
        _caught_by, said, _test = _proved(copy)
    took = round(time.monotonic() - began, 2)
    return {"kind": "unchanged", "failed": "" if said == HOLDS else said, "seconds": took}


def judge(mutant: Mutant, before: str = "") -> dict[str, object]:
    """One mutant as a line of the results. `before`: the test that caught it the last time, which it meets first."""
    with tempfile.TemporaryDirectory() as folder:
        one = _judge(mutant, Path(folder), before)
    took = round(one.seconds, 2)
    return {"kind": "mutant", "caught_by": one.caught_by, "said": one.said, "test": one.test, "seconds": took}


def _proved(copy: Path, changed: str = "", before: str = "") -> tuple[str, str, str]:
    """By which part of the proof the copy is refused, in which words, and by which test. What is about the room of the
    file that was `changed` is asked first, and before that the test that caught it `before`, where it is there."""
    again = [Proof(AGAIN, [before], 20)] if before and _there(copy, before) else []
    for name, targets, worlds, _of in [*again, *nearest(changed)]:
        try:
            done = _run(copy, likest(targets, changed, copy), worlds)
        except subprocess.TimeoutExpired:
            return "", f"{name} took longer than {PATIENCE} s: nothing was shown", ""
        broken = BROKEN.search(done.stdout)
        if name == AGAIN and (broken or done.returncode != 1):
            continue  # it has another name now, or says no more about it
        if broken or done.returncode not in (0, 1):
            return "", f"it breaks the hub instead: {_first(done.stdout) or done.stdout[-300:]}", ""
        if done.returncode == 1:
            return name, _first(done.stdout), _failed(done.stdout)
    return "", HOLDS, ""


def _run(copy: Path, targets: list[str], worlds: int) -> subprocess.CompletedProcess[str]:
    there = [target for target in targets if _there(copy, target)]
    env = {**os.environ, "WARP_HOME": str(copy / "var"), "WARP_WORLDS": str(worlds), "WARP_SHARE": "0.3"}
    words = ["-q", "-x", "--tb=short", "-p", "no:cacheprovider", "-p", "no:xdist", "-o", "addopts="]
    command = [sys.executable, "-m", "pytest", *words, *there]
    return subprocess.run(command, cwd=copy, env=env, capture_output=True, text=True, timeout=PATIENCE, check=False)


def _there(copy: Path, target: str) -> bool:
    return (copy / target.partition("::")[0]).exists()


def _failed(output: str) -> str:
    found = re.search(r"^FAILED (\S+?::.+?)(?: - .*)?$", output, re.MULTILINE)
    return found[1] if found else ""


def _first(output: str) -> str:
    found = re.search(r"^E +(.*)$", output, re.MULTILINE)
    return found[1][:200] if found else ""


def main() -> int:
    wanted = [mutant for mutant in MUTANTS if all(word in f"{mutant.file} {mutant.why}" for word in sys.argv[1:])]
    verdicts = []
    for verdict in run(wanted):
        verdicts.append(verdict)
        print(verdict.line, f"\n    {verdict.said}", flush=True)
    caught = sum(bool(verdict.caught_by) for verdict in verdicts)
    print(f"mutants caught: {caught} of {len(verdicts)}")
    return 0 if caught == len(verdicts) else 1


if __name__ == "__main__":
    sys.exit(main())
