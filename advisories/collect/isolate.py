"""Parsing in a child process that can be killed: a document can break its own child and nothing else."""

from __future__ import annotations

import os
import signal
import socket
import struct
import subprocess
import sys
import tempfile
import threading
from collections import defaultdict
from contextlib import suppress
from pathlib import Path
from typing import IO

from advisories.collect import frames
from advisories.collect.base import CollectError, Limits, ParseContext, Parsed, gettext_noop
from advisories.collect.keeper import STATUS
from advisories.collect.worker import OUT_OF_MEMORY, WALL

PARSERS = threading.BoundedSemaphore(os.cpu_count() or 1)  # in this process; more would only wait for one another
SLOW = 10  # seconds that a keeper is given beyond its child's own
ROOT = Path(__file__).resolve().parents[2]
# -I: no PYTHON* variables, no user site, and the folder of this package (with its html.py) not on the path.
START = "import sys; sys.path.insert(0, sys.argv[1]); from advisories.collect.keeper import main; main(sys.argv[2])"

TOO_LONG = gettext_noop(
    "The document kept the hub busy for more than %(seconds)d seconds, so it was put aside. It may be made to do so."
)
TOO_MUCH_MEMORY = gettext_noop("The document needed more than %(megabytes)d MB of memory, so it was put aside.")
CRASHED = gettext_noop("The document broke the program that reads it (%(how)s), so it was put aside.")


def run(module: str, body: bytes, context: ParseContext) -> Parsed:
    """`module.parse(body, context)` in a child. Raises CollectError(refused=True) for the parser's own
    refusal, and where the child crashed or went past `context.limits` in processor time, wall time or memory.

    Files, not pipes, carry the bytes: nothing to pump, so it works from any thread.
    """
    with tempfile.TemporaryFile() as given, tempfile.TemporaryFile() as answer, tempfile.TemporaryFile() as said:
        given.write(frames.question(body, context))
        given.seek(0)
        with PARSERS:
            status = _ended(module, context.limits, given, answer, said)
        if status:
            said.seek(0)
            raise _failure(status, said.read(100_000).decode("utf-8", "replace"), context)
        answer.seek(0)
        try:
            return frames.outcome_from(answer.read())
        except (ValueError, KeyError, TypeError) as error:
            raise CollectError(CRASHED, refused=True, how=type(error).__name__) from error


class Keeper:
    """The process that forks children with one parser loaded: keeper.py. For one document at a time."""

    def __init__(self, module: str) -> None:
        self._asking, there = socket.socketpair()
        command = [sys.executable, "-I", "-c", START, str(ROOT), module]
        with there:
            self._process = subprocess.Popen(  # noqa: S603  our own interpreter and our own words
                command, env=_environment(), stdin=there.fileno(), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
            )

    def ended(self, limits: Limits, *files: IO[bytes]) -> int | None:
        """The exit status of a child; None where the keeper was gone."""
        self._asking.settimeout(WALL * limits.cpu_seconds + SLOW)
        try:
            socket.send_fds(self._asking, [frames.limits_to(limits).encode()], [file.fileno() for file in files])
            (status,) = STATUS.unpack(self._asking.recv(STATUS.size))
        except TimeoutError:
            return -signal.SIGKILL  # its own child ends by itself (worker.py)
        except (OSError, struct.error):
            return None
        return int(status)

    def alive(self) -> bool:
        return self._process.poll() is None

    def end(self) -> None:
        self._asking.close()
        self._process.kill()
        self._process.wait()


_waiting: defaultdict[str, list[Keeper]] = defaultdict(list)
os.register_at_fork(after_in_child=_waiting.clear)  # they serve the process that started them


def _ended(module: str, limits: Limits, *files: IO[bytes]) -> int:
    """By a keeper that waits, else by a new one. One that went just when it was asked (IDLE) is asked no more."""
    while keeper := _taken(module):
        if keeper.alive() and (status := keeper.ended(limits, *files)) is not None:
            return _kept(module, keeper, status)
        keeper.end()
    keeper = Keeper(module)
    status = keeper.ended(limits, *files)
    return _kept(module, keeper, -signal.SIGABRT if status is None else status)


def _taken(module: str) -> Keeper | None:
    """One that waits. Those that went (IDLE) are seen off, of whatever parser."""
    for waiting in list(_waiting.values()):
        for gone in [one for one in list(waiting) if not one.alive()]:
            with suppress(ValueError):  # another thread took it
                waiting.remove(gone)
                gone.end()
    with suppress(IndexError):
        return _waiting[module].pop()
    return None


def _kept(module: str, keeper: Keeper, status: int) -> int:
    """Only after an end that is a child's own."""
    if status in (-signal.SIGKILL, -signal.SIGABRT):
        keeper.end()
    else:
        _waiting[module].append(keeper)
    return status


def _environment() -> dict[str, str]:
    """Nothing of ours but where the interpreter's own libraries lie, where that is set."""
    return {name: os.environ[name] for name in ("LD_LIBRARY_PATH",) if name in os.environ}


def _failure(status: int, said: str, context: ParseContext) -> CollectError:
    """The end of a child in words. Rust and C libraries abort where Python would raise MemoryError."""
    if status == -signal.SIGXCPU:
        return CollectError(TOO_LONG, refused=True, seconds=context.limits.cpu_seconds)
    if status in (-signal.SIGKILL, -signal.SIGALRM):
        return CollectError(TOO_LONG, refused=True, seconds=WALL * context.limits.cpu_seconds)
    if status == OUT_OF_MEMORY or "memory" in said.lower():
        return CollectError(TOO_MUCH_MEMORY, refused=True, megabytes=context.limits.memory // 1_000_000)
    last = said.strip().rpartition("\n")[2][:200]
    return CollectError(CRASHED, refused=True, how=last or f"status {status}")
