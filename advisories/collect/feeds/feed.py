"""RSS, Atom, RDF and CDF, through feedparser, and JSON Feed: bytes in, entries out. Runs in the worker.

A web page where a feed was expected is no error where it names its feeds (standards.md, section 6).
"""

from __future__ import annotations

import re

from advisories.collect.base import CollectError, ParseContext, Parsed, gettext_noop
from advisories.collect.feeds import alternate, feedentry, feedxml, jsonfeed, pace, xmlitem
from advisories.collect.text import html, sniff
from advisories.collect.text.markings import label_in

PAGE_ROOTS = {"html", "head", "body"}
_EMPTY_ROOT = re.compile(rb"<[^<>]*/>\s*")

EMPTY = gettext_noop("The document is empty.")
PAGE = gettext_noop("This is a web page, not a feed. Look on the page for the address of its feed.")
NO_FEED = gettext_noop("This is not a feed: neither RSS nor Atom nor RDF.")
CUT = gettext_noop("The feed ends in the middle; nothing of it was taken.")
TOO_MANY = gettext_noop("The feed has %(count)d entries; the hub takes at most %(limit)d at once.")


def parse(body: bytes, context: ParseContext) -> Parsed:
    """The entries of a feed, in its order; of a web page at the source's own address, a link to the feed it names.

    `state`: how often the feed wants to be asked, as pace.py says. Raises CollectError(refused=True) on what is no
    whole feed.
    """
    if not body.strip(b" \t\r\n\0"):
        raise CollectError(EMPTY, refused=True)
    if body.removeprefix(b"\xef\xbb\xbf").lstrip()[:1] == b"{":
        return jsonfeed.parse(body, context)
    document = feedxml.from_root(body, context.content_type)
    written, name = sniff.root(document)
    if name in PAGE_ROOTS:
        return _page(document, context)
    if name not in sniff.FEED_ROOTS:
        raise CollectError(NO_FEED, refused=True)
    if f"</{written}".encode() not in document and not _EMPTY_ROOT.fullmatch(document):
        raise CollectError(CUT, refused=True)
    return _feed(document, context)


def _page(document: bytes, context: ParseContext) -> Parsed:
    """A page that a page led to names no feed that is wanted."""
    chosen = None if context.role else alternate.chosen(document, context.url)
    if chosen is None:
        raise CollectError(PAGE, refused=True)
    return Parsed((), links=(chosen,))


def _feed(document: bytes, context: ParseContext) -> Parsed:
    found = feedxml.read(document)
    if not (found.version or found.entries or found.feed.get("title")):  # CDF has no version
        raise CollectError(NO_FEED, refused=True)
    if len(found.entries) > context.limits.entries:
        raise CollectError(TOO_MANY, refused=True, count=len(found.entries), limit=context.limits.entries)
    title = found.feed.get("title", "")
    label = label_in(html.line(title)) if isinstance(title, str) else None
    entries, refusals = feedentry.once(xmlitem.entry(item, found.feed, label, context) for item in found.entries)
    return Parsed(entries, refusals, state=pace.of(found.feed))
