"""RSS, Atom and RDF: bytes in, entries out. Runs in the worker.

feedparser gets bytes as a stream and never text or a name, since it would open those; its own sanitiser is
off and nh3 comes after it. Its author pattern takes quadratic time (feedparser issue 562): the worker's
limits contain that.
"""

from __future__ import annotations

import calendar
import hashlib
import io
import re
import time
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from typing import Any

import feedparser

from advisories.collect import html, sniff
from advisories.collect.base import CollectError, ParseContext, Parsed, RawEntry, Refusal, gettext_noop
from advisories.collect.cves import cves_in
from advisories.collect.markings import label_in

EARLIEST = datetime(1990, 1, 1, tzinfo=UTC)
AHEAD = timedelta(days=2)  # clocks and zones are wrong by this much in good faith
LONGEST_GUID = 500
FIRST_WORDS = 12
_CHARSET = re.compile(r"charset\s*=\s*[\"']?([A-Za-z0-9_.:-]{1,40})", re.IGNORECASE)

EMPTY = gettext_noop("The document is empty.")
PAGE = gettext_noop("This is a web page, not a feed. Look on the page for the address of its feed.")
NO_FEED = gettext_noop("This is not a feed: neither RSS nor Atom nor RDF.")
CUT = gettext_noop("The feed ends in the middle; nothing of it was taken.")
DAMAGED = gettext_noop("The feed is damaged where its reader cannot go on (%(how)s); nothing of it was taken.")
TOO_MANY = gettext_noop("The feed has %(count)d entries; the hub takes at most %(limit)d at once.")
TWICE = gettext_noop("The feed gives two different entries under this id; the first was taken.")
BLANK = gettext_noop("The entry has neither title nor text nor link.")


def parse(body: bytes, context: ParseContext) -> Parsed:
    """The entries of a feed, in its order. Raises CollectError(refused=True) on what is no whole feed."""
    _check_shape(body)
    found = _read(body, context.content_type)
    if not found.version and not found.entries:
        raise CollectError(NO_FEED, refused=True)
    if len(found.entries) > context.limits.entries:
        raise CollectError(TOO_MANY, refused=True, count=len(found.entries), limit=context.limits.entries)
    feed_label = label_in(html.line(found.feed.get("title", "")))
    return _without_repeats(_entry(item, context, feed_label) for item in found.entries)


def _check_shape(body: bytes) -> None:
    if not body.strip(b" \t\r\n\0"):
        raise CollectError(EMPTY, refused=True)
    written, name = sniff.root(body)
    if name == "html":
        raise CollectError(PAGE, refused=True)
    if name not in sniff.FEED_ROOTS:
        raise CollectError(NO_FEED, refused=True)
    if f"</{written}" not in sniff.readable(body):
        raise CollectError(CUT, refused=True)


def _read(body: bytes, content_type: str) -> Any:
    """What feedparser makes of the bytes. It is not told the feed's address: it would join ids to it, and
    they would change when the feed moves.
    """
    try:
        return feedparser.parse(
            io.BytesIO(body),
            response_headers=_charset_hint(body, content_type),
            sanitize_html=False,
            resolve_relative_uris=False,
        )
    except MemoryError:
        raise
    except Exception as error:  # it raises almost anything on damaged input, such as half a character
        raise CollectError(DAMAGED, refused=True, how=type(error).__name__) from error


def _charset_hint(body: bytes, content_type: str) -> dict[str, str]:
    """A charset from HTTP, where the bytes themselves do not tell: servers' words on it are often wrong."""
    charset = _CHARSET.search(content_type)
    if charset is None or sniff.tells_encoding(body):
        return {}
    return {"content-type": f"application/xml; charset={charset[1]}"}


def _entry(item: Any, context: ParseContext, feed_label: str | None) -> RawEntry | None:
    link = html.web_address(_text(item, "link"), context.url)
    summary = _summary(item, context.url)
    words = html.plain(summary)
    title = _title(item) or _first_words(words) or link
    if not title:
        return None
    raw_id = _text(item, "id").strip()
    return RawEntry.of(
        guid=_guid(raw_id, link, title, summary),
        title=title,
        summary=summary,
        url=link,
        published=_moment(item.get("published_parsed") or item.get("created_parsed"), context),
        # feedparser's own get() would answer with the date of publishing.
        updated=_moment(dict.get(item, "updated_parsed"), context),
        author=html.line(_text(item, "author"), html.LONGEST_AUTHOR),
        cves=cves_in(title, words, raw_id[:LONGEST_GUID], link),
        label=label_in(title) or _label_of_tags(item) or feed_label,
    )


def _text(item: Any, key: str) -> str:
    value = item.get(key)
    return value if isinstance(value, str) else ""


def _title(item: Any) -> str:
    """A title is text; feedparser says which titles are written as HTML."""
    detail = item.get("title_detail") or {}
    markup = detail.get("type") in ("text/html", "application/xhtml+xml")
    return html.plain(_text(item, "title"), html.LONGEST_TITLE) if markup else html.line(_text(item, "title"))


def _summary(item: Any, base: str) -> str:
    """The fullest text that the entry has, as safe HTML."""
    candidates = [*item.get("content", ()), item.get("summary_detail") or {}]
    fullest = max(candidates, key=lambda one: len(one.get("value") or ""))
    value = fullest.get("value") or ""
    return html.paragraphs(value) if fullest.get("type") == "text/plain" else html.safe(value, base)


def _first_words(words: str) -> str:
    parts = words.split(maxsplit=FIRST_WORDS)
    return html.line(" ".join(parts[:FIRST_WORDS]) + (" …" if len(parts) > FIRST_WORDS else ""))


def _label_of_tags(item: Any) -> str | None:
    tags = item.get("tags") or ()
    return label_in(" ".join(html.line(tag.get("term") or "") for tag in tags[:50]))


def _guid(raw_id: str, link: str, title: str, summary: str) -> str:
    """The feed's own id; else the link; else a hash of the text. A very long id is hashed as well."""
    chosen = html.scrub(raw_id, LONGEST_GUID + 1) or link
    if chosen and len(chosen) <= LONGEST_GUID:
        return chosen
    return "sha256:" + hashlib.sha256((raw_id or f"{title}\n{summary}").encode("utf-8", "replace")).hexdigest()


def _moment(parsed: time.struct_time | None, context: ParseContext) -> datetime | None:
    """UTC; a time without a zone counts as UTC. None for what cannot be read, lies before 1990 or more
    than two days ahead: the time of the fetch would make the same entry look changed on every fetch.
    """
    if parsed is None:
        return None
    try:
        moment = datetime.fromtimestamp(calendar.timegm(parsed), UTC)
    except (ValueError, OverflowError, OSError, TypeError):
        return None
    return moment if EARLIEST <= moment <= context.fetched_at + AHEAD else None


def _without_repeats(entries: Iterable[RawEntry | None]) -> Parsed:
    """One entry for each id. The same entry twice is one; two different ones under one id are not."""
    taken: dict[str, RawEntry] = {}
    refusals: list[Refusal] = []
    for entry in entries:
        if entry is None:
            refusals.append(Refusal("", BLANK))
        elif entry.guid not in taken:
            taken[entry.guid] = entry
        elif entry.content_hash != taken[entry.guid].content_hash:
            refusals.append(Refusal(entry.guid, TWICE))
    return Parsed(tuple(taken.values()), tuple(refusals))
