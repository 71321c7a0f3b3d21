"""The values that collecting hands on; its one error is that of the web client. Nothing here touches Django or a
database."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from types import MappingProxyType
from typing import Any

import orjson

from members.web.failure import MB, Limits
from members.web.failure import Failure as CollectError
from members.web.words import Params, gettext_noop, in_words

__all__ = [
    "BIG",
    "MB",
    "CollectError",
    "Limits",
    "Link",
    "ParseContext",
    "Parsed",
    "RawEntry",
    "Refusal",
    "gettext_noop",
]

NOTHING: Mapping[str, str] = MappingProxyType({})


def nothing() -> Mapping[str, str]:
    return NOTHING


BIG = Limits(wire=100 * MB, decoded=100 * MB, entries=200_000, seconds=120.0, cpu_seconds=60, memory=2_000 * MB)


@dataclass(frozen=True, slots=True)
class ParseContext:
    """What a parser may know besides the bytes.

    `url`: where relative links start, "" if unknown. `role`: as what the link that led here asks to read it, "" for
    the source's own address. `beside`: the files that the link named beside it, by name, base64. `headers`: of the
    answer, names in lower case. `state`: what parsers of this source left for the next time.
    """

    fetched_at: datetime
    url: str = ""
    content_type: str = ""
    limits: Limits = field(default_factory=Limits)
    role: str = ""
    beside: Mapping[str, str] = field(default_factory=nothing)
    headers: Mapping[str, str] = field(default_factory=nothing)
    state: Mapping[str, str] = field(default_factory=nothing)


@dataclass(frozen=True, slots=True)
class RawEntry:
    """One thing that a source says, cleaned but not judged.

    `title` and `author` are plain text, to be escaped like any text; `summary` is safe HTML. `url` is ""
    or http(s). Times are aware, in UTC. `cves` are upper case, sorted, unique. `label` is CLEAR, GREEN,
    AMBER, AMBER+STRICT or RED as the source marked it, None if it did not. `facts` are plain texts: those that
    several kinds have go by the names in FACTS, others by their kind's own. `content_hash`: sha256 hex over all
    the rest.
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


# What several kinds tell, under one name each, so that a page or a rule need not know the kind. Lists are one to a
# line; ids are upper case, sorted, unique.
FACTS = {
    "aliases": "ids under which others tell the same (GHSA-…, RHSA-…), without CVEs",
    "attack": "MITRE ATT&CK ids (T1059.001)",
    "cpes": "CPE 2.3 or 2.2 names of what is affected",
    "cvss": "vectors as they came, with their prefix where the version has one",
    "cwes": "CWE-79",
    "owner": "who alone gives new versions of it, of a kind that is versioned",
    "products": "names of what is affected, vendor first, as people say them",
    "purls": "package URLs of what is affected",
    "references": "http(s) addresses, the advisory's own first",
    "severity": "the source's own word",
    "withdrawn": "since when its source has taken it back (ISO, UTC)",
}
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
class Link:
    """Another document of the same source, which one that was read names.

    `role`: as what its kind is to read it. `stamp`: when it changed, in the words of the index that names it: taken
    once under a stamp, it is not fetched again; "" for what is asked for each time (an index, a page of answers).
    `beside`: addresses of files without which it can't be judged (its hash, its signature), by name. `otherwise`:
    the address to try where this one has nothing.
    """

    url: str
    role: str = ""
    stamp: str = ""
    beside: Mapping[str, str] = field(default_factory=nothing)
    otherwise: str = ""


@dataclass(frozen=True, slots=True)
class Parsed:
    """A document read. `complete`: what is absent was removed by the source (a refused guid was not).

    `links`: the documents to fetch next, the most wanted first. `state`: what to hand to this source's parsers from
    now on, kept with what the document said. `scores`: (CVE, probability, percentile), decimal.
    """

    entries: tuple[RawEntry, ...]
    refusals: tuple[Refusal, ...] = ()
    complete: bool = False
    links: tuple[Link, ...] = ()
    state: Mapping[str, str] = field(default_factory=nothing)
    scores: tuple[tuple[str, str, str], ...] = ()
