"""After a restore no exercise goes on by itself, and nothing that was owed of one goes out."""

from __future__ import annotations

from datetime import datetime

import pytest

from members.delivery import held
from members.delivery.plan import plan
from members.delivery.send import sweep
from members.exercises import restored, running, ticking
from members.models import Delivery
from tests.members.delivery.conftest import PostOffice, owe
from tests.members.exercises.game import game
from tests.members.exercises.test_told import PLAYERS, came
from tests.members.world import World
from tests.pages import advisory

pytestmark = pytest.mark.django_db


def test_what_was_owed_is_dropped_in_words_and_what_ran_is_paused_where_the_backup_has_it(
    world: World, noon: datetime, post: PostOffice
) -> None:
    made = game(world, noon)
    made.start()
    ticking.tick(noon)
    plan(noon)
    ticking.tick(made.after(15))  # the second inject is owed, and not planned
    real = owe(advisory(world, {"id": "r", "label": "GREEN"}).item, made.after(15))
    taken_at, at = made.after(16), made.after(600)
    assert held.hold(at) == 1
    assert restored.pause(taken_at, at) == [made.ref]
    plan(at, held=True)
    assert [one.code for one in held.held()] == [real.code] and held.settle() == 1 and held.how_many() == 1
    assert (made.fresh().state, made.exercise.played) == ("paused", 16 * 60)
    dropped = Delivery.objects.filter(announcement__realm=1).exclude(announcement__words="paused")
    assert {one.state for one in dropped} == {"cancelled"}
    assert all(one.outcome.startswith("Dropped after a restore: it is of an exercise") for one in dropped)
    sweep(at)
    assert came(post, "The exercise is paused.") == PLAYERS | {"carol"} and len(post.taken) == 6
    assert ticking.tick(made.after(601)) == 0
    running.resume(world.people["carol"], made.exercise, made.after(602))
    assert ticking.tick(made.after(602 + 14)) == 1  # the third, which was to come at 30 of its minutes


def test_where_nothing_ran_nothing_is_told(world: World, noon: datetime) -> None:
    made = game(world, noon)
    assert restored.pause(noon, made.after(1)) == [] and made.fresh().state == "prepared"
