"""A TAXII 2.1 server, from its discovery document to the pages of its collections. Runs in the worker.

(TAXII 2.1 sections 1.6, 4 and 5; standards.md §4.) Here is told what a document is. taxiiserver.py reads those that
lead on, taxiipage.py those with objects.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

from advisories.collect.base import CollectError, Link, ParseContext, Parsed, gettext_noop
from advisories.collect.exchange import taxiipage, taxiiserver
from advisories.collect.text import html, jsonbody

ACCEPT = "application/taxii+json;version=2.1"
DISCOVERY = "/taxii2/"  # on every server
READERS = {
    "discovery": taxiiserver.discovery, "root": taxiiserver.root, "collections": taxiiserver.collections,
    "collection": taxiiserver.collection,
}  # fmt: skip
TELLS = {
    "api_roots": "discovery", "default": "discovery", "versions": "root", "collections": "collections",
    "can_read": "collection",
}  # fmt: skip
_VERSION = re.compile(r";\s*version\s*=\s*\"?([^\s;\"]+)", re.IGNORECASE)

PAGE = gettext_noop("This is a web page, no answer of a TAXII 2.1 server. Such a server begins at its path /taxii2/.")
OLD = gettext_noop("The server speaks TAXII 2.0; the hub reads TAXII 2.1. Ask for an address where it speaks that.")
OTHER_TYPE = gettext_noop("The server sent %(type)s, where TAXII 2.1 sends application/taxii+json.")
OTHER_VERSION = gettext_noop("The server speaks TAXII %(version)s; the hub reads TAXII 2.1.")
ERROR = gettext_noop("The TAXII server reports an error: %(title)s.")
NO_TAXII = gettext_noop("This is JSON, but no answer of a TAXII 2.1 server.")


def begin(url: str, state: Mapping[str, str], at: datetime) -> tuple[Link, ...]:
    """Where to begin: at a bare server with its discovery; at a collection's objects with those added since."""
    if not html.web_address(url):
        return (Link(url),)  # fetching it will say what is wrong with it
    parts = urlsplit(url)
    path = parts.path.strip("/")
    return (Link(taxiipage.since(parts._replace(path=f"/{path}/" if path else DISCOVERY).geturl(), state)),)


def parse(body: bytes, context: ParseContext) -> Parsed:
    """A page's entries, or the links that lead on: to API roots, to their collections, to all pages of those.

    Roles: "root", "collections" and "objects …"; "" for any of these, a discovery document, or one collection.
    Raises CollectError(refused=True) on other documents and on a server's error.
    """
    _check_type(context.content_type[:1_000])
    document = jsonbody.load(body)
    if not isinstance(document, dict):
        raise CollectError(NO_TAXII, refused=True)
    if {"http_status", "error_id", "error_code"} & document.keys():
        raise CollectError(ERROR, refused=True, title=taxiiserver.words(document.get("title")) or "?")
    reader = READERS.get(context.role or _shape(document))
    return reader(document, context) if reader else taxiipage.page(body, document, context)


def _check_type(said: str) -> None:
    """Raises CollectError on an answer that is none of TAXII 2.1, where it says what it is."""
    kind, version = said.partition(";")[0].strip().lower(), _VERSION.search(said)
    if kind in ("text/html", "application/xhtml+xml"):
        raise CollectError(PAGE, refused=True)
    if kind in ("application/vnd.oasis.taxii+json", "application/vnd.oasis.stix+json"):
        raise CollectError(OLD, refused=True)
    if kind and kind != "application/taxii+json":
        raise CollectError(OTHER_TYPE, refused=True, type=html.line(kind, 100))
    if version and version[1] != "2.1":
        raise CollectError(OTHER_VERSION, refused=True, version=html.line(version[1], 20))


def _shape(document: dict[str, Any]) -> str:
    """What only such a document has tells it; a page of objects may have nothing at all."""
    return next((shape for name, shape in TELLS.items() if name in document), "objects")
