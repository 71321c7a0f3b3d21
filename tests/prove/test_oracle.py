"""The oracle says what the cases say, and each channel says what the oracle says."""

from __future__ import annotations

import os
from random import Random
from typing import Any

import pytest

from members.policy import versions_for
from members.shows import Exit, shows
from tests.conftest import CASES
from tests.members.world import moment
from tests.prove import cases, draw
from tests.prove.draw import Words
from tests.prove.oracle import Oracle
from tests.prove.worlds import drawn

WORLDS = int(os.environ.get("WARP_WORLDS", "50"))


@pytest.mark.parametrize("case", CASES["cases"], ids=lambda case: case["id"])
def test_the_oracle_says_what_the_cases_say(case: Words) -> None:
    w = cases.world()
    item, at = cases.item(case, w), moment(case.get("at", "2026-11-01T12:00Z"))
    everyone = CASES["sets"]["everyone"]
    for answer in ("body", "offer", "withdrawn"):
        named = case.get(answer, [])
        want = set(CASES["sets"][named] if isinstance(named, str) else named)
        assert {who for who in everyone if Oracle(w, who, at).may(item) == answer} == want, answer


@pytest.mark.django_db
@pytest.mark.parametrize("number", range(0, WORLDS, 5))
def test_what_each_channel_says_and_which_versions_are_read_is_the_oracles_too(number: int) -> None:
    world, r = drawn(number), Random(number)
    at = r.choice(draw.MOMENTS)
    for who, viewer in r.sample(sorted(world.viewers().items()), 8):
        oracle = world.oracle(who, at)
        for name, row in world.rows.items():
            words = world.items[name]
            for channel in Exit:
                want = oracle.shows(words, channel.value)
                assert shows(viewer, row, at, channel).name.lower() == want, (who, name, channel)
            reads = oracle.may(words) == "body" and not oracle.handler(words)
            if reads and words["standings"] and not words["anonymous"]:
                now: Any = oracle.now(words)[1].get("version", words["versions"])
                earlier = {n for n in versions_for(viewer, row, at) if n < now}
                assert earlier == {n for n in oracle.versions(words) if n < now}, (who, name)
