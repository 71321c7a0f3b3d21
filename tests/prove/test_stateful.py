"""Whatever is done in whatever order: after each act the rule, its lists and its audience are what the oracle says of
the facts in the tables, every item lies where it should, and nothing is sent to who has no right to it at the claim.

WARP_STATES sets how many runs (10 in `make test`).
"""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from datetime import datetime, timedelta
from typing import Any, TypeVar
from unittest.mock import patch

import pytest
from django.db import transaction
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test

from advisories import children, draft, publish
from advisories.models import Advisory, Report
from members import breakglass, clock, embargo, granting, joining, leaving, permits, reports, tlp
from members.delivery.send import sweep
from members.models import (
    Affiliation,
    Announcement,
    Delivery,
    DigestLine,
    Embargo,
    Grant,
    Item,
    Kind,
    Membership,
    Named,
    Office,
    Person,
)
from members.place import misplaced
from members.policy import Answer, Viewer, audience, may, offers_to, visible_to, withdrawals_to
from members.refused import Refused
from tests.conftest import CASES, NOON
from tests.members.world import World
from tests.prove import read
from tests.prove.canaries import without_reporters
from tests.prove.oracle import CELLS, Oracle
from tests.prove.seeded import chance_seeded
from tests.prove.walk import undone

T = TypeVar("T")
Event = Announcement.Event
RUNS = int(os.environ.get("WARP_STATES", "10"))
ANY = st.integers(min_value=0, max_value=10_000)
MOST_ITEMS = 8
OF_AN_EMBARGO = ("approve", "decline", "revise", "extend", "grant", "end", "leak", "name", "remove")
WANTED = {Event.OFFERED: {"offer", "body"}, Event.WITHDRAWN: {"withdrawn", "body"}}


class Hub(RuleBasedStateMachine):
    """The hub of the cast, and everybody in it doing what they may."""

    def __init__(self) -> None:
        super().__init__()
        self.at: datetime = NOON
        self.stack = ExitStack()
        self.stack.enter_context(undone())
        self.stack.enter_context(chance_seeded())
        self.stack.enter_context(patch.object(clock, "ask", lambda: self.at))
        self.world = World(CASES["world"])
        self.people = list(self.world.people.values())
        self._begin()

    def _begin(self) -> None:
        """Something of each kind is there already, so that there is something to be done to."""
        people, at = self.world.people, self.at
        carol, kate, bob = people["carol"], people["kate"], people["bob"]
        brum, wm = self.world.organisations["brum"], self.world.warps["wm"]
        office = Office.objects.get(person=carol)
        audiences = [("AMBER", [("organisation", brum.pk)]), ("GREEN", []), ("AMBER+STRICT", [("warp", wm.pk)])]
        made = []
        for label, audience_of in audiences:
            made.append(draft.begin(carol, office, [], at))
            draft.edit(carol, made[-1], at, title=label, label=label, audience=audience_of, tier=3)
        publish.release(carol, made[0].item, at)
        named = [people[name] for name in ("alice", "bob", "dora")]
        embargo.propose(carol, made[2].item, at, ends_at=at + timedelta(days=10), reason="x", terms="x", named=named,
                        handlers=[kate])  # fmt: skip
        embargo.approve(kate, made[2].item, at)
        embargo.accept(bob, Named.objects.get(person=bob).code, at, 1)
        report = reports.begin(bob, Affiliation.objects.get(person=bob), wm, at, anonymous=True)
        Report.rows.create(item=report, title="x")
        reports.file(bob, report, at)

    def teardown(self) -> None:
        self.stack.close()

    # Choosing

    def one(self, among: Sequence[T], n: int) -> T | None:
        return among[n % len(among)] if among else None

    def items(self, *kinds: Kind) -> list[Item]:
        return list(Item.rows.filter(kind__in=kinds or (Kind.ADVISORY,)).select_related("warp").order_by("pk"))

    def who(self, verb: str, item: Item | None, n: int) -> Person | None:
        """Somebody who may, most of the time; else anybody."""
        if item is None or n % 7 == 0:
            return self.one(self.people, n)
        able = [one for one in self.people if permits.can(one, verb, item, self.at)]
        return self.one(able or self.people, n)

    def do(self, verb: Callable[..., Any], *words: Any, **more: Any) -> Any:
        """The verb, unless it refuses, or has nothing to be done to. No two acts share a microsecond."""
        if any(word is None for word in words):
            return None
        try:
            with transaction.atomic():
                done = verb(*words, **more)
        except Refused:
            return None
        self.at += timedelta(microseconds=1)
        return done

    # What people do

    @rule(n=ANY, label=st.sampled_from(tlp.LABELS), kind=st.sampled_from(Grant.TARGETS))
    def write(self, n: int, label: str, kind: str) -> None:
        offices = list(Office.objects.at(self.at).filter(role="coordinator").select_related("person", "warp"))
        office = self.one(offices, n)
        if office is None or Item.rows.count() >= MOST_ITEMS:
            return
        advisory = self.do(draft.begin, office.person, office, [], self.at)
        if advisory:
            self._edit(office.person, advisory, n, label, kind)

    def _edit(self, person: Person, advisory: Advisory, n: int, label: str, kind: str) -> None:
        tables: dict[str, dict[str, Any]] = {
            "warp": self.world.warps, "group": self.world.groups, "organisation": self.world.organisations,
            "person": self.world.people,
        }  # fmt: skip
        target = self.one(list(tables["person" if label == tlp.RED else kind].values()), n)
        assert target is not None
        reached = [] if label == tlp.CLEAR else [("person" if label == tlp.RED else kind, target.pk)]
        words = {"title": f"Title {n}", "label": label, "audience": reached, "tier": 1 + n % 3}
        self.do(draft.edit, person, advisory, self.at, **words)

    @rule(n=ANY, label=st.sampled_from(tlp.LABELS), kind=st.sampled_from(Grant.TARGETS))
    def rewrite(self, n: int, label: str, kind: str) -> None:
        item = self.one(self.items(), n)
        person = self.who("edit", item, n)
        if item and person:
            self._edit(person, Advisory.rows.get(item=item), n, label, kind)

    @rule(n=ANY)
    def release(self, n: int) -> None:
        item = self.one(self.items(), n)
        self.do(publish.release, self.who("release", item, n), item, self.at)

    @rule(n=ANY)
    def withdraw(self, n: int) -> None:
        item = self.one(self.items(), n)
        self.do(publish.withdraw, self.who("withdraw", item, n), item, self.at, "It is wrong.")

    @rule(n=ANY, kind=st.sampled_from(("warp", "group", "organisation", "person")))
    def widen(self, n: int, kind: str) -> None:
        item = self.one(self.items(), n)
        tables: dict[str, Any] = {"warp": self.world.warps, "group": self.world.groups,
                                  "organisation": self.world.organisations, "person": self.world.people}  # fmt: skip
        target = self.one(list(tables[kind].values()), n)
        self.do(granting.grant, self.who("grant", item, n), item, self.at, [(kind, target.pk)] if target else None)

    @rule(n=ANY)
    def narrow(self, n: int) -> None:
        item = self.one(self.items(), n)
        ended = self.one(list(Grant.objects.at(self.at).filter(standing__item=item)), n) if item else None
        self.do(granting.end_grant, self.who("grant", item, n), item, self.at, ended)

    # Embargoes

    @rule(n=ANY, days=st.integers(min_value=1, max_value=60))
    def propose(self, n: int, days: int) -> None:
        item = self.one(self.items(), n)
        named = [self.people[(n + step) % len(self.people)] for step in (1, 4, 6)]
        self.do(
            embargo.propose, self.who("propose", item, n), item, self.at, reason="x", terms="x", named=named,
            handlers=[self.people[(n + 2) % len(self.people)]], ends_at=self.at + timedelta(days=days),
        )  # fmt: skip

    def guarded(self, n: int) -> Item | None:
        return self.one([row.item for row in Embargo.objects.select_related("item__warp").order_by("pk")], n)

    @rule(
        n=ANY, act=st.sampled_from(("approve", "decline", "revise", "extend", "grant", "end", "leak", "name", "remove"))
    )
    def embargo(self, n: int, act: str) -> None:
        item, whom = self.guarded(n), self.one(self.people, n // 3)
        person, at = self.who("approve", item, n), self.at
        {
            "approve": lambda: self.do(embargo.approve, person, item, at),
            "decline": lambda: self.do(embargo.decline, person, item, at, "x"),
            "revise": lambda: self.do(embargo.revise, person, item, at, terms="y"),
            "extend": lambda: self.do(embargo.extend, person, item, at, ends_at=at + timedelta(days=70), reason="x"),
            "grant": lambda: self.do(embargo.decide, person, item, at, granted=True),
            "end": lambda: self.do(embargo.end, person, item, at, why="x"),
            "leak": lambda: self.do(embargo.leak, person, item, at, evidence="x"),
            "name": lambda: self.do(embargo.name, person, item, at, [whom]),
            "remove": lambda: self.do(embargo.remove, person, item, at, whom),
        }[act]()

    @rule(n=ANY, act=st.sampled_from(("accept", "accept", "refuse", "leave")))
    def answer(self, n: int, act: str) -> None:
        named = self.one(list(Named.objects.at(self.at).select_related("embargo__item", "person").order_by("pk")), n)
        if named is None:
            return
        if act == "accept":
            self.do(embargo.accept, named.person, named.code, self.at, named.embargo.terms)
        elif act == "refuse":
            self.do(embargo.refuse, named.person, named.code, self.at)
        else:
            self.do(embargo.leave, named.person, named.embargo.item, self.at)

    # Reports, and what belongs to an item

    @rule(n=ANY, anonymous=st.booleans())
    def report(self, n: int, anonymous: bool) -> None:
        row = self.one(list(Affiliation.objects.at(self.at).select_related("person").order_by("pk")), n)
        member = Membership.objects.at(self.at).filter(organisation=row.organisation_id).first() if row else None
        if row and member and Item.rows.count() < MOST_ITEMS:
            item = self.do(reports.begin, row.person, row, member.warp, self.at, anonymous=anonymous)
            if item:
                Report.rows.create(item=item, title="x")
                if n % 3:
                    self.do(reports.file, row.person, item, self.at)

    @rule(n=ANY)
    def derive(self, n: int) -> None:
        item = self.one(self.items(Kind.REPORT), n)
        person = self.who("derive", item, n)
        if Item.rows.count() < MOST_ITEMS and (made := self.do(reports.derive, person, item, Kind.ADVISORY, self.at)):
            advisory = Advisory.rows.create(item=made)
            self.do(draft.edit, person, advisory, self.at, title="x")
            if n % 2:
                self.do(reports.submit, person, made, self.at)

    @rule(n=ANY)
    def comment(self, n: int) -> None:
        item = self.one(self.items(), n)
        if Item.rows.count() < MOST_ITEMS:
            self.do(children.comment, self.who("comment", item, n), item, self.at, f"Said {n}")

    @rule(n=ANY)
    def take_back(self, n: int) -> None:
        item = self.one(self.items(Kind.COMMENT), n)
        self.do(children.remove, self.who("withdraw", item, n), item, self.at, "x")

    @rule(n=ANY)
    def break_glass(self, n: int) -> None:
        item, trusted = self.one(self.items(), n), [self.world.people[name] for name in ("root", "cuth", "kate")]
        if item:
            asked = self.do(breakglass.ask, trusted[n % 3], item.reference, "x", self.at)
            self.do(breakglass.approve, trusted[(n + 1) % 3], asked, self.at)

    # Who belongs where

    @rule(n=ANY, act=st.sampled_from(("admit", "readmit", "suspend", "leave")))
    def house(self, n: int, act: str) -> None:
        organisation = self.one(list(self.world.organisations.values()), n)
        warp = self.one(list(self.world.warps.values()), n // 10)
        verbs = {"admit": joining.admit, "readmit": joining.readmit, "suspend": leaving.suspend, "leave": leaving.leave}
        self.do(verbs[act], organisation, warp, self.at, by=None)

    @rule(n=ANY, act=st.sampled_from(("join", "move", "end", "disable", "appoint", "dismiss")))
    def person(self, n: int, act: str) -> None:
        person, house = self.one(self.people, n), self.one(list(self.world.organisations.values()), n // 30)
        warp, role = self.one(list(self.world.warps.values()), n // 30), Affiliation.Role.READER
        row = Affiliation.objects.at(self.at).filter(person=person).select_related("organisation").first()
        office = Office.objects.at(self.at).filter(person=person).select_related("warp", "person").first()
        acts: dict[str, Callable[[], Any]] = {
            "join": lambda: self.do(joining.affiliate, person, house, role, self.at),
            "move": lambda: self.do(leaving.move, person, row, house, role, self.at, by=None),
            "end": lambda: row and self.do(leaving.end_affiliation, person, row.organisation, self.at, by=None),
            "disable": lambda: n % 3 == 0 and self.do(leaving.disable, person, self.at, by=None, last=True),
            "appoint": lambda: self.do(joining.appoint, person, warp, Office.Role.COORDINATOR, self.at),
            "dismiss": lambda: self.do(leaving.end_office, office, self.at, by=None, last=True),
        }
        acts[act]()

    # Time, and the post

    @rule(
        step=st.sampled_from(
            [timedelta(microseconds=1), timedelta(seconds=1), timedelta(hours=1), timedelta(hours=9), timedelta(days=1),
             timedelta(days=40)]
        )
    )  # fmt: skip
    def tick(self, step: timedelta) -> None:
        self.at += step

    @rule(n=ANY, off=st.sampled_from((-1, 0, 1)))
    def to_an_end(self, n: int, off: int) -> None:
        """To the end of an embargo, or a microsecond beside it."""
        ends = self.one(list(Embargo.objects.filter(ends_at__gt=self.at).values_list("ends_at", flat=True)), n)
        if ends is not None:
            self.at = max(self.at, ends + off * timedelta(microseconds=1))

    @rule()
    def send(self) -> None:
        before = set(Delivery.objects.filter(state="sent").values_list("pk", flat=True))
        told = set(DigestLine.objects.filter(shown__gt=0).values_list("pk", flat=True))
        embargo.remind(self.at)
        report = sweep(self.at)
        assert report.failed == report.dead == 0
        words, facts = read.world(), read.items()
        sent = Delivery.objects.filter(state="sent", announcement__item__isnull=False).exclude(pk__in=before)
        for row in sent.select_related("announcement", "address"):
            self._had_the_right(words, facts, row.announcement, row.address.person_id, row.shown, "mail")
        for line in (
            DigestLine.objects.filter(shown__gt=0).exclude(pk__in=told).select_related("announcement", "address")
        ):
            self._had_the_right(words, facts, line.announcement, line.address.person_id, line.shown, "digest")

    def _had_the_right(
        self, words: Any, facts: Any, told: Announcement, person: int | None, shown: int, channel: str
    ) -> None:
        assert person is not None and told.item_id is not None
        oracle, item = Oracle(words, read.person(person), self.at), facts[told.item_id]
        said = f"{told.event} of {item['name']} to {oracle.asked} at {self.at}"
        wanted = WANTED.get(Event(told.event), {"body"})
        assert oracle.may(item) in wanted, said
        assert oracle.may(without_reporters(item)) != "nothing", f"{said}: as its reporter"
        assert told.event != Event.REMINDER or oracle.handler(item), said
        assert shown <= CELLS.index(oracle.shows(item, channel)) or told.event == Event.WITHDRAWN, said

    # What holds after each

    @invariant()
    def the_rule_is_the_oracles(self) -> None:
        words, facts, rows = read.world(), read.items(), self.items(*Kind)
        assert misplaced(rows) == []
        readers: dict[int, set[int]] = {row.pk: set() for row in rows}
        for n, person in enumerate([*self.people, None]):
            who, viewer = read.person(person.pk) if person else "nobody", Viewer(person.pk if person else None)
            oracle = Oracle(words, who, self.at)
            want = {row.pk: oracle.may(facts[row.pk]) for row in rows}
            for answer, listed in (("body", visible_to), ("offer", offers_to), ("withdrawn", withdrawals_to)):
                got = set(listed(viewer, self.at).values_list("pk", flat=True))
                assert got == {pk for pk in want if want[pk] == answer}, (who, answer, self.at)
            if n % 5 == len(rows) % 5:
                assert {row.pk: Answer(may(viewer, row, self.at)).name.lower() for row in rows} == want, (who, self.at)
            if person and oracle.who == who:
                for pk in (pk for pk in want if want[pk] == "body"):
                    readers[pk].add(person.pk)
        for row in rows:
            assert set(audience(row, self.at).values_list("pk", flat=True)) == readers[row.pk], (row, self.at)


@pytest.mark.django_db
def test_whatever_is_done_in_whatever_order() -> None:
    run_state_machine_as_test(
        Hub,
        settings=settings(
            max_examples=RUNS, stateful_step_count=40, deadline=None, derandomize=True, database=None,
            suppress_health_check=list(HealthCheck), print_blob=False,
        ),
    )  # fmt: skip
