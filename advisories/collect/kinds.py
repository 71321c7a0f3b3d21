"""The kinds of source, one line each. A new kind is a module with `parse(body, context)` and a line here."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib import import_module
from typing import Any

from advisories.collect import isolate
from advisories.collect.base import BIG, CollectError, Limits, Link, ParseContext, Parsed
from members.web.words import gettext_noop, in_words


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of source. `module` is where its parser lives below this package: imported in the worker, not here."""

    name: str
    words: str
    module: str
    limits: Limits
    fetched: bool = True  # by HTTP; otherwise read from this machine
    accept: str = ""  # what its servers want to be asked for
    versioned: bool = False  # its objects have versions and owners
    begins: bool = False  # its module says where to begin: begin(url, state, at) -> links
    pause: float = 0.0  # seconds between two requests, where its servers' terms say so
    notice: str = ""  # what has to stand wherever its entries are shown, in the words that its terms demand

    @property
    def path(self) -> str:
        return f"advisories.collect.{self.module}"

    @property
    def title(self) -> str:
        return in_words(self.words, {})

    def begin(self, url: str, state: Mapping[str, str], at: datetime) -> tuple[Link, ...]:
        """Where to begin at a source of this address."""
        if not self.begins:
            return (Link(url),)
        links: tuple[Link, ...] = import_module(self.path).begin(url, state, at)
        return links

    def parse(self, body: bytes, context: ParseContext) -> Parsed:
        """Parses here and now, without a child and its limits: for tests and measurements."""
        parsed: Parsed = import_module(self.path).parse(body, context)
        return parsed


# In the words that NVD's terms of use demand, so not for translation.
NVD_NOTICE = "This product uses data from the NVD API but is not endorsed or certified by the NVD."

KINDS: dict[str, Kind] = {
    kind.name: kind
    for kind in (
        Kind("feed", gettext_noop("Feed (RSS, Atom, RDF, JSON Feed)"), "feeds.feed", Limits()),
        Kind("csaf", gettext_noop("CSAF provider or document"), "csaf.csaf", BIG, versioned=True,
             begins=True),
        Kind("taxii", gettext_noop("TAXII 2.1 server"), "exchange.taxii", BIG, versioned=True, begins=True,
             accept="application/taxii+json;version=2.1"),
        Kind("stix", gettext_noop("STIX bundle"), "exchange.stix", BIG, versioned=True),
        Kind("misp", gettext_noop("MISP feed or event"), "exchange.misp", BIG, versioned=True, begins=True,
             accept="application/json"),
        Kind("kev", gettext_noop("CISA known exploited vulnerabilities"), "vulnerabilities.kev", BIG),
        Kind("cve", gettext_noop("CVE records"), "vulnerabilities.cve", BIG),
        Kind("osv", gettext_noop("OSV or GitHub advisories"), "vulnerabilities.osv", BIG),
        # Its terms: at most five requests in half a minute without a key.
        Kind("nvd", gettext_noop("NVD vulnerabilities"), "vulnerabilities.nvd", BIG, begins=True, pause=6.0,
             notice=NVD_NOTICE),
        Kind("epss", gettext_noop("EPSS scores"), "vulnerabilities.epss", BIG),
        Kind("mailbox", gettext_noop("Mailbox (IMAP)"), "mail.mail",
             Limits(wire=25_000_000, seconds=120.0), fetched=False, versioned=True),
        Kind("folder", gettext_noop("Folder of files"), "dropped", BIG, fetched=False),
    )
}  # fmt: skip


def parse(
    kind: str, body: bytes, limits: Limits | None = None, *, fetched_at: datetime | None = None, **known: Any
) -> Parsed:
    """Parses a document of the kind in a child process. Raises CollectError(refused=True) on one that the
    hub will not take; KeyError on an unknown kind.

    `fetched_at` (aware) is the clock for dates in the future; `known`: what else a ParseContext has.
    """
    chosen = KINDS[kind]
    context = ParseContext(fetched_at=fetched_at or datetime.now(UTC), limits=limits or chosen.limits, **known)
    try:
        return isolate.run(chosen.path, body, context)
    except CollectError as error:
        error.document = body  # whoever wants to look at it has to have it
        raise
