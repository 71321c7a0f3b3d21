"""Many sources at a time, each in a thread of its own: one that is slow, or means ill, delays none of the others.

Of one host only one source at a time: what its servers would otherwise see is an attack. Sources that failed the last
time, as one that hangs does, share a few of the threads: however many they are, there is room for the others.
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from urllib.parse import urlsplit

from django.db import connections

from advisories.collect import run, schedule
from advisories.models import Fetch, Source
from members import clock

THREADS = 40  # they mostly wait; parsing is bound by isolate.py
FAILING = 4  # of so many threads, one is for sources that failed the last time
LOOK = 1.0  # seconds between two looks for what has fallen due meanwhile

Outcome = list[Fetch] | BaseException


def collect_due(seconds: float, threads: int = THREADS) -> Iterator[tuple[Source, Outcome]]:
    """Every source that is due or falls due within `seconds`, claimed first, and how it ended, as they end.

    A bug ends its own source alone, and is that source's outcome.
    """
    ends, running = time.monotonic() + seconds, dict[Future[list[Fetch]], Source]()
    with ThreadPoolExecutor(threads, thread_name_prefix="collect") as pool:
        while True:
            while len(running) < threads and time.monotonic() < ends:
                if (source := _claimed(list(running.values()), threads)) is None:
                    break
                running[pool.submit(_collect, source)] = source
            if not running:
                return
            for future in wait(running, timeout=LOOK, return_when=FIRST_COMPLETED).done:
                yield running.pop(future), future.exception() or future.result()


def host_of(source: Source) -> str:
    """With its port; of a folder: itself."""
    return urlsplit(source.url).netloc or f"{source.pk}"


def _claimed(running: Sequence[Source], threads: int) -> Source | None:
    at, busy = clock.ask(), {host_of(one) for one in running}
    full = sum(one.failures > 0 for one in running) >= max(1, threads // FAILING)
    due = (one for one in schedule.due(at) if host_of(one) not in busy and not (full and one.failures))
    return next((one for one in due if schedule.take(one, at)), None)


def _collect(source: Source) -> list[Fetch]:
    try:
        return run.collect(source, clock.ask())
    finally:
        connections.close_all()  # this thread's own
