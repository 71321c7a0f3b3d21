"""One item of RSS, Atom, RDF or CDF, as feedparser gives it, as an entry. Runs in the worker.

Its fields are feedparser's own; where it leaves one out, the next best that the item says stands in: a contributor
or the source's author for an author, an alternate link of another type for the link.
"""

from __future__ import annotations

import calendar
import re
from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any

from advisories.collect.base import ParseContext, RawEntry, Refusal
from advisories.collect.feeds import feedentry
from advisories.collect.text import html
from advisories.collect.text.moments import likely

RELATIONS = ("alternate", "related", "via", "enclosure")  # of the links that are worth following
_NO_YEAR = re.compile(r"\s*(?:-|T?\d\d:)")  # feedparser would put in today's
_QUOTED = {**dict.fromkeys((9, 10, 13)), **{ord(odd): f"%{ord(odd):02X}" for odd in ' "<>\\^`{|}'}}


def entry(item: Any, feed: Any, feed_label: str | None, context: ParseContext) -> RawEntry | Refusal:
    """The entry, or why there is none. `feed`: what feedparser says of the whole feed."""
    link = _link(item, context.url)
    authors, source = item.get("authors") or (), item.get("source") or {}
    facts = {
        "authors": feedentry.lines(_names(authors)) if len(authors) > 1 else "",
        "language": feedentry.lines([_text(item.get("title_detail") or {}, "language") or _text(feed, "language")]),
        "references": feedentry.references(link, _references(item, context.url)),
        "source": feedentry.lines([_text(source, "title") or _text(source, "href")]),
    }
    return feedentry.entry(
        raw_id=_text(item, "id"),
        link=link,
        title=_title(item),
        summary=_summary(item, context.url),
        published=_moment(item, "published", context) or _moment(item, "created", context),
        updated=_moment(item, "updated", context),
        author=html.line(
            _text(item, "author") or ", ".join(_names(item.get("contributors"))) or _text(source, "author"),
            html.LONGEST_AUTHOR,
        ),
        categories=feedentry.lines(_text(tag, "term") or _text(tag, "label") for tag in item.get("tags") or ()),
        facts=facts,
        feed_label=feed_label,
    )


def _text(thing: Any, key: str) -> str:
    value = thing.get(key) if isinstance(thing, dict) else None
    return value if isinstance(value, str) else ""


def _link(item: Any, base: str) -> str:
    """feedparser takes only HTML for an entry's page, and an id for its address where there is no link: then it must
    look like one.
    """
    said = _text(item, "link").strip()
    is_id = item.get("guidislink") and said == _text(item, "id").strip() and not said.startswith("/")
    others = (_text(link, "href") for link in item.get("links") or () if link.get("rel") == "alternate")
    addresses = (_address(said, "" if is_id else base), *(_address(href, base) for href in others))
    return next(filter(None, addresses), "")


def _address(text: str, base: str) -> str:
    """As html.web_address, and with spaces and the like quoted, as browsers do."""
    text = text.strip()[: html.LONGEST_URL + 1]
    return html.web_address(text.translate(_QUOTED) if text.lower().startswith(("http://", "https://")) else text, base)


def _references(item: Any, base: str) -> Iterable[str]:
    for link in item.get("links") or ():
        if link.get("rel") in RELATIONS:
            yield _address(_text(link, "href"), base)
    for media in item.get("media_content") or ():
        yield _address(_text(media, "url"), base)


def _names(people: Any) -> list[str]:
    return [name for one in people or () if (name := _text(one, "name") or _text(one, "email"))]


def _title(item: Any) -> str:
    """A title is text; feedparser says which titles are written as HTML."""
    detail = item.get("title_detail") or {}
    markup = detail.get("type") in ("text/html", "application/xhtml+xml")
    return html.plain(_text(item, "title"), html.LONGEST_TITLE) if markup else html.line(_text(item, "title"))


def _summary(item: Any, url: str) -> str:
    """The fullest text that the entry has, as safe HTML; relative links in it start where its xml:base says."""
    details = [*item.get("content", ()), item.get("summary_detail") or {}]
    fullest: Any = max(filter(_readable, details), key=lambda one: len(_text(one, "value")), default={})
    if not _text(fullest, "value"):
        fullest = item.get("subtitle_detail") or {}
    kind = _text(fullest, "type")
    if kind.startswith("text/") and "html" not in kind and "xml" not in kind:
        return html.paragraphs(_text(fullest, "value"))
    return html.safe(_text(fullest, "value"), html.web_address(_text(fullest, "base"), url) or url)


def _readable(detail: Any) -> bool:
    """Not an image or the like, that is. What is called octets was text in base64 and has been decoded."""
    kind = _text(detail, "type")
    return "/" not in kind or kind.startswith(("text/", "application/octet-stream")) or "xml" in kind


def _moment(item: Any, name: str, context: ParseContext) -> datetime | None:
    """UTC; a time without a zone counts as UTC. feedparser's own get() would answer for one date with another."""
    parsed = dict.get(item, f"{name}_parsed")
    if parsed is None or _NO_YEAR.match(_text(item, name)):
        return None
    try:
        return likely(datetime.fromtimestamp(calendar.timegm(parsed), UTC), context.fetched_at)
    except (ValueError, OverflowError, OSError, TypeError):
        return None
