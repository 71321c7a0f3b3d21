"""One link of the chain. Pure: what a row is, byte for byte, and the digest that seals it."""

from __future__ import annotations

import hashlib
import json
from datetime import UTC, datetime
from typing import Any, NamedTuple

BEGINNING = "0" * 64  # what stands before the first link


class Sealed(NamedTuple):
    """What a digest is taken of: every field of an audit row."""

    pk: int
    at: datetime
    actor: str
    verb: str
    reference: str
    detail: dict[str, Any]


FIELDS = ("pk", "at", "actor", "verb", "reference", "detail")  # of AuditRow, in the order of Sealed


def digest(before: str, row: Sealed) -> str:
    """The digest that seals `row` after the link whose digest is `before`: SHA-256, in hexadecimal."""
    return hashlib.sha256(before.encode() + canonical(row)).hexdigest()


def canonical(row: Sealed) -> bytes:
    """The same bytes for the same row on every database and in every version of the hub."""
    at = row.at.astimezone(UTC).isoformat(timespec="microseconds")
    told = [row.pk, at, row.actor, row.verb, row.reference, row.detail]
    return json.dumps(told, sort_keys=True, separators=(",", ":")).encode()
