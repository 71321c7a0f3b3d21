"""Several workers at the same time, truly: on a database where they may be. SQLite lets one write after another."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier
from typing import Any, TypeVar

import pytest
from django.db import connection

from members import clock
from members.delivery.digest import digest
from members.delivery.plan import plan
from members.delivery.send import sweep
from members.models import Delivery, DigestLine, Escalation, Tier
from tests.conftest import CASES
from tests.members.delivery.conftest import PostOffice, owe
from tests.members.delivery.test_send import GREEN, readers
from tests.members.world import World

pytestmark = pytest.mark.django_db(transaction=True)
T = TypeVar("T")
WORKERS = 4


@pytest.fixture
def many(transactional_db: None) -> World:
    """The cast, seen by every connection."""
    if not connection.features.has_select_for_update_skip_locked:
        pytest.skip("this database lets one connection write after another: there is no 'at once' to prove")
    return World(CASES["world"])


def together(act: Callable[[], T]) -> list[T]:
    """What `act` returns in each of several threads that begin as one."""
    start = Barrier(WORKERS)

    def run(_worker: int) -> T:
        try:
            start.wait()
            return act()
        finally:
            connection.close()

    with ThreadPoolExecutor(WORKERS) as pool:
        return list(pool.map(run, range(WORKERS)))


def test_planners_at_once_plan_once(many: World) -> None:
    at = clock.ask()
    items = [many.item({**GREEN, "id": str(n)}) for n in range(6)]
    for item in items:
        owe(item, at)
    done = together(lambda: plan(at))
    assert sum(planned.done for planned in done) == len(items)
    assert sum(planned.failed for planned in done) == 0
    assert Delivery.objects.count() == len(items) * len(readers(items[0], at))


def test_sweepers_at_once_send_each_message_once(many: World, post: PostOffice, monkeypatch: Any) -> None:
    monkeypatch.setattr("members.delivery.send.BATCH", 3)
    at = clock.ask()
    items = [many.item({**GREEN, "id": str(n)}) for n in range(6)]
    for item in items:
        owe(item, at)
    reports = together(sweep)
    sweep()  # a sweeper may leave when what is left is in others' hands
    expected = sorted(readers(items[0], at) * len(items))
    assert post.names() == expected
    assert max(report.sent for report in reports) < len(expected), "they shared the work"
    assert {row.state for row in Delivery.objects.all()} == {Delivery.State.SENT}


def test_sweepers_at_once_escalate_each_step_once(many: World, post: PostOffice) -> None:
    at = clock.ask()
    items = [many.item({**GREEN, "id": str(n)}) for n in range(3)]
    for item in items:
        owe(item, at - timedelta(hours=2), tier=Tier.FLASH)
    plan(at - timedelta(hours=2))
    Delivery.objects.update(state=Delivery.State.SENT)
    steps = Escalation.objects.count()
    reports = together(sweep)
    sweep()
    assert sum(report.escalated for report in reports) == steps == 36
    assert sum(report.failed for report in reports) == 0
    again = Delivery.objects.filter(step__gt=0)
    assert set(again.values_list("state", flat=True)) == {Delivery.State.SENT}
    assert len(post.recipients) == again.count() > 0


def test_digests_planned_at_once_are_one_each_with_every_line(many: World) -> None:
    at = clock.ask()
    for n in range(3):
        owe(many.item({**GREEN, "id": str(n)}), at - timedelta(days=2), tier=Tier.ADVISORY)
    plan(at)
    together(lambda: digest(at))
    people = DigestLine.objects.values("address").distinct().count()
    assert Delivery.objects.count() == people > 0
    assert not DigestLine.objects.filter(delivery=None).exists()
