"""Feeds whose entries are the same, are nothing, or are too much; and JSON that says that it is a feed."""

from __future__ import annotations

from typing import Any

from tests.hostile.documents.case import ODD, TRAP, Cases, as_json, part, refused, whole
from tests.hostile.documents.feed_entities import rss

MANY = 100_000
TWICE, BLANK, TOO_MANY = "two different entries under this id", "neither title nor text nor link", "at most 5000"
VERSION = "https://jsonfeed.org/version/1.1"


def items(*inner: str, root: str = "") -> bytes:
    told = "".join(f"<item>{one}</item>" for one in inner)
    return f'<rss version="2.0" {root}><channel><title>News</title>{told}</channel></rss>'.encode()


def one(number: int, more: str = "") -> str:
    return f"<title>t{number}</title><guid>g{number}</guid>{more}"


def dated(*dates: str) -> bytes:
    return items(*(one(n, f"<pubDate>{date}</pubDate>") for n, date in enumerate(dates)))


def feed(*entries: Any, **more: Any) -> bytes:
    return as_json({"version": VERSION, "title": "News", "items": list(entries), **more})


def odd(name: str) -> bytes:
    return feed(*({"id": f"{n}", "title": f"t{n}", name: value} for n, value in enumerate(ODD)))


DATES = (
    "Mon, 01 Jan 0000 00:00:00 GMT", "9999999-01-01T00:00:00Z", "9999-12-31T23:59:59-23:59", "-1", "0", "x" * 10_000,
    "Fri, 31 Feb 2026 25:61:61 +9999", "1" * 10_000, "24:00", "2026-W99-9", "\u0662\u0660\u0662\u0666",
)  # fmt: skip
AUTHOR = "<author>" + "a" * 128_000 + "</author>"

CASES: Cases = {
    "one id for all": part(items(*(f"<title>{n}</title><guid>x</guid>" for n in range(15))), 1, *[TWICE] * 14),
    "one id and one text for all": whole(items(*[one(1)] * 1_000), 1),
    "no ids": whole(items(*(f"<title>{n}</title>" for n in range(10))), 10),
    "ids that are white space": whole(items(*(f"<title>{n}</title><guid> </guid>" for n in range(10))), 10),
    "an id of a megabyte": whole(items("<title>x</title><guid>" + "x" * 1_000_000 + "</guid>"), 1),
    "entries with nothing in them": part(items(*[""] * 10), 0, *[BLANK] * 10),
    "entries of a script alone": part(items("<description>&lt;script&gt;x&lt;/script&gt;</description>"), 0, BLANK),
    "entries outside the channel": whole(b"<rss version='2.0'><channel/><item><title>x</title></item></rss>", 1),
    "entries in each other": whole(items(one(1, f"<item>{one(2)}</item>")), 2),
    "a feed in a feed": whole(items(one(1, items(one(2)).decode())), 2),
    "dates that are none": whole(dated(*DATES), len(DATES)),
    "a label in the feed's title that is a look-alike": whole(
        items(one(1)).replace(b"News", b"TLP: CLEAR"), 1, "AMBER+STRICT"
    ),
    "5,001 entries": refused(items(*(one(n) for n in range(5_001))), TOO_MANY),
    "6,000 entries of one id": refused(items(*[one(1)] * 6_000), TOO_MANY),
    "a hundred thousand elements in each other": whole(rss("x", rest="<x>" * MANY + "</x>" * MANY), 1),
    "a hundred thousand elements left open": whole(rss("x", rest="<x>" * MANY), 1),
    "two hundred thousand attributes": refused(
        rss("x", rest="<x " + " ".join(f"a{n}=''" for n in range(2 * MANY)) + "/>"), "busy for more than"
    ),
    "a hundred thousand spaces of names": whole(
        rss("x", rest="<x " + " ".join(f"xmlns:a{n}='u:{n}'" for n in range(MANY)) + "/>"), 1
    ),
    "an attribute of five megabytes": whole(rss("x", rest=f"<x a='{'x' * 5_000_000}'/>"), 1),
    "a comment of nine megabytes": whole(rss("x", f"<!--{'-x' * 4_500_000}-->"), 1),
    "a comment that never ends": refused(rss("x", "<!--" + "x" * 1_000_000).replace(b"-->", b""), "not a feed"),
    "an author of a hundred thousand letters": whole(items(one(1, AUTHOR)), 1),
    "an author of addresses": whole(items(one(1, f"<author>{'a@b.c ' * 20_000}</author>")), 1),
    "ten thousand categories": whole(items(one(1, "<category>x</category>" * 10_000)), 1),
    "ten thousand dates": whole(items(one(1, "<pubDate>x</pubDate>" * 10_000)), 1),
    "a text of nine megabytes of brackets": whole(
        items(one(1, f"<description>{'&lt;b' * 1_700_000}</description>")), 1
    ),
    "a JSON feed that is a list": refused(as_json([{"version": VERSION}]), "not a feed"),
    "a JSON feed of no version": refused(feed(version=None), "names no version"),
    "a JSON feed of another's version": refused(
        feed(version="https://jsonfeed.org.example.net/version/1"), "its version"
    ),
    "a JSON feed whose version is a megabyte": refused(feed(version=VERSION + "1" * 1_000_000), "its version"),
    "a JSON feed whose items are an object": refused(feed(items={"0": {}}), "no list"),
    "a JSON feed whose items are odd": part(feed(*ODD), 0, *["items["] * (len(ODD) - 2), *[BLANK] * 2),
    **{f"a JSON feed with every odd value as {name}": whole(odd(name), len(ODD))
       for name in ("url", "content_html", "authors", "tags", "attachments", "date_published")},
    "a JSON feed of 6,000 entries": refused(feed(*[{}] * 6_000), TOO_MANY),
    "a JSON feed that goes on at a forbidden address": whole(feed({"id": "1", "title": "x"}, next_url=TRAP), 1),
    "a JSON feed that goes on at a script": whole(feed({"id": "1", "title": "x"}, next_url="javascript:x"), 1),
    "a JSON feed cut short": refused(feed({"id": "1", "title": "x"})[:-3], "cut short"),
    "a JSON feed with numbers for ids": whole(feed(*({"id": n, "title": "x"} for n in (0, -1, 1.5, 2**63, True))), 5),
    "a list of feeds where a feed belongs": refused(
        f'<opml version="2.0"><body><outline xmlUrl="{TRAP}"/></body></opml>'.encode(), "not a feed"
    ),
}  # fmt: skip
