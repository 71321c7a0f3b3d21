"""What passes between the hub and its parsing child: JSON, never pickle."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import orjson

from advisories.collect.base import CollectError, Limits, ParseContext, Parsed, RawEntry, Refusal


def context_to(context: ParseContext) -> str:
    return orjson.dumps(context).decode()


def context_from(frame: str) -> ParseContext:
    values = orjson.loads(frame)
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
    )


def _entry(values: dict[str, Any]) -> RawEntry:
    for name in ("published", "updated"):
        values[name] = datetime.fromisoformat(values[name]) if values[name] else None
    values["cves"] = tuple(values["cves"])
    return RawEntry(**values)
