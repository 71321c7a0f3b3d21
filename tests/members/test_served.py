"""What a machine may list is what `shows` gives it, item by item: over generated worlds, with tightenings too."""

from __future__ import annotations

import os
from datetime import datetime
from random import Random
from typing import Any

import pytest

from members import policy
from members.credentials import issue
from members.keys import Viewer
from members.models import Cell, Credential, Kind, Organisation, Person, Realm, Tightening
from members.served import served
from members.shows import CREDENTIALS, TABLE, Exit, shows
from tests.members.world import BEGINNING, World
from tests.prove import draw
from tests.prove.worlds import drawn

WORLDS = int(os.environ.get("WARP_WORLDS", "8"))
MACHINES = sorted(CREDENTIALS)
# Alice is named on it and has accepted, so the rule gives her what stands: a machine is told of none of it.
GUARDED = {"state": "active", "ends_at": "2026-12-01T12:00Z", "handlers": [], "named": {"alice": "accepted"}}


def listed(viewer: Viewer, at: datetime, channel: Exit) -> set[int]:
    return set(served(viewer, at, channel).values_list("pk", flat=True))


@pytest.mark.parametrize("seed", range(WORLDS))
def test_served_is_what_shows_gives(db: None, seed: int) -> None:
    r, world = Random(seed), drawn(1000 + seed)
    for warp in world.warps.values():
        for row in r.sample(sorted(TABLE), 2):
            tightened: dict[str, Any] = {"warp": warp, "row": row, "channel": r.choice(MACHINES)}
            Tightening.objects.update_or_create(**tightened, defaults={"cell": r.choice(Cell.values)})
    at = r.choice(draw.MOMENTS[3:])
    for viewer in [Viewer(), *r.sample(machines(world), 10), *r.sample(list(world.viewers().values()), 5)]:
        for channel in MACHINES:
            real = [row for row in world.rows.values() if row.realm == Realm.REAL]  # no machine is served an exercise
            want = {row.pk for row in real if shows(viewer, row, at, channel) >= Cell.TITLE}
            assert listed(viewer, at, channel) == want, (viewer, at, channel)


def machines(world: World) -> list[Viewer]:
    """A credential of every organisation, and a token of everybody whose account is open."""
    open_ones = [one for one in world.people.values() if one.active_until > BEGINNING]
    owners: list[Person | Organisation] = [*world.organisations.values(), *open_ones]
    made = [issue(owner, Credential.Use.MACHINE, "x", BEGINNING, None)[0] for owner in owners]
    return [Viewer(credential=one.pk) for one in made]


@pytest.mark.parametrize(
    ("case", "atom", "machine"),
    [
        ({"label": "CLEAR"}, Cell.BODY, Cell.BODY),
        ({"label": "GREEN"}, Cell.TITLE, Cell.BODY),
        ({"label": "AMBER", "grants": [{"organisation": "brum"}]}, Cell.NOTHING, Cell.BODY),
        ({"label": "AMBER+STRICT", "grants": [{"organisation": "brum"}]}, Cell.NOTHING, Cell.BODY),
        ({"label": "RED", "grants": [{"person": "alice"}]}, Cell.NOTHING, Cell.NOTHING),
        ({"label": None, "author": "alice"}, Cell.NOTHING, Cell.NOTHING),
        ({"label": None, "author": "alice", "anonymous": True}, Cell.NOTHING, Cell.NOTHING),
        ({"label": "GREEN", "author": "alice", "anonymous": True}, Cell.NOTHING, Cell.NOTHING),
        ({"label": None, "embargo": GUARDED}, Cell.NOTHING, Cell.NOTHING),
        ({"label": "GREEN", "embargo": GUARDED}, Cell.NOTHING, Cell.NOTHING),
        ({"label": "GREEN", "withdrawn_at": "2026-10-20T00:00Z"}, Cell.WITHDRAWN, Cell.WITHDRAWN),
    ],
)  # fmt: skip
def test_what_alices_token_is_shown(
    world: World, noon: datetime, case: dict[str, Any], atom: Cell, machine: Cell
) -> None:
    item = world.item({"id": "x", **case})
    alice = world.people["alice"]
    token = Viewer(credential=issue(alice, Credential.Use.MACHINE, "x", BEGINNING, alice)[0].pk)
    for channel, said in ((Exit.ATOM, atom), (Exit.MACHINE, machine)):
        assert shows(token, item, noon, channel) == said
        assert listed(token, noon, channel) == ({item.pk} if said >= Cell.TITLE else set())


def test_a_child_is_served_under_what_it_takes(world: World, noon: datetime) -> None:
    comment = world.item({"id": "c", "kind": "comment", "inherits": True, "parent": {"label": "CLEAR"}})
    assert comment.kind == Kind.COMMENT
    alice = world.viewers()["alice"]
    assert listed(alice, noon, Exit.ATOM) == {comment.pk, comment.parent_id}
    assert listed(Viewer(), noon, Exit.ATOM) == {comment.parent_id}


def test_a_child_of_what_is_embargoed_is_served_to_no_machine_though_its_parent_stands(
    world: World, noon: datetime
) -> None:
    alice = world.viewers()["alice"]
    guarded = {"label": "GREEN", "embargo": GUARDED}
    comment = world.item({"id": "c", "kind": "comment", "inherits": True, "parent": guarded})
    assert policy.may(alice, comment, noon) >= policy.Answer.BODY
    assert listed(alice, noon, Exit.ATOM) == set()
    world.item({"id": "d", "kind": "comment", "inherits": True, "parent": {"label": "GREEN"}})
    assert len(listed(alice, noon, Exit.ATOM)) == 2


def test_two_statements(world: World, noon: datetime, django_assert_num_queries: Any) -> None:
    alice = world.viewers()["alice"]
    alice.keys(noon)
    with django_assert_num_queries(2):
        list(served(alice, noon, Exit.ATOM).order_by("-pos")[:50])
