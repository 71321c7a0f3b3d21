"""Parsing in a child process that can be killed: a document can break its own child and nothing else."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import tempfile
import threading
from pathlib import Path
from typing import IO

from advisories.collect import frames
from advisories.collect.base import CollectError, ParseContext, Parsed, gettext_noop
from advisories.collect.worker import OUT_OF_MEMORY, WALL

PARSERS = threading.BoundedSemaphore(os.cpu_count() or 1)  # in this process; more would only wait for one another
ROOT = Path(__file__).resolve().parents[2]
# -I: no PYTHON* variables, no user site, and the folder of this package (with its html.py) not on the path.
START = "import sys; sys.path.insert(0, sys.argv[1]); from advisories.collect.worker import main; main(*sys.argv[2:])"

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
    limits = context.limits
    with tempfile.TemporaryFile() as given, tempfile.TemporaryFile() as answer, tempfile.TemporaryFile() as said:
        given.write(frames.question(body, context))
        given.seek(0)
        command = [sys.executable, "-I", "-c", START, str(ROOT), module, frames.limits_to(limits)]
        with PARSERS:
            status = _ended(command, WALL * limits.cpu_seconds, given, answer, said)
        if status:
            said.seek(0)
            raise _failure(status, said.read(100_000).decode("utf-8", "replace"), context)
        answer.seek(0)
        try:
            return frames.outcome_from(answer.read())
        except (ValueError, KeyError, TypeError) as error:
            raise CollectError(CRASHED, refused=True, how=type(error).__name__) from error


def _ended(command: list[str], seconds: int, given: IO[bytes], answer: IO[bytes], said: IO[bytes]) -> int:
    """Runs the command to its end, or to its forced end after so many seconds; gives its exit status.

    A timer, since `subprocess` with a timeout of its own looks for the end only every 50 ms.
    """
    child = subprocess.Popen(  # noqa: S603  our own interpreter and our own words
        command, env=_environment(), stdin=given, stdout=answer, stderr=said
    )
    deadline = threading.Timer(seconds, child.kill)
    deadline.daemon = True
    deadline.start()
    try:
        return child.wait()
    finally:
        deadline.cancel()
        child.kill()  # does nothing to a child that has ended
        child.wait()


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
