"""What a process holds in memory, looked at often; and what its children do, who come and go."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from benchmarks.startup import descendants

EVERY = 0.05  # seconds between two looks at the children


class Watch:
    """Megabytes. `start`, `peak` and `end`: the process itself, as the system counts it; `children`: the most that all
    of its children held together, as far as they were seen."""

    def __init__(self, pid: int) -> None:
        self.pid = pid
        self.start = self.end = self.peak = held(pid, "VmRSS")
        self.children = 0.0

    @contextmanager
    def watching(self) -> Iterator[None]:
        done = threading.Event()
        looking = threading.Thread(target=self._look, args=(done,), daemon=True)
        looking.start()
        try:
            yield
        finally:
            done.set()
            looking.join()
            self.end, self.peak = held(self.pid, "VmRSS"), held(self.pid, "VmHWM")

    def _look(self, done: threading.Event) -> None:
        while not done.wait(EVERY):
            _itself, *children = descendants(self.pid)
            self.children = max(self.children, sum(held(child, "VmRSS") for child in children))


def held(pid: int, what: str) -> float:
    """VmRSS (now) or VmHWM (the most so far), in megabytes; 0 of a process that has ended."""
    try:
        lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    except OSError:
        return 0.0
    return next((int(line.split()[1]) / 1024 for line in lines if line.startswith(f"{what}:")), 0.0)
