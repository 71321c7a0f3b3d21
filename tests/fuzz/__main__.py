"""`make fuzz`: every reader of what comes from outside, for as long as you give it time.

`python -m tests.fuzz RSS OPML` takes those targets alone. MINUTES=m (default 5, shared by the targets) · SEED=n (the
same examples again). A line for each target as it ends; what broke one is printed with the seed of its round, and the
exit status is 1.
"""

from __future__ import annotations

import os
import random
import sys
import time
import traceback

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "warp.settings")
django.setup()

# ruff: noqa: E402  the models are there after the set-up alone
from tests.fuzz.drive import Broken, drive
from tests.fuzz.targets import TARGETS

ROUND = 100  # examples between two looks at the clock


def fuzz(name: str, seconds: float, seed: int) -> bool:
    """Whether the target stood; says how it went."""
    begun, tried, rounds = time.monotonic(), 0, 0
    while time.monotonic() - begun < seconds:
        try:
            tried += drive(TARGETS[name], ROUND, seed + rounds)
        except Broken as broken:
            traceback.print_exception(broken.__cause__)
            print(f"BROKEN {name}: again with SEED={seed + rounds}; the example is\n{broken}", flush=True)
            return False
        rounds += 1
    took = time.monotonic() - begun
    print(f"{name}: {tried} examples, {took:.0f} s, seeds {seed}..{seed + rounds - 1}", flush=True)
    return True


def main(names: list[str]) -> int:
    seed = int(os.environ.get("SEED") or random.SystemRandom().randrange(10**9))
    minutes = float(os.environ.get("MINUTES") or 5)
    print(f"SEED={seed}, {minutes:g} minutes for {len(names)} targets", flush=True)
    stood = [fuzz(name, minutes * 60 / len(names), seed) for name in names]
    return 0 if all(stood) else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:] or list(TARGETS)))
