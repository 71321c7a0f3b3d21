"""A file of whatever kind, dropped into a folder or handed to `import`. Runs in the worker."""

from __future__ import annotations

from advisories.collect import feed, kev, stix
from advisories.collect.base import CollectError, ParseContext, Parsed, gettext_noop
from advisories.collect.detect import detect

UNKNOWN = gettext_noop("The hub does not know what kind of document this is. It reads RSS, Atom, RDF, KEV and STIX.")


def parse(body: bytes, context: ParseContext) -> Parsed:
    """What the parser of the document's kind makes of it. Part of a folder only, so never complete."""
    reader = {"feed": feed.parse, "kev": kev.parse, "stix": stix.parse}.get(detect(body) or "")
    if reader is None:
        raise CollectError(feed.PAGE if b"<html" in body[:2000].lower() else UNKNOWN, refused=True)
    parsed = reader(body, context)
    return Parsed(parsed.entries, parsed.refusals)
