"""Drawn worlds: the oracle, `may`, the lists and the audience agree for every viewer, item and moment.

WARP_WORLDS sets how many (50 in `make test`).
"""

from __future__ import annotations

import os
from datetime import datetime
from random import Random

import pytest
from django.db import transaction

from members.buckets import Bucket
from members.facts import facts_of
from members.models import Realm
from members.place import misplaced
from members.policy import audience, may, offers_to, visible_to, withdrawals_to
from members.shows import stand_of, stands
from tests.prove import draw
from tests.prove.worlds import Drawn, drawn, played

pytestmark = pytest.mark.django_db
WORLDS = int(os.environ.get("WARP_WORLDS", "50"))


@pytest.mark.parametrize("number", range(WORLDS))
def test_the_rule_is_the_oracles_in_every_direction(number: int) -> None:
    world = drawn(number)
    assert misplaced(world.rows.values()) == []
    for at in Random(number).sample(draw.MOMENTS, 2):
        compare(world, at)


def compare(world: Drawn, at: datetime) -> None:
    readers: dict[str, set[str]] = {name: set() for name in world.items}
    for who, viewer in world.viewers().items():
        oracle = world.oracle(who, at)
        want = {name: oracle.may(words) for name, words in world.items.items()}
        got = {name: may(viewer, row, at).name.lower() for name, row in world.rows.items()}
        assert got == want, (who, at)
        for answer, listed in (("body", visible_to), ("offer", offers_to), ("withdrawn", withdrawals_to)):
            pks = set(listed(viewer, at).values_list("pk", flat=True))
            real = {n for n in want if want[n] == answer and not played(world.items[n])}
            assert {n for n, row in world.rows.items() if row.pk in pks} == real
        pks = set(visible_to(viewer, at, Realm.EXERCISE).values_list("pk", flat=True))
        exercised = {n for n in want if want[n] == "body" and played(world.items[n])}
        assert {n for n, row in world.rows.items() if row.pk in pks} == exercised
        for name in want:
            readers[name] |= {who} if want[name] == "body" and who == oracle.who and who in world.people else set()
    stand = stands(world.rows.values(), at)
    for name, row in world.rows.items():
        assert stand_of(facts_of(row), at) == stand[row.pk], (name, at)
        people = set(audience(row, at).values_list("pk", flat=True))
        assert {who for who, person in world.people.items() if person.pk in people} == readers[name], (name, at)


def test_every_kind_of_bucket_is_met_in_the_drawn_worlds() -> None:
    """So that agreement says something: each kind is one that some item lies in and some viewer opens."""
    placed: set[int] = set()
    held: set[int] = set()
    for number in range(6):
        with transaction.atomic():
            world = drawn(number)
            placed |= {b & 15 for row in world.rows.values() for b in row.placements.values_list("bucket", flat=True)}
            held |= {b & 15 for viewer in world.viewers().values() for at in draw.MOMENTS for b in viewer.keys(at)}
            transaction.set_rollback(True)
    assert {Bucket(kind).name for kind in placed & held} == {bucket.name for bucket in Bucket}
