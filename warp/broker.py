"""What carries "wake up" to the worker: Redis, or a folder where none is set.

Nothing rests on it: what is owed stands in the database, and the sweep finds it. Neither does one message that can't
be read end the worker, as with kombu's own: it is dropped, with a line in the log.
"""

from __future__ import annotations

import contextlib
import os
import time
import uuid
from collections.abc import Iterator
from pathlib import Path
from queue import Empty
from typing import Any

import structlog
from kombu.transport import filesystem, redis
from kombu.utils.encoding import bytes_to_str, str_to_bytes
from kombu.utils.json import dumps, loads

log = structlog.get_logger(__name__)
# What reading raises where the bytes are no JSON, or the JSON is no message. Redis' own errors are none of these.
UNREADABLE = (ValueError, TypeError, KeyError, AttributeError, RecursionError)


@contextlib.contextmanager
def dropping() -> Iterator[None]:
    """What can't be read is as good as not there."""
    try:
        yield
    except UNREADABLE as error:
        log.warning("a message of the queue could not be read, and is dropped", error=type(error).__name__)
        raise Empty from error


class FolderChannel(filesystem.Channel):  # type: ignore[misc,unused-ignore]
    """kombu's folder channel, with messages that appear whole and are taken inside the hub's own folder.

    The original writes in place, so that a reader may take half a message (which stops the worker), and moves
    what it takes through the machine's shared temporary folder.
    """

    def _put(self, queue: str, payload: Any, **kwargs: Any) -> None:  # type: ignore[override]  # as kombu itself does
        folder = Path(self.data_folder_out)
        # Wall clock, not monotonic: the order must survive a restart of the machine.
        name = f"{time.time_ns():020d}_{uuid.uuid4()}.{queue}.msg"
        draft = folder / f"{name}.draft"
        draft.write_bytes(str_to_bytes(dumps(payload)))
        draft.rename(folder / name)

    def _get(self, queue: str, timeout: float | None = None) -> Any:
        folder, ending = Path(self.data_folder_in), f".{queue}.msg"
        waiting = sorted(path.name for path in folder.iterdir() if path.name.endswith(ending))
        for name in waiting:
            taken = folder / f"{name}.{os.getpid()}"
            with contextlib.suppress(FileNotFoundError):  # another worker was quicker
                (folder / name).rename(taken)
                body = taken.read_bytes()
                taken.unlink()
                with dropping():
                    return loads(bytes_to_str(body))
        raise Empty


class FolderTransport(filesystem.Transport):  # type: ignore[misc,unused-ignore]
    """Named in settings as the broker's transport where no REDIS_URL is set."""

    Channel = FolderChannel

    def _deliver(self, message: Any, queue: str | None) -> None:
        with dropping():
            super()._deliver(message, queue)


class RedisChannel(redis.Channel):  # type: ignore[misc,unused-ignore]
    """kombu's own, but for what it does with a message that it can't read."""

    def _brpop_read(self, **options: Any) -> Any:
        with dropping():
            return super()._brpop_read(**options)  # type: ignore[misc,unused-ignore]  # the stubs lack it


class RedisTransport(redis.Transport):  # type: ignore[misc,unused-ignore]
    """Named in settings as the broker's transport where REDIS_URL is set."""

    Channel = RedisChannel
