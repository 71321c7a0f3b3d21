"""Courses, and an exercise of the other realm, drawn beside the items of a world. In a share of the worlds.

What is of the exercise may be seen on its own pages and in mails that say EXERCISE, by whom the rule gives it, and
nowhere else by anybody: canaries.py asks for both.
"""

from __future__ import annotations

from random import Random

from tests.prove.draw import HIDDEN, MOMENTS, START, Words, grants
from tests.prove.talk import BARE

EACH, REST = 3, 2  # world in so many, and which of them: talk.py has others
LESS = 2  # of its other items
FIRST = 30  # of their places
PLAYERS, INJECTS = 6, 3


def trains(number: int) -> bool:
    return number % EACH == REST


def with_training(number: int, w: Words, items: list[Words]) -> list[Words]:
    """The items of world `number`, and what is taught and played in it."""
    r = Random(f"training {number}")
    if not trains(number) or not _offices(w):
        return items
    played = exercise(r, w)
    made = [course(r, w), course(r, w), played, *(inject(r, w, played, n) for n in range(INJECTS))]
    named = [{**one, "name": f"c{n}", "place": FIRST + n} for n, one in enumerate(made)]
    above = next(one for one in named if one["kind"] == "exercise")
    return [*items[:-LESS], *({**one, "parent": above} if one["parent"] else one for one in named)]


def hidden(number: int, w: Words, items: list[Words]) -> Words | None:
    """What one of two twins has more, where it is a course, or an inject that some players get."""
    r = Random(f"hidden training {number}")
    if not trains(number) or not _offices(w):
        return None
    played = [one for one in items if one["kind"] == "exercise"]
    one = inject(r, w, played[0], INJECTS) if played and number % 2 else course(r, w)
    return {**one, "name": HIDDEN, "place": 40}


def course(r: Random, w: Words) -> Words:
    """Released under each label that a course can have; or a draft, for its WARP's coordinators alone."""
    label = r.choice(("CLEAR", "GREEN", "GREEN", "AMBER", "AMBER+STRICT"))
    stands: Words = {"label": label, "state": "released", "version": 1, "from": START, "grants": grants(r, w, label)}
    standings = [] if r.random() < 0.2 else [stands]
    if standings and r.random() < 0.2:
        standings.append({**stands, "state": "withdrawn", "from": r.choice(MOMENTS[6:]), "of": 0})
        stands["until"] = standings[1]["from"]
    return {**BARE, **_by(r, w), "kind": "training", "marking": label, "standings": standings,
            "booked": r.sample(list(w["people"]), 4)}  # fmt: skip


def exercise(r: Random, w: Words) -> Words:
    """Runs from the first on, for those who play and who handles it."""
    players = r.sample(list(w["people"]), PLAYERS)
    return {**BARE, **_by(r, w), "kind": "exercise", "realm": "exercise", "marking": "GREEN", "players": players,
            "standings": [_to("GREEN", players)]}  # fmt: skip


def inject(r: Random, w: Words, played: Words, number: int) -> Words:
    """For half of the players."""
    players = played["players"]
    got = players[::2] if number % 2 else players[: len(players) // 2]
    by = {key: played[key] for key in ("author", "capacity", "capacity_key", "own_warp")}
    return {**BARE, **by, "kind": "inject", "realm": "exercise", "marking": "GREEN", "parent": played, "players": got,
            "number": number + 1, "standings": [_to("GREEN", got)]}  # fmt: skip


def _to(label: str, people: list[str]) -> Words:
    return {"label": label, "state": "released", "version": 1, "from": START,
            "grants": [{"person": one} for one in people]}  # fmt: skip


def _by(r: Random, w: Words) -> Words:
    """A coordinator of the WARP whose it is."""
    author, capacity = r.choice(_offices(w))
    return {"author": author, "capacity": capacity, "capacity_key": "coordinates", "own_warp": capacity["warp"]}


def _offices(w: Words) -> list[tuple[str, Words]]:
    return [(who, row) for who, facts in w["people"].items() for row in facts["coordinates"]]
