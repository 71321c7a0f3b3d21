"""MISP: a feed's manifest, and events as feeds and servers give them. Runs in the worker. (standards.md §6)

A manifest tells when each event of the feed changed; what changed is fetched. An event becomes an entry in
mispevent.py.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime
from functools import partial
from typing import Any
from urllib.parse import urljoin, urlsplit

from advisories.collect.base import CollectError, Link, ParseContext, Parsed, Refusal, gettext_noop
from advisories.collect.exchange.mispevent import UUID, entry
from advisories.collect.text import html, jsonbody
from advisories.collect.text.depth import deeper_than
from advisories.collect.text.record import take

DEEPEST = 50
MANIFEST = "manifest.json"
_STAMP = re.compile(r"\d{1,20}", re.ASCII)

TOO_DEEP = gettext_noop("The MISP document nests deeper than %(limit)d levels.")
TOO_MANY = gettext_noop("The feed's manifest names %(count)d events; the hub takes at most %(limit)d.")
NOWHERE = gettext_noop("The address of this manifest is not known, so the events that it names cannot be asked for.")
BAD_LINE = gettext_noop(
    "The line “%(place)s” of the feed's manifest names no event, or not when it changed. It was not read."
)
NO_EVENT = gettext_noop("This is JSON, but no MISP event, though the feed's manifest names it as one.")
NO_MISP = gettext_noop("This is JSON, but neither a MISP event nor the manifest of a MISP feed.")
FEEDS = gettext_noop(
    "This is a list of MISP feeds, not a feed: make the address of each that is wanted a source of its own."
)
GALAXY = gettext_noop("This is the MISP galaxy “%(name)s”: words to describe events with. It has no events.")
TAXONOMY = gettext_noop("This is the MISP taxonomy “%(name)s”: tags to mark events with. It has no events.")


def begin(url: str, state: Mapping[str, str], at: datetime) -> tuple[Link, ...]:
    """Where to begin: with the manifest, where the address is that of a feed's folder, as lists of feeds have it."""
    path = urlsplit(url).path if html.web_address(url) else "/events/"
    if "/events/" in path or "." in path.rpartition("/")[2]:
        return (Link(url),)
    return (Link(urlsplit(url)._replace(path=f"{path.rstrip('/')}/{MANIFEST}").geturl()),)


def parse(body: bytes, context: ParseContext) -> Parsed:
    """The entries of published events, or links to the events that a manifest names, the newest first.

    Roles: "event" for what a manifest names; "" for that, a manifest, or a server's answer to a search.
    Raises CollectError(refused=True) on other documents.
    """
    document = jsonbody.load(body)
    if deeper_than(body, DEEPEST):
        raise CollectError(TOO_DEEP, refused=True, limit=DEEPEST)
    rows, place = _events(document)
    limit = context.limits.entries
    if rows is not None:
        entries, refusals = take([_in_words(row) for row in rows], place, limit, partial(entry, most=limit))
        return Parsed(entries, refusals)
    if context.role:
        raise CollectError(NO_EVENT, refused=True)
    if document == []:  # as PHP writes an empty manifest
        return Parsed(())
    if not isinstance(document, dict) or (document and not any(map(UUID.fullmatch, document))):
        raise _other(document)
    return _manifest(document, context)


def _events(document: Any) -> tuple[list[Any] | None, str | None]:
    """The events as they stand in the document, and the place of their list there."""
    if isinstance(document, dict):
        found = document.get("response")
        if isinstance(found, list | dict):
            return (found, "response") if isinstance(found, list) else ([found], "response")
        return ([document], None) if "Event" in document else (None, None)
    if isinstance(document, list) and any(isinstance(one, dict) and "Event" in one for one in document):
        return document, ""
    return None, None


def _in_words(value: Any) -> Any:
    """The value with all numbers, yes and no as texts: one MISP writes true where another writes 1 or "1"."""
    if isinstance(value, dict):
        return {name: _in_words(one) for name, one in value.items()}
    if isinstance(value, list):
        return [_in_words(one) for one in value]
    return str(int(value) if isinstance(value, bool) else value) if isinstance(value, int | float) else value


def _manifest(lines: dict[str, Any], context: ParseContext) -> Parsed:
    if len(lines) > context.limits.entries:
        raise CollectError(TOO_MANY, refused=True, count=len(lines), limit=context.limits.entries)
    if not html.web_address(context.url) and lines:
        raise CollectError(NOWHERE, refused=True)
    stamps: dict[str, str] = {}
    refusals = []
    for uuid, line in lines.items():
        stamp = line.get("timestamp") if isinstance(line, dict) else None
        if UUID.fullmatch(uuid) and isinstance(stamp, str | int) and _STAMP.fullmatch(str(stamp)):
            stamps[uuid] = str(stamp)
        else:
            shown = html.line(uuid, 100)
            refusals.append(Refusal(shown, BAD_LINE, {"place": shown}))
    newest = sorted(stamps.items(), key=lambda line: int(line[1]), reverse=True)
    links = (Link(urljoin(context.url, f"{uuid}.json"), "event", stamp) for uuid, stamp in newest)
    return Parsed((), tuple(refusals), links=tuple(links))


def _other(document: Any) -> CollectError:
    """What the document is, of what else MISP has."""
    first = document[0] if isinstance(document, list) else document
    if not isinstance(first, dict):
        return CollectError(NO_MISP, refused=True)
    if "Feed" in first:
        return CollectError(FEEDS, refused=True)
    if "predicates" in first and "namespace" in first:
        return CollectError(TAXONOMY, refused=True, name=html.line(str(first["namespace"])[:400], 100))
    if {"values", "type", "authors"} <= first.keys():
        return CollectError(GALAXY, refused=True, name=html.line(str(first.get("name"))[:400], 100))
    return CollectError(NO_MISP, refused=True)
