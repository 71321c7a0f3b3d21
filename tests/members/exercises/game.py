"""A small exercise with the cast: carol leads it for wm; alice (brum) and bob (solihull) play IT, alan (brum) and wendy
(walsall) the press; dora observes. Mia, kate and olive have no part in it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.test import Client
from django.urls import reverse

from members.exercises import enrolling, preparing, running
from members.exercises.reading import read
from members.exercises.taking import take
from members.models import Exercise, Inject
from tests.members.world import World
from tests.pages import visitor

SCENARIO = """\
version: 1
title: A small one
aims: To see who reads.
briefing: You are yourselves.
teams: {it: IT staff, press: Press office}
injects:
  - {at: "0:00", title: It begins, teams: all, text: The lamps go out., acknowledge: yes, within: "0:10",
     expects: Light a candle.}
  - {at: "0:15", title: The server room, teams: it, text: It smells of smoke., expects: Ring the fire brigade.,
     attachment: {name: smoke.log, text: 198.51.100.7 smoke}}
  - {at: "0:30", title: A reporter, teams: press, text: Is it true?, channel: page}
"""
PLAYERS = {"alice": "it", "alan": "press", "bob": "it", "wendy": "press"}


@dataclass
class Game:
    world: World
    at: datetime
    exercise: Exercise

    @property
    def ref(self) -> str:
        return self.exercise.item.reference

    def inject(self, number: int) -> Inject:
        return self.exercise.injects.get(number=number)

    def path(self, name: str, *more: str) -> str:
        return reverse(f"exercises:{name}", args=[self.ref, *more])

    def after(self, minutes: float) -> datetime:
        return self.at + timedelta(minutes=minutes)

    def browser(self, name: str) -> Client:
        return visitor(self.world.people[name])

    def page(self, name: str, path: str) -> str:
        answer = self.browser(name).get(path)
        assert answer.status_code == 200, (name, path, answer.status_code)
        return str(answer.content.decode())

    def start(self) -> None:
        running.start(self.world.people["carol"], self.fresh(), self.at)

    def send(self, number: int, at: datetime) -> None:
        running.send_now(self.world.people["carol"], self.inject(number), at)

    def end(self, at: datetime) -> None:
        running.end(self.world.people["carol"], self.fresh(), at)

    def fresh(self) -> Exercise:
        self.exercise = Exercise.rows.select_related("item").get(pk=self.exercise.pk)
        return self.exercise


def game(world: World, at: datetime, scenario: str = SCENARIO, *, invited: bool = True) -> Game:
    """Prepared, with its players, and invited."""
    carol = world.people["carol"]
    exercise = take(carol, world.warps["wm"], read(scenario.encode()), at)
    for name, team in PLAYERS.items():
        address = world.people[name].email
        enrolling.players(carol, exercise, at, [address], exercise.teams.get(slug=team), None)
    enrolling.observers(carol, exercise, at, [world.people["dora"].email])
    made = Game(world, at, Exercise.rows.select_related("item").get(pk=exercise.pk))
    if invited:
        preparing.invite(carol, made.exercise, at)
    return made
