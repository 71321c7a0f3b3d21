"""The documents in which a TAXII 2.1 server names others: discovery, API root, collections. Runs in the worker.

Only a discovery document may lead to another site (TAXII 2.1 section 4.1); all else that a server names is asked for
under the address that named it.
"""

from __future__ import annotations

import re
from itertools import islice
from typing import Any
from urllib.parse import urljoin, urlsplit

from advisories.collect.base import CollectError, Link, ParseContext, Parsed, Refusal, gettext_noop
from advisories.collect.exchange import taxiipage
from advisories.collect.text import html

Thing = dict[str, Any]

MOST_ROOTS = 20
MOST_COLLECTIONS = 200  # of one API root
_ID = re.compile(r"[0-9A-Za-z][0-9A-Za-z._-]{0,99}")  # a UUID; some servers have words
_STIX = re.compile(r"application/(?:vnd\.oasis\.)?stix\+json(?:\s*;\s*version\s*=\s*\"?2\.[01]\"?)?", re.IGNORECASE)

NOWHERE = gettext_noop("The address of this document is not known, so what it names cannot be asked for.")
NO_ROOTS = gettext_noop("The TAXII server names no API root, so the hub cannot tell where its collections are.")
BAD_ROOT = gettext_noop("%(place)s of the TAXII server is “%(root)s”, which is no web address. It was not read.")
WEAKER = gettext_noop(
    "The TAXII server names the API root %(root)s, which is not encrypted as the server itself is. It was not read. If "
    "it has an https address, make that a source."
)
MANY_ROOTS = gettext_noop("The TAXII server names %(count)d API roots; the hub read the first %(limit)d.")
NO_ROOT = gettext_noop("This is no API root of a TAXII server: its title or its versions are missing.")
OTHER_ROOT = gettext_noop("The API root speaks %(versions)s; the hub reads TAXII 2.1.")
NO_LIST = gettext_noop("This is no list of collections of a TAXII server.")
MANY_COLLECTIONS = gettext_noop("The API root has %(count)d collections; the hub read the first %(limit)d.")
BAD_COLLECTION = gettext_noop("%(place)s is missing or is not what it should be, so that collection was not read.")
NO_STIX = gettext_noop("The collection %(title)s (%(id)s) has no STIX 2, so it was not read.")
UNREADABLE = gettext_noop(
    "The TAXII server lets the hub read none of the %(count)d collections here. Look at how the hub signs in there."
)


def words(value: Any) -> str:
    return html.line(value, 200) if isinstance(value, str) else ""


def discovery(document: Thing, context: ParseContext) -> Parsed:
    """Links to the API roots, the default first. Raises CollectError where none is named."""
    given = document.get("api_roots")
    roots = {f"api_roots[{number}]": root for number, root in enumerate(given if isinstance(given, list) else ())}
    roots = {"default": document["default"], **roots} if document.get("default") else roots
    if not roots:
        raise CollectError(NO_ROOTS, refused=True)
    read = [_api_root(place, roots[place], context.url) for place in list(roots)[:MOST_ROOTS]]
    refusals = [one for one in read if isinstance(one, Refusal)]
    if len(roots) > MOST_ROOTS:
        refusals.append(Refusal("", MANY_ROOTS, {"count": len(roots), "limit": MOST_ROOTS}))
    addresses = dict.fromkeys(one for one in read if isinstance(one, str))  # the default stands in the list, too
    return Parsed((), tuple(refusals), links=tuple(Link(url, "root") for url in addresses))


def root(document: Thing, context: ParseContext) -> Parsed:
    """The link to the API root's collections. Raises CollectError on what is no root of TAXII 2.1."""
    versions = document.get("versions")
    if not isinstance(versions, list) or not isinstance(document.get("title"), str):
        raise CollectError(NO_ROOT, refused=True)
    spoken = [words(one) for one in versions[:20]]
    if not any("2.1" in one or one.lower() == "application/taxii+json" for one in spoken):
        raise CollectError(OTHER_ROOT, refused=True, versions=html.line(", ".join(spoken), 200) or "?")
    return Parsed((), links=(Link(f"{_here(context)}collections/", "collections"),))


def collections(document: Thing, context: ParseContext) -> Parsed:
    """Links to the objects of every collection that may be read. Raises CollectError where there are others only."""
    rows = document.get("collections", None if document else [])  # a root without any sends no list
    if not isinstance(rows, list):
        raise CollectError(NO_LIST, refused=True)
    return _links({f"collections[{number}].": row for number, row in enumerate(rows)}, _here(context), context)


def collection(document: Thing, context: ParseContext) -> Parsed:
    """The link to the objects of one collection. Raises CollectError where it may not be read."""
    return _links({"": document}, urljoin(_here(context), ".."), context)


def _links(rows: dict[str, Any], here: str, context: ParseContext) -> Parsed:
    read = [_objects(row, place, here, context) for place, row in islice(rows.items(), MOST_COLLECTIONS)]
    if rows and not any(read):
        raise CollectError(UNREADABLE, refused=True, count=len(rows))
    refusals = [one for one in read if isinstance(one, Refusal)]
    if len(rows) > MOST_COLLECTIONS:
        refusals.append(Refusal("", MANY_COLLECTIONS, {"count": len(rows), "limit": MOST_COLLECTIONS}))
    return Parsed((), tuple(refusals), links=tuple(one for one in read if isinstance(one, Link)))


def _api_root(place: str, root: Any, base: str) -> str | Refusal:
    address = html.web_address(root, base) if isinstance(root, str) else ""
    if not address:
        return Refusal("", BAD_ROOT, {"place": place, "root": words(root)})
    if base.startswith("https:") and not address.startswith("https:"):
        return Refusal("", WEAKER, {"root": words(address)})
    return _folder(address)


def _objects(row: Any, place: str, here: str, context: ParseContext) -> Link | Refusal | None:
    """None where the server says that the hub may not read the collection."""
    values = row if isinstance(row, dict) else {}
    name, readable, types = values.get("id"), values.get("can_read"), values.get("media_types")
    if not isinstance(name, str) or not _ID.fullmatch(name):
        return Refusal("", BAD_COLLECTION, {"place": f"{place}id"})
    if not isinstance(readable, bool):
        return Refusal(name, BAD_COLLECTION, {"place": f"{place}can_read"})
    if not readable:
        return None
    if types is not None and not any(map(_STIX.fullmatch, map(words, types if isinstance(types, list) else ()))):
        return Refusal(name, NO_STIX, {"id": name, "title": words(values.get("title")) or "?"})
    return Link(taxiipage.since(f"{here}{name}/objects/", context.state), "objects")


def _here(context: ParseContext) -> str:
    """The document's own address as a folder. Raises CollectError where it is unknown."""
    if not html.web_address(context.url):
        raise CollectError(NOWHERE, refused=True)
    return _folder(context.url)


def _folder(url: str) -> str:
    parts = urlsplit(url)
    return parts._replace(path=parts.path.rstrip("/") + "/", query="", fragment="").geturl()
