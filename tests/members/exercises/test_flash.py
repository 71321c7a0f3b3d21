"""A real Flash pauses the exercises of those whom it reaches, and tells nobody else that there is one."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest

from members import policy
from members.delivery import held, right
from members.delivery.plan import plan
from members.delivery.send import sweep
from members.exercises import pausing, running, ticking
from members.exercises.readers import settle
from members.models import Announcement, AuditRow, Delivery, Item, Person, Realm, Tier
from members.policy import Answer, Viewer
from members.trail import trail
from tests.members.delivery.conftest import PostOffice, owe
from tests.members.exercises.game import Game, game
from tests.members.exercises.test_told import PLAYERS, SHOUT, came, text
from tests.members.world import World
from tests.pages import advisory

pytestmark = pytest.mark.django_db
TO_BRUM = {"id": "f", "label": "AMBER", "grants": [{"organisation": "brum"}], "own_warp": "kent", "author": "kate"}
TO_KENT = {"id": "k", "label": "AMBER", "grants": [{"organisation": "maidstone"}], "own_warp": "kent", "author": "kate"}


@pytest.fixture
def made(world: World, noon: datetime, post: PostOffice) -> Game:
    """Running, with its first inject sent."""
    found = game(world, noon)
    found.start()
    ticking.tick(noon)
    sweep(noon)
    return found


def flash(made: Game, case: dict[str, Any], minutes: float, **fields: Any) -> Announcement:
    item = advisory(made.world, case, title="Canary Flash").item
    return owe(item, made.after(minutes), tier=Tier.FLASH, **fields)


def test_it_pauses_it_after_it_is_planned_and_tells_all_who_take_part(made: Game, post: PostOffice) -> None:
    post.taken.clear()
    post.recipients.clear()
    ticking.tick(made.after(15))  # the second inject is owed, and not out yet
    alert = flash(made, TO_BRUM, 15)
    report = sweep(made.after(15))
    assert report.failed == 0
    assert (made.fresh().state, made.exercise.paused_for, made.exercise.played) == ("paused", alert.item, 900)
    assert {"alice", "alan"} <= came(post, "Canary Flash") and not {"bob", "dora"} & came(post, "Canary Flash")
    assert came(post, "The exercise is paused. Whatever reaches you now") == PLAYERS | {"carol"}
    assert came(post, "It smells of smoke.") == set()  # it waits
    subjects = [str(one["Subject"]) for one in post.taken]
    first = next(place for place, one in enumerate(subjects) if SHOUT in one)
    assert all("Canary" in one for one in subjects[:first]) and not any("Canary" in one for one in subjects[first:])


def test_whoever_it_does_not_reach_learns_nothing_of_it(made: Game, world: World, post: PostOffice) -> None:
    """The same mails to them, byte for byte but for ids and dates, and the same row in the trail, as of any pause."""
    twin = game(world, made.at)
    twin.start()
    sweep(made.after(1))
    post.taken.clear()
    running.pause(world.people["carol"], twin.exercise, made.after(2))
    sweep(made.after(2))
    by_hand = {str(one["To"]): _bare(one, twin) for one in post.taken}
    post.taken.clear()
    alert = flash(made, TO_BRUM, 3)
    sweep(made.after(3))
    paused = {str(one["To"]): _bare(one, made) for one in post.taken if SHOUT in str(one["Subject"])}
    assert paused == by_hand
    reads = {name: policy.may(Viewer(person.pk), _item(alert), made.after(3)) for name, person in world.people.items()}
    for name in ("bob", "wendy", "dora", "carol"):
        assert reads[name] == Answer.NOTHING, name
    details = [row.detail for row in AuditRow.objects.filter(verb="pause_exercise")]
    assert details == [{}, {}, {}]  # by hand, for the Flash, and that the twin waits for it too
    steps = trail(made.exercise.item, Viewer(world.people["carol"].pk), made.after(4))
    assert steps[0].did == "paused the exercise"


def _item(announcement: Announcement) -> Item:
    assert announcement.item is not None
    return announcement.item


def _bare(mail: Any, of: Game) -> tuple[str, str, str]:
    return str(mail["Subject"]), text(mail).replace(of.ref, "REF"), text(mail, "html").replace(of.ref, "REF")


def test_one_that_reaches_nobody_in_it_leaves_it_running(made: Game, post: PostOffice) -> None:
    flash(made, TO_KENT, 1)
    assert sweep(made.after(1)).sent > 0
    assert ticking.tick(made.after(15)) == 1
    assert made.fresh().state == "running" and made.exercise.paused_for is None


@pytest.mark.parametrize(
    ("fields", "pauses"),
    [
        ({"event": "revised"}, True),
        ({"event": "withdrawn"}, False),
        ({"tier": Tier.URGENT}, False),
    ],
)
def test_only_a_flash_that_is_released_does(made: Game, fields: dict[str, Any], pauses: bool) -> None:
    owe(advisory(made.world, TO_BRUM).item, made.after(1), **{"tier": Tier.FLASH, **fields})
    sweep(made.after(1))
    assert (made.fresh().state == "paused") == pauses


def test_who_facilitates_is_reached_too(made: Game) -> None:
    owe(advisory(made.world, {"id": "w", "label": "AMBER+STRICT", "own_warp": "wm"}).item, made.after(1), tier=4)
    sweep(made.after(1))
    assert made.fresh().state == "paused"  # carol handles it, and none of the players reads it


def test_a_flash_of_an_exercise_pauses_none(made: Game) -> None:
    made.exercise.injects.filter(number=2).update(tier=Tier.FLASH)
    assert ticking.tick(made.after(15)) == 1
    sweep(made.after(15))
    assert made.fresh().state == "running"


def test_it_goes_on_when_its_facilitator_says_so_and_the_same_flash_does_not_pause_it_again(
    made: Game, post: PostOffice
) -> None:
    flash(made, TO_BRUM, 1)
    sweep(made.after(1))
    for minutes in (2, 30, 300):
        assert ticking.tick(made.after(minutes)) == 0 and made.fresh().state == "paused"
    running.resume(made.world.people["carol"], made.exercise, made.after(301))
    assert made.fresh().paused_for is None
    assert ticking.tick(made.after(302)) == 0 and made.fresh().state == "running"
    assert ticking.tick(made.after(301 + 14)) == 1


def test_one_that_somebody_paused_before_waits_for_it_too_and_nobody_is_told_twice(
    made: Game, post: PostOffice
) -> None:
    carol = made.world.people["carol"]
    running.pause(carol, made.exercise, made.after(1))
    alert = flash(made, TO_BRUM, 2)
    sweep(made.after(2))
    assert (made.fresh().state, made.exercise.paused_for, made.exercise.played) == ("paused", alert.item, 60)
    assert Announcement.objects.filter(realm=Realm.EXERCISE, words="paused").count() == 1
    assert [row.detail for row in AuditRow.objects.filter(verb="pause_exercise")] == [{}, {}]
    flash(made, TO_BRUM, 3)
    sweep(made.after(3))
    assert made.fresh().paused_for == alert.item
    running.resume(carol, made.exercise, made.after(4))
    assert ticking.tick(made.after(5)) == 0 and made.fresh().state == "running"


def test_one_that_reaches_nobody_in_it_leaves_it_paused_as_it_was(made: Game) -> None:
    running.pause(made.world.people["carol"], made.exercise, made.after(1))
    flash(made, TO_KENT, 2)
    sweep(made.after(2))
    assert made.fresh().paused_for is None and AuditRow.objects.filter(verb="pause_exercise").count() == 1


def test_what_fails_there_is_never_in_the_flashs_way_and_the_next_tick_pauses(
    made: Game, post: PostOffice, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_args: object, **_named: object) -> None:
        raise RuntimeError("a bug")

    alert = flash(made, TO_BRUM, 15)
    with monkeypatch.context() as patch:
        patch.setattr(pausing, "audience", broken)
        report = sweep(made.after(15))
        assert (report.planned, report.failed) == (1, 0)
    assert "alice" in came(post, "Canary Flash") and made.fresh().state == "running"
    assert ticking.tick(made.after(15.25)) == 0  # though an inject is due
    assert (made.fresh().state, made.exercise.paused_for) == ("paused", alert.item)


def test_it_costs_a_flash_one_statement_where_nothing_runs(
    made: Game, django_assert_num_queries: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    made.end(made.after(1))
    with django_assert_num_queries(1):
        assert pausing.pause_for(1, made.after(2)) == 0
    with django_assert_num_queries(1):
        assert ticking.tick(made.after(2)) == 0


def test_one_that_a_restore_holds_pauses_when_it_is_let_go(made: Game, post: PostOffice) -> None:
    alert = flash(made, TO_BRUM, 1)
    Announcement.objects.filter(pk=alert.pk).update(held_since=made.after(1))
    plan(made.after(1), held=True)
    ticking.tick(made.after(2))
    assert made.fresh().state == "running"
    held.let_go(alert.code, made.after(3))
    assert made.fresh().state == "paused"


def test_who_takes_part_no_more_pauses_nothing(made: Game) -> None:
    people = Person.objects.filter(name__in=["Alice", "Alan"])
    made.exercise.participants.filter(person__in=people).delete()
    settle(made.exercise, made.after(0.5), by=made.world.people["carol"])
    flash(made, TO_BRUM, 1)
    sweep(made.after(1))
    assert made.fresh().state == "running"


def test_hearers_are_those_whom_the_flash_reaches(made: Game) -> None:
    """What the pause asks is what planning asked: whoever was sent the Flash, or would be."""
    alert = flash(made, TO_BRUM, 1)
    sweep(made.after(1))
    told = set(Delivery.objects.filter(announcement=alert).values_list("address__person", flat=True))
    assert told <= set(right.hearers(_item(alert), "released", made.after(1)).values_list("pk", flat=True))
    assert Announcement.objects.filter(realm=Realm.EXERCISE, words="paused").count() == 1
