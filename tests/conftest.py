"""The cast. The world is that of policy-cases.yaml: carol coordinates wm (West Midlands), brian Birmingham, kate Kent,
ursula the whole hub; alice and alan are of brum, bob of solihull, dora of dudley (a client of solihull), wendy of
walsall, mia of maidstone (Kent), fay of faversham; lee's organisation lapsed, paul's is suspended, nina's only applied;
olive belongs nowhere, ivan's account is closed, cuth is custodian of wm, root is a superuser. All are fictional."""

from __future__ import annotations

import os
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import hypothesis
import pytest
import yaml
from django.conf import settings

from members import appendonly
from tests.members.world import World

CASES: dict[str, Any] = yaml.safe_load((Path(__file__).parent / "data/policy-cases.yaml").read_text())
# What is drawn is judged by what comes of it, never by the clock of a busy machine.
hypothesis.settings.register_profile("hub", deadline=None)
hypothesis.settings.load_profile("hub")
# Each process of the tests has a broker to itself: one would read what another's put there and took away again. Of
# Redis it has a database, where rates are counted too and which tests empty.
if worker := os.environ.get("PYTEST_XDIST_WORKER"):
    if settings.REDIS_URL:
        own = f"{settings.REDIS_URL.rpartition('/')[0]}/{1 + int(worker.removeprefix('gw'))}"
        os.environ["REDIS_URL"] = settings.REDIS_URL = settings.CELERY_BROKER_URL = own
        settings.CACHES["default"]["LOCATION"] = own
    else:
        own = str(settings.HOME / f"broker-{worker}")
        settings.CELERY_BROKER_TRANSPORT_OPTIONS |= {
            "data_folder_in": own, "data_folder_out": own, "control_folder": f"{own}/control"
        }  # fmt: skip
NOON = datetime(2026, 11, 1, 12, tzinfo=UTC)  # the moment of the cases


def pytest_make_parametrize_id(val: object) -> str | None:
    """Archives hold the second they were made in: named by their bytes, the tests' processes would not agree on names
    and none would run."""
    return f"{len(val)} bytes" if isinstance(val, bytes) and len(val) > 40 else None


@pytest.fixture(autouse=True, scope="session")
def static_root() -> None:
    """WhiteNoise looks for the collected files; tests serve none."""
    Path(settings.STATIC_ROOT).mkdir(parents=True, exist_ok=True)


@pytest.fixture(autouse=True)
def emptied(request: pytest.FixtureRequest) -> Iterator[None]:
    """The audit is never emptied, but for the next test: after one that commits, its triggers let pytest-django flush
    it, and come back with the signal that ends a flush."""
    marker = request.node.get_closest_marker("django_db")
    commits = "transactional_db" in request.fixturenames or (marker and marker.kwargs.get("transaction"))
    if commits:
        request.getfixturevalue("transactional_db")  # whose end comes after ours
    yield
    if commits:
        appendonly.remove()


@pytest.fixture
def world(db: None) -> World:
    """The cast, each with a verified mail address and the default tick-list."""
    return World(CASES["world"])


@pytest.fixture
def noon() -> datetime:
    return NOON


@pytest.fixture
def folder(settings: Any, tmp_path: Path) -> Path:
    """Where the files of this test are kept, and of no other."""
    here = tmp_path / "files"
    settings.STORAGES = {
        **settings.STORAGES, "default": {**settings.STORAGES["default"], "OPTIONS": {"location": here}}
    }  # fmt: skip
    return here
