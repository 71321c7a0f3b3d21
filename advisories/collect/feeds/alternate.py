"""The feeds that a web page names in its head: `<link rel="alternate" type="application/rss+xml" href="…">`.

The page's start alone is looked at, and no script is run. Runs in the worker.
"""

from __future__ import annotations

from contextlib import suppress
from html.parser import HTMLParser
from typing import NamedTuple

from advisories.collect.base import Link
from advisories.collect.text import html, sniff

LOOKED_AT = 512_000  # bytes
MOST = 20
ROLE = "feed"
JSON = "application/json"  # a feed, or just as well a site's API
TYPES = {f"application/{name}" for name in ("rss+xml", "atom+xml", "rdf+xml", "feed+json")} | {JSON}
INERT = {"template", "title"}  # what looks like an element in these is none
# Without an end to a tag, a quotation or a comment html.parser would look for it again from each place on.
ENDS = "\"'>-->]]>"


class Named(NamedTuple):
    url: str
    type: str
    title: str

    @property
    def of_comments(self) -> bool:
        return "comment" in self.title.lower() or "/comments" in self.url.lower()


def find(body: bytes, url: str) -> tuple[Link, ...]:
    """A link with the role "feed" to each feed that the page at `url` names, in its order; each http(s)."""
    return tuple(Link(feed.url, ROLE) for feed in _named(body, url))


def chosen(body: bytes, url: str) -> Link | None:
    """The one to read: the first that is neither one of comments nor may be a site's API, if there is a choice."""
    best = min(_named(body, url), key=lambda feed: (feed.of_comments, feed.type == JSON), default=None)
    return Link(best.url, ROLE) if best else None


def _named(body: bytes, url: str) -> list[Named]:
    head = _Head(url)
    with suppress(_Over, AssertionError):  # AssertionError: html.parser on a declaration that is none
        head.feed(_text(body[:LOOKED_AT]) + ENDS)
    return head.named


def _text(start: bytes) -> str:
    return sniff.readable(start) if b"\0" in start[:4] else start.decode("utf-8", "replace")


class _Over(Exception):
    """What comes after the head is of no interest."""


class _Head(HTMLParser):
    def __init__(self, url: str) -> None:
        super().__init__()
        self.named: list[Named] = []
        self._base = url
        self._based = False
        self._inert = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        said = {name: value or "" for name, value in reversed(attrs)}  # of two attributes of one name, the first
        if self._inert:
            return
        if tag == "body":
            raise _Over
        if tag in INERT:
            self._inert = tag
        elif tag == "base" and "href" in said and not self._based:
            self._based = True
            self._base = html.web_address(said["href"], self._base) or self._base
        elif tag == "link":
            self._name(said)

    def handle_endtag(self, tag: str) -> None:
        if tag == self._inert:
            self._inert = ""
        elif tag == "head" and not self._inert:
            raise _Over

    def _name(self, said: dict[str, str]) -> None:
        kind = said.get("type", "").partition(";")[0].strip().lower()
        address = html.web_address(said.get("href", ""), self._base)
        if "alternate" not in said.get("rel", "").lower().split() or kind not in TYPES or not address:
            return
        if all(address != feed.url for feed in self.named):
            self.named.append(Named(address, kind, html.line(said.get("title", ""))))
        if len(self.named) == MOST:
            raise _Over
