"""Where standings end. Times are text in SQLite, and one without microseconds is written shorter than the others."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from members import clock, stand
from members.models import Standing
from tests.members.world import World

pytestmark = pytest.mark.django_db
MICROS = [-1_000_000, -1, 0, 1, 499_999, 500_000, 999_999, 1_000_000]


@pytest.mark.parametrize("ended", MICROS)
def test_what_is_in_force_ends_and_what_is_to_begin_never_does(world: World, noon: datetime, ended: int) -> None:
    item, second = world.item({"id": "green", "label": "GREEN"}), noon.replace(microsecond=0)
    Standing.objects.filter(item=item).delete()
    kept = {"item": item, "version": 1, "label": "GREEN"}
    begin = [second + timedelta(microseconds=n) for n in MICROS]
    rows = [Standing(**kept, since=since, until=clock.FOREVER - timedelta(days=n)) for n, since in enumerate(begin, 1)]
    Standing.objects.bulk_create(rows)
    before = Standing.objects.create(**kept, since=clock.EPOCH, until=clock.EPOCH)
    at = second + timedelta(microseconds=ended)
    stand._end(item, at)
    found = Standing.objects.filter(item=item).exclude(pk=before.pk)
    assert {row.since: row.until for row in found} == {row.since: max(row.since, at) for row in rows}
    assert not Standing.objects.at(at).filter(item=item).exists()
    before.refresh_from_db()
    assert before.until == clock.EPOCH, "what had ended ended then"
