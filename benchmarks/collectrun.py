"""One run of collecting.py in the hub of WARP_HOME: `python -m benchmarks.collectrun PORT HANGING`; JSON comes out.

The worker is started as `make run` starts it, and handed the task that beat hands it: once for sources that are all
new, and again.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from time import monotonic, sleep

from benchmarks.memory import Watch
from benchmarks.taking import begin

# isort: split
from django.conf import settings

from advisories.models import Fetch, Source
from advisories.tasks import collect_due
from benchmarks.collecting import ENTRIES, HOSTS, Pass, hanging
from members import clock
from warp.serve import commands

LOOK = 0.05  # seconds
LOST = 200.0  # seconds after which a source that was not collected is lost
REST = 8.0  # seconds until a worker that was started is at rest


def prepare(port: int, *, with_hanging: bool) -> None:
    """The sources; the hanging ones evenly among the others, by turns wholly, and with a byte a second."""
    warp = begin()
    bad = hanging()
    Source.objects.bulk_create(
        Source(
            name=f"{number}", slug=f"n{number}", kind="feed", warp=warp, hub_wide=True, default_label="CLEAR",
            url=f"http://{host}:{port}/" + bad.get(number, f"{number}/{ENTRIES}"),
        )
        for number, host in enumerate(HOSTS) if with_hanging or number not in bad
    )  # fmt: skip


@contextmanager
def worker() -> Iterator[int]:
    """Its process id."""
    (settings.HOME / "broker" / "control").mkdir(parents=True, exist_ok=True)
    with subprocess.Popen(commands(0)["worker"], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:
        try:
            sleep(REST)
            assert process.poll() is None, "the worker did not start"
            yield process.pid
        finally:
            process.terminate()
            process.wait(timeout=60)


def collected(outcome: str) -> Pass:
    """Hand out the task, and look on until every source has a row; which of the good ones when."""
    last = Fetch.objects.order_by("-pk").values_list("pk", flat=True).first() or 0
    Source.objects.update(due_at=clock.ask())
    count, bad, seen = Source.objects.count(), hanging(), dict[int, float]()
    begun = monotonic()
    collect_due.delay()
    while len(seen) < count:
        if monotonic() - begun > LOST:
            raise SystemExit(f"{count - len(seen)} of {count} sources were not collected within {LOST:.0f} s")
        sleep(LOOK)
        for slug, ended in Fetch.objects.filter(pk__gt=last).values_list("source__slug", "outcome"):
            number = int(slug[1:])
            assert ended == ("error" if number in bad else outcome), (slug, ended)
            seen.setdefault(number, monotonic() - begun)
    return Pass({number: seconds for number, seconds in seen.items() if number not in bad}, max(seen.values()))


def main(port: int, *, with_hanging: bool) -> None:
    prepare(port, with_hanging=with_hanging)
    with worker() as pid:
        watch = Watch(pid)
        with watch.watching():
            passes = [collected("ok"), collected("same")]
    memory = {"start": watch.start, "peak": watch.peak, "end": watch.end, "children": watch.children}
    json.dump({"passes": passes, "memory": memory}, sys.stdout)


if __name__ == "__main__":
    main(int(sys.argv[1]), with_hanging=sys.argv[2] == "hanging")
