"""Two worlds that differ by one thing, and whoever may not know it: what they get is the same, byte for byte."""

from __future__ import annotations

import copy
from collections.abc import Iterable
from datetime import datetime
from random import Random

from tests.prove import draw, talk, train
from tests.prove.draw import Words
from tests.prove.oracle import Oracle
from tests.prove.walk import Answer

Mails = list[tuple[str, bytes]]


def hidden(r: Random, w: Words, items: list[Words], moments: list[datetime], number: int) -> tuple[Words, list[str]]:
    """One more item, for the middle of the world, and at least three people to whom it is nothing at `moments`.

    Not below an anonymous report: no verb puts anything there.
    """
    half = [one for one in items[: len(items) // 2] if not below_anonymous(one)]
    viewers = [*w["people"], *w["credentials"], "nobody"]
    said = talk.hidden(number, w, half) or train.hidden(number, w, items)
    while True:
        one = said or {**draw.item(r, w, half), "name": draw.HIDDEN, "place": 40}
        said = None
        blind = [who for who in viewers if all(Oracle(w, who, at).may(one) == "nothing" for at in moments)]
        if "nobody" in blind and sum(who in w["people"] for who in blind) >= 3:
            return one, blind


def below_anonymous(one: Words) -> bool:
    return one["anonymous"] or bool(one["parent"] and below_anonymous(one["parent"]))


def with_hidden(items: list[Words], one: Words) -> list[Words]:
    """In the middle, or right below what it belongs to where that comes later."""
    above = (place + 1 for place, other in enumerate(items) if other is one["parent"])
    middle = max(len(items) // 2, next(above, 0))
    return [*items[:middle], one, *items[middle:]]


def swapped(r: Random, w: Words, items: list[Words]) -> tuple[list[Words], set[str]]:
    """The same items, the anonymous report filed by another, and all that was said without a name said by another; and
    who may know: both of them, and who keeps it."""
    again = copy.deepcopy(items)
    report = next(one for one in again if draw.anonymous(one))
    people = w["people"].items()
    filers = [(who, row) for who, facts in people for row in facts["affiliations"] if who != report["author"]]
    knowing = {who for who, facts in people for row in facts["custodian_of"] if row["warp"] == report["own_warp"]}
    knowing.add(report["author"])
    report["author"], report["capacity"] = r.choice(filers)
    knowing.add(report["author"])
    for one in again:
        if one["derived"] is report:
            one["reporters"] = one["sealed"] = [report["author"]]
        if one.get("nameless"):
            knowing.add(one["author"])
            one["author"], one["capacity"] = r.choice([filer for filer in filers if filer[0] != one["author"]])
            knowing.add(one["author"])
    tokens = {name for name, facts in w["credentials"].items() if facts.get("owner") in knowing}
    return again, knowing | tokens


def differences(name: str, who: str, one: Iterable[Answer], other: Iterable[Answer]) -> list[str]:
    """In words, where two walks of the same requests went differently."""
    found = []
    for a, b in zip(one, other, strict=True):
        if a.said != b.said:
            found.append(f"{name}: {who} gets other bytes for {a.ask}: {_where(a.said, b.said)}")
        elif a.queries != b.queries:
            found.append(f"{name}: {who} causes {a.queries} or {b.queries} statements by {a.ask}")
    return found


def mailed(name: str, addresses: Iterable[str], one: Mails, other: Mails) -> list[str]:
    found = []
    for address in addresses:
        mine, theirs = ([said for to, said in mails if to == address] for mails in (one, other))
        if mine != theirs:
            where = next((_where(a, b) for a, b in zip(mine, theirs, strict=False) if a != b), "one mail more")
            found.append(f"{name}: other mails go to {address}: {where}")
    return found


def _where(a: bytes, b: bytes) -> str:
    at = next((n for n, (x, y) in enumerate(zip(a, b, strict=False)) if x != y), min(len(a), len(b)))
    return f"…{a[max(0, at - 60) : at + 40]!r} and …{b[max(0, at - 60) : at + 40]!r}"
