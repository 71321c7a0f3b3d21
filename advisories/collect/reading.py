"""Fetch and parse one document, and store nothing: no transaction is open while the network is waited for."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from django.conf import settings

from advisories.collect import folder, http, kinds
from advisories.collect.base import CollectError, Parsed
from advisories.models import Source

USER_AGENT = "WARP-hub/1 (+{url})"  # some sources turn away clients that don't say who they are


@dataclass(frozen=True, slots=True)
class Read:
    """A document that came. `parsed` None: it is the same as the last one that was taken, and was not parsed.

    `validators`: what a source keeps of its last good answer, verbatim.
    """

    parsed: Parsed | None
    body_hash: str
    validators: dict[str, str] = field(default_factory=dict)


def from_web(source: Source, at: datetime, *, again: bool = False) -> Read:
    """GET the source's document, conditionally; `again`: parse it although it has not changed.

    Raises CollectError.
    """
    kind = kinds.KINDS[source.kind]
    answer = http.fetch(
        source.url,
        user_agent=USER_AGENT.format(url=settings.BASE_URL),
        etag="" if again else source.etag,
        last_modified="" if again else source.last_modified,
        limits=kind.limits,
        allow=settings.COLLECT_ALLOW,
    )
    if answer.status == 304:
        return Read(None, source.body_hash)
    body_hash = digest(answer.body)
    parsed = None
    if again or body_hash != source.body_hash:
        parsed = kinds.parse(kind.name, answer.body, url=answer.url, content_type=answer.content_type, fetched_at=at)
    validators = {"etag": answer.etag[:500], "last_modified": answer.last_modified[:100], "body_hash": body_hash}
    return Read(parsed, body_hash, validators)


def everything(source: Source, at: datetime) -> Iterator[Parsed]:
    """All that the source has now: one document, or each file of a folder. Raises CollectError at the first
    that cannot be taken.
    """
    if kinds.KINDS[source.kind].fetched:
        yield from_web(source, at, again=True).parsed or Parsed(())
        return
    for _name, body in folder.read(folder_of(source), kinds.KINDS[source.kind].limits):
        if isinstance(body, CollectError):
            raise body
        yield from_bytes(body, at).parsed or Parsed(())


def from_bytes(body: bytes, at: datetime, taken: str = "") -> Read:
    """A file of whatever kind; `taken`: the hash under which it was taken before. Raises CollectError."""
    body_hash = digest(body)
    return Read(None if body_hash == taken else kinds.parse("folder", body, fetched_at=at), body_hash)


def digest(body: bytes) -> str:
    return hashlib.sha256(body).hexdigest()


def folder_of(source: Source) -> Path:
    """Where a folder source's files lie; a relative path starts at the hub's own folder, WARP_HOME."""
    return settings.HOME / source.url
