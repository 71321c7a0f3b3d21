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

ROOT = Path(__file__).parent.parent.parent
COPIED = ("manage.py", "pyproject.toml", "members", "advisories", "warp", "templates", "tests")
PARSER = "node_modules/ical.js"  # which reads calendars, where the machine has it
PAGES = (
    "pages_advisory",
    "pages_incident",
    "incidents",
    "incident_versions",
    "incident_exports",
    "pages_tend",
    "reporting",
    "evidence",
    "pages_report",
    "pages_embargo",
    "pages_talk",
    "questions",
    "pages_questions",
    "sightings",
    "shared",
    "pages_overview",
    "awaiting",
    "pages_desk",
    "children",
    "attachment",
    "atom",
    "activity_hidden",
)
EXERCISES = ("told", "pages_play", "pages_report", "running", "figures", "flash", "pages_lead")
TOLD = ("telling/test_pages_told", "telling/test_month", "kit/test_lists")


class Proof(NamedTuple):
    name: str
    targets: list[str]
    worlds: int  # how many drawn worlds it looks at
    of: tuple[str, ...] = ()  # the rooms it is about: a change there meets it first


# The quickest first: a mutant that dies there costs a few seconds.
PROOFS = (
    Proof("cases and oracle", ["tests/members/test_policy_cases.py", "tests/prove/test_oracle.py"], 20),
    Proof("directions", ["tests/members/test_directions.py"], 12),
    Proof("training", ["tests/members/training"], 3, ("members/training/", "members/views/training/")),
    Proof(
        "exercises",
        [f"tests/members/exercises/test_{name}.py" for name in EXERCISES],
        3,
        ("members/exercises/", "members/views/exercises/"),
    ),
    Proof(
        "pages",
        [
            "tests/prove/test_found.py",
            "tests/members/test_embargo.py",
            *(f"tests/advisories/test_{name}.py" for name in PAGES),
            "tests/advisories/sharing",
        ],
        3,
        ("advisories/", "members/views/", "templates/"),
    ),
    Proof(
        "answers",
        ["tests/members/response", "tests/advisories/test_pages_answers.py"],
        3,
        ("members/response/",),
    ),
    Proof("what is told", [f"tests/members/{name}.py" for name in TOLD], 3, ("members/telling/", "members/kit/")),
    Proof(
        "the outbox",
        ["tests/members/test_subscribing.py", "tests/members/calendar", "tests/members/delivery"],
        3,
        ("members/delivery/", "members/calendar/"),
    ),
    Proof(
        "addresses, keys and what comes back",
        ["tests/members/test_pages_reach.py", "tests/members/test_openpgp.py", "tests/advisories/test_bounces.py"],
        3,
        ("members/reach/",),
    ),
    Proof("what machines are served", ["tests/members/test_served.py"], 8, ("advisories/serve/", "members/served")),
    Proof("canaries, twins and swap", ["tests/prove/test_canaries.py"], 3),
    Proof("states and times", ["tests/prove/test_stateful.py", "tests/prove/test_times.py"], 3),
    Proof("canaries, twins and swap of more worlds", ["tests/prove/test_canaries.py"], 12),
)
# A mutant that only breaks the hub proves nothing.
BROKEN = re.compile(
    r"^E +(NameError|ImportError|SyntaxError|IndentationError|ModuleNotFoundError|UnboundLocalError)", re.M
)
PATIENCE = 1800  # seconds for one part of the proof: what hangs is given up, and what shares its machine is not
HOLDS = "the proof holds all the same"


class Verdict(NamedTuple):
    mutant: Mutant
    caught_by: str  # "" where it survived, or is none
    said: str  # the first line of what failed, or what is wrong with the mutant
    seconds: float

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


def _judge(mutant: Mutant, folder: Path) -> Verdict:
    began = time.monotonic()
    with copied(folder) as copy:
        path = copy / mutant.file
        text = path.read_text()
        if text.count(mutant.old) != 1:
            return Verdict(mutant, "", f"its text stands there {text.count(mutant.old)} times", 0)
        path.write_text(text.replace(mutant.old, mutant.new))
        caught_by, said = _proved(copy, mutant.file)
    return Verdict(mutant, caught_by, said, time.monotonic() - began)


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
        _caught_by, said = _proved(copy)
    took = round(time.monotonic() - began, 2)
    return {"kind": "unchanged", "failed": "" if said == HOLDS else said, "seconds": took}


def judge(mutant: Mutant) -> dict[str, object]:
    """One mutant as a line of the results."""
    with tempfile.TemporaryDirectory() as folder:
        one = _judge(mutant, Path(folder))
    return {"kind": "mutant", "caught_by": one.caught_by, "said": one.said, "seconds": round(one.seconds, 2)}


def _proved(copy: Path, changed: str = "") -> tuple[str, str]:
    """By which part of the proof the copy is refused, and in which words. What is about the room of the file that was
    `changed` is asked first."""
    for name, targets, worlds, _of in sorted(PROOFS, key=lambda proof: not changed.startswith(proof.of or ("-",))):
        there = [target for target in targets if (copy / target).exists()]
        env = {**os.environ, "WARP_HOME": str(copy / "var"), "WARP_WORLDS": str(worlds), "WARP_SHARE": "0.3"}
        command = [
            sys.executable,
            "-m",
            "pytest",
            "-q",
            "-x",
            "--tb=short",
            "-p",
            "no:cacheprovider",
            "-p",
            "no:xdist",
            "-o",
            "addopts=",
        ]
        try:
            done = subprocess.run(
                [*command, *there], cwd=copy, env=env, capture_output=True, text=True, timeout=PATIENCE, check=False
            )
        except subprocess.TimeoutExpired:
            return "", f"{name} took longer than {PATIENCE} s: nothing was shown"
        if BROKEN.search(done.stdout) or done.returncode not in (0, 1):
            return "", f"it breaks the hub instead: {_first(done.stdout) or done.stdout[-300:]}"
        if done.returncode == 1:
            return name, _first(done.stdout)
    return "", HOLDS


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
