"""A process that has one parser loaded and forks a child of itself for each document; it never looks at one.

To load a parser takes longer than most documents do. Started by isolate.py as `python -I`, with a socket for its
standard input; it ends when nobody has asked for a while, and when the hub is gone.
"""

from __future__ import annotations

import gc
import os
import select
import signal
import socket
import struct
import traceback
from collections.abc import Sequence
from contextlib import suppress
from importlib import import_module
from typing import NoReturn

from advisories.collect import frames, worker

IDLE = 60  # seconds
STATUS = struct.Struct("i")  # the answer: the exit status of the child, negative for a signal
LONGEST_QUESTION = 10_000  # bytes; the documents come as open files


def main(module: str) -> None:
    """Serves until nobody asks any more: limits as one message, with the three files of the child."""
    with suppress(Exception):  # a child says what is wrong with it
        import_module(module)
    gc.collect()
    gc.freeze()  # what was loaded stays shared with the children
    asking = socket.socket(fileno=0)
    asking.settimeout(IDLE)
    while asked := _asked(asking):
        asking.sendall(STATUS.pack(_ended(module, *asked)))


def _asked(asking: socket.socket) -> tuple[str, list[int]] | None:
    with suppress(OSError):
        limits, files, _flags, _address = socket.recv_fds(asking, LONGEST_QUESTION, 3)
        return (limits.decode(), files) if limits else None
    return None


def _ended(module: str, limits: str, files: Sequence[int]) -> int:
    """The status with which a child ended, or was made to."""
    alive, held = os.pipe()  # the child's end of it closes when the child does
    child = os.fork()
    if child == 0:
        os.close(alive)
        _be_child(module, limits, files)
    for file in (held, *files):
        os.close(file)
    select.select([alive], [], [], worker.WALL * frames.limits_from(limits).cpu_seconds)
    os.kill(child, signal.SIGKILL)  # means nothing to one that has ended, and whose number is not given away yet
    os.close(alive)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


def _be_child(module: str, limits: str, files: Sequence[int]) -> NoReturn:
    """The socket goes as the first file takes its place."""
    status = 1
    try:
        for place, file in enumerate(files):
            os.dup2(file, place)
            os.close(file)
        worker.main(module, limits)
        status = 0
    except SystemExit as end:
        status = end.code if isinstance(end.code, int) else 1
    except BaseException:
        traceback.print_exc()
    finally:
        os._exit(status)
