"""Worlds and items drawn by chance, in the words that both the oracle and the builder read."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any

from members import chance, seal
from members.models import Affiliation, Derivation, Embargo, Handler, Item, Named, Office, Origin, Standing
from members.place import adopt, new_pos, place
from tests.members.world import BEGINNING, KINDS, World
from tests.members.world import span as span_of

Words = dict[str, Any]
START = datetime(2026, 1, 1, tzinfo=UTC)
MOMENTS = [START + timedelta(days=30 * n) for n in range(12)]  # few, so that ends and beginnings coincide
STATES = ("active", "active", "active", "active", "suspended", "applied")
LABELS = ("CLEAR", "GREEN", "AMBER", "AMBER+STRICT", "RED")


def span(r: Random) -> Words:
    words: Words = {}
    if r.random() < 0.3:
        words["from"] = r.choice(MOMENTS[:6])
    if r.random() < 0.3:
        words["until"] = r.choice(MOMENTS[6:])
    return words


def world(r: Random) -> Words:
    warps: Words = {"uk": {}}
    for name in ("wm", "kent", "brum", "dover"):
        warps[name] = {"parent": r.choice(list(warps))}
    orgs = {
        f"org{n}": {
            "memberships": [
                {
                    "warp": r.choice(list(warps)),
                    "state": r.choice(STATES),
                    **span(r),
                }
                for _ in range(r.choice((0, 1, 1, 1, 2)))
            ]
        }
        for n in range(7)
    }
    links = []
    for _ in range(6):
        provider, client = r.sample(list(orgs), 2)
        links.append({"provider": provider, "client": client, "pass_on_amber": r.random() < 0.7, **span(r)})
    groups = {g: [{"organisation": o, **span(r)} for o in r.sample(list(orgs), 3)] for g in ("g0", "g1")}
    people: Words = {}
    for n in range(14):
        person: Words = {"affiliations": [], "coordinates": [], "custodian_of": [], "active": r.random() < 0.9}
        for org in r.sample(list(orgs), r.choice((0, 1, 1, 1, 2))):
            person["affiliations"].append({"organisation": org, **span(r)})
        if r.random() < 0.35:
            person[r.choice(("coordinates", "coordinates", "custodian_of"))].append(
                {"warp": r.choice(list(warps)), **span(r)}
            )
        people[f"p{n}"] = person
    return {"warps": warps, "organisations": orgs, "client_links": links, "groups": groups, "people": people}


def grants(r: Random, w: Words, label: str) -> list[Words]:
    if label == "CLEAR" or (label == "GREEN" and r.random() < 0.5):
        return []
    tables = {"warp": "warps", "group": "groups", "organisation": "organisations", "person": "people"}
    kinds = [r.choice(list(tables)) for _ in range(r.choice((0, 1, 1, 2, 3)))]
    return [{kind: r.choice(list(w[tables[kind]])), **span(r)} for kind in kinds]


def standings(r: Random, w: Words) -> list[Words]:
    """None, one, or several after one another; the last may be a withdrawal."""
    if r.random() < 0.25:
        return []
    begins = sorted(r.sample(MOMENTS, r.choice((1, 1, 2, 3))))
    found: list[Words] = []
    for n, since in enumerate(begins):
        until = {"until": begins[n + 1]} if n + 1 < len(begins) else {}
        if found and found[-1]["state"] == "released" and r.random() < 0.4:
            found.append({**found[-1], "state": "withdrawn", "from": since, **until, "of": n - 1})
            if not until:
                found[-1].pop("until", None)
            continue
        label = r.choice(LABELS)
        found.append({"label": label, "state": "released", "from": since, **until, "grants": grants(r, w, label)})
    return found


def embargo(r: Random, w: Words) -> Words | None:
    if r.random() < 0.75:
        return None
    terms, named = r.choice((1, 2)), {}
    for who in r.sample(list(w["people"]), 4):
        answer = r.choice(("unanswered", "accepted", "accepted", "declined", "left"))
        named[who] = {"answer": answer, "terms": 0 if answer == "unanswered" else r.randint(1, terms)}
    return {"state": "active", "ends_at": r.choice(MOMENTS), "terms": terms, "named": named}


def item(r: Random, w: Words, parents: list[Words]) -> Words:
    """An item whose author, where it has one, wrote under a capacity of theirs."""
    author, capacity, key = None, {"until": START}, ""
    writers = [(p, k, c) for p, facts in w["people"].items() for k in ("affiliations", "coordinates") for c in facts[k]]
    if writers and r.random() < 0.8:
        author, key, capacity = r.choice(writers)
    anonymous = key == "affiliations" and r.random() < 0.2
    parent = r.choice(parents) if parents and not anonymous and r.random() < 0.4 else None
    own = [] if anonymous else standings(r, w)
    kind = r.choice(("advisory", "report", "comment", "attachment") if parent else ("advisory", "report", "entry"))
    derived = [p for p in parents if p["report"] and p["author"]]
    return {
        "kind": kind, "own_warp": r.choice(list(w["warps"])), "author": author, "capacity": capacity,
        "capacity_key": key,
        "submitted": r.random() < 0.85, "anonymous": anonymous, "report": anonymous or kind == "report",
        "hub_wide": r.random() < 0.1, "marking": r.choice((*LABELS, "AMBER")), "standings": own,
        "handlers": r.sample(list(w["people"]), r.choice((0, 1, 2))), "embargo": None if anonymous else embargo(r, w),
        "parent": parent, "inherits": parent is not None and not own,
        "reporters": [derived[0]["author"]] if derived and not anonymous and r.random() < 0.3 else [],
        "report_item": derived[0] if derived else None,
    }  # fmt: skip


def build(world: World, words: dict[str, Any], rows: dict[int, Item]) -> Item:
    """The rows of one generated item."""
    capacity = find_capacity(world, words)
    author = world.people[words["author"]] if words["author"] and not words["anonymous"] else None
    item = Item.rows.create(
        reference=chance.code(10), kind=KINDS[words["kind"]], warp=world.warps[words["own_warp"]],
        parent=rows[id(words["parent"])] if words["parent"] else None, author=author, anonymous=words["anonymous"],
        affiliation=capacity if author and isinstance(capacity, Affiliation) else None,
        office=capacity if author and isinstance(capacity, Office) else None,
        hub_wide=words["hub_wide"], marking=words["marking"], created_at=BEGINNING,
        submitted_at=BEGINNING if words["submitted"] else None, pos=new_pos(),
    )  # fmt: skip
    adopt(item)
    if words["anonymous"]:
        assert isinstance(capacity, Affiliation)
        hashes = seal.seal("person", capacity.person_id), seal.seal("affiliation", capacity.pk)
        Origin.objects.create(item=item, filer=hashes[0], capacity=hashes[1])
    if words["reporters"]:
        Derivation.objects.create(item=item, report=rows[id(words["report_item"])])
    for name in words["handlers"]:
        Handler.objects.create(item=item, person=world.people[name], since=BEGINNING)
    write_standings(world, item, words["standings"])
    write_embargo(world, item, words["embargo"])
    place(item)
    return item


def find_capacity(world: World, words: dict[str, Any]) -> Affiliation | Office | None:
    if not words["author"]:
        return None
    person, capacity = world.people[words["author"]], words["capacity"]
    if words["capacity_key"] == "affiliations":
        organisation = world.organisations[capacity["organisation"]]
        return Affiliation.objects.get(person=person, organisation=organisation)
    return Office.objects.get(person=person, warp=world.warps[capacity["warp"]], role=Office.Role.COORDINATOR)


def write_standings(world: World, item: Item, standings: list[dict[str, Any]]) -> None:
    saved: list[Standing] = []
    for version, words in enumerate(standings, 1):
        ended = saved[words["of"]] if words["state"] == "withdrawn" else None
        row = Standing.objects.create(
            item=item, version=version, label=words["label"], state=words["state"], withdraws=ended, **span_of(words)
        )
        for grant in words["grants"] if ended is None else []:
            world.grant(row, grant)
        saved.append(row)


def write_embargo(world: World, item: Item, words: dict[str, Any] | None) -> None:
    if words is None:
        return
    embargo = Embargo.objects.create(
        item=item, state=words["state"], ends_at=words["ends_at"], proposed_at=BEGINNING, terms=words["terms"],
        terms_since=BEGINNING,
    )  # fmt: skip
    for name, named in words["named"].items():
        answered = None if named["answer"] == "unanswered" else BEGINNING
        Named.objects.create(
            embargo=embargo, person=world.people[name], since=BEGINNING, answered_at=answered,
            answer=named["answer"], terms=named["terms"],
        )  # fmt: skip
