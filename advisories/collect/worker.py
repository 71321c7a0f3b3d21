"""The child that parses: limits first, then bytes from standard input, one JSON frame to standard output.

Forked by keeper.py. Knows neither Django nor the network nor the database. A parser that
goes astray is ended by the system, which isolate.py puts into words.
"""

from __future__ import annotations

import os
import resource
import signal
import sys
from importlib import import_module

from advisories.collect import frames
from advisories.collect.base import CollectError, Limits

LARGEST_ANSWER = 500_000_000  # bytes
OUT_OF_MEMORY = 77  # exit status
WALL = 3  # seconds on the wall for one of processor time


def main(module: str, limits: str) -> None:
    """Parses standard input with the `parse` of the module."""
    _limit(frames.limits_from(limits))
    answer = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # what a library prints does not get into the frame
    try:
        answer.write(_outcome(module))
        answer.flush()
    except MemoryError:
        os._exit(OUT_OF_MEMORY)


def _outcome(module: str) -> bytes:
    try:
        asked = frames.context_from(sys.stdin.buffer.readline())
        return frames.parsed_to(import_module(module).parse(sys.stdin.buffer.read(), asked))
    except CollectError as error:
        return frames.error_to(error)


def _limit(limits: Limits) -> None:
    resource.setrlimit(resource.RLIMIT_CPU, (limits.cpu_seconds, limits.cpu_seconds + 1))
    if sys.platform != "darwin":  # which refuses to limit address space
        resource.setrlimit(resource.RLIMIT_AS, (limits.memory, limits.memory))
    resource.setrlimit(resource.RLIMIT_FSIZE, (LARGEST_ANSWER, LARGEST_ANSWER))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    signal.alarm(WALL * limits.cpu_seconds + 1)  # should the parent be gone by then
