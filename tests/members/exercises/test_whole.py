"""A whole exercise: twenty injects, six organisations, a clock that runs sixty times as fast, the real outbox, a real
SMTP server, and a worker that is killed in the middle. Nobody facilitates it once it has begun.

Every inject comes once, in order and with the first sweep after its time; and nothing of it is in any real exit.
"""

from __future__ import annotations

import asyncio
import os
import re
import subprocess
import sys
import threading
import time
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email import message_from_bytes, policy
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.db import connection
from django.urls import URLPattern, URLResolver, get_resolver

from members import clock
from members.exercises import enrolling, preparing, running
from members.models import Delivery, DigestLine, Escalation, Exercise, Inject, KitMatch, Response
from tests.advisories.test_publish_at_once import shared
from tests.members.delivery.conftest import PostOffice
from tests.members.exercises.test_at_once import seen
from tests.members.exercises.worker import LEASE
from tests.members.world import World
from tests.pages import visitor

pytestmark = pytest.mark.django_db(transaction=True)
ROOT = Path(__file__).parent.parent.parent.parent
PACE, PERIOD, APART, COUNT = 60, 0.5, 240, 20  # seconds of exercise time between injects, and how many
KILLED_AT, PATIENCE = 10, 120.0
TEAMS = {"it": ("alice", "bob", "mia"), "press": ("alan", "wendy"), "leads": ("dora", "fay")}
Sweeps = dict[str, list[datetime]]
CANARY = re.compile(r"Canary", re.IGNORECASE)


@dataclass
class Office:
    """Notes what came, to whom and when; and stops at one mail until whoever sends it is gone."""

    post: PostOffice
    stops_at: str
    stopped: threading.Event = field(default_factory=threading.Event)
    killed: threading.Event = field(default_factory=threading.Event)
    came: dict[str, list[tuple[float, str]]] = field(default_factory=lambda: defaultdict(list))

    def __post_init__(self) -> None:
        self.post.handle_DATA = self.handle_DATA  # type: ignore[method-assign]

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:
        mail = message_from_bytes(envelope.content, policy=policy.default)
        to, title = envelope.rcpt_tos[0].split("@")[0], str(mail["Subject"]).split("] ")[-1]
        others = sum(1 for taken in self.came.values() for _at, other in taken if other == title)
        if title == self.stops_at and others == 2 and not self.stopped.is_set():
            self.stopped.set()
            while not self.killed.is_set():
                await asyncio.sleep(0.01)
            return "451 nobody is there to hear it"
        self.came[to].append((time.time(), title))
        return "250 OK"


def title(number: int) -> str:
    return f"Canary {number:02} title"


def prepared(world: World) -> Exercise:
    carol, at = world.people["carol"], clock.ask()
    made = preparing.prepare(
        carol, world.warps["wm"], at, "Canary exercise", aims="Canary aims", briefing="Canary briefing", pace=PACE
    )
    teams = {slug: preparing.add_team(carol, made, at, slug, slug) for slug in TEAMS}
    for slug, names in TEAMS.items():
        enrolling.players(carol, made, at, [world.people[one].email for one in names], teams[slug], None)
    enrolling.observers(carol, made, at, [world.people["kate"].email])
    for number in range(1, COUNT + 1):
        to = list(teams.values()) if number % 2 == 0 else [list(teams.values())[number % 3]]
        preparing.add_inject(
            carol, made, at, teams=to, offset=APART * (number - 1), title=title(number), text=f"Canary {number} text",
            expects="Canary expects", asks=number % 5 == 0, tier=number % 4 + 1,
        )  # fmt: skip
    return made


@contextmanager
def worker(home: Path, name: str, port: int) -> Iterator[tuple[subprocess.Popen[str], Path]]:
    """A worker that is ready, and begins when the file of its name is there."""
    there = connection.settings_dict
    database = f"sqlite:///{there['NAME']}" if connection.vendor == "sqlite" else _postgres(there)
    environ = {**os.environ, "DATABASE_URL": database, "EMAIL_URL": f"smtp://127.0.0.1:{port}",
               "BASE_URL": "https://hub.example.org", "WARP_HOME": str(settings.HOME)}  # fmt: skip
    begins = home / f"{name}-begins"
    command = [sys.executable, "-m", "tests.members.exercises.worker", str(PERIOD), str(begins), str(home / "sweeps")]
    with (home / f"{name}-log").open("w") as log:
        process = subprocess.Popen(command, cwd=ROOT, env=environ, stdout=subprocess.PIPE, stderr=log, text=True)
    try:
        assert process.stdout is not None and process.stdout.readline() == "ready\n", (home / f"{name}-log").read_text()
        yield process, begins
    finally:
        process.kill()
        process.wait()


def _postgres(there: dict[str, Any]) -> str:
    return f"postgresql://{there['USER']}:{there['PASSWORD']}@{there['HOST']}:{there['PORT']}/{there['NAME']}"


def until(true: Any, what: str) -> None:
    ends = time.monotonic() + PATIENCE
    while not true():
        assert time.monotonic() < ends, what
        time.sleep(0.1)


def test_it_runs_through_a_killed_worker_and_nothing_of_it_is_in_any_real_exit(
    world: World, tmp_path: Path, post: PostOffice, settings: Any
) -> None:
    made, office = prepared(world), Office(post, title(KILLED_AT))
    with (
        shared(tmp_path),
        worker(tmp_path, "first", settings.EMAIL_PORT) as (first, first_begins),
        worker(tmp_path, "second", settings.EMAIL_PORT) as (_second, second_begins),
    ):
        first_begins.touch()
        seen(lambda: running.start(world.people["carol"], made, clock.ask()))
        assert office.stopped.wait(PATIENCE), "the worker never came to the middle"
        first.kill()  # -9, while it sends the tenth
        first.wait()
        office.killed.set()
        second_begins.touch()
        until(lambda: seen(lambda: _left(made)) == 0, "not all of it was sent")
        seen(lambda: _looked(made, world))
        seen(lambda: running.end(world.people["carol"], made, clock.ask()))
        until(lambda: all("over" in taken[-1][1] for taken in office.came.values()), "nobody was told that it is over")
        sweeps: Sweeps = defaultdict(list)  # of each worker
        for line in (tmp_path / "sweeps").read_text().splitlines():
            sweeps[line.split()[0]].append(datetime.fromisoformat(line.split()[1]))
        injects = seen(lambda: list(Inject.objects.filter(exercise=made).order_by("offset").prefetch_related("teams")))
        started = seen(lambda: Exercise.rows.get(pk=made.pk).started_at)
        seen(lambda: _looked(made, world))
    _once_in_order(injects, office)
    assert started is not None
    _on_time(injects, started, sweeps, office)


def _left(made: Exercise) -> int:
    waiting = Inject.objects.filter(exercise=made).exclude(state="sent").count()
    unplanned = made.item.announcements.model.objects.filter(planned_at=None).count()
    return waiting + unplanned + Delivery.objects.filter(state="due").count()


def _once_in_order(injects: list[Inject], office: Office) -> None:
    items = [one.item_id or 0 for one in injects]
    assert len(items) == COUNT and 0 not in items and items == sorted(items)
    for slug, names in {**TEAMS, "": ("kate",)}.items():
        mine = [one.title for one in injects if not slug or slug in {team.slug for team in one.teams.all()}]
        for name in names:
            told = [said for _at, said in office.came[name]]
            assert [said for said in told if said.endswith("title")] == mine, name
            assert (told[0], told[-1]) == ("It has begun: Canary exercise", "It is over: Canary exercise")
    assert set(office.came) == {"kate", *(name for names in TEAMS.values() for name in names)}


def _on_time(injects: list[Inject], started: datetime, sweeps: Sweeps, office: Office) -> None:
    """Each was sent by the first sweep of somebody that began after its time, or the next, and its mails left in that
    sweep; what the killed worker held, when its lease was over. Counted in sweeps, whatever the machine has to do
    beside: a sweep takes its time there."""
    for one in injects:
        assert one.sent_at is not None and one.sent_clock is not None and one.sent_clock >= one.offset
        due = started + timedelta(seconds=one.offset / PACE)
        assert one.sent_at >= due and _between(sweeps, due, one.sent_at) <= 2, one.title
        left = max(at for taken in office.came.values() for at, said in taken if said == one.title)
        held = int(LEASE.total_seconds() / PERIOD) + 2 if one.number == KILLED_AT else 0
        assert _between(sweeps, one.sent_at, datetime.fromtimestamp(left, UTC)) <= 1 + held, one.title


def _between(sweeps: Sweeps, since: datetime, until: datetime) -> int:
    """How many sweeps the quickest of the workers began between these moments."""
    return min(sum(since < began <= until for began in mine) for mine in sweeps.values() if mine[-1] > since)


# What is real


def _looked(made: Exercise, world: World) -> None:
    """As those who play, watch and facilitate it, and as others: every page that takes no more than its address, with
    a search for its words; and every page of an item, asked for by the references of the exercise."""
    refs = [made.item.reference, *Inject.objects.filter(exercise=made, item__isnull=False).values_list(
        "item__reference", flat=True)[:2]]  # fmt: skip
    operator = {"Authorization": f"Bearer {settings.OPERATOR_TOKEN}"}
    for name in ("alice", "kate", "carol", "ursula", "mia", "pat", None):
        browser = visitor(world.people[name] if name else None, confirmed=name is not None)
        for path in _paths(refs):
            for query in ("", "?q=Canary") if not any(ref in path for ref in refs) else ("",):
                answer = browser.get(path + query, headers=operator)
                body = b"".join(answer) if answer.streaming else answer.content
                said = body.decode(errors="replace").replace("q=Canary", "").replace('value="Canary"', "")
                said = re.sub(r"[“\"]Canary[”\"]|>Canary<", "", said)  # what was searched for, shown again
                assert not CANARY.search(said), (name, path, query, said[max(0, said.find("anary") - 200) :][:300])
                named = said.replace(path.strip("/").rpartition("/")[2], "")  # a page may repeat what it was asked for
                assert answer.status_code != 200 or not any(ref in named for ref in refs), (name, path)
    own = visitor(world.people["alice"]).get(f"/exercises/{refs[0]}/").content.decode()
    assert CANARY.search(own) and "EXERCISE EXERCISE EXERCISE" in own  # who looks so finds it where it is
    for model in (DigestLine, Response, Escalation, KitMatch):
        assert not model._default_manager.exists(), model


def _paths(refs: list[str]) -> list[str]:
    found = []
    for route in _routes(get_resolver()):
        if route.startswith("exercises/") or "logout" in route:
            continue
        if "<" not in route:
            found.append(f"/{route}")
        elif re.fullmatch(r"[^<]*<ref:\w+>[^<]*", route):
            found += ["/" + re.sub(r"<ref:\w+>", ref, route) for ref in refs]
    assert {"/", "/advisories/", "/feeds/advisories.atom", "/healthz", "/desk/activity.csv", f"/advisories/{refs[0]}/why/"} <= set(found)  # fmt: skip  # noqa: E501
    return found


def _routes(resolver: URLResolver, before: str = "") -> Iterator[str]:
    for one in resolver.url_patterns:
        route = before + str(one.pattern)
        if isinstance(one, URLPattern):
            yield route
        else:
            yield from _routes(one, route)
