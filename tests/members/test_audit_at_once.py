"""Sealers and verbs at the same time, truly: on a database where they may be. SQLite lets one write after another."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path
from threading import Event
from typing import Any

import pytest
from django.db import connection, transaction

from members.audit import record
from members.models import AuditRow, Seal, Unsealed
from members.sealing import seal, sealer, verify
from tests.conftest import NOON
from tests.members.delivery.test_at_once import WORKERS, together

pytestmark = pytest.mark.django_db(transaction=True)
TICK = 20.0  # seconds after which something hangs


@pytest.fixture(autouse=True)
def home(settings: Any, tmp_path: Path, transactional_db: None) -> None:
    settings.WARP_HOME = tmp_path
    if connection.vendor != "postgresql":
        pytest.skip("this database lets one connection write after another: there is no 'at once' to prove")


def test_what_commits_late_is_chained_late_and_nothing_is_skipped() -> None:
    written, go_on = Event(), Event()

    def slow_verb() -> int:
        try:
            with transaction.atomic():
                row = record("slow", NOON)
                written.set()
                assert go_on.wait(TICK)
            return row.pk
        finally:
            connection.close()

    with ThreadPoolExecutor(1) as pool:
        slow = pool.submit(slow_verb)
        assert written.wait(TICK)
        quick = record("quick", NOON).pk
        assert seal(NOON) == 1
        go_on.set()
        late = slow.result(TICK)
    assert late < quick and seal(NOON) == 1
    assert list(Seal.objects.order_by("number").values_list("row", flat=True)) == [quick, late]
    assert verify(NOON + timedelta(days=1)).sound


def test_sealers_at_once_make_one_chain(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sealer, "BATCH", 10)
    AuditRow.objects.bulk_create(AuditRow(at=NOON, verb="test") for _ in range(400))
    done = sum(together(lambda: seal(NOON)))
    assert done + seal(NOON) == 400 == Seal.objects.count() and WORKERS > 1
    assert not Unsealed.objects.exists() and verify(NOON + timedelta(days=1)).sound
