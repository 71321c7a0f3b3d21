"""F5: from the press of "release" on a Flash to the first byte at the mail server, through the hub's own worker.

`python -m benchmarks.flash sqlite|postgresql`: with the folder that carries wake-ups, or with Redis. The moment before
the verb is called counts as the press, so its transaction is within. Each release has a worker that was at rest.
"""

from __future__ import annotations

import os
import sys
import tempfile
import time
from pathlib import Path
from statistics import median, quantiles

from benchmarks.measure import Figure, emit
from tests.faults import cast as casting
from tests.faults.sends import crowd
from tests.faults.stack import Stack, until

RELEASES, MANY, PATIENCE = 40, int(os.environ.get("RECIPIENTS", "10000")), 600.0
GOAL = {"sqlite": 1_000.0, "postgresql": 100.0}  # ms, 95th percentile, one recipient
FIRST = 500.0  # ms, 10,000 recipients


def flash(cast: casting.Cast) -> tuple[float, float]:
    """Release it: when the button was pressed, and when that was done."""
    from advisories import publish
    from advisories.models import Version
    from members import clock
    from members.models import Item, Person, Tier

    version = Version.objects.filter(advisory=cast.advisory)
    version.update(tier=Tier.FLASH)
    title, item = version.get().title, Item.rows.get(pk=cast.advisory)
    person = Person.objects.get(pk=cast.coordinator)
    pressed = time.time()
    publish.release(person, item, clock.ask(), confirm_title=title)
    return pressed, time.time()


def begun(stack: Stack, since: float) -> float:
    """When the first byte after `since` came."""
    until(lambda: stack.sink.ask("begun", since=since), PATIENCE)
    return min(map(float, stack.sink.ask("begun", since=since)))


def one_each(stack: Stack) -> tuple[list[float], list[float]]:
    """Milliseconds to the first byte, of each release: from the press, and from the commit."""
    cora, pressed, committed = casting.coordinator(), [], []
    for n in range(RELEASES + 2):
        cast = casting.assemble(f"f{n}", cora, digest=False, people=1)
        time.sleep(0.2)
        press, commit = flash(cast)
        first = begun(stack, press)
        until(lambda c=cast: stack.sink.taken(f"@{c.domain}"), PATIENCE)  # type: ignore[misc]
        pressed.append((first - press) * 1000)
        committed.append((first - commit) * 1000)
    return pressed[2:], committed[2:]


def counted() -> None:
    """What the tables hold is known to the database, as in a hub whose people did not join this second."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")


def all_at_once(stack: Stack) -> tuple[float, float]:
    """Milliseconds to the first byte, and to the last message taken."""
    draft = crowd(MANY, advisories=1)[0]
    counted()
    before = stack.sink.ask("count")
    press, _commit = flash(draft)
    first = begun(stack, press)
    until(lambda: stack.sink.ask("count") >= before + MANY, PATIENCE, every=0.1)
    assert stack.sink.ask("count") == before + MANY
    return (first - press) * 1000, (time.time() - press) * 1000


def main() -> None:
    database = sys.argv[1]
    stack = Stack(database, Path(tempfile.mkdtemp(prefix="warp-bench-")), times="real")
    try:
        stack.prepare()
        stack.start("worker", "beat")
        pressed, committed = one_each(stack)
        first, last = all_at_once(stack)
    finally:
        stack.end()
    way = "Redis" if database == "postgresql" else "the default broker"
    p95, goal = quantiles(pressed, n=20)[18], GOAL[database]
    work = "F5 Flash: press to first byte, one"
    emit([
        Figure(work, database, f"p50, {way}", median(pressed), median(pressed) / goal),
        Figure(work, database, f"p95, {way}", p95, p95 / goal, "<=1"),
        Figure(work, database, "p95, from the commit", quantiles(committed, n=20)[18], 1.0),
        Figure(f"F5 Flash to {MANY:,}", database, "first byte", first, first / FIRST, "<=1"),
        Figure(f"F5 Flash to {MANY:,}", database, "last message taken", last / 1000, 1.0, "", "s"),
    ])  # fmt: skip


if __name__ == "__main__":
    main()
