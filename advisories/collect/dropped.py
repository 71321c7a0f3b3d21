"""A file of whatever kind, dropped into a folder or handed to `import`. Runs in the worker."""

from __future__ import annotations

from importlib import import_module

from advisories.collect import kinds
from advisories.collect.base import CollectError, ParseContext, Parsed, gettext_noop
from advisories.collect.detect import detect
from advisories.collect.feeds import feed

UNKNOWN = gettext_noop(
    "The hub does not know what kind of document this is. It reads feeds, CSAF, STIX, MISP, KEV, CVE, OSV, NVD and "
    "EPSS documents, and mails."
)
INDEX = gettext_noop("This only names other documents. Add its address as a source, and the hub fetches them.")


def parse(body: bytes, context: ParseContext) -> Parsed:
    """What the parser of the document's kind makes of it. Part of a folder only, so never complete."""
    kind = detect(body)
    if kind is None:
        raise CollectError(feed.PAGE if b"<html" in body[:2000].lower() else UNKNOWN, refused=True)
    parsed: Parsed = import_module(kinds.KINDS[kind].path).parse(body, context)
    if parsed.links and not (parsed.entries or parsed.refusals or parsed.scores):
        raise CollectError(INDEX, refused=True)
    return Parsed(parsed.entries, parsed.refusals, scores=parsed.scores)
