"""Worlds and items drawn by chance, in the words that both the oracle and the builder read."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any

Words = dict[str, Any]
START = datetime(2026, 1, 1, 12, tzinfo=UTC)
HIDDEN = "hidden"  # the name of the item that only one of two twins has
MOMENTS = [START + timedelta(days=30 * n) for n in range(12)]  # few, so that ends and beginnings coincide
STATES = ("active", "active", "active", "active", "suspended", "applied")
LABELS = ("CLEAR", "GREEN", "AMBER", "AMBER+STRICT", "RED")
HOUR = timedelta(hours=1)
KINDS = ("advisory", "incident", "report", "entry")
CHILDREN = ("advisory", "incident", "report", "comment", "comment", "attachment")
WRITTEN = ("advisory", "incident")  # what has versions, and is released
CHANNELS = ("page", "mail", "digest", "atom", "machine")


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
                {"warp": r.choice(list(warps)), "state": r.choice(STATES), **span(r)}
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
    people = {f"p{n}": person(r, list(orgs), list(warps)) for n in range(14)}
    w = {"warps": warps, "organisations": orgs, "client_links": links, "groups": groups, "people": people}
    return w | {"credentials": credentials(r, w), "tightened": tightened(r, warps), "sources": sources(r, w)}


def person(r: Random, orgs: list[str], warps: list[str]) -> Words:
    drawn: Words = {"affiliations": [], "coordinates": [], "custodian_of": [], "active": r.random() < 0.9}
    for org in r.sample(orgs, r.choice((0, 1, 1, 1, 2))):
        drawn["affiliations"].append({"organisation": org, **span(r)})
    if r.random() < 0.35:
        office = r.choice(("coordinates", "coordinates", "custodian_of"))
        drawn[office].append({"warp": r.choice(warps), **span(r)})
    return drawn


def credentials(r: Random, w: Words) -> Words:
    """Machines' keys: an organisation's, and people's own."""
    orgs, people = r.sample(list(w["organisations"]), 2), r.sample(list(w["people"]), 3)
    made = {f"key-{org}": {"affiliations": [{"organisation": org}], **span(r)} for org in orgs}
    made |= {f"key-{who}": {"owner": who, **span(r)} for who in people}
    return {name: {**words, "use": r.choice(("atom", "machine"))} for name, words in made.items()}


def tightened(r: Random, warps: Words) -> list[Words]:
    """Cells that a WARP has made smaller for its own items."""
    return [
        {"of": [warp, label, channel], "cell": r.choice((0, 1, 3))}
        for warp in r.sample(list(warps), 2)
        for label in r.sample(LABELS[:4], 1)
        for channel in r.sample(CHANNELS[1:], 2)
    ]


def sources(r: Random, w: Words) -> Words:
    """Where entries come from: each for one desk, the last for every desk."""
    found: Words = {}
    for n in range(3):
        named = r.sample(list(w["people"]), r.choice((0, 1, 2)))
        found[f"s{n}"] = {"warp": r.choice(list(w["warps"])), "hub_wide": n == 2, "red_handlers": named}
    return found


def grants(r: Random, w: Words, label: str) -> list[Words]:
    if label == "CLEAR" or (label == "GREEN" and r.random() < 0.5):
        return []
    tables = {"warp": "warps", "group": "groups", "organisation": "organisations", "person": "people"}
    kinds = [r.choice(list(tables)) for _ in range(r.choice((0, 1, 1, 2, 3)))]
    if label == "RED":
        kinds = [r.choice((kind, "person")) for kind in kinds]
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
        label, version = r.choice(LABELS), 1 + sum(s["state"] == "released" for s in found)
        found.append({"label": label, "state": "released", "version": version, "from": since, **until})
        found[-1]["grants"] = grants(r, w, label)
    return found


def embargo(r: Random, w: Words, chance: float = 0.25) -> Words | None:
    if r.random() >= chance:
        return None
    terms = [START, r.choice(MOMENTS[1:4])][: r.choice((1, 2))]
    named = []
    for who in r.sample(list(w["people"]), 4):
        answer = r.choice(("unanswered", "accepted", "accepted", "declined", "left"))
        number = 0 if answer == "unanswered" else r.randint(1, len(terms))
        named.append({"person": who, "answer": answer, "terms": number, "from": terms[max(number, 1) - 1]})
    state = r.choice(("proposed", "active", "active", "revised", "ended", "declined", "leaked"))
    return {"state": state, "proposed_at": START, "ends_at": r.choice(MOMENTS), "terms": terms, "named": named}


def item(r: Random, w: Words, parents: list[Words]) -> Words:
    """An item whose author, where it has one, wrote under a capacity of theirs."""
    author, capacity, key = None, {"until": START - HOUR}, ""
    writers = [(p, k, c) for p, facts in w["people"].items() for k in ("affiliations", "coordinates") for c in facts[k]]
    if writers and r.random() < 0.8:
        author, key, capacity = r.choice(writers)
    anonymous = key == "affiliations" and r.random() < 0.2
    parent = r.choice(parents) if parents and not anonymous and r.random() < 0.4 else None
    kind = "report" if anonymous else r.choice(CHILDREN if parent else KINDS)
    own = [] if anonymous or kind == "entry" else standings(r, w)
    source = r.choice(list(w["sources"])) if kind == "entry" else None
    if source:
        author, key, capacity = None, "", {"until": START - HOUR}
    reports = [p for p in parents if p["anonymous"] or (p["kind"] == "report" and p["author"])]
    derived = r.choice(reports) if reports and kind in WRITTEN and not parent and r.random() < 0.4 else None
    marking = r.choice((*LABELS, "AMBER"))
    words = {
        "kind": kind, "own_warp": r.choice(list(w["warps"])), "author": author,
        "capacity": capacity, "capacity_key": key, "submitted": bool(source) or r.random() < 0.85,
        "anonymous": anonymous, "report": anonymous or kind == "report",
        "hub_wide": False, "marking": marking, "standings": own, "handlers": handlers(r, w),
        "embargo": None if anonymous or source else embargo(r, w), "parent": parent,
        "reporters": [derived["author"]] if derived else [], "seconds": seconds(r, w) if derived else [],
        "sealed": [derived["author"]] if derived and derived["anonymous"] else [], "derived": derived, "source": source,
    }  # fmt: skip
    words["versions"] = max([s["version"] for s in own] or [1]) + (kind in WRITTEN and r.random() < 0.3)
    if parent and kind in WRITTEN and not (own or words["embargo"]):
        words["standings"] = by_itself()
    if source:
        facts = w["sources"][source]
        named = facts["red_handlers"] if marking == "RED" else []
        words |= {"own_warp": facts["warp"], "hub_wide": facts["hub_wide"], "handlers": [{"person": p} for p in named]}
    return words


def by_itself() -> list[Words]:
    """What is written stands by itself, also beneath another: no verb puts it there, and whose standing its versions
    would take is nowhere said. Comments and files take what is above them."""
    return [{"label": "GREEN", "state": "released", "version": 1, "from": START, "grants": []}]


def handlers(r: Random, w: Words) -> list[Words]:
    """People named on an item, and now and then one who broke glass for it."""
    named: list[Words] = [{"person": p, **span(r)} for p in r.sample(list(w["people"]), r.choice((0, 1, 2)))]
    if r.random() < 0.1:
        at = r.choice(MOMENTS)
        named.append({"person": r.choice(list(w["people"])), "glass": True, "from": at, "until": at + HOUR})
    return named


def seconds(r: Random, w: Words) -> list[Words]:
    """Named to look at a draft that derives from a report."""
    return [{"person": one, **span(r)} for one in r.sample(list(w["people"]), r.choice((1, 2)))]


def items(r: Random, w: Words, count: int = 14) -> list[Words]:
    """Items that may be about, below or derived from the earlier ones. Some of each kind that leaks the worst."""
    drawn: list[Words] = []
    wanted = {1: anonymous, 3: red, 5: guarded, 7: derived, 9: said, 11: said}
    for place in range(count):
        one = item(r, w, drawn)
        for _ in range(200):
            if place not in wanted or wanted[place](one):
                break
            one = item(r, w, drawn)
        drawn.append({**one, "name": f"i{place}", "place": place})
    return drawn


def anonymous(one: Words) -> bool:
    return bool(one["anonymous"] and one["submitted"])


def red(one: Words) -> bool:
    return any(s["label"] == "RED" and any("person" in g for g in s["grants"]) for s in one["standings"])


def guarded(one: Words) -> bool:
    return bool(one["embargo"]) and not one["parent"] and one["kind"] in WRITTEN


def derived(one: Words) -> bool:
    return bool(one["derived"]) and one["derived"]["anonymous"]


def said(one: Words) -> bool:
    return one["kind"] in ("comment", "attachment") and one["parent"]["kind"] in WRITTEN and one["submitted"]
