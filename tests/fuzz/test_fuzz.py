"""A short run of every target of `make fuzz`, the same each time."""

from __future__ import annotations

import pytest

from advisories.collect.kinds import KINDS
from tests.fuzz.bodies import SEEDS
from tests.fuzz.drive import Broken, drive
from tests.fuzz.targets import TARGETS, Target

SEED, EXAMPLES = 1, 25


@pytest.mark.parametrize("name", TARGETS)
def test_nothing_that_is_made_wrong_breaks_a_reader(name: str) -> None:
    assert drive(TARGETS[name], EXAMPLES, SEED) >= EXAMPLES / 2


def test_every_kind_of_source_is_fuzzed() -> None:
    assert {seed.kind for seed in SEEDS.values()} == set(KINDS)


def test_what_breaks_a_reader_is_told_with_its_example() -> None:
    def never(example: bytes) -> None:
        assert b"<" not in example

    with pytest.raises(Broken, match="<"):
        drive(Target(TARGETS["RSS"].examples.map(lambda one: one[0]), never), EXAMPLES, SEED)
