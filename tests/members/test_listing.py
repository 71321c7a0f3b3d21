"""Pages of what may be read: the same items as the rule's, in the same order, whichever way one leafs."""

from __future__ import annotations

from datetime import datetime
from random import Random

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from members.listing import capped_count, page
from members.models import Kind, shelf
from members.policy import NOBODY, Viewer, visible_to
from tests.conftest import NOON
from tests.members.world import World
from tests.prove import draw
from tests.prove.worlds import drawn

pytestmark = pytest.mark.django_db
SHELF = shelf(Kind.ADVISORY)


def leaf_older(viewer: Viewer, at: datetime, on: int, size: int) -> list[int]:
    ids, before = [], None
    while True:
        got = page(viewer, at, on, before=before, size=size)
        ids += got.ids
        if got.older is None:
            return ids
        before = got.older


def leaf_newer(viewer: Viewer, at: datetime, on: int, size: int, cursor: int) -> list[int]:
    ids: list[int] = []
    after: int | None = cursor
    while after is not None:
        got = page(viewer, at, on, after=after, size=size)
        ids = [pk for pk in got.ids if pk not in ids] + ids
        after = got.newer
    return ids


@pytest.mark.parametrize("seed", range(8))
def test_leafing_through_shows_exactly_what_the_rule_shows(seed: int) -> None:
    r, world = Random(seed), drawn(seed, 24)
    for at in r.sample(draw.MOMENTS, 3):
        for viewer in world.viewers().values():
            for kind in (Kind.ADVISORY, Kind.REPORT, Kind.COMMENT, Kind.ENTRY):
                compare(viewer, at, kind, size=r.choice((1, 2, 3)))


def compare(viewer: Viewer, at: datetime, kind: Kind, size: int) -> None:
    rows = list(visible_to(viewer, at).filter(kind=kind).order_by("-pos").values_list("pk", "pos"))
    want = [pk for pk, _ in rows]
    assert leaf_older(viewer, at, shelf(kind), size) == want
    if rows:
        assert leaf_newer(viewer, at, shelf(kind), size, rows[-1][1] - 1) == want
    assert capped_count(viewer, at, shelf(kind), cap=2) == min(len(want), 3)


def test_an_item_that_lies_in_one_bucket_twice_takes_one_place(world: World) -> None:
    twice = {"warp": "wm", "from": "2026-01-01T00:00Z"}
    items = [
        world.item({"id": "a", "label": "AMBER", "grants": [{"warp": "wm"}, twice]}).pk for _ in range(3)
    ]  # fmt: skip
    assert page(Viewer(world.people["alice"].pk), NOON, SHELF, size=3).ids == items[::-1]


def test_what_was_released_this_very_second_is_there(world: World) -> None:
    item = world.item({"id": "now", "label": "CLEAR", "standing_from": NOON})
    assert page(NOBODY, NOON, SHELF).ids == [item.pk]


def test_two_statements_make_a_page_however_much_there_is(world: World) -> None:
    for _ in range(30):
        world.item({"id": "a", "label": "GREEN"})
    with CaptureQueriesContext(
        connection,
    ) as queries:
        got = page(Viewer(world.people["alice"].pk), NOON, SHELF)
    assert len(got.ids) == 25
    assert len(queries) == 2, "the viewer's keys, and the page"


def test_a_person_of_very_many_organisations_has_pages_too(world: World) -> None:
    item = world.item({"id": "a", "label": "GREEN"})
    viewer = Viewer(1, {NOON: frozenset(range(16, 16 * 700, 16)) | Viewer(world.people["alice"].pk).keys(NOON)})
    assert page(viewer, NOON, SHELF).ids == [item.pk]
