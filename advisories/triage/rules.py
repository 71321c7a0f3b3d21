"""By which rules entries are ranked: how many points each signal gives. Pure.

Whoever coordinates a WARP may give that WARP rules of its own (ruling.py); what it left alone stays as DEFAULT has it,
also where DEFAULT changes.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from typing import Any

# From what on Urgent is proposed for a draft, and from what on Advisory (alert.py); the gravest first.
CHOICES = {"urgent_from": ("exploited", "critical", "high"), "planned_from": ("critical", "high", "any")}
MOST_POINTS = 100
MOST_WORDS, LONGEST_WORD = 50, 80


@dataclass(frozen=True, slots=True)
class Rules:
    """From 0 to MOST_POINTS each. `likely` is given where EPSS says `likely_from` percent or more; `watchword` once,
    where any of `watchwords` stands in the title, the text or the products. The last two move no rank: they say which
    tier is proposed.
    """

    exploited: int = 50
    with_ransomware: int = 10
    says_exploited: int = 35
    critical: int = 25
    critical_title: int = 20
    high: int = 10
    speaks_of_ransomware: int = 10
    names_cve: int = 5
    likely: int = 15  # with “high” as much as “critical”
    likely_from: int = 10
    watchword: int = 20
    watchwords: tuple[str, ...] = ()
    urgent_from: str = "critical"
    planned_from: str = "high"


DEFAULT = Rules()
NUMBERS = tuple(field.name for field in fields(Rules) if field.type == "int")


def rules_of(changed: Mapping[str, Any]) -> Rules:
    """DEFAULT but for what was changed, as `changes` wrote it. What no rule is called any more is left out."""
    numbers = {name: changed[name] for name in NUMBERS if name in changed}
    chosen = {name: changed[name] for name, offered in CHOICES.items() if changed.get(name) in offered}
    return Rules(**numbers, **chosen, watchwords=tuple(changed.get("watchwords", ())))


def changes(rules: Rules) -> dict[str, Any]:
    """In what they differ from DEFAULT, as it is kept."""
    usual = asdict(DEFAULT)
    told = {name: value for name, value in asdict(rules).items() if value != usual[name]}
    return told | ({"watchwords": list(rules.watchwords)} if "watchwords" in told else {})
