"""The lists that name CSAF documents: ROLIE feeds, and the files of a directory. Runs in the worker.

CSAF 2.0 and 2.1, sections 7.1.12, 7.1.13 and 7.1.15; ROLIE is RFC 8322 in JSON. The label of a feed is none of its
documents'.
"""

from __future__ import annotations

import csv
from collections.abc import Iterable, Sized
from typing import Any, NamedTuple

from advisories.collect.base import CollectError, Link, ParseContext, Parsed, Refusal, gettext_noop
from advisories.collect.csaf.csafproof import KEY, OTHER, SIGNATURE, STRONG
from advisories.collect.csaf.csafprovider import Provider, fetchable
from advisories.collect.text import html
from advisories.collect.text.moments import when
from advisories.collect.text.record import Record

LONGEST_LINE = 4_000  # characters of a list; an address has at most half as many
LONGEST_STAMP = 60
EXTENSION = ".json"

NO_ENTRIES = gettext_noop("This feed has no list of entries (feed.entry); nothing was taken.")
TOO_MANY = gettext_noop("This names %(count)d documents; the hub takes at most %(limit)d.")
NO_ENTRY = gettext_noop("%(place)s is no entry of a feed of CSAF documents.")
NO_LINE = gettext_noop(
    "This is nothing of CSAF that the hub knows: no line of it names a document, a provider or a feed."
)
BAD_LINE = gettext_noop("Line %(number)d does not name a CSAF document of this directory: “%(line)s”.")


class Named(NamedTuple):
    """A document as an index names it."""

    url: str
    stamp: str
    beside: dict[str, str]

    @property
    def order(self) -> tuple[bool, str]:
        at = when(self.stamp)
        return at is not None, at.isoformat() if at else ""


def rolie(document: dict[str, Any], context: ParseContext, provider: Provider) -> Parsed:
    """Links to the documents of a ROLIE feed, the latest first."""
    rows, refusals = Record(document).inner("feed").rows("entry"), list[Refusal]()
    if rows is None:
        raise CollectError(NO_ENTRIES, refused=True)
    _count(rows, context)
    named = [_entry(row, f"feed.entry[{number}]", context, refusals) for number, row in enumerate(rows)]
    return _documents((one for one in named if one), provider, refusals)


def listing(text: str, context: ParseContext, provider: Provider) -> Parsed:
    """Links to the documents that a changes.csv names, the latest first, or an index.txt, which tells no times: what
    that names is read once in a week, so that a long list is read to its end.
    """
    lines = [(number, line) for number, line in enumerate(text.splitlines(), 1) if line.strip()]
    _count(lines, context)
    refusals: list[Refusal] = []
    named = []
    for number, line in lines:
        if one := _line(line, context):
            named.append(one)
        else:
            refusals.append(Refusal("", BAD_LINE, {"number": number, "line": html.line(line, 200)}))
    if not named:
        raise CollectError(NO_LINE, refused=True)
    return _documents(named, provider, refusals)


def _count(rows: Sized, context: ParseContext) -> None:
    if len(rows) > context.limits.entries:
        raise CollectError(TOO_MANY, refused=True, count=len(rows), limit=context.limits.entries)


def _entry(row: Any, place: str, context: ParseContext, refusals: list[Refusal]) -> Named | None:
    """The document of one entry of a feed, which may leave out where its hash and its signature lie."""
    if not isinstance(row, dict):
        refusals.append(Refusal("", NO_ENTRY, {"place": place}))
        return None
    record = Record(row, place)
    about = record.line("id", 200)
    linked: dict[str, list[tuple[str, str]]] = {}
    for one in record.each("link"):
        linked.setdefault(one.text("rel"), []).append((one.text("href"), f"{one.place}.href"))
    own, at = linked.get("self", [(record.inner("content").text("src"), f"{place}.link")])[0]
    url = fetchable(own, context, at, refusals, about)
    if not url:
        return None
    hashes, signatures = (
        [found for href, at in linked.get(name, ()) if (found := fetchable(href, context, at, refusals, about))]
        for name in ("hash", "signature")
    )
    stamp = record.line("updated", LONGEST_STAMP) or record.line("published", LONGEST_STAMP)
    return Named(
        url, stamp or _this_week(context), _hash_file(url, hashes) | {SIGNATURE: next(iter(signatures), f"{url}.asc")}
    )


def _line(line: str, context: ParseContext) -> Named | None:
    """The document of one line of a directory's list; None where it is none of the directory."""
    try:
        path, *more = next(csv.reader([line[:LONGEST_LINE]], strict=True))
    except csv.Error:
        return None
    url = fetchable(path.strip(), context, "", [])
    inside = url.startswith(html.web_address(".", context.url)) and url.endswith(EXTENSION)
    if not url or not inside or len(more) > 1 or len(line) > LONGEST_LINE:
        return None
    stamp = html.line("".join(more), LONGEST_STAMP)
    return Named(url, stamp or _this_week(context), _hash_file(url, []) | {SIGNATURE: f"{url}.asc"})


def _this_week(context: ParseContext) -> str:
    """The stamp of what comes with no time: it is read again when a week is over, and the rest of its list before."""
    year, week, _day = context.fetched_at.isocalendar()
    return f"week {week} of {year}"


def _hash_file(url: str, named: list[str]) -> dict[str, str]:
    """The best of the hash files that are named, else where the standard has them."""
    by_ending = {ending if (ending := one.rpartition(".")[2].lower()) in STRONG else OTHER: one for one in named}
    best = next((name for name in (*STRONG, OTHER) if name in by_ending), "")
    return {best: by_ending[best]} if best else {name: f"{url}.{name}" for name in ("sha512", "sha256")}


def _documents(named: Iterable[Named], provider: Provider, refusals: list[Refusal]) -> Parsed:
    keys = {f"{KEY}{number if number > 1 else ''}": url for number, (_, url) in enumerate(provider.keys, 1)}
    latest: dict[str, Link] = {}
    for one in sorted(named, key=lambda one: one.order, reverse=True):
        beside = {name: url for name, url in one.beside.items() if keys or name != SIGNATURE} | keys
        latest.setdefault(one.url, Link(one.url, provider.as_role("document"), one.stamp, beside))
    return Parsed((), tuple(refusals), links=tuple(latest.values()))
