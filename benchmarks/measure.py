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
    """One line of the table: what was done, on what, by whom, how much of which unit, and against the first."""

    work: str
    database: str
    way: str
    value: float
    ratio: float
    goal: str = ""
    unit: str = "ms"

    def row(self) -> str:
        measured = f"{self.value:>10.2f} {self.unit:<2} {self.ratio:>8.2f}x {self.goal:>8}"
        return f"{self.work:<34} {self.database:<11} {self.way:<34} {measured}"


def race(
    ways: dict[str, Callable[[], object]],
    rounds: int,
    slow: tuple[str, ...] = (),
    before: dict[str, Callable[[], object]] | None = None,
) -> dict[str, float]:
    """Median milliseconds of each way; the slow ones take part in one round of ten. `before` lays out its work."""
    times: dict[str, list[float]] = {name: [] for name in ways}
    ready = before or {}
    for name, call in ways.items():
        ready.get(name, int)()
        call()
    for number in range(rounds):
        for name, call in ways.items():
            if name in slow and number % 10:
                continue
            ready.get(name, int)()
            start = perf_counter()
            call()
            times[name].append((perf_counter() - start) * 1000)
    return {name: median(taken) for name, taken in times.items()}


def emit(figures: list[Figure]) -> None:
    """Figures as one JSON array on standard output, for the program that asked."""
    json.dump([asdict(figure) for figure in figures], sys.stdout)
