"""JSON Feed 1.0 and 1.1 (jsonfeed.org/version/1.1). Runs in the worker.

Fields of the wrong kind count as missing, as the standard's readers do; an item that says nothing is refused alone.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import datetime
from typing import Any

import orjson

from advisories.collect.base import CollectError, Link, ParseContext, Parsed, RawEntry, Refusal, gettext_noop
from advisories.collect.feeds import feedentry, pace
from advisories.collect.text import html, jsonbody
from advisories.collect.text.markings import label_in
from advisories.collect.text.moments import likely, moment

Thing = dict[str, Any]

MOST_PAGES = 20
_VERSION = re.compile(r"https?://jsonfeed\.org/version/1(?:\.\d{1,3})?/?")
_PAGE = re.compile(r"page ([1-9]\d?)")

NO_FEED = gettext_noop(
    "This is JSON, but not a feed that the hub reads: its version is %(version)s, not https://jsonfeed.org/version/1.1."
)
NO_VERSION = gettext_noop("This is JSON, but not a feed: it names no version of JSON Feed.")
NO_ITEMS = gettext_noop("The JSON Feed is not whole: its items are missing or are no list.")
TOO_MANY = gettext_noop("The feed has %(count)d entries; the hub takes at most %(limit)d at once.")
NO_ITEM = gettext_noop("%(place)s in the JSON Feed is not an object, so it is no entry.")
MORE_PAGES = gettext_noop("The feed goes on after %(limit)d pages; its older entries were not taken.")


def parse(body: bytes, context: ParseContext) -> Parsed:
    """The feed's items in its order, and a link to its next page (its role counts them: "page 2").

    `state`: as for other feeds, JSON Feed being silent on its pace, and "expired": "true" where the feed says that it
    is finished. Raises CollectError(refused=True).
    """
    feed = _feed(jsonbody.load(body), context.limits.entries)
    label = label_in(html.line(_text(feed, "title")))
    entries, refusals = feedentry.once(
        _entry(item, feed, label, context) if isinstance(item, dict) else Refusal("", NO_ITEM, {"place": f"items[{n}]"})
        for n, item in enumerate(feed["items"])
    )
    links, cut = _next(feed, context)
    state = {**pace.of({}), "expired": "true" if feed.get("expired") is True else ""}
    return Parsed(entries, (*refusals, *cut), links=links, state=state)


def _feed(document: Any, limit: int) -> Thing:
    version = _text(document, "version") if isinstance(document, dict) else ""
    if not version.strip():
        raise CollectError(NO_VERSION, refused=True)
    if not _VERSION.fullmatch(version.strip()[:100]):
        raise CollectError(NO_FEED, refused=True, version=html.line(version, 100))
    feed: Thing = document
    if not isinstance(feed.get("items"), list):
        raise CollectError(NO_ITEMS, refused=True)
    if len(feed["items"]) > limit:
        raise CollectError(TOO_MANY, refused=True, count=len(feed["items"]), limit=limit)
    return feed


def _next(feed: Thing, context: ParseContext) -> tuple[tuple[Link, ...], tuple[Refusal, ...]]:
    address = html.web_address(_text(feed, "next_url"), context.url)
    if not address or address == context.url:
        return (), ()
    counted = _PAGE.fullmatch(context.role)
    page = int(counted[1]) if counted else 1
    if page >= MOST_PAGES:
        return (), (Refusal("", MORE_PAGES, {"limit": MOST_PAGES}),)
    return (Link(address, f"page {page + 1}"),), ()


def _entry(item: Thing, feed: Thing, feed_label: str | None, context: ParseContext) -> RawEntry | Refusal:
    own, outside = (html.web_address(_text(item, name), context.url) for name in ("url", "external_url"))
    attached = (html.web_address(_text(one, "url"), context.url) for one in _things(item.get("attachments")))
    authors = _authors(item) or _authors(feed)
    link = own or outside
    facts = {
        "authors": feedentry.lines(authors) if len(authors) > 1 else "",
        "language": feedentry.lines([_text(item, "language") or _text(feed, "language")]),
        "references": feedentry.references(link, [outside, *attached]),
    }
    return feedentry.entry(
        raw_id=_id(item.get("id")),
        link=link,
        title=html.line(_text(item, "title")),
        summary=_summary(item, context.url),
        published=_moment(item, "date_published", context),
        updated=_moment(item, "date_modified", context),
        author=html.line(", ".join(authors), html.LONGEST_AUTHOR),
        categories=feedentry.lines(_tags(item)),
        facts=facts,
        feed_label=feed_label,
    )


def _text(thing: Thing, key: str) -> str:
    value = thing.get(key)
    return value if isinstance(value, str) else ""


def _things(value: Any) -> list[Thing]:
    return [one for one in value if isinstance(one, dict)] if isinstance(value, list) else []


def _id(value: Any) -> str:
    """A number or a truth that stands for an id is taken as text; anything else than these is none."""
    if isinstance(value, int | float):
        return orjson.dumps(value).decode()
    return value if isinstance(value, str) else ""


def _summary(item: Thing, base: str) -> str:
    markup = html.safe(_text(item, "content_html"), base)
    return markup or html.paragraphs(_text(item, "content_text")) or html.paragraphs(_text(item, "summary"))


def _authors(thing: Thing) -> list[str]:
    """Names of 1.1's authors, else of 1.0's author; of one without a name, its address."""
    people = _things(thing.get("authors")) or _things([thing.get("author")])
    return [
        name for one in people[: feedentry.MOST_NAMED] if (name := html.line(_text(one, "name") or _text(one, "url")))
    ]


def _tags(item: Thing) -> Iterable[str]:
    tags = item.get("tags")
    if isinstance(tags, str):
        return [tags]
    return jsonbody.strings(tags)


def _moment(item: Thing, name: str, context: ParseContext) -> datetime | None:
    return likely(moment(_text(item, name).strip().upper()[:41]), context.fetched_at)
