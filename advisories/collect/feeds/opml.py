"""OPML (opml.org/spec2): a list of feeds, as readers export it. Bytes in, (name, address) pairs out."""

from __future__ import annotations

from typing import NamedTuple
from xml.etree import ElementTree

from advisories.collect.base import CollectError
from members.web.words import gettext_noop

MOST_BYTES = 10_000_000
MOST_FEEDS = 5_000
LARGE = gettext_noop("The file holds more than a list of feeds can: %(size)d bytes. Split it.")
TYPED = gettext_noop("The file has a document type, which no list of feeds needs. Remove its DOCTYPE line.")
BROKEN = gettext_noop("The file is no OPML: %(said)s. Export it again from where it came.")
EMPTY = gettext_noop("The file names no feed: no outline of it has an xmlUrl.")
MANY = gettext_noop("The file names %(count)d feeds; at most %(most)d are taken at once. Split it.")


class Feed(NamedTuple):
    name: str
    url: str


def parse(body: bytes) -> list[Feed]:
    """Every feed that the file names, each address once, in its order. Raises CollectError."""
    if len(body) > MOST_BYTES:
        raise CollectError(LARGE, refused=True, size=len(body))
    if b"<!DOCTYPE" in body.upper().replace(b"\0", b""):
        raise CollectError(TYPED, refused=True)
    try:
        root = ElementTree.fromstring(body)  # noqa: S314
    except (ElementTree.ParseError, ValueError, LookupError) as error:
        raise CollectError(BROKEN, refused=True, said=str(error)) from None
    feeds: dict[str, Feed] = {}
    for outline in root.iter("outline"):
        url = (outline.get("xmlUrl") or "").strip()
        if url:
            feeds.setdefault(url, Feed((outline.get("title") or outline.get("text") or "").strip(), url))
    if not feeds:
        raise CollectError(EMPTY, refused=True)
    if len(feeds) > MOST_FEEDS:
        raise CollectError(MANY, refused=True, count=len(feeds), most=MOST_FEEDS)
    return list(feeds.values())
