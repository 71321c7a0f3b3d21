"""Canaries over the drawn worlds."""

from __future__ import annotations

import os

import pytest

from tests.prove.canaries import Tally
from tests.prove.world_run import prove_world

pytestmark = pytest.mark.django_db
WORLDS = int(os.environ.get("WARP_WORLDS", "50"))
SHARE = 0.05  # of the acts and forms of each world; what shows texts is asked in all (`make prove` takes more)


@pytest.mark.parametrize("number", range(WORLDS))
def test_what_is_seen_is_what_the_oracle_says(number: int) -> None:
    tally = Tally()
    prove_world(tally, number, SHARE)
    assert tally.leaks == []
    assert tally.hidden == []
    assert tally.controls
