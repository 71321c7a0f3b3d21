"""The values that collecting hands on, and its one error. Nothing here touches Django or a database."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from types import MappingProxyType
from typing import Any

import orjson

from advisories.collect.words import Params, gettext_noop, in_words

__all__ = ["BIG", "CollectError", "Limits", "ParseContext", "Parsed", "RawEntry", "Refusal", "gettext_noop"]

MB = 1_000_000
NOTHING: Mapping[str, str] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Limits:
    """How much of one source the hub will take. Sizes in bytes, times in seconds."""

    wire: int = 10 * MB  # as it comes over the network or lies in the folder
    decoded: int = 50 * MB  # after decompression
    ratio: int = 100  # decoded / wire, looked at from 1 MB decoded on
    entries: int = 5_000  # entries of a feed, objects of a bundle, rows of a catalogue
    seconds: float = 30.0  # the whole fetch, redirects included
    cpu_seconds: int = 10  # one parse; the clock on the wall may show three times as much
    memory: int = 512 * MB  # address space of one parse


BIG = Limits(wire=100 * MB, decoded=100 * MB, entries=200_000, seconds=120.0, cpu_seconds=60, memory=2_000 * MB)


@dataclass(frozen=True, slots=True)
class ParseContext:
    """What a parser may know besides the bytes. `url`: where relative links start, "" if unknown."""

    fetched_at: datetime
    url: str = ""
    content_type: str = ""
    limits: Limits = field(default_factory=Limits)


@dataclass(frozen=True, slots=True)
class RawEntry:
    """One thing that a source says, cleaned but not judged.

    `title` and `author` are plain text, to be escaped like any text; `summary` is safe HTML. `url` is ""
    or http(s). Times are aware, in UTC. `cves` are upper case, sorted, unique. `label` is CLEAR, GREEN,
    AMBER, AMBER+STRICT or RED as the source marked it, None if it did not. `facts` are plain texts by
    kind. `content_hash`: sha256 hex over all the rest.
    """

    guid: str
    title: str
    summary: str
    url: str
    published: datetime | None
    updated: datetime | None
    author: str
    cves: tuple[str, ...]
    label: str | None
    facts: Mapping[str, str]
    content_hash: str

    @classmethod
    def of(cls, *, guid: str, title: str, **rest: Any) -> RawEntry:
        """An entry with its content hash; what is not given is empty."""
        values: dict[str, Any] = {**EMPTY, **rest, "guid": guid, "title": title}
        return cls(**values, content_hash=_fingerprint(values))


EMPTY: dict[str, Any] = {
    "summary": "",
    "url": "",
    "published": None,
    "updated": None,
    "author": "",
    "cves": (),
    "label": None,
    "facts": NOTHING,
}


def _fingerprint(values: Mapping[str, Any]) -> str:
    plain = {**values, "facts": dict(values["facts"])}
    return hashlib.sha256(orjson.dumps(plain, option=orjson.OPT_SORT_KEYS)).hexdigest()


@dataclass(frozen=True, slots=True)
class Refusal:
    """An entry that the hub will not take. `reason` is the sentence in the reader's language."""

    guid: str
    template: str
    params: Params = field(default_factory=dict)

    @property
    def reason(self) -> str:
        return in_words(self.template, self.params)


@dataclass(frozen=True, slots=True)
class Parsed:
    """A document read. `complete`: what is absent was removed by the source (a refused guid was not)."""

    entries: tuple[RawEntry, ...]
    refusals: tuple[Refusal, ...] = ()
    complete: bool = False


class CollectError(Exception):
    """Collecting from one source failed; `str()` says why in the reader's language.

    `refused`: the document came and the hub will not take it; else the network or the hub failed.
    `permanent`: asking again is of no use until a person has looked (410 Gone, a forbidden address).
    `retry_after`: seconds to wait before the next attempt, where the server said so.
    `params` fill the %(name)s places of `message`.
    """

    def __init__(
        self,
        message: str,
        *,
        permanent: bool = False,
        refused: bool = False,
        retry_after: int | None = None,
        **params: str | int | float,
    ) -> None:
        super().__init__(message)
        self.message = message
        self.permanent = permanent
        self.refused = refused
        self.retry_after = retry_after
        self.params = params

    def __str__(self) -> str:
        return in_words(self.message, self.params)
