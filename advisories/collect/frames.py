"""What passes between the hub and its parsing child: JSON and the document's bytes, never pickle."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import orjson

from advisories.collect.base import CollectError, Limits, Link, ParseContext, Parsed, RawEntry, Refusal


def question(body: bytes, context: ParseContext) -> bytes:
    """What the child reads: the context on a line, and the document."""
    return orjson.dumps(context, default=dict) + b"\n" + body  # dict: read-only mappings


def limits_from(frame: str) -> Limits:
    return Limits(**orjson.loads(frame))


def limits_to(limits: Limits) -> str:
    return orjson.dumps(limits).decode()


def context_from(line: bytes) -> ParseContext:
    values = orjson.loads(line)
    limits = Limits(**values.pop("limits"))
    fetched_at = datetime.fromisoformat(values.pop("fetched_at"))
    return ParseContext(fetched_at=fetched_at, limits=limits, **values)


def parsed_to(parsed: Parsed) -> bytes:
    return orjson.dumps({"parsed": parsed}, default=dict)  # dict: read-only mappings


def error_to(error: CollectError) -> bytes:
    return orjson.dumps({"error": {"message": error.message, "permanent": error.permanent, "params": error.params}})


def outcome_from(frame: bytes) -> Parsed:
    """The child's Parsed; raises its CollectError, or ValueError where the frame is not whole."""
    values = orjson.loads(frame)
    if failure := values.get("error"):
        raise CollectError(failure["message"], permanent=failure["permanent"], refused=True, **failure["params"])
    parsed = values["parsed"]
    return Parsed(
        entries=tuple(_entry(one) for one in parsed["entries"]),
        refusals=tuple(Refusal(**one) for one in parsed["refusals"]),
        complete=parsed["complete"],
        links=tuple(Link(**one) for one in parsed["links"]),
        state=parsed["state"],
        scores=tuple(tuple(row) for row in parsed["scores"]),
    )


def _entry(values: dict[str, Any]) -> RawEntry:
    for name in ("published", "updated"):
        values[name] = datetime.fromisoformat(values[name]) if values[name] else None
    values["cves"] = tuple(values["cves"])
    return RawEntry(**values)
