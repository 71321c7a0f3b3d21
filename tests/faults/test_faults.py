"""One fault at each point of an alert's way, on real processes. `make faults` does every fault at every point."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from functools import partial
from ipaddress import ip_network
from types import SimpleNamespace
from typing import Any, cast

import pytest
from django.db import connection

from benchmarks.services import Sink, installed
from members import clock
from members.delivery.channels.webhook import signatures
from members.web.post import post
from tests.faults import hook, mutants, stops
from tests.faults.cast import Cast
from tests.faults.matrix import FAULTS, IN_A_SWEEP, JOURNALED, POINTS, QUICK, Cell, reason
from tests.faults.result import UNPROVED
from tests.faults.stack import DATABASES, ROOT, Stack
from tests.faults.strike import Strike

pytestmark = pytest.mark.xdist_group("faults")
MAIL, HOUSE = "p0@c.example.org", "house@c.example.org"


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


def counted(cell: Cell, taken: dict[str, int], *, left: int = 0) -> Strike:
    """A cell of a hub that told each of `taken` the same so often, and a webhook of which the crash touched."""
    told = {to: [(0.0, "one")] * n for to, n in taken.items()}
    stack = SimpleNamespace(
        taken=lambda of: told, left=lambda: left, stood=float, disarm=int, fallen=list, processes={}
    )
    one = Strike(cast("Stack", stack), cell, Cast("c.example.org", 0, hooks={HOUSE: 1}))
    one.touched, one.result.allowed = (HOUSE,), cell.repeats + 1
    return one


@pytest.mark.parametrize(("taken", "breach"), [({MAIL: 1, HOUSE: 2}, False), ({MAIL: 2, HOUSE: 1}, True)])
def test_what_a_crash_may_repeat_of_a_webhook_excuses_no_mail(
    monkeypatch: pytest.MonkeyPatch, taken: dict[str, int], breach: bool
) -> None:
    monkeypatch.setattr(Strike, "steps", lambda self: dict.fromkeys(taken, 1))
    one = counted(Cell("sqlite", JOURNALED, "worker -9"), taken)
    one.count()
    assert one.result.breach == breach


@pytest.mark.parametrize(("left", "proved"), [(0, True), (1, True), (2, False)])
def test_a_server_that_did_no_wrong_proves_nothing(monkeypatch: pytest.MonkeyPatch, left: int, proved: bool) -> None:
    monkeypatch.setattr(Strike, "steps", lambda self: {MAIL: 1})
    one = counted(Cell("sqlite", IN_A_SWEEP, "smtp 451"), {MAIL: 1}, left=left)
    one.ordered = 2
    one.close()
    assert one.result.breach != proved and proved == (not UNPROVED & {*one.result.said})


def test_the_wrong_changes_are_of_today() -> None:
    assert mutants.outdated() == []
