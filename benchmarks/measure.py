"""Medians of repeated calls, the contestants in turn, so that a machine that drifts drifts for all of them."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from dataclasses import asdict, dataclass
from statistics import median
from time import perf_counter


@dataclass(frozen=True)
class Figure:
    """One line of the table: what was done, on what, by whom, in how many milliseconds, and against the first."""

    work: str
    database: str
    way: str
    ms: float
    ratio: float
    goal: str = ""

    def row(self) -> str:
        verdict = f"{self.goal:>8}" if self.goal else " " * 8
        return f"{self.work:<34} {self.database:<11} {self.way:<34} {self.ms:>10.2f} ms {self.ratio:>8.2f}x {verdict}"


def race(ways: dict[str, Callable[[], object]], rounds: int, slow: tuple[str, ...] = ()) -> dict[str, float]:
    """Median milliseconds of each way; the slow ones take part in one round of ten."""
    times: dict[str, list[float]] = {name: [] for name in ways}
    for call in ways.values():
        call()
    for number in range(rounds):
        for name, call in ways.items():
            if name in slow and number % 10:
                continue
            start = perf_counter()
            call()
            times[name].append((perf_counter() - start) * 1000)
    return {name: median(taken) for name, taken in times.items()}


def emit(figures: list[Figure]) -> None:
    """Figures as one JSON array on standard output, for the program that asked."""
    json.dump([asdict(figure) for figure in figures], sys.stdout)
