"""The doors: what the queue calls, and that nothing rests on the queue."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest
from django.conf import settings as configured
from django.db import transaction
from kombu.exceptions import OperationalError

from members import clock, tasks
from members.models import Pulse
from members.tasks import heartbeat, nudge, sweep
from tests.members.delivery.conftest import PostOffice, owe
from tests.members.delivery.test_send import GREEN, readers
from tests.members.world import World

pytestmark = pytest.mark.django_db


def test_beat_knows_the_tasks_by_these_names() -> None:
    scheduled = {entry["task"] for entry in configured.CELERY_BEAT_SCHEDULE.values()}
    assert {sweep.name, heartbeat.name} <= scheduled


def test_a_task_asked_for_by_a_page_goes_to_the_hubs_own_queue() -> None:
    assert sweep.app.main == "warp"
    assert sweep.app.conf.broker_url == configured.CELERY_BROKER_URL


def test_a_sweep_tells_what_is_owed(world: World, noon: datetime, post: PostOffice) -> None:
    item = world.item(GREEN)
    owe(item, noon)
    sweep()
    assert post.names() == readers(item, clock.ask())


def test_a_reminder_that_fails_holds_nothing_up(
    world: World, noon: datetime, post: PostOffice, monkeypatch: pytest.MonkeyPatch
) -> None:
    item = world.item(GREEN)
    owe(item, noon)
    monkeypatch.setattr("members.reach.key.warn", _breaks)
    sweep()
    assert post.names() == readers(item, clock.ask())


def test_what_a_reminder_owes_is_told_without_waiting_for_the_next_round(
    db: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    woken: list[bool] = []
    monkeypatch.setattr(tasks, "wake", lambda: woken.append(True))
    sweep()
    assert woken == []
    monkeypatch.setattr("members.embargo.remind", lambda at: 1)
    sweep()
    assert woken == [True]


def _breaks(at: datetime) -> int:
    raise RuntimeError("it breaks")


def test_a_heartbeat_leaves_its_time(db: None) -> None:
    before = clock.ask()
    heartbeat()
    heartbeat()
    assert Pulse.objects.get(name="beat").at >= before


def test_a_nudge_waits_for_the_commit(
    db: None, monkeypatch: pytest.MonkeyPatch, django_capture_on_commit_callbacks: Any
) -> None:
    asked: list[dict[str, Any]] = []
    monkeypatch.setattr(sweep, "apply_async", lambda **options: asked.append(options))
    with django_capture_on_commit_callbacks(execute=True), transaction.atomic():
        nudge()
        assert asked == []
    assert len(asked) == 1


def test_a_nudge_that_reaches_nobody_breaks_nothing(db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    def nobody(**options: Any) -> None:
        raise OperationalError("no broker")

    monkeypatch.setattr(sweep, "apply_async", nobody)
    tasks.wake()
