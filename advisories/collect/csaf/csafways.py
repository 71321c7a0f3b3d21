"""The ways to a CSAF provider: its domain, security.txt, an aggregator's list, a ROLIE service document.

CSAF 2.0 and 2.1, sections 7.1.8 to 7.1.10, 7.1.16, 7.1.21 and 7.3.1. Runs in the worker, but for `begin`.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

from advisories.collect.base import CollectError, Link, ParseContext, Parsed, Refusal, gettext_noop
from advisories.collect.csaf.csafprovider import Provider, fetchable
from advisories.collect.text import html
from advisories.collect.text.record import Record

WELL_KNOWN = "/.well-known/csaf/provider-metadata.json"
SECURITY = "/.well-known/security.txt"
DNS = "csaf.data.security."  # before the domain
LONGEST_SECURITY = 100_000  # characters of a security.txt that are looked at
_FIELD = re.compile(r"^CSAF:[ \t]*(\S{1,2000})", re.IGNORECASE | re.MULTILINE)
_SECURITY = re.compile(rb"^(?:CSAF|Contact):", re.IGNORECASE | re.MULTILINE)

NO_LIST = gettext_noop("%(place)s is missing or no list; nothing was taken.")
NO_ROW = gettext_noop("%(place)s is not what a list of providers or feeds has there.")
TOO_MANY = gettext_noop("This names %(count)d providers; the hub takes at most %(limit)d.")
NO_FIELD = gettext_noop("%(url)s names no CSAF provider.")
PAGE = gettext_noop(
    "%(url)s is a web page. Give the domain of a CSAF provider, or the address of its provider-metadata.json, of a "
    "feed or of a document."
)


def begin(url: str, state: Mapping[str, str] | None = None, at: datetime | None = None) -> tuple[Link, ...]:
    """Where to begin at a source. For a bare domain both the well-known address and its security.txt, each in place of
    the other where that is missing; for any other address, that itself. `state` and `at` change nothing.
    """
    if not html.web_address(url):
        return (Link(url),)  # fetching it will say what is wrong with it
    parts = urlsplit(url)
    if parts.path.strip("/") or parts.query or (parts.hostname or "").startswith(DNS):
        return (Link(url),)
    site = f"{parts.scheme}://{parts.netloc}"
    known, security = site + WELL_KNOWN, site + SECURITY
    return Link(known, "metadata", otherwise=security), Link(security, "security.txt", otherwise=known)


def is_security(start: bytes, url: str) -> bool:
    """Whether what begins like this is a security.txt (RFC 9116)."""
    return url.endswith("/security.txt") or _SECURITY.search(start) is not None


def security(text: str, context: ParseContext, role: str) -> Parsed:
    """Links to the metadata that a security.txt names. Where it names none and came in place of the metadata at the
    well-known address, the link to the last resort, the name in the DNS.
    """
    refusals: list[Refusal] = []
    named = dict.fromkeys(_FIELD.findall(text[:LONGEST_SECURITY]))
    links = [Link(found, "metadata") for url in named if (found := fetchable(url, context, "CSAF", refusals))]
    if not links and role == "metadata":
        parts = urlsplit(context.url)
        links = [Link(f"{parts.scheme}://{DNS}{(parts.hostname or '').removeprefix('www.')}/", "metadata")]
    if not links and not role:
        raise CollectError(NO_FIELD, refused=True, url=html.line(context.url, 200))
    return Parsed((), tuple(refusals), links=tuple(links))


def page(context: ParseContext, role: str) -> Parsed:
    """Nothing, where a site that may have no such file answers with a page, as many do; raises CollectError else."""
    url = html.line(context.url, 200)
    if role == "security.txt":
        return Parsed(())
    if role == "metadata" and url.endswith(WELL_KNOWN):
        return Parsed((), (Refusal("", PAGE, {"url": url}),))
    raise CollectError(PAGE, refused=True, url=url)


def service(document: dict[str, Any], context: ParseContext, provider: Provider) -> Parsed:
    """Links to the feeds of a ROLIE service document."""
    record, refusals = Record(document), list[Refusal]()
    links = [
        Link(url, provider.as_role("rolie"))
        for workspace in record.inner("service").each("workspace")
        for one in workspace.each("collection")
        if (url := fetchable(one.text("href"), context, f"{one.place}.href", refusals))
    ]
    return _found(links, refusals, record, "service.workspace")


def aggregator(document: dict[str, Any], context: ParseContext) -> Parsed:
    """Links to the metadata of the providers that an aggregator or lister names, to its mirror where that is gone.

    Each provider is remembered under the address that stands here.
    """
    record, refusals, links = Record(document), list[Refusal](), list[Link]()
    rows = [*record.each("csaf_providers"), *record.each("csaf_publishers")]
    if len(rows) > context.limits.entries:
        raise CollectError(TOO_MANY, refused=True, count=len(rows), limit=context.limits.entries)
    for one in rows:
        mirror = next(iter(one.read_each("mirrors", str)), "")
        if url := fetchable(one.inner("metadata").text("url"), context, f"{one.place}.metadata.url", refusals):
            otherwise = fetchable(mirror, context, f"{one.place}.mirrors[0]", refusals) if mirror else ""
            links.append(Link(url, Provider(url).as_role("metadata"), otherwise=otherwise))
    return _found(links, refusals, record, "csaf_providers")


def _found(links: list[Link], refusals: list[Refusal], record: Record, place: str) -> Parsed:
    refusals += [Refusal("", NO_ROW, {"place": one}) for one in record.unread().splitlines()]
    if not links and not refusals:
        raise CollectError(NO_LIST, refused=True, place=place)
    return Parsed((), tuple(refusals), links=tuple(links))
