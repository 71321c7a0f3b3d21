"""Two coordinators do not ring the same council: a row is somebody's for a quarter of an hour, or until let go."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import connection

from members import clock
from members.delivery.plan import plan
from members.models import Item, Office, Person, Response, ResponseNote, Tier
from members.refused import Refused
from members.response import ringing
from members.response.answer import acknowledge, note_call
from tests.conftest import CASES
from tests.members.delivery.conftest import owe
from tests.members.delivery.test_at_once import together
from tests.members.response.conftest import GREEN, Alert
from tests.members.world import World

QUARTER = timedelta(minutes=15)


@pytest.fixture
def carol(world: World) -> Person:
    return world.people["carol"]


@pytest.fixture
def kate(world: World, noon: datetime) -> Person:
    """Another coordinator of the West Midlands."""
    person = world.people["kate"]
    Office.objects.create(person=person, warp=world.warps["wm"], role="coordinator", since=noon - QUARTER)
    return person


def row(slug: str = "walsall") -> Response:
    return Response.objects.select_related("ringing").get(organisation__slug=slug)


@pytest.mark.django_db
def test_one_rings_and_the_other_is_told_who(alert: Alert, carol: Person, kate: Person, noon: datetime) -> None:
    item = alert()
    ringing.take(carol, item, noon, "walsall")
    ringing.take(carol, item, noon + QUARTER / 3, "walsall")  # again: from now on
    with pytest.raises(Refused, match="Carol is ringing walsall already"):
        ringing.take(kate, item, noon + QUARTER, "walsall")
    ringing.take(kate, item, noon, "solihull")
    assert ringing.ringer(row(), noon + QUARTER) == carol


@pytest.mark.django_db
def test_it_is_free_again_after_a_quarter_of_an_hour_or_when_let_go(
    alert: Alert, carol: Person, kate: Person, noon: datetime
) -> None:
    item = alert()
    ringing.take(carol, item, noon, "walsall")
    ringing.let_go(kate, item, noon, "walsall")  # not hers
    assert ringing.ringer(row(), noon) == carol
    ringing.take(kate, item, noon + QUARTER, "walsall")
    assert ringing.ringer(row(), noon + QUARTER) == kate
    ringing.let_go(kate, item, noon + QUARTER, "walsall")
    ringing.take(carol, item, noon + QUARTER, "walsall")
    assert ringing.ringer(row(), noon + QUARTER) == carol


@pytest.mark.django_db
@pytest.mark.parametrize("what", ringing.NOTES)
def test_what_came_of_a_call_is_a_dated_note_and_frees_the_row(
    alert: Alert, carol: Person, noon: datetime, what: str
) -> None:
    item = alert()
    ringing.take(carol, item, noon, "walsall")
    ringing.note(carol, item, noon + QUARTER / 5, "walsall", what)
    note = ResponseNote.objects.get()
    assert (note.what, note.means, note.by, note.at) == (what, "phone", carol, noon + QUARTER / 5)
    assert ringing.ringer(row(), noon + QUARTER / 5) is None and row().acknowledged_at is None
    with pytest.raises(Refused, match="Say what came of the call"):
        ringing.note(carol, item, noon, "walsall", "confirmed")


@pytest.mark.django_db
def test_whoever_hears_that_they_have_it_may_note_it_whoever_rang(
    alert: Alert, carol: Person, kate: Person, noon: datetime
) -> None:
    item = alert()
    ringing.take(carol, item, noon, "walsall")
    assert note_call(kate, item, noon, ["walsall"])
    assert row().acknowledged_at == noon and row().ringing is None


@pytest.mark.django_db
def test_who_has_confirmed_is_not_rung(alert: Alert, world: World, carol: Person, noon: datetime) -> None:
    item = alert()
    ringing.take(carol, item, noon, "walsall")
    acknowledge(world.people["wendy"], item, noon, ["walsall"])
    assert row().ringing is None
    with pytest.raises(Refused, match="walsall need not be rung any more"):
        ringing.take(carol, item, noon, "walsall")


@pytest.mark.django_db
@pytest.mark.parametrize("who", ["alice", "brian", "ursula", "root"])
def test_nobody_but_a_handler_rings(alert: Alert, world: World, carol: Person, noon: datetime, who: str) -> None:
    item = alert()
    for act in (ringing.take, ringing.let_go):
        with pytest.raises(Refused):
            act(world.people[who], item, noon, "walsall")
    with pytest.raises(Refused, match="was not asked"):
        ringing.take(carol, item, noon, "nowhere")
    ringing.take(carol, item, noon, "walsall")


@pytest.mark.django_db(transaction=True)
def test_of_two_at_once_one_gets_it(transactional_db: None) -> None:
    if not connection.features.has_select_for_update_skip_locked:
        pytest.skip("this database lets one connection write after another: there is no 'at once' to prove")
    world, at = World(CASES["world"]), clock.ask()
    item: Item = world.item(GREEN)
    owe(item, at, tier=Tier.FLASH)
    plan(at)
    many = [world.people["carol"], world.people["kate"], world.people["brian"], world.people["ursula"]]
    for person in many[1:]:
        Office.objects.create(person=person, warp=world.warps["wm"], role="coordinator", since=at)
    waiting = list(many)

    def ring() -> Any:
        try:
            return ringing.take(waiting.pop(), item, at, "walsall")
        except Refused as refused:
            return refused

    got = [one for one in together(ring) if isinstance(one, Response)]
    assert len(got) == 1 and ringing.ringer(row(), at) in many
