"""The cases of policy-cases.yaml in the words that the oracle reads."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from tests.conftest import CASES
from tests.members.world import BEGINNING, moment
from tests.prove.draw import Words

CHANGED = datetime(2025, 6, 1, tzinfo=BEGINNING.tzinfo)  # since when new terms stand, where there are any


def world() -> Words:
    """The world of the cases, its short forms written out and its times read."""
    words = dated(CASES["world"])
    for facts in words["people"].values():
        for key, what in (("affiliations", "organisation"), ("coordinates", "warp"), ("custodian_of", "warp")):
            facts[key] = [{what: row} if isinstance(row, str) else row for row in facts.get(key, [])]
    for facts in words["organisations"].values():
        facts["memberships"] = [{"state": "active", **row} for row in facts["memberships"]]
    groups = words["groups"]
    return {**words, "groups": {n: [{"organisation": o} for o in orgs] for n, orgs in groups.items()}, "sources": {}}


def dated(value: Any) -> Any:
    if isinstance(value, dict):
        return {k: moment(v) if k in ("from", "until") else dated(v) for k, v in value.items()}
    return [dated(one) for one in value] if isinstance(value, list) else value


def item(case: Words, w: Words, name: str = "i0") -> Words:
    """One case as an item."""
    author = case.get("author", "pat")
    key, capacity = capacity_of(author, case, w)
    report = case.get("kind") == "report" or case.get("anonymous", False)
    names = [*case.get("handlers", []), *case.get("embargo", {}).get("handlers", [])]
    return {
        "name": name, "place": int(name[1:]), "kind": case.get("kind", "advisory"), "author": author,
        "own_warp": case.get("own_warp", "wm"), "capacity": capacity, "capacity_key": key, "report": report,
        "submitted": case.get("submitted", True), "anonymous": case.get("anonymous", False),
        "hub_wide": case.get("hub_wide", False), "marking": case.get("import_label", "AMBER+STRICT"),
        "handlers": [{"person": one} for one in names],
        "seconds": [{"person": one} for one in case.get("seconds", [])], "versions": 1, "source": None, "derived": None,
        "parent": item(case["parent"], w, "i8") if "parent" in case else None, "standings": standings(case),
        "embargo": embargo(case["embargo"]) if "embargo" in case else None,
        "reporters": [case["derived_from_report_of"]] if "derived_from_report_of" in case else [],
    }  # fmt: skip


def capacity_of(author: str | None, case: Words, w: Words) -> tuple[str, Words]:
    """Written under `written_as`, else an office where the author has one, else their latest affiliation."""
    facts = w["people"][author] if author else {}
    rows = [(key, row) for key in ("coordinates", "custodian_of") for row in facts.get(key, [])]
    latest = sorted(facts.get("affiliations", []), key=lambda row: row.get("from", BEGINNING), reverse=True)
    rows += [("affiliations", row) for row in latest]
    wanted = case.get("written_as")
    found = [pair for pair in rows if wanted in (None, pair[1].get("organisation"))]
    return found[0] if found else ("", {"until": BEGINNING})


def standings(case: Words) -> list[Words]:
    if case.get("inherits") or not case.get("label"):
        return []
    since = moment(case.get("standing_from", "2026-10-01T00:00Z"))
    first = {"label": case["label"], "state": "released", "version": 1, "from": since}
    first["grants"] = dated(case.get("grants", []))
    if "withdrawn_at" not in case:
        return [first]
    ended = moment(case["withdrawn_at"])
    return [{**first, "until": ended}, {**first, "state": "withdrawn", "from": ended, "of": 0}]


def embargo(words: Words) -> Words:
    number, named = words.get("terms", 1), []
    for who, said in words["named"].items():
        accepted = said["accepted_terms"] if isinstance(said, dict) else number
        answer = "accepted" if isinstance(said, dict) else said
        named.append({"person": who, "answer": answer, "terms": 0 if answer == "unanswered" else accepted})
    return {"state": words["state"], "proposed_at": BEGINNING, "ends_at": moment(words["ends_at"]), "named": named,
            "terms": [BEGINNING, CHANGED][:number]}  # fmt: skip
