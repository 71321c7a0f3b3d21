"""Whole hubs in folders of their own, driven as an operator would: by commands in processes of their own.

On the database that DATABASE_URL names the server of, else on SQLite. All that is sent arrives at a real SMTP server.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import urlsplit

import psycopg
import pytest
from aiosmtpd.controller import Controller

from tests.members.delivery.conftest import PostOffice, free_port

ROOT = Path(__file__).parents[3]
SERVER = os.environ.get("DATABASE_URL", "")
POSTGRESQL = SERVER.startswith("postgres")


class Ran(NamedTuple):
    status: int
    out: str
    error: str

    def json(self) -> Any:
        return json.loads(self.out)[0]


@dataclass
class Hub:
    """One hub: its folder, its database, and where its mail goes."""

    home: Path
    database: str  # of the server; unused on SQLite
    port: int
    keys: dict[str, str] = field(default_factory=lambda: {"SECRET_KEY": "s" * 50, "ORIGIN_KEY": "o" * 50})

    _teller: subprocess.Popen[str] | None = None

    def env(self) -> dict[str, str]:
        ours = {
            "WARP_HOME": str(self.home), "EMAIL_URL": f"smtp://127.0.0.1:{self.port}", "WARP_DEMO": "1",
            "DJANGO_SETTINGS_MODULE": "warp.settings", **self.keys,
            "DATABASE_URL": url_of(self.database) if POSTGRESQL else "", "REDIS_URL": "",
        }  # fmt: skip
        return {**os.environ, **ours}

    def begin(self, *words: str, python: str = "", files: int = 0) -> subprocess.Popen[str]:
        """`manage.py` with these words, or `python` in its shell; `files`: how large one of its files may get."""
        command = [sys.executable, "manage.py", *(("shell", "-v", "0", "-c", python) if python else words)]
        if files:
            command = ["bash", "-c", f'ulimit -f {files}; trap "" XFSZ; exec "$@"', "-", *command]
        pipe = subprocess.PIPE
        return subprocess.Popen(command, cwd=ROOT, env=self.env(), stdout=pipe, stderr=pipe, text=True)

    def run(self, *words: str, files: int = 0) -> Ran:
        """In a process of its own."""
        process = self.begin(*words, files=files)
        out, error = process.communicate(timeout=300)
        return Ran(process.returncode, out, error)

    def tell(self, *words: str, python: str = "") -> Ran:
        """The same in one process for all that does not matter so much, which holds no connection meanwhile."""
        if self._teller is None:
            command, pipe = [sys.executable, str(Path(__file__).parent / "teller.py")], subprocess.PIPE
            self._teller = subprocess.Popen(command, cwd=ROOT, env=self.env(), stdin=pipe, stdout=pipe, text=True)
        assert self._teller.stdin and self._teller.stdout
        self._teller.stdin.write(json.dumps([list(words), python]) + "\n")
        self._teller.stdin.flush()
        return Ran(*json.loads(self._teller.stdout.readline()))

    def ask(self, python: str) -> Any:
        """What `python` prints, which is JSON."""
        ran = self.tell(python=f"import json; from members.models import *; from members import clock\n{python}")
        assert ran.status == 0, ran.error
        return json.loads(ran.out.strip().splitlines()[-1])

    def send(self) -> Any:
        return self.tell("send", "--json").json()

    def end(self) -> None:
        if self._teller is not None:
            self._teller.kill()
            self._teller.communicate()


def url_of(database: str) -> str:
    parts = urlsplit(SERVER)
    return parts._replace(path=f"/{database}").geturl()


def on_server(statement: str) -> None:
    with psycopg.connect(SERVER, autocommit=True) as connection:
        connection.execute(statement.encode())


@pytest.fixture(scope="session")
def template(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Hub]:
    """The demonstration, made once."""
    hub = Hub(tmp_path_factory.mktemp("template"), f"restored_{os.getpid()}", free_port())
    if POSTGRESQL:
        on_server(f"CREATE DATABASE {hub.database}")
    ran = hub.tell("prepare")
    assert ran.status == 0, ran.error
    ran = hub.tell(python="from members.delivery.plan import plan; from members.models import *; from members import "
                  "clock; plan(clock.ask()); Delivery.objects.all().delete(); DigestLine.objects.all().delete();"
                  "Response.objects.all().delete()")  # fmt: skip
    assert ran.status == 0, ran.error
    hub.end()
    yield hub
    if POSTGRESQL:
        on_server(f"DROP DATABASE {hub.database} WITH (FORCE)")


@pytest.fixture
def office() -> Iterator[tuple[PostOffice, int]]:
    """A real SMTP server, and its port."""
    office = PostOffice()
    controller = Controller(office, hostname="127.0.0.1", port=free_port())
    controller.start()
    yield office, controller.port
    controller.stop()


@pytest.fixture
def sink(office: tuple[PostOffice, int]) -> PostOffice:
    return office[0]


@pytest.fixture
def hub(template: Hub, office: tuple[PostOffice, int], tmp_path: Path) -> Iterator[Hub]:
    """A hub with people and advisories that owes nobody anything."""
    shutil.copytree(template.home, tmp_path / "home", ignore=shutil.ignore_patterns("static"))
    ours = Hub(tmp_path / "home", f"{template.database}_hub", office[1])
    if POSTGRESQL:
        on_server(f"CREATE DATABASE {ours.database} TEMPLATE {template.database}")
    yield ours
    ours.end()
    if POSTGRESQL:
        on_server(f"DROP DATABASE {ours.database} WITH (FORCE)")


@pytest.fixture
def empty(office: tuple[PostOffice, int], tmp_path: Path) -> Iterator[Hub]:
    """A machine on which there is no hub yet."""
    ours = Hub(tmp_path / "empty", f"restored_{os.getpid()}_empty", office[1])
    ours.home.mkdir()
    if POSTGRESQL:
        on_server(f"CREATE DATABASE {ours.database}")
    yield ours
    ours.end()
    if POSTGRESQL:
        on_server(f"DROP DATABASE {ours.database} WITH (FORCE)")
