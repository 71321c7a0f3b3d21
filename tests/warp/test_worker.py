"""What a worker keeps from one task to the next."""

from __future__ import annotations

import pytest
from celery.fixups.django import DjangoWorkerFixup  # type: ignore[attr-defined]  # the stubs lack it
from celery.signals import task_postrun, task_prerun
from django.db import connection

from members.tasks import heartbeat
from warp.celery import app


def between_two_tasks() -> None:
    """What Celery does, and what the hub does, after a task and before the next."""
    celerys = DjangoWorkerFixup(app)
    task_postrun.send(sender=heartbeat, task=heartbeat)
    celerys.on_task_postrun(heartbeat)
    celerys.on_task_prerun(heartbeat)
    task_prerun.send(sender=heartbeat, task=heartbeat)


def test_the_connection_to_the_database_is_kept(transactional_db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    closed: list[bool] = []
    connection.ensure_connection()
    monkeypatch.setattr(connection, "close", lambda: closed.append(True))
    between_two_tasks()
    assert closed == []


def test_one_that_broke_is_not(transactional_db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    closed: list[bool] = []
    connection.ensure_connection()
    monkeypatch.setattr(connection, "is_usable", lambda: False)
    monkeypatch.setattr(connection, "close", lambda: closed.append(True))
    connection.errors_occurred = True  # as Django notes when a statement fails
    between_two_tasks()
    assert closed == [True, True], "after the one, and before the next"
    connection.errors_occurred = False
