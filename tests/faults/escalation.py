"""The point that comes a day later: nobody has confirmed, and the steps come due while nothing of the hub runs.

First deputies and out-of-hours contacts are to be told, then whoever is on duty; each once, and the guest, who has
confirmed meanwhile, no more. The clock of the folder moves; the machine's own does not.
"""

from __future__ import annotations

import os
import time
from datetime import timedelta

from benchmarks.sink import GO_ON
from tests.faults import cast as casting
from tests.faults.cast import DAY
from tests.faults.result import NEVER_REACHED
from tests.faults.stack import until
from tests.faults.strike import NEVER, Strike

HOURS = 3600.0
HALF, FULL = 25 * HOURS, 49 * HOURS  # an hour after a step of what is urgent comes due
# In the step's own transaction; or when it is written, and none of its messages is out.
STOPS = {"worker -9": "escalating", "database -9": "escalating", "all -9": "escalated"}


class Escalating(Strike):
    def run(self) -> bool:
        self.appoint()
        self.expected = dict.fromkeys([*self.cast.addresses, self.at("deputy"), self.at("confirms")], 1)
        os.waitpid(casting.apart(lambda: casting.release(self.cast, digest=False)), 0)
        if not self.come_true():
            self.result.say(NEVER_REACHED)
        down = [*self.stack.processes]
        self.stack.kill(*down)
        self.stack.clock(HALF)
        self.strike_while(down)
        people = [to for to in self.cast.addresses if to not in self.cast.hooks]
        for to in (*people, self.at("deputy"), self.at("night")):
            self.expected[to] = self.expected.get(to, 0) + (to not in self.no_right)
        self.timed(time.time())
        self.stack.clock(FULL)
        self.expected[self.at("duty")] = 1
        self.timed(time.time())
        self.dismiss()
        self.close()
        return True

    # The cast

    def appoint(self) -> None:
        """A deputy, who only reads; an out-of-hours contact without an account; someone of the guest's, who confirms;
        and who is on duty, who ticked nothing."""
        from members import clock
        from members.joining import add_person, appoint
        from members.models import Address, Affiliation, Office, Organisation, Person, Shift, Subscription
        from members.response.ladder import Rung, add

        at, cora = clock.ask(), Person.objects.get(pk=self.cast.coordinator)
        house, warp = Organisation.objects.get(pk=self.cast.organisation), Office.objects.get(person=cora).warp
        deputy = casting.joins(self.at("deputy"), house.pk, Affiliation.Role.READER)
        self.confirmer = casting.joins(self.at("confirms"), self.cast.guest, Affiliation.Role.RESPONDER)
        add(cora, house, at, Rung("deputy", person=Person.objects.get(pk=deputy)))
        add(cora, house, at, Rung("night", name="Nora Porter", mail=self.at("night")))
        Address.objects.filter(value=self.at("night")).update(verified_at=at)
        person = add_person("Duncan", self.at("duty"), at - 2 * DAY)
        Subscription.objects.filter(address__person=person).delete()
        appoint(person, warp, Office.Role.COORDINATOR, at - DAY)
        Shift.objects.create(warp=warp, person=person, since=at - DAY, until=at + 10 * DAY)

    def dismiss(self) -> None:
        """Nobody is told of other cells."""
        from members import clock
        from members.models import Office, Shift

        at = clock.ask() + timedelta(microseconds=1)
        for rows in (Office.objects, Shift.objects):
            rows.filter(person__email=self.at("duty")).update(until=at)

    def answer(self) -> None:
        """The guest confirms."""
        from members import clock
        from members.models import Item, Organisation, Person
        from members.response.answer import acknowledge

        guest = Organisation.objects.get(pk=self.cast.guest)
        item = Item.rows.get(pk=self.cast.advisory)
        acknowledge(Person.objects.get(pk=self.confirmer), item, clock.ask(), [guest.slug])

    # The fault

    def strike_while(self, down: list[str]) -> None:
        """It is down, and the step is due. The guest confirms meanwhile; or, where all is killed again, when the step
        is written for them as well."""
        fault = self.cell.fault
        if fault != "all -9":
            self.answer()
        if fault == "right revoked":
            self.no_right, _late = casting.revoke(self.cast)
        elif fault.startswith("smtp"):
            self.misbehave()
        elif fault not in STOPS:
            self.hit()
        if fault not in STOPS:
            self.stack.start(*down)
            return
        self.stack.arm(STOPS[fault])
        self.stack.start(*down)
        if not until(lambda: self.stack.reached(STOPS[fault]), NEVER):
            self.result.say(NEVER_REACHED)
        self.hit() if fault == "database -9" else self.kill_again(down)
        self.stack.go_on(GO_ON)

    def kill_again(self, down: list[str]) -> None:
        """In the midst of it."""
        names = down if self.cell.fault == "all -9" else self.workers()
        self.stack.kill(*names)
        if self.cell.fault == "all -9":
            self.answer()
        self.stack.go_on(GO_ON)
        self.stack.start(*names)

    # What came of it

    def at(self, who: str) -> str:
        return f"{who}@{self.cast.domain}"

    def come_true(self) -> bool:
        """Whether all that is expected comes, and nothing stays due."""
        return until(lambda: not self.missing() and not self.due(), NEVER, 0.05)

    def missing(self) -> list[str]:
        told, refused = self.messages(), self.stack.told("refused", self.of)
        return sorted(to for to, n in self.expected.items() if told.get(to, 0) < n and to not in refused)

    def messages(self) -> dict[str, int]:
        """How many messages each was told, a repeated one once."""
        return {to: len(set(ids)) for to, ids in self.ids().items()}

    def timed(self, since: float) -> None:
        """What is expected comes, and in which time; and nothing else."""
        self.come_true()
        last = max((at for times in self.stack.taken(self.of).values() for at, _id in times), default=since)
        self.result.recovery = max(self.result.recovery, round(last - since, 2))
        self.count()

    def count(self) -> None:
        told = self.messages()
        self.result.lost = self.missing()
        self.result.duplicates = sum(self.duplicates().values())
        more = {to for to, n in told.items() if n > self.expected.get(to, 0)}
        self.result.revoked = sorted(more & set(self.no_right))
        for to in sorted(more - set(self.no_right)):
            self.result.say(f"{to} was told more than is due")
        if self.due():
            self.result.say("rows are due that nobody sends")
