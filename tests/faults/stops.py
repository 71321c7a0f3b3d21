"""Where a process of the hub can be stopped exactly, from outside the hub's code: loaded by `tests.faults.worker`.

A point is armed by a file of its name in the folder FAULTS. Whoever comes first takes it, and waits there until
its file is gone, and writes down for how long in `stalled`. The same folder holds `clock`: by how many seconds the
database's clock is wrong.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

FOLDER = Path(os.environ.get("FAULTS", "/nonexistent"))
PATIENCE = 30.0
# Seconds: lease, age at which a claim is asked again, wait for a socket, rest of a server, try of a message, sweep.
SHORT = {"lease": 6.0, "fresh": 0.4, "socket": 3.0, "rest": 1, "longest": 4, "again": 1, "sweep": 2.0}
REAL = {"lease": 60.0, "fresh": 5.0, "socket": 10.0, "rest": 10, "longest": 300, "again": 10, "sweep": 15.0}


def times() -> dict[str, float]:
    return REAL if os.environ.get("FAULTS_TIMES") == "real" else SHORT


def stop(point: str) -> None:
    """Wait here, where this point is armed and nobody else has come to it."""
    reached = FOLDER / f"at-{point}"
    with suppress(FileNotFoundError):
        (FOLDER / point).rename(reached)
        began = time.monotonic()
        while reached.exists() and time.monotonic() < began + PATIENCE:
            time.sleep(0.005)
        (FOLDER / "stalled").write_text(str(time.monotonic() - began))


def offset() -> timedelta:
    try:
        return timedelta(seconds=float((FOLDER / "clock").read_text()))
    except (FileNotFoundError, ValueError):
        return timedelta(0)


def _after(module: Any, name: str, point: str, reached: Callable[[Any], bool], *, alone: bool = True) -> None:
    """Stop at `point` when what `module.name` returned says so; where not `alone`, others that come there stop too."""
    sound = getattr(module, name)

    def wrapped(*words: Any, **named: Any) -> Any:
        while not alone and (FOLDER / "at-received").exists():  # who waits there is not overtaken by another sweep
            time.sleep(0.005)
        done = sound(*words, **named)
        if reached(done):
            stop(point)
        while not alone and (FOLDER / f"at-{point}").exists():
            time.sleep(0.005)
        return done

    setattr(module, name, wrapped)


def _before(module: Any, name: str, point: str) -> None:
    sound = getattr(module, name)

    def wrapped(*words: Any, **named: Any) -> Any:
        stop(point)
        return sound(*words, **named)

    setattr(module, name, wrapped)


def clock_of_the_folder() -> None:
    from members import clock

    sound = clock.ask

    def ask() -> datetime:
        return sound() + offset()

    clock.ask = ask


def shorten() -> None:
    """The leases and rests of the run, in place of the hub's own."""
    from django.conf import settings

    from members.delivery import claim, gate, mark, send

    told = times()
    claim.LEASE, claim.FAR = timedelta(seconds=told["lease"]), timedelta(seconds=2 * told["lease"])
    claim.FRESH = timedelta(seconds=told["fresh"])
    setattr(send, "FRESH", claim.FRESH)  # noqa: B010 - a name that it imported
    gate.FIRST, gate.LONGEST = int(told["rest"]), int(told["longest"])
    gate.PROBING = timedelta(seconds=told["lease"])
    gate.FAR = timedelta(seconds=told["longest"]) + gate.PROBING
    mark.SOONEST = int(told["again"])
    settings.EMAIL_TIMEOUT = told["socket"]


def install() -> None:
    """In a worker, once its apps are loaded."""
    from celery.signals import task_prerun

    from members import tasks
    from members.delivery import mark, send

    clock_of_the_folder()
    shorten()
    _after(send, "plan", "in a sweep", lambda planned: planned.done > 0, alone=False)
    _after(send, "digest", "digest built", lambda planned: planned > 0, alone=False)
    _after(send, "_claim", "claimed", lambda claim: bool(claim.ours))
    _before(mark, "sent", "after 250")
    _after(tasks, "sweep_once", "after mark", lambda report: report.sent > 0)

    def received(task: Any = None, **_: Any) -> None:
        if task is not None and task.name == tasks.sweep.name:
            stop("received")

    task_prerun.connect(received, weak=False)
