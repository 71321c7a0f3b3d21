"""Two workers, and two facilitators, in the same moment: every inject is sent once, in order."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import TypeVar

import pytest
from django.db import connection

from members.exercises import preparing, running, ticking
from members.models import Announcement, Exercise, Inject, Item, Realm, Team
from tests.advisories.test_publish_at_once import at_once, shared
from tests.conftest import NOON
from tests.members.exercises.game import Game, game
from tests.members.world import World

T = TypeVar("T")
pytestmark = pytest.mark.django_db(transaction=True)


def seen(look: Callable[[], T]) -> T:
    """What `look` sees in a connection that has what the threads committed."""

    def run() -> T:
        try:
            return look()
        finally:
            connection.close()

    with ThreadPoolExecutor(1) as pool:
        return pool.submit(run).result()


def ready(world: World, count: int) -> Game:
    """Started, with `count` more injects after a minute, three at a time."""
    made = game(world, NOON)
    it = Team.objects.get(exercise=made.exercise, slug="it")
    for n in range(count):
        preparing.add_inject(
            world.people["carol"], made.exercise, NOON, teams=[it], offset=60 + n // 3, title=f"No {n}", text="x"
        )
    made.start()
    return made


def sent(exercise: Exercise) -> list[int]:
    """The ids of the items of its injects, in the order of its scenario; 0 for what was not sent."""
    injects = Inject.objects.filter(exercise=exercise).order_by("offset", "number")
    return [one.item_id or 0 for one in injects]


def announced(**fields: str) -> int:
    return seen(lambda: Announcement.objects.filter(realm=Realm.EXERCISE, **fields).count())


def test_three_ticks_at_once_send_each_inject_once_and_in_order(world: World, tmp_path: Path) -> None:
    made = ready(world, 9)
    with shared(tmp_path):
        at_once([partial(ticking.tick, made.after(100)) for _worker in range(3)])
        items = seen(lambda: sent(made.exercise))
        assert len(items) == 12 and 0 not in items and items == sorted(items)
        assert seen(lambda: Item.rows.realm(Realm.EXERCISE).filter(parent=made.exercise.item).count()) == 12
        assert announced(event="released") == 11  # one is for its page alone


def test_a_thumb_and_a_tick_at_once_send_it_once(world: World, tmp_path: Path) -> None:
    made = ready(world, 0)
    carol, one = world.people["carol"], made.inject(1)
    with shared(tmp_path):
        at_once([
            partial(running.send_now, carol, one, made.at), partial(ticking.tick, made.at),
            partial(running.send_now, carol, one, made.at), partial(ticking.tick, made.at),
        ])  # fmt: skip
        assert len([pk for pk in seen(lambda: sent(made.exercise)) if pk]) == announced(event="released") == 1


def test_what_is_done_at_once_leaves_it_whole(world: World, tmp_path: Path) -> None:
    made = ready(world, 0)
    carol, at = world.people["carol"], made.at + timedelta(seconds=1)
    with shared(tmp_path):
        at_once([
            partial(running.pause, carol, made.exercise, at), partial(ticking.tick, at),
            partial(running.end, carol, made.exercise, at), partial(running.pause, carol, made.exercise, at),
        ])  # fmt: skip
        assert seen(lambda: Exercise.rows.get(pk=made.exercise.pk).state) == "ended"
        assert announced(words="ended") == 1 and announced(words="paused") <= 1
