"""One fault at each point of an alert's way, on real processes. `make faults` does every fault at every point."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from functools import partial
from ipaddress import ip_network
from typing import Any

import pytest
from django.db import connection

from benchmarks.services import Sink, installed
from members import clock
from members.delivery.channels.webhook import signatures
from members.web.post import post
from tests.faults import hook, mutants, stops
from tests.faults.matrix import FAULTS, POINTS, QUICK, Cell, reason
from tests.faults.stack import DATABASES, ROOT

pytestmark = pytest.mark.xdist_group("faults")


@pytest.fixture(scope="module")
def struck() -> dict[str, dict[str, Any]]:
    """What came of the cells of QUICK, run by one hub of its own, on a database like that of these tests."""
    database = connection.vendor if installed() else "sqlite"
    command = [sys.executable, "-m", "tests.faults.run", database]
    names = "\n".join(f"{point} × {fault}" for point, fault in QUICK)
    done = subprocess.run(
        command, cwd=ROOT, env=dict(os.environ), input=names, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    rows = [json.loads(line) for line in done.stdout.splitlines()]
    return {f"{row['point']} × {row['fault']}": row for row in rows}


@pytest.mark.parametrize(("point", "fault"), QUICK)
def test_nothing_is_lost_nor_told_twice_nor_to_whom_the_right_had_ended(
    struck: dict[str, dict[str, Any]], point: str, fault: str
) -> None:
    row = struck[f"{point} × {fault}"]
    assert (row["lost"], row["revoked"], row["said"]) == ([], [], [])
    assert row["duplicates"] <= row["allowed"]
    assert not row["breach"], row


def test_these_share_one_hub_on_one_of_the_tests_processes(request: pytest.FixtureRequest) -> None:
    assert request.node.nodeid.endswith("@faults") == ("PYTEST_XDIST_WORKER" in os.environ), "does xdist group?"


def test_every_point_is_struck_in_the_tests_and_every_cell_or_its_reason_is_in_the_proof() -> None:
    assert [point for point, _fault in QUICK] == list(POINTS)
    assert {fault for _point, fault in QUICK} <= set(FAULTS)
    for database in DATABASES:
        assert not any(reason(Cell(database, *quick)) for quick in QUICK)


def test_a_webhook_that_is_not_signed_is_not_taken() -> None:
    sink = Sink("tests.faults.hook")
    try:
        signed = signatures("msg_1", clock.EPOCH, b"{}", (hook.KEY,))
        forged = {**signed, "webhook-id": "msg_2"}
        url, allow = f"http://127.0.0.1:{sink.port}/house@example.org", [ip_network("127.0.0.1/32")]
        assert [post(url, b"{}", headers, allow=allow).status for headers in (signed, forged)] == [200, 401]
        assert [name for _at, name in sink.taken("@example.org")["house@example.org"]] == ["msg_1"]
    finally:
        sink.stop()


def test_a_stop_or_a_time_whose_name_is_gone_is_an_error_and_not_made_up() -> None:
    for put in (partial(stops._instead, stops, GONE=1), partial(stops._before, stops, "gone", str)):
        with pytest.raises(AttributeError):
            put()
    assert not hasattr(stops, "GONE")


def test_the_wrong_changes_are_of_today() -> None:
    assert mutants.outdated() == []
