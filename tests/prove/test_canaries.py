"""Drawn worlds, each walked as it is, with one hidden item more, and with its anonymous report filed by another.

WARP_WORLDS sets how many, WARP_SHARE how much of each.
"""

from __future__ import annotations

import os

import pytest

from tests.prove.canaries import Tally
from tests.prove.world_run import prove_world

pytestmark = pytest.mark.django_db
WORLDS = int(os.environ.get("WARP_WORLDS", "20"))
# Of the acts and forms of each world; what shows texts is asked in all (`make prove` takes more).
SHARE = float(os.environ.get("WARP_SHARE", "0.05"))


@pytest.mark.parametrize("number", range(WORLDS))
def test_what_is_seen_is_what_the_oracle_says_and_nothing_else_makes_a_difference(number: int) -> None:
    tally = Tally()
    prove_world(tally, number, SHARE)
    assert tally.leaks == []
    assert tally.hidden == []
    assert tally.twins == []
    assert tally.swaps == []
    assert tally.controls
