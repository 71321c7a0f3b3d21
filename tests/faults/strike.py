"""Run one cell: bring a release to a point, strike there, and count at the servers what came of it."""

from __future__ import annotations

import os
import time
from contextlib import suppress
from typing import Any

from django.db.models import Min, Q, QuerySet

from benchmarks.services import Sink
from tests.faults import cast as casting
from tests.faults.blows import HELD, Blows
from tests.faults.matrix import CRASHES, ESCALATION, IN_HAND, JOURNALED, OF_WEBHOOKS, OUT, POINTS, POSTED, Cell
from tests.faults.result import NEVER_REACHED, NEVER_STRUCK, NOT_PROVED
from tests.faults.stack import Stack, until
from tests.faults.stops import stop, times

# How each point is called where it is stopped at.
STOPS = dict(zip(POINTS, (
    "before commit", "after commit", "", "received", "in a sweep", "claimed", "", "", "after 250", "after mark",
    "digest built", "", "after 200", "", "journaled",
), strict=True))  # fmt: skip
AUTHORS = POINTS[:2]
NEVER, SOON = 40.0, 5.0  # seconds until it counts as lost; that a thread has for what it has begun
STILL = 2.0  # seconds in which a process did nothing at all: the machine stood still
MARGIN = 0.2 * times()["lease"]  # that whoever goes on needs until the mark


class Strike(Blows):
    touched: tuple[str, ...] = ()  # webhooks that were taken, and not marked, when it was struck
    leased_until = float("inf")  # when the first lease ended of those that were held then
    held_too_long = gone = False

    def run(self) -> bool:
        """False where the hub was quicker than the point: to be tried again with other people."""
        if self.cell.point == POINTS[2]:
            self.stack.kill(*self.workers())
        if held := HELD.get(self.cell.point):
            self.keeper().order(held, "hold")
        self.author = casting.apart(self.release)
        if not self.come():
            self.stack.disarm()
            self.result.say(NEVER_REACHED)
            return True
        if self.early():
            self.stack.disarm()
            return False
        self.touched, self.leased_until = self.unmarked(), self.lease()
        self.strike()
        self.recover(time.time())  # from when all runs again
        return not (self.late and self.strict)

    # To the point

    def release(self) -> None:
        """In a process of its own: as the page does it, with stops."""
        from members import tasks

        point, wake = self.cell.point, tasks.wake
        if point in AUTHORS:
            self.stack.arm(STOPS[point])

        def waking() -> None:
            if point == POINTS[1]:
                stop(STOPS[point])
            elif point not in AUTHORS and STOPS[point]:
                self.stack.arm(STOPS[point])
            wake()

        tasks.wake = waking
        before = (lambda: stop(STOPS[point])) if point == POINTS[0] else int
        casting.release(self.cast, digest=self.cell.digest, before_commit=before)

    def come(self) -> bool:
        point = self.cell.point
        if point not in AUTHORS:
            os.waitpid(self.author, 0)
            self.author = 0
        if point in HELD:
            return until(lambda: self.keeper().ask("held"), NEVER)
        return point == POINTS[2] or until(lambda: self.stack.reached(STOPS[point]), NEVER)

    def keeper(self) -> Sink:
        return self.stack.hook if self.cell.point == POSTED else self.stack.sink

    def early(self) -> bool:
        """Whether mail is out before the point; or, while one webhook is kept, anything else is still on its way. What
        goes to webhooks is posted before any mail."""
        if self.cell.point == POSTED:
            return not until(lambda: self.due() == 1, SOON, 0.05)
        return self.cell.point in POINTS[:6] and any(to not in self.cast.hooks for to in self.taken())

    def unmarked(self) -> tuple[str, ...]:
        """The webhooks that may be repeated where what comes next is a crash: taken, or kept by their server, and
        nothing is written down. Whoever stands here marks none meanwhile, and those that are out have been taken."""
        if self.cell.point not in IN_HAND | {OUT, JOURNALED, *OF_WEBHOOKS}:
            return ()
        if self.cell.point != POSTED:
            until(lambda: set(self.cast.hooks) <= set(self.taken()), SOON)
        sent = set(self.rows().filter(state="sent").values_list("address", flat=True))
        return tuple(to for to, address in self.cast.hooks.items() if address not in sent)

    def lease(self) -> float:
        first = self.rows().filter(state="due").aggregate(Min("lease_until"))["lease_until__min"]
        return float(first.timestamp()) if first else float("inf")

    # What came of it

    def recover(self, since: float) -> None:
        from django.db import connections

        connections.close_all()
        awaited = set(self.cast.addresses) - set(self.no_right)

        def missing() -> set[str]:
            return awaited - set(self.taken()) - set(self.stack.told("refused", self.of))

        until(lambda: not missing(), NEVER)
        self.result.lost = sorted(missing())
        last = [time_of for times in self.stack.taken(self.of).values() for time_of, _id in times]
        self.result.recovery = round(max(0.0, max(last, default=since) - since), 2)
        if not self.result.lost and not until(lambda: not self.due(), NEVER):
            self.result.say("rows are due that nobody sends")
        if self.cell.touches:
            self.result.allowed += len(self.touched)
        else:
            self.touched = ()
        # Who was killed did not tire of waiting.
        self.gone = self.cell.fault not in CRASHES and bool(self.stack.told("gone", self.of))
        self.held_too_long = self.gone or self.let_go_at > self.leased_until - MARGIN
        self.close()

    def close(self) -> None:
        """Everything is as before the cell, and what came of it is counted."""
        if self.ordered and self.stack.left() >= self.ordered:
            self.result.say(NEVER_STRUCK)
        self.result.stood = self.stack.stood()
        self.stack.disarm()
        if self.cell.fault == "poison" and not until(lambda: not self.stack.waiting(), NEVER):
            self.result.say("poison stays in the queue")
        for name in self.stack.fallen():
            self.result.say(f"{name} fell")
            self.stack.processes.pop(name)
            self.stack.start(name)
        self.count()

    def inconclusive(self) -> bool:
        """It was we who held it for longer than its lease, or its client, lasts, or the machine stood still: whether
        something came twice, or too late, says nothing then. What is lost is lost; and where the client had gone before
        the server's answer came, that fault never struck."""
        slow = self.held_too_long or self.result.stood > STILL
        missed = self.gone and self.cell.fault.partition(" ")[0] in ("smtp", "web", "beats")
        return not self.result.lost and (missed or (slow and self.result.breach))

    def due(self) -> int:
        return self.rows().filter(state="due").count()

    def rows(self) -> QuerySet[Any]:
        from members.models import Delivery

        theirs = Q(address__value__endswith=self.of) | Q(address__in=self.cast.hooks.values())
        return Delivery.objects.filter(theirs)

    def steps(self) -> dict[str, int]:
        """How many messages each recipient may be told: the first telling, and each step of an escalation, once."""
        names = {pk: to for to, pk in self.cast.hooks.items()}
        found = self.rows().order_by().values_list("address_id", "address__value", "step").distinct()
        steps: dict[str, int] = {}
        for address, value, _step in found:
            to = names.get(address, value)
            steps[to] = steps.get(to, 0) + 1
        return steps

    def count(self) -> None:
        """Called once more at the end of the run: nothing may come late."""
        taken, steps, twice = self.taken(), self.steps(), self.duplicates()
        self.result.duplicates = sum(twice.values())
        self.result.revoked = sorted(to for to in self.no_right if taken.get(to, 0) > (1 if self.late else 0))
        if any(len(set(ids)) > steps.get(to, 0) for to, ids in self.ids().items()):
            self.result.say("a repeated message has another id")
        if any(twice.get(to, 0) > (to in self.touched) for to in self.cast.hooks):
            self.result.say("a webhook came twice that no crash touched")
        if sum(n for to, n in twice.items() if to not in self.cast.hooks) > self.cell.repeats:
            self.result.say("a mail came twice that no crash touched")  # whatever a webhook may do


def strike(stack: Stack, cell: Cell, name: str, coordinator: int) -> Strike:
    """Run `cell`, with other people where the hub was quicker than we, or we or the machine too slow."""
    from tests.faults.escalation import Escalating

    if cell.fault == "beats" and "worker2" not in stack.processes:
        stack.start("worker2", "beat2")
    elif cell.fault != "beats" and "worker2" in stack.processes:
        stack.kill("worker2", "beat2")
    kind = Escalating if cell.point == ESCALATION else Strike
    for attempt in range(5):
        cast = casting.assemble(f"{name}{'abcde'[attempt]}", coordinator, digest=cell.digest, port=stack.hook.port)
        one = kind(stack, cell, cast)
        with suppress(ChildProcessError):
            proved = one.run() and not one.inconclusive()
            casting.confirm(cast)
            if proved:
                return one
    one.result.say(NOT_PROVED)
    return one
