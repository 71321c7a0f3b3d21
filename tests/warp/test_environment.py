"""A wrong setting is a system check with an id and a hint, and never a traceback or a leaked secret."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from warp import environment as env

ROOT = Path(__file__).parent.parent.parent


@pytest.fixture(autouse=True)
def wrong(monkeypatch: pytest.MonkeyPatch) -> list[env.Wrong]:
    found: list[env.Wrong] = []
    monkeypatch.setattr(env, "WRONG", found)
    return found


@pytest.mark.parametrize(
    ("parse", "text"),
    [
        (env.flag, "perhaps"),
        (env.port, "0"),
        (env.port, "65536"),
        (env.port, "eighty"),
        (env.count, "-1"),
        (env.base_url, "hub.example.org"),
        (env.base_url, "ftp://hub.example.org"),
        (env.base_url, "https://hub.example.org/warp"),
        (env.database, "mysql://localhost/hub"),
        (env.database, "nonsense"),
        (env.database, "postgresql://localhost"),
        (env.database, "postgresql://localhost:port/hub"),
        (env.redis, "http://localhost"),
        (env.redis, "redis://"),
        (env.email, "mail.example.org"),
        (env.email, "smtp://"),
        (env.email, "smtp://mail.example.org:port"),
        (env.networks, "10.0.0.0/33"),
        (env.networks, "10.0.0.0/8, everything"),
    ],
)
def test_what_is_not_understood_is_remembered(
    monkeypatch: pytest.MonkeyPatch, wrong: list[env.Wrong], parse: Callable[[str], Any], text: str
) -> None:
    monkeypatch.setenv("TRIED", text)
    assert env.read("TRIED", parse, "the default", "Write it so.") == "the default"
    assert wrong == [env.Wrong("TRIED", "its value is not understood", "Write it so.")]


@pytest.mark.parametrize(
    ("parse", "text", "value"),
    [
        (env.flag, "Off", False),
        (env.port, "8080", 8080),
        (env.base_url, "https://hub.example.org:8443/", "https://hub.example.org:8443"),
        (env.listed, " a, b ,,", ["a", "b"]),
        (env.redis, "rediss://:secret@cache.example.org:6380/1", "rediss://:secret@cache.example.org:6380/1"),
    ],
)
def test_what_is_understood(
    monkeypatch: pytest.MonkeyPatch, wrong: list[env.Wrong], parse: Callable[[str], Any], text: str, value: Any
) -> None:
    monkeypatch.setenv("TRIED", text)
    assert env.read("TRIED", parse, None, "") == value
    assert wrong == []


def test_addresses_become_settings() -> None:
    hub = env.database("postgresql://hub:p%40ss@db.example.org:5433/hub")
    assert (hub["HOST"], hub["PORT"], hub["PASSWORD"]) == ("db.example.org", 5433, "p@ss")
    mail = env.email("smtp+tls://hub:secret@mail.example.org:587")
    assert (mail["EMAIL_HOST"], mail["EMAIL_PORT"], mail["EMAIL_USE_TLS"]) == ("mail.example.org", 587, True)


def test_a_secret_may_lie_in_a_file(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, wrong: list[env.Wrong]) -> None:
    (tmp_path / "key").write_text("from the file\n")
    monkeypatch.delenv("SECRET_KEY", raising=False)
    monkeypatch.setenv("SECRET_KEY_FILE", str(tmp_path / "key"))
    assert env.secret("SECRET_KEY", tmp_path / "unused") == "from the file"
    monkeypatch.setenv("SECRET_KEY_FILE", str(tmp_path / "absent"))
    env.secret("SECRET_KEY", tmp_path / "kept")
    assert [name for name, _, _ in wrong] == ["SECRET_KEY_FILE"]


def test_a_secret_is_made_once_and_for_its_owner_only(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.delenv("SECRET_KEY", raising=False)
    kept = tmp_path / "new" / "secret-key"
    first = env.secret("SECRET_KEY", kept)
    assert len(first) >= 50
    assert env.secret("SECRET_KEY", kept) == first
    assert kept.stat().st_mode & 0o777 == 0o600
    assert [path.name for path in kept.parent.iterdir()] == ["secret-key"]


def test_of_two_processes_that_start_at_once_the_first_secret_stays(tmp_path: Path) -> None:
    env.make_once(tmp_path / "key", "first")
    env.make_once(tmp_path / "key", "second")
    assert (tmp_path / "key").read_text() == "first"


@pytest.mark.parametrize("host", ["127.0.0.1", "127.9.9.9", "[::1]", "localhost", "hub.localhost"])
def test_loopback(host: str) -> None:
    assert env.loopback(host)


@pytest.mark.parametrize("host", ["*", "0.0.0.0", "hub.example.org", "localhost.example.org", "10.0.0.1", ""])
def test_not_loopback(host: str) -> None:
    assert not env.loopback(host)


def test_every_wrong_setting_is_named_at_once(tmp_path: Path) -> None:
    settings = {
        "WARP_HOME": str(tmp_path),
        "PORT": "eighty",
        "DATABASE_URL": "oracel://hub:hunter2@db.example.org/hub",
        "REDIS_URL": "amqp://localhost",
        "EMAIL_URL": "pigeon://mail.example.org",
        "COLLECT_ALLOW": "everywhere",
        "BASE_URL": "hub.example.org",
        "ATTACHMENT_MB": "20 MB",
    }
    done = subprocess.run(
        [sys.executable, "manage.py", "check"], cwd=ROOT, env={**os.environ, **settings}, capture_output=True, text=True
    )
    assert done.returncode == 1
    for name in settings.keys() - {"WARP_HOME"}:
        assert f"(warp.E001) {name}: " in done.stderr
    assert done.stderr.count("HINT: Write") == len(settings) - 1
    assert "Traceback" not in done.stderr
    assert "hunter2" not in done.stdout + done.stderr


@pytest.mark.parametrize(
    "program",
    [
        ["gunicorn", "--bind", "127.0.0.1:0", "--config", "python:warp.gunicorn", "warp.wsgi"],
        ["celery", "--app", "warp.celery", "worker", "--pool", "solo"],
        ["celery", "--app", "warp.celery", "beat", "--pidfile="],
    ],
    ids=["web", "worker", "beat"],
)
def test_nothing_runs_on_wrong_settings(program: list[str], tmp_path: Path) -> None:
    wrong_settings = {"WARP_HOME": str(tmp_path), "DATABASE_URL": "mysql://localhost/hub"}
    command = [sys.executable, "-m", *program]
    done = subprocess.run(
        command, cwd=ROOT, env={**os.environ, **wrong_settings}, capture_output=True, text=True, timeout=30, check=False
    )
    assert done.returncode != 0
    assert "(warp.E001) DATABASE_URL: " in done.stderr
    assert not (tmp_path / "hub.sqlite3").exists()
