"""What a command prints of its fetches, and the exit status that they come to."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from django.core.management.base import OutputWrapper

from advisories.collect.health import WORST_FIRST
from advisories.models import Fetch

COUNTS = ("items", "new", "changed", "same", "refused")
REFUSED, FAILED = 1, 2  # exit status; 0 where all was taken or the same


def report(fetches: Sequence[Fetch], kind: str, **named: str) -> dict[str, Any]:
    """One object for one source or file (`named`: which), from the rows that it left. The worst outcome counts."""
    worst = min((Fetch.Outcome(fetch.outcome) for fetch in fetches), key=WORST_FIRST.index)
    errors = [f"{fetch.document}: {fetch.error}" if fetch.document else fetch.error for fetch in fetches if fetch.error]
    return {
        **named,
        "kind": kind,
        "outcome": worst.value,
        **{count: sum(getattr(fetch, count) for fetch in fetches) for count in COUNTS},
        "seconds": round(sum(fetch.seconds for fetch in fetches), 3),
        "error": " ".join(errors),
    }


def write(out: OutputWrapper, reports: Sequence[dict[str, Any]], *, as_json: bool) -> None:
    if as_json:
        out.write(json.dumps(reports, ensure_ascii=False))
        return
    for one in reports:
        counts = ", ".join(f"{one[count]} {count}" for count in COUNTS)
        line = f"{one.get('source') or one.get('file')}: {one['outcome']} ({one['kind']}): {counts}; {one['seconds']} s"
        out.write(line + (f"; {one['error']}" if one["error"] else ""))


def status(reports: Sequence[dict[str, Any]]) -> int:
    """0 all taken or the same, 1 something refused, 2 an error of the hub's or the network's own."""
    if any(one["outcome"] == Fetch.Outcome.ERROR for one in reports):
        return FAILED
    return REFUSED if any(one["refused"] or one["outcome"] == Fetch.Outcome.REFUSED for one in reports) else 0
