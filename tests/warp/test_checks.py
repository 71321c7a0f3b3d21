"""What stops a hub, or warns its operator, before anyone is served."""

from __future__ import annotations

import sqlite3

import pytest
from django.core.checks import CheckMessage
from pytest_django.fixtures import Settings

from warp import checks


def ids(messages: list[CheckMessage]) -> list[str | None]:
    assert all(message.hint for message in messages)
    return [message.id for message in messages]


def test_only_the_demonstration_goes_without_mail(settings: Settings) -> None:
    settings.DEMO, settings.EMAIL_MISSING = False, True
    assert ids(checks.mail_can_leave()) == ["warp.E002"]
    settings.DEMO = True
    assert checks.mail_can_leave() == []
    settings.DEMO, settings.EMAIL_MISSING = False, False
    assert checks.mail_can_leave() == []


def test_a_real_hub_without_somebody_to_keep_its_head_is_doubtful(settings: Settings) -> None:
    settings.DEMO, settings.OPERATOR_EMAIL = False, ""
    assert ids(checks.somebody_keeps_the_head()) == ["warp.W002"]
    settings.OPERATOR_EMAIL = "operator@example.org"
    assert checks.somebody_keeps_the_head() == []
    settings.DEMO, settings.OPERATOR_EMAIL = True, ""
    assert checks.somebody_keeps_the_head() == []


@pytest.mark.parametrize("outside", [{"ALLOWED_HOSTS": ["*"]}, {"HOST": "hub.example.org"}])
def test_the_demonstration_answers_to_this_machine_only(settings: Settings, outside: dict[str, object]) -> None:
    settings.TESTING = False
    settings.DEMO, settings.HOST, settings.ALLOWED_HOSTS = True, "127.0.0.1", ["localhost", "[::1]"]
    assert checks.demonstration_stays_here() == []
    for name, value in outside.items():
        setattr(settings, name, value)
    assert ids(checks.demonstration_stays_here()) == ["warp.E003"]
    settings.DEMO = False
    assert checks.demonstration_stays_here() == []


def test_a_folder_broker_beside_postgresql_is_doubtful(settings: Settings) -> None:
    settings.SQLITE, settings.REDIS_URL = False, ""
    assert ids(checks.folder_broker_is_for_one_machine()) == ["warp.W001"]
    settings.REDIS_URL = "redis://localhost"
    assert checks.folder_broker_is_for_one_machine() == []
    settings.SQLITE, settings.REDIS_URL = True, ""
    assert checks.folder_broker_is_for_one_machine() == []


def test_the_trial_finds_the_fault_where_it_is_known() -> None:
    lost = checks.rows_past_their_bound(sqlite3.connect(":memory:"))
    if sqlite3.sqlite_version_info[:2] == (3, 40):
        assert lost == 1
    elif sqlite3.sqlite_version_info >= (3, 42):
        assert lost == 0
    else:
        pytest.skip(f"nothing is known of SQLite {sqlite3.sqlite_version}")


def test_the_fault_is_a_warning(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(checks, "rows_past_their_bound", lambda _database: 1)
    assert ids(checks.sqlite_warning()) == ["warp.I001"]
    monkeypatch.setattr(checks, "rows_past_their_bound", lambda _database: 0)
    assert checks.sqlite_warning() == []
