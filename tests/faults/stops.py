"""Where a process of the hub can be stopped exactly, from outside the hub's code: loaded by `tests.faults.worker`.

A point is armed by a file of its name in the folder FAULTS. Whoever comes first takes it, and waits there until
its file is gone. The same folder holds `clock`: by how many seconds the database's clock is wrong; and a process writes
there for how long it was given no time.
"""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from types import SimpleNamespace
from typing import Any

FOLDER = Path(os.environ.get("FAULTS", "/nonexistent"))
PATIENCE = 30.0
TICK, NOTABLE = 0.2, 1.0  # seconds
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
        ends = time.monotonic() + PATIENCE
        while reached.exists() and time.monotonic() < ends:
            time.sleep(0.005)


def watch() -> None:
    """Write down for how long this process was given no time: what came of a lease then says nothing of the hub."""
    last = time.monotonic()
    while True:
        time.sleep(TICK)
        now = time.monotonic()
        if now - last > NOTABLE:
            path = FOLDER / f"stood-{os.getpid()}-{int(now * 1000)}"
            path.write_text(f"{now - last:.1f}")
        last = now


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


def _each(module: Any, name: str, point: str, reached: Callable[[Any], bool]) -> None:
    """The same of what `module.name` gives one by one."""
    sound = getattr(module, name)

    def wrapped(*words: Any, **named: Any) -> Any:
        given, ended = sound(*words, **named), object()
        gives = SimpleNamespace(one=lambda: next(given, ended))
        _after(gives, "one", point, lambda one: one is not ended and reached(one), alone=False)
        yield from iter(gives.one, ended)

    setattr(module, name, wrapped)


def _before(module: Any, name: str, point: Callable[..., str]) -> None:
    """Stop before `module.name` does its work, at the point that its arguments say."""
    sound = getattr(module, name)

    def wrapped(*words: Any, **named: Any) -> Any:
        stop(point(*words, **named))
        return sound(*words, **named)

    setattr(module, name, wrapped)


def _instead(module: Any, **values: Any) -> None:
    """A name that is gone must not be made up: the run would then have other times than it says."""
    for name, value in values.items():
        getattr(module, name)
        setattr(module, name, value)


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
    from members.delivery.channels import byweb
    from members.web import post

    told = times()
    lease, longest, fresh = (timedelta(seconds=told[name]) for name in ("lease", "longest", "fresh"))
    _instead(claim, LEASE=lease, FAR=2 * lease, FRESH=fresh)
    _instead(send, FRESH=fresh)  # a name that it imported
    _instead(gate, FIRST=int(told["rest"]), LONGEST=int(told["longest"]), PROBING=lease, FAR=longest + lease)
    _instead(mark, SOONEST=int(told["again"]))
    _instead(settings, EMAIL_TIMEOUT=told["socket"])
    _instead(byweb, post=partial(post.post, seconds=min(told["socket"], post.SECONDS)))


def install() -> None:
    """In a worker, once its apps are loaded."""
    from celery.signals import task_prerun

    from members import tasks
    from members.delivery import accepted, mark, send
    from members.response import escalate

    clock_of_the_folder()
    shorten()
    threading.Thread(target=watch, daemon=True).start()
    _each(send, "planning", "in a sweep", lambda planned: planned.done > 0)
    _after(send, "digest", "digest built", lambda planned: planned > 0, alone=False)
    _after(send, "_claim", "claimed", lambda claim: bool(claim.ours))
    _after(send, "escalate", "escalated", lambda steps: steps > 0)
    _before(escalate, "quiet", lambda *_words: "escalating")  # the last word of a step's transaction
    _before(mark, "sent", lambda claimed, *_words: "after 200" if claimed.channel == "webhook" else "after 250")
    _before(accepted.Accepted, "note", lambda *_words: "after 250")
    _before(accepted.Accepted, "write", lambda *_words: "journaled")
    _after(tasks, "sweep_once", "after mark", lambda report: report.sent > 0)

    def received(task: Any = None, **_: Any) -> None:
        if task is not None and task.name == tasks.sweep.name:
            stop("received")

    task_prerun.connect(received, weak=False)
