"""Run one cell: bring a release to a point, strike there, and count at the mail server what came of it."""

from __future__ import annotations

import os
import signal
import time
from contextlib import suppress
from dataclasses import asdict, dataclass, field
from typing import Any

from benchmarks.sink import GO_ON
from tests.faults import cast as casting
from tests.faults.cast import Cast
from tests.faults.matrix import BEFORE_CLAIM, IN_HAND, POINTS, SMTP, Cell
from tests.faults.stack import Stack, until
from tests.faults.stops import REAL, SHORT, stop, times

# How each point is called where it is stopped at.
STOPS = dict(zip(POINTS, ("before commit", "after commit", "", "received", "in a sweep", "claimed", "", "",
                          "after 250", "after mark", "digest built"), strict=True))  # fmt: skip
HELD = {POINTS[6]: "rcpt", POINTS[7]: "data"}
AUTHORS = POINTS[:2]
NEVER, PUT_RIGHT = 40.0, 3.0  # seconds until it counts as lost; until a clock that went wrong is right again
# 90 s, less that by which the lease and the sweep are shorter than the hub's.
LIMIT = 90.0 - (REAL["lease"] - SHORT["lease"]) - (REAL["sweep"] - SHORT["sweep"])
WOKEN = 1.5  # seconds that others have to come while one waits at a point


@dataclass
class Result:
    database: str
    point: str
    fault: str
    lost: list[str] = field(default_factory=list)
    revoked: list[str] = field(default_factory=list)  # told, though their right ended before the claim
    duplicates: int = 0
    allowed: int = 0
    recovery: float = 0.0
    said: list[str] = field(default_factory=list)

    @property
    def breach(self) -> bool:
        return bool(self.lost or self.revoked or self.said or self.duplicates > self.allowed or self.recovery > LIMIT)

    def row(self) -> dict[str, Any]:
        return {**asdict(self), "breach": self.breach}


class Strike:
    def __init__(self, stack: Stack, cell: Cell, cast: Cast) -> None:
        self.stack, self.cell, self.cast = stack, cell, cast
        self.result = Result(*cell, allowed=cell.repeats)
        self.no_right: list[str] = []
        self.author = 0
        self.late = False

    def run(self) -> Result | None:
        """None where the hub was quicker than the point: to be tried again with other people."""
        if self.cell.point == POINTS[2]:
            self.stack.kill(*self.workers())
        if held := HELD.get(self.cell.point):
            self.stack.sink.order(held, "hold")
        self.author = casting.apart(self.release)
        if not self.come():
            self.stack.disarm()
            self.result.said.append("the point was never reached")
            return self.result
        if self.cell.point in POINTS[:6] and self.taken():
            self.stack.disarm()
            return None
        self.strike()
        self.recover(time.time())  # from when all runs again
        return None if self.late and self.cell.point in BEFORE_CLAIM else self.result

    def workers(self) -> list[str]:
        return [name for name in self.stack.processes if name.startswith("worker")]

    # To the point

    def release(self) -> None:
        """In a process of its own: as the page does it, with stops."""
        from members import tasks

        point, wake = self.cell.point, tasks.wake
        if point in AUTHORS:
            self.stack.arm(STOPS[point])

        def waking() -> None:
            if point == POINTS[1]:
                stop(STOPS[point])
            elif point not in AUTHORS and STOPS[point]:
                self.stack.arm(STOPS[point])
            wake()

        tasks.wake = waking
        before = (lambda: stop(STOPS[point])) if point == POINTS[0] else int
        casting.release(self.cast, digest=self.cell.digest, before_commit=before)

    def come(self) -> bool:
        point = self.cell.point
        if point not in AUTHORS:
            os.waitpid(self.author, 0)
            self.author = 0
        if point in HELD:
            return until(lambda: self.stack.sink.ask("held"), NEVER)
        return point == POINTS[2] or until(lambda: self.stack.reached(STOPS[point]), NEVER)

    def go_on(self, answer: str = GO_ON) -> None:
        """Whoever waits at a point goes on, if still alive."""
        for path in self.stack.faults.glob("at-*"):
            path.unlink(missing_ok=True)
        self.stack.sink.ask("release", answer=answer)

    # The fault

    def strike(self) -> None:
        fault, stack = self.cell.fault, self.stack
        if fault in ("worker -9", "all -9"):
            self.crash(everything=fault == "all -9")
        elif fault.startswith("smtp"):
            self.misbehave(SMTP[fault.removeprefix("smtp ")])
        elif fault.startswith("clock"):
            self.jump(86_400.0 if "day" in fault else -3_600.0)
        elif fault == "redis -9" and stack.redis is not None:
            stack.redis.stop(signal.SIGKILL)
            time.sleep(0.3)
            stack.redis.start()
        elif fault == "database -9" and stack.postgres is not None:
            stack.postgres.stop(signal.SIGQUIT)
            stack.postgres.start()
        elif fault == "beats":
            self.wake()
        elif fault == "flushall":
            stack.flush()
        elif fault == "poison":
            stack.poison()
        elif fault == "right revoked":
            self.no_right, self.late = casting.revoke(self.cast)
        self.go_on()
        self.finish()

    def crash(self, *, everything: bool) -> None:
        names = [name for name in self.stack.processes if everything or name.startswith("worker")]
        self.stack.kill(*names)
        if everything and self.author:
            os.kill(self.author, signal.SIGKILL)
            os.waitpid(self.author, 0)
            self.author = 0
        self.go_on()
        missing = ["worker", *(["beat"] if everything else [])]
        self.stack.start(*missing)
        if everything and self.cell.point == POINTS[0]:
            self.nothing_was_done()

    def nothing_was_done(self) -> None:
        """What was never committed is told to nobody, until it is done once more."""
        time.sleep(1)
        if self.taken():
            self.result.said.append("what was never committed was told")
        os.waitpid(casting.apart(lambda: casting.release(self.cast, digest=False)), 0)

    def misbehave(self, answer: str) -> None:
        if self.cell.point in HELD:
            self.go_on(answer)
        else:
            at = "data" if answer in ("hang", "cut") else "rcpt"
            self.stack.sink.order(at, answer, times=2 if answer[0] == "4" else 1)

    def wake(self) -> None:
        """Others look as well, while one waits."""
        from members import tasks

        for _n in range(4):
            tasks.wake()
        time.sleep(WOKEN)

    def jump(self, seconds: float) -> None:
        (self.stack.faults / "clock").write_text(str(seconds))
        if seconds < 0:
            self.go_on()
            time.sleep(PUT_RIGHT)
            (self.stack.faults / "clock").unlink()

    def finish(self) -> None:
        """The author is done, and there is a worker."""
        if self.author:
            os.waitpid(self.author, 0)
        if not self.workers():
            self.stack.start("worker")

    # What came of it

    def taken(self) -> dict[str, int]:
        return {to: len(times) for to, times in self.stack.sink.taken(f"@{self.cast.domain}").items()}

    def recover(self, since: float) -> None:
        from django.db import connections

        connections.close_all()
        awaited = set(self.cast.addresses) - set(self.no_right)

        def missing() -> set[str]:
            return awaited - set(self.taken()) - set(self.stack.sink.ask("refused", of=f"@{self.cast.domain}"))

        until(lambda: not missing(), NEVER)
        self.result.lost = sorted(missing())
        last = [time_of for times in self.stack.sink.taken(f"@{self.cast.domain}").values() for time_of, _id in times]
        self.result.recovery = round(max(0.0, max(last, default=since) - since), 2)
        if not self.result.lost and not until(lambda: not self.due(), NEVER):
            self.result.said.append("rows are due that nobody sends")
        if self.cell.point in IN_HAND and self.stalled():
            self.result.allowed = max(self.result.allowed, 1)
        self.stack.disarm()
        if self.cell.fault == "poison" and not until(lambda: not self.stack.waiting(), NEVER):
            self.result.said.append("poison stays in the queue")
        for name in self.stack.fallen():
            self.result.said.append(f"{name} fell")
            self.stack.processes.pop(name)
            self.stack.start(name)
        self.count()

    def stalled(self) -> bool:
        """Whether it was held for longer than a lease or a client lasts, as on a machine that stands still: as good as
        a crash, since nobody could tell it from one."""
        written = self.stack.faults / "stalled"
        held = float(written.read_text()) if written.exists() else 0.0
        return held > 0.8 * times()["lease"] or bool(self.stack.sink.ask("gone", of=f"@{self.cast.domain}"))

    def due(self) -> int:
        from members.models import Delivery

        return Delivery.objects.filter(address__value__endswith=f"@{self.cast.domain}", state="due").count()

    def count(self) -> None:
        """Called once more at the end of the run: nothing may come late."""
        taken = self.taken()
        self.result.duplicates = sum(n - 1 for n in taken.values())
        strict = self.cell.point in BEFORE_CLAIM
        self.result.revoked = sorted(to for to in self.no_right if taken.get(to, 0) > (0 if strict else 1))
        ids = [[one for _at, one in times] for times in self.stack.sink.taken(f"@{self.cast.domain}").values()]
        if any(len(set(one)) > 1 for one in ids):
            self.result.said.append("a repeated message has another Message-ID")


def strike(stack: Stack, cell: Cell, name: str, coordinator: int) -> Strike:
    """Run `cell`, with other people where the hub was quicker than we."""
    if cell.fault == "beats" and "worker2" not in stack.processes:
        stack.start("worker2", "beat2")
    elif cell.fault != "beats" and "worker2" in stack.processes:
        stack.kill("worker2", "beat2")
    for attempt in range(5):
        cast = casting.assemble(f"{name}{'abcde'[attempt]}", coordinator, digest=cell.digest)
        one = Strike(stack, cell, cast)
        with suppress(ChildProcessError):
            if one.run() is not None:
                return one
    one.result.said.append("the hub was always quicker than this point")
    return one
