"""An exercise is never in the way of what is real: a tick is short, and waits for nobody."""

from __future__ import annotations

from datetime import datetime

import pytest

from members import clock, tasks
from members.delivery.send import sweep
from members.exercises import holding, pausing, ticking
from members.models import Inject, Tier
from tests.members.delivery.conftest import PostOffice, owe
from tests.members.exercises.game import Game, game
from tests.members.exercises.test_told import SHOUT
from tests.members.world import World
from tests.pages import advisory

pytestmark = pytest.mark.django_db


@pytest.fixture
def made(world: World, noon: datetime, post: PostOffice) -> Game:
    found = game(world, noon)
    found.start()
    sweep(noon)
    post.taken.clear()
    return found


def sent(made: Game) -> list[int]:
    return list(
        made.exercise.injects.filter(state=Inject.State.SENT).order_by("number").values_list("number", flat=True)
    )


def test_after_a_long_outage_what_is_due_comes_by_and_by_and_in_order(made: Game) -> None:
    for numbers in ([1], [1, 2], [1, 2, 3], [1, 2, 3]):
        ticking.tick(made.after(60), budget=0)
        assert sent(made) == numbers


def test_a_flash_waits_for_no_more_than_a_moment_of_it(
    made: Game, post: PostOffice, monkeypatch: pytest.MonkeyPatch
) -> None:
    woken: list[bool] = []
    monkeypatch.setattr(clock, "ask", lambda: made.after(60))
    monkeypatch.setattr(tasks, "PLAYED", 0.0)
    monkeypatch.setattr(tasks, "wake", lambda: woken.append(True))
    owe(advisory(made.world, {"id": "f", "label": "GREEN", "own_warp": "kent"}).item, made.after(60), tier=Tier.FLASH)
    tasks.sweep()
    assert sent(made) == [1] and woken  # the hub was down for an hour, and all three were due
    assert post.taken and SHOUT not in str(post.taken[0]["Subject"])


def test_nobody_waits_for_whoever_holds_it(made: Game, monkeypatch: pytest.MonkeyPatch) -> None:
    owe(advisory(made.world, {"id": "f", "label": "GREEN", "own_warp": "kent"}).item, made.after(1), tier=Tier.FLASH)
    with monkeypatch.context() as patch:
        patch.setattr(pausing, "pause_for", int)
        patch.setattr(holding, "locked_if_free", lambda pk: None)
        sweep(made.after(1))
        assert ticking.tick(made.after(1)) == 0 and sent(made) == []
        assert made.fresh().state == "running"
    assert ticking.tick(made.after(1)) == 0
    assert made.fresh().state == "paused"
