"""What is fuzzed: a strategy that makes an example, and the judge of what comes of it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import Any, NamedTuple

from hypothesis import strategies as st

from advisories.collect.base import ParseContext
from advisories.collect.kinds import KINDS
from tests.advisories.collect.conftest import context
from tests.fuzz import helpers, judge, proofs, scenarios
from tests.fuzz.bodies import SEEDS, Seed
from tests.fuzz.mutate import mutated


class Target(NamedTuple):
    examples: st.SearchStrategy[Any]
    check: Callable[[Any], None]


def _document(seed: Seed, example: tuple[bytes, dict[str, Any]]) -> None:
    body, known = example
    judge.judge(seed.kind, body, replace(_context(seed.kind), **known))


def _context(kind: str) -> ParseContext:
    return context(limits=KINDS[kind].limits)


TARGETS: dict[str, Target] = {
    **{
        name: Target(st.tuples(mutated(seed.bodies), st.sampled_from(seed.known)), partial(_document, seed))
        for name, seed in SEEDS.items()
    },
    **{name: Target(*target) for name, target in {**helpers.TARGETS, **proofs.TARGETS, **scenarios.TARGETS}.items()},
}
