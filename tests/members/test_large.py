"""At 100,000 rows and with statistics gathered: what a page shows, counted by another way.

SQLite before 3.42 returns rows that its own WHERE excludes, in a shape that only a large, analysed table makes its
planner choose; small generated worlds never met it. So the same question is put here to tables large enough.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection

from members import clock
from members.buckets import Bucket
from members.listing import page
from members.models import Affiliation, Item, Kind, Membership, Placement, pos_of, shelf
from members.policy import Viewer, visible_to
from tests.members.world import BEGINNING, World

COUNT = 100_000
START = datetime(2026, 1, 1, tzinfo=UTC)
NOON = datetime(2026, 11, 1, 12, tzinfo=UTC)
COUNTING = f"WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {COUNT})"


def fill(world: World, buckets: list[int]) -> None:
    """Item i lies in one of `buckets` by turns, from a moment that for every third is still to come."""
    pos = f"{pos_of(START)} + (i * 120::bigint << 32)" if connection.vendor == "postgresql" else (
        f"{pos_of(START)} + (i * 120 << 32)")  # fmt: skip
    turns = " ".join(f"WHEN {n} THEN {bucket}" for n, bucket in enumerate(buckets))
    since = f"CASE i % 3 WHEN 0 THEN {clock.micro(NOON) + 1} ELSE {clock.micro(START)} END"
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO members_item"
            " (id, reference, kind, realm, warp_id, anonymous, hub_wide, marking, created_at, pos)"
            f" {COUNTING} SELECT 1000000 + i, 'L-' || i, {int(Kind.ADVISORY)}, 0, {world.warps['wm'].pk},"
            f" %s, %s, 'AMBER', %s, {pos} FROM n",
            [False, False, connection.ops.adapt_datetimefield_value(START)],
        )
        cursor.execute(
            f"INSERT INTO members_placement (bucket, shelf, pos, item_id, level, label, since, until)"
            f" {COUNTING} SELECT CASE i % {len(buckets)} {turns} END, {shelf(Kind.ADVISORY)}, {pos}, 1000000 + i, 3,"
            f" 'AMBER', {since}, {clock.micro(clock.FOREVER)} FROM n"
        )
        cursor.execute("ANALYZE")


@pytest.mark.django_db
@pytest.mark.parametrize("many", [False, True], ids=["sparse", "dense"])
def test_no_row_is_shown_that_its_time_excludes(world: World, many: bool) -> None:
    brum, olive = world.organisations["brum"], world.people["olive"]
    if many:
        Affiliation.objects.create(person=olive, organisation=brum, since=BEGINNING)
        assert Membership.objects.filter(organisation=brum).exists()
    viewer = Viewer(olive.pk)
    mine = sorted(viewer.keys(NOON) - {Bucket.EVERYONE.of()})
    others = [Bucket.ORGANISATION.of(900_000 + n) for n in range(6)]
    fill(world, [*mine, *others])
    turn = len(mine) + len(others)
    expected = [1_000_000 + i for i in range(COUNT, 0, -1) if i % turn < len(mine) and i % 3]

    assert visible_to(viewer, NOON).count() == len(expected)
    seen, before = [], None
    for _ in range(40):
        found = page(viewer, NOON, shelf(Kind.ADVISORY), before=before)
        seen += found.ids
        before = found.older
    assert seen == expected[: len(seen)] and len(seen) == 1000
    shown = Placement.objects.filter(item__in=seen, since__gt=clock.micro(NOON))
    assert not shown.exists(), "an item whose time has not come"
    assert not Item.rows.filter(pk__in=seen, pos__gt=pos_of(NOON + timedelta(days=400))).exists()
