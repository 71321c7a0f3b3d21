"""Keeps a few programs running together, and leaves none behind. Standard library only: the watcher must be small.

Each child has its own process group, which ends with it; on Linux the kernel ends the children of a watcher that
was killed.
"""

from __future__ import annotations

import contextlib
import ctypes
import os
import select
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

GRACE = 10.0  # seconds between asking to stop and stopping
STEADY = 60.0  # seconds of running after which the next fall counts as the first
LONGEST_WAIT = 30.0
PR_SET_PDEATHSIG = 1

Say = Callable[[str, str], None]


def die_with_parent(parent: int) -> Callable[[], None] | None:
    """What a child runs before its program: asks the kernel for a signal once its parent is gone (Linux)."""
    if not sys.platform.startswith("linux"):
        return None
    prctl = ctypes.CDLL(None).prctl

    def ask() -> None:
        prctl(PR_SET_PDEATHSIG, signal.SIGTERM)
        if os.getppid() != parent:  # it went before we asked
            os._exit(1)

    return ask


@dataclass
class Child:
    """One program, its output, and when it may be started again."""

    name: str
    command: Sequence[str]
    process: subprocess.Popen[bytes] | None = None
    output: int | None = None  # a file descriptor, while there is more to come
    rest: bytes = b""
    started: float = 0.0
    falls: int = 0
    due: float = 0.0

    def after_the_others(self, seconds: float) -> Child:
        """Starts when the others are ready, so as not to be in their way; after so long in any case."""
        self.due = time.monotonic() + seconds
        return self

    def start(self) -> None:
        self.started = time.monotonic()
        self.process = subprocess.Popen(  # noqa: S603  (our own command lines)
            self.command,
            env={**os.environ, "PYTHONUNBUFFERED": "1"},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            process_group=0,
            preexec_fn=die_with_parent(os.getpid()),  # safe: the watcher has one thread
        )
        if self.process.stdout:
            self.output = self.process.stdout.fileno()
            os.set_blocking(self.output, False)

    def ended(self) -> bool:
        return self.process is not None and self.process.poll() is not None

    def running(self) -> bool:
        return self.process is not None and self.process.poll() is None

    def signal(self, number: int) -> None:
        """To the program and to everything that it left in its group."""
        if self.process:
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.killpg(self.process.pid, number)

    def lines(self) -> list[str]:
        """What it has printed since last asked, in whole lines; its last words even without a line's end."""
        while self.output is not None:
            try:
                piece = os.read(self.output, 65536)
            except BlockingIOError:
                break
            self.rest += piece if piece else b"\n" * bool(self.rest)
            if not piece:
                self.output = None
        *whole, self.rest = self.rest.split(b"\n")
        return [line.decode(errors="replace") for line in whole]

    def bury(self) -> int:
        """Ends what it left behind; its exit status, negative for a signal."""
        self.signal(signal.SIGKILL)
        code = self.process.wait() if self.process else 0
        if self.process and self.process.stdout:
            self.process.stdout.close()
        self.process = self.output = None
        return code

    def wait_before_restart(self) -> float:
        self.falls = 1 if time.monotonic() - self.started > STEADY else self.falls + 1
        wait = min(LONGEST_WAIT, 2.0 ** (self.falls - 1))
        self.due = time.monotonic() + wait
        return wait


class Watcher:
    """Runs the children until SIGINT, SIGTERM or SIGHUP; starts one that falls again, ever more slowly."""

    def __init__(self, children: list[Child], say: Say, ready: Callable[[], bool], welcome: str) -> None:
        self.children, self.say, self.ready, self.welcome = children, say, ready, welcome
        self.stopping = False

    def run(self) -> None:
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, self.asked_to_stop)
        welcomed = False
        while not self.stopping:
            self.start_what_is_due()
            self.pass_on(0.2)
            self.see_who_fell()
            if not welcomed and not self.stopping and (welcomed := self.ready()):
                self.greet()
        self.stop()

    def greet(self) -> None:
        """Says that the hub is ready, and lets start what waited for that."""
        self.say("hub", self.welcome)
        for child in self.children:
            child.due = child.due if child.started else 0.0

    def asked_to_stop(self, *_: object) -> None:
        if self.stopping:  # asked twice: at once
            for child in self.children:
                child.signal(signal.SIGKILL)
        self.stopping = True

    def start_what_is_due(self) -> None:
        for child in self.children:
            if child.process is None and time.monotonic() >= child.due:
                child.start()

    def see_who_fell(self) -> None:
        for child in filter(Child.ended, self.children):
            self.tell(child)
            code = child.bury()
            why = f"signal {-code}" if code < 0 else f"exit status {code}"
            self.say("hub", f"{child.name} ended ({why}); starting it again in {child.wait_before_restart():.0f} s")

    def pass_on(self, seconds: float) -> None:
        """Waits that long at most for output, and prints what came."""
        talking = {child.output: child for child in self.children if child.output is not None}
        for output in select.select(list(talking), [], [], seconds)[0]:
            self.tell(talking[output])

    def tell(self, child: Child) -> None:
        for line in child.lines():
            self.say(child.name, line)

    def stop(self) -> None:
        end = time.monotonic() + GRACE
        for child in self.children:
            child.signal(signal.SIGTERM)
        while any(map(Child.running, self.children)) and time.monotonic() < end:
            self.pass_on(0.1)
        for child in self.children:
            self.tell(child)
            child.bury()
