"""One target for a number of examples, from a seed: the same again from the same seed."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import hypothesis
from hypothesis import HealthCheck, Phase, given, settings

from tests.fuzz.targets import Target

LONGEST_SHOWN = 4_000  # characters of a failing example


class Broken(Exception):
    """A target broke; `str()` is the example that did it, made as small as it would go."""


def drive(target: Target, examples: int, seed: int, *, shrink: bool = True) -> int:
    """How many examples were judged. Raises Broken, from what was raised."""
    tried, last = 0, list[Any]()

    def one(example: Any) -> None:
        nonlocal tried
        tried += 1
        last[:] = [example]
        target.check(example)

    try:
        _over(target, one, examples, seed, shrink=shrink)()
    except Exception as error:
        raise Broken(repr(last[0])[:LONGEST_SHOWN] if last else "no example") from error
    return tried


def _over(target: Target, one: Callable[[Any], None], examples: int, seed: int, *, shrink: bool) -> Callable[[], None]:
    phases = (Phase.generate, Phase.shrink) if shrink else (Phase.generate,)
    how = settings(
        max_examples=examples, database=None, deadline=None, phases=phases, suppress_health_check=list(HealthCheck),
        report_multiple_bugs=False, print_blob=False,
    )  # fmt: skip

    def judged(example: Any) -> None:
        one(example)

    test: Callable[[], None] = hypothesis.seed(seed)(how(given(target.examples)(judged)))
    return test
