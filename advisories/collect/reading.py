"""What was read of one document, and reading one that lies on this machine. Nothing is stored here."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path

from django.conf import settings

from advisories.collect import kinds
from advisories.collect.base import CollectError, Limits, Parsed
from advisories.models import Source


@dataclass(frozen=True, slots=True)
class Read:
    """A document that came. `parsed` None: it is the same as the last one that was taken, and was not parsed.

    `validators`: what a source keeps of its last good answer, verbatim.
    """

    parsed: Parsed | None
    body_hash: str
    validators: dict[str, str] = field(default_factory=dict)


def from_bytes(body: bytes, at: datetime, taken: str = "") -> Read:
    """A file of whatever kind; `taken`: the hash under which it was taken before. Raises CollectError."""
    body_hash = digest(body)
    return Read(None if body_hash == taken else kinds.parse("folder", body, fetched_at=at), body_hash)


def from_mail(letter: bytes | CollectError, at: datetime, state: Mapping[str, str]) -> Read:
    """A mail. Raises CollectError."""
    if isinstance(letter, CollectError):
        raise letter
    return Read(kinds.parse("mailbox", letter, fetched_at=at, state=state), digest(letter))


def limits_of(source: Source) -> Limits:
    """Those of its kind, with what is set for the source itself."""
    chosen = {name: value for name, value in source.limits.items() if name in Limits.__dataclass_fields__}
    return replace(kinds.KINDS[source.kind].limits, **chosen)


def digest(body: bytes) -> str:
    return hashlib.sha256(body).hexdigest()


def folder_of(source: Source) -> Path:
    """Where a folder source's files lie; a relative path starts at the hub's own folder, WARP_HOME."""
    return settings.HOME / source.url
