"""The faults themselves: what is done to a hub that stands at a point."""

from __future__ import annotations

import os
import signal
import time

from django.db import connections

from benchmarks.sink import GO_ON
from tests.faults import cast as casting
from tests.faults.cast import Cast
from tests.faults.matrix import BEFORE_CLAIM, CRASHES, POINTS, POSTED, SMTP, WEB, Cell
from tests.faults.result import Result
from tests.faults.stack import Stack

# Where a server keeps what comes, until it is told how to go on: at which point of its own.
HELD = {POINTS[6]: "rcpt", POINTS[7]: "data", POSTED: "post"}
PUT_RIGHT = 3.0  # seconds until a clock that went wrong is right again
WOKEN = 1.5  # seconds that others have to come while one waits at a point


class Blows:
    def __init__(self, stack: Stack, cell: Cell, cast: Cast) -> None:
        self.stack, self.cell, self.cast = stack, cell, cast
        self.result = Result(*cell, allowed=cell.repeats)
        self.no_right: list[str] = []
        self.author = 0
        self.late = False
        self.let_go_at = float("inf")
        self.ordered = 0  # how often a server is to do wrong

    def let_go(self, answer: str = GO_ON) -> None:
        """Whoever waits at the point goes on, if still alive."""
        self.let_go_at = min(self.let_go_at, time.time())
        self.stack.go_on(answer)

    def workers(self) -> list[str]:
        return [name for name in self.stack.processes if name.startswith("worker")]

    def strike(self) -> None:
        fault = self.cell.fault
        if fault in CRASHES:
            self.crash(everything=fault == "all -9")
        elif fault.startswith(("smtp", "web")):
            self.misbehave()
        elif fault.startswith("clock"):
            self.jump(86_400.0 if "day" in fault else -3_600.0)
        elif fault == "beats":
            self.wake()
        elif fault == "right revoked":
            self.no_right, self.late = casting.revoke(self.cast)
        else:
            self.hit()
        self.let_go()
        self.finish()

    def hit(self) -> None:
        """What the hub stands on."""
        fault, stack = self.cell.fault, self.stack
        if fault == "redis -9" and stack.redis is not None:
            stack.redis.stop(signal.SIGKILL)
            time.sleep(0.3)
            stack.redis.start()
        elif fault == "database -9" and stack.postgres is not None:
            connections.close_all()  # ours; the hub's own break
            stack.postgres.stop(signal.SIGQUIT)
            stack.postgres.start()
        elif fault == "flushall":
            stack.flush()
        elif fault == "poison":
            stack.poison()

    def crash(self, *, everything: bool) -> None:
        self.stack.kill(*([*self.stack.processes] if everything else self.workers()))
        if everything and self.author:
            os.kill(self.author, signal.SIGKILL)
            os.waitpid(self.author, 0)
            self.author = 0
        self.let_go()
        missing = ["worker", *(["beat"] if everything else [])]
        self.stack.start(*missing)
        if everything and self.cell.point == POINTS[0]:
            self.nothing_was_done()

    def nothing_was_done(self) -> None:
        """What was never committed is told to nobody, until it is done once more."""
        time.sleep(1)
        if self.taken():
            self.result.say("what was never committed was told")
        os.waitpid(casting.apart(lambda: casting.release(self.cast, digest=False)), 0)

    def misbehave(self) -> None:
        """The server of this fault, to the next that comes, or to whom it keeps."""
        kind, name = self.cell.fault.split()
        sink, answer = (self.stack.hook, WEB[name]) if kind == "web" else (self.stack.sink, SMTP[name])
        if self.cell.point in HELD:
            self.let_go(answer)
            return
        at = "post" if kind == "web" else "data" if answer in ("hang", "cut") else "rcpt"
        self.ordered = 2 if name in ("421", "451", "500", "429") else 1
        sink.order(at, answer, times=self.ordered)

    def wake(self) -> None:
        """Others look as well, while one waits."""
        from members import tasks

        for _n in range(4):
            tasks.wake()
        time.sleep(WOKEN)

    def jump(self, seconds: float) -> None:
        self.stack.clock(seconds)
        if seconds < 0:
            self.let_go()
            time.sleep(PUT_RIGHT)
            self.stack.clock(0)

    def finish(self) -> None:
        """The author is done, and there is a worker."""
        if self.author:
            os.waitpid(self.author, 0)
        if not self.workers():
            self.stack.start("worker")

    # What came of it

    @property
    def of(self) -> str:
        return f"@{self.cast.domain}"

    def taken(self) -> dict[str, int]:
        return {to: len(times) for to, times in self.stack.taken(self.of).items()}

    def ids(self) -> dict[str, list[str]]:
        """Which messages each recipient was told, a repeated one as often as it came."""
        return {to: [one for _at, one in times] for to, times in self.stack.taken(self.of).items()}

    def duplicates(self) -> dict[str, int]:
        """How often a recipient was told the same again."""
        return {to: len(ids) - len(set(ids)) for to, ids in self.ids().items()}

    @property
    def strict(self) -> bool:
        """Whether nothing was claimed when it was struck."""
        return self.cell.point in BEFORE_CLAIM
