"""What members say, drawn beside the items of a world: questions, what is said beneath them and beneath other items,
with a name and without, and who sees an item too. In a share of the worlds."""

from __future__ import annotations

from random import Random

from tests.prove.draw import HIDDEN, MOMENTS, START, WRITTEN, Words, grants

EACH = 3  # world in so many
LESS = 2  # of its other items: such a world is not to take much longer than others
FIRST = 20  # of their places
SEERS = 3  # organisations, and one more that a twin has: a count of four is told to nobody
BARE: Words = {
    "submitted": True, "anonymous": False, "nameless": False, "report": False, "hub_wide": False, "standings": [],
    "handlers": [], "embargo": None, "parent": None, "reporters": [], "sealed": [], "derived": None, "source": None,
    "versions": 1,
}  # fmt: skip


def talks(number: int) -> bool:
    return number % EACH == 1


def with_talk(number: int, w: Words, items: list[Words]) -> list[Words]:
    """The items of world `number`, and what is said about them."""
    r = Random(f"talk {number}")
    if not talks(number) or not _writers(w):
        return items
    kept = items[:-LESS]
    asked = [question(r, w, nameless=nameless) for nameless in (False, True)]
    about = [one for one in kept if one["kind"] in WRITTEN and one["standings"] and not one["parent"]]
    said = [comment(r, w, one, nameless=nameless) for one, nameless in zip(asked, (True, False), strict=True)]
    said += [comment(r, w, one, nameless=True) for one in about[:1]]
    said += [sighting(r, w, about[0]) for _ in range(SEERS)] if about else []
    named = [{**one, "name": f"t{n}", "place": FIRST + n} for n, one in enumerate(asked)]
    for n, one in enumerate(said, len(asked)):
        above = named[asked.index(one["parent"])] if one["parent"] in asked else one["parent"]
        named.append({**one, "parent": above, "name": f"t{n}", "place": FIRST + n})
    return [*kept, *named]


def hidden(number: int, w: Words, half: list[Words]) -> Words | None:
    """What one of two twins has more, where it is something that was said: a question, or that somebody sees it too."""
    r = Random(f"hidden talk {number}")
    if not talks(number) or not _writers(w):
        return None
    about = [one for one in half if one["kind"] in WRITTEN and one["standings"] and not one["parent"]]
    one = sighting(r, w, about[0]) if about and number % 2 else question(r, w, nameless=r.random() < 0.5)
    return {**one, "name": HIDDEN, "place": 40}


def question(r: Random, w: Words, *, nameless: bool) -> Words:
    label = r.choice(("GREEN", "GREEN", "AMBER", "AMBER+STRICT"))
    # From the first on: a question stands as soon as it is there, and no walk is to come before that.
    stands: Words = {"label": label, "state": "released", "version": 1, "from": START, "grants": grants(r, w, label)}
    standings = [stands]
    if r.random() < 0.2:
        standings.append({**stands, "state": "withdrawn", "from": r.choice(MOMENTS[6:]), "of": 0})
        stands["until"] = standings[1]["from"]
    by = _by(r, w, nameless=nameless)
    return {**BARE, **by, "kind": "discussion", "own_warp": r.choice(list(w["warps"])), "marking": label,
            "standings": standings}  # fmt: skip


def comment(r: Random, w: Words, parent: Words, *, nameless: bool) -> Words:
    """For whoever reads its parent, or now and then for the handlers alone."""
    own = {"label": "AMBER+STRICT", "state": "released", "version": 1, "from": START, "grants": []}
    return {**BARE, **_by(r, w, nameless=nameless), "kind": "comment", "own_warp": parent["own_warp"], "parent": parent,
            "marking": parent["marking"], "standings": [own] if r.random() < 0.3 else []}  # fmt: skip


def sighting(r: Random, w: Words, parent: Words) -> Words:
    """Never submitted, so its author's alone."""
    return {**BARE, **_by(r, w, nameless=True), "nameless": False, "kind": "sighting", "own_warp": parent["own_warp"],
            "parent": parent, "marking": parent["marking"], "submitted": False}  # fmt: skip


def _by(r: Random, w: Words, *, nameless: bool) -> Words:
    author, key, capacity = r.choice(_writers(w) if nameless else [*_writers(w), *_writers(w, "coordinates")])
    return {"author": author, "capacity": capacity, "capacity_key": key, "nameless": nameless}


def _writers(w: Words, key: str = "affiliations") -> list[tuple[str, str, Words]]:
    return [(who, key, row) for who, facts in w["people"].items() for row in facts[key]]
