from __future__ import annotations

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

from advisories.collect import isolate
from advisories.collect.base import CollectError, Link
from advisories.collect.feeds import alternate, feed
from tests.advisories.collect.conftest import context
from tests.advisories.collect.test_samples import HOME

PAGE = "https://www.example.org/news/index.html"


def link(href: str, title: str = "News", type: str = "application/rss+xml", rel: str = "alternate") -> str:
    return f'<link rel="{rel}" type="{type}" title="{title}" href="{href}">'


def page(head: str, body: str = "<p>Text</p>") -> bytes:
    return f"<!DOCTYPE html>\n<html lang=en><head><title>News</title>{head}</head><body>{body}</body></html>".encode()


def found(head: str, body: str = "", url: str = PAGE) -> list[str]:
    return [one.url for one in alternate.find(page(head, body), url)]


def test_a_page_names_its_feeds_in_their_order() -> None:
    assert alternate.find(page(link("/b.xml") + link("a.xml") + link("https://other.example.org/c")), PAGE) == (
        Link("https://www.example.org/b.xml", "feed"),
        Link("https://www.example.org/news/a.xml", "feed"),
        Link("https://other.example.org/c", "feed"),
    )


@pytest.mark.parametrize(
    "type",
    [
        "application/rss+xml",
        "application/atom+xml",
        "application/rdf+xml",
        "application/feed+json",
        "application/json",
        " Application/RSS+XML; charset=utf-8",
    ],
)
def test_every_type_of_feed_is_one(type: str) -> None:
    assert found(link("/f", type=type)) == ["https://www.example.org/f"]


@pytest.mark.parametrize(
    "other",
    [
        link("/f", rel="stylesheet"),
        link("/f", rel="alternates"),
        link("/f", type="text/html"),
        link("/f", type="application/json+oembed"),
        link("javascript:alert(1)"),
        link("file:///etc/passwd"),
        link("https://user:secret@example.org/"),
        link("http://[broken/"),
        link(""),
        "<link rel=alternate type=application/rss+xml>",
        "<link>",
        f"<!-- {link('/f')} -->",
        f"<script>document.write('{link('/f')}')</script>",
        f"<style>/* {link('/f')} */</style>",
        f"<template>{link('/f')}</template>",
        f"<title>{link('/f')}</title>",
        "<meta content='&lt;link rel=alternate type=application/rss+xml href=/f&gt;'>",
    ],
)
def test_what_is_no_feed_is_passed_over(other: str) -> None:
    assert found(other + link("/real")) == ["https://www.example.org/real"]


def test_only_the_head_counts() -> None:
    assert found("", link("/f")) == []
    assert alternate.find(f"<html><body>{link('/f')}".encode(), PAGE) == ()


def test_addresses_start_at_the_base_of_the_page_or_at_its_own() -> None:
    base = '<base target=_top><base href="//cdn.example.org/x/"><base href="https://late.example.org/">'
    assert found(base + link("f.xml")) == ["https://cdn.example.org/x/f.xml"]
    assert found('<base href="javascript:x">' + link("f.xml")) == ["https://www.example.org/news/f.xml"]
    assert found(link("/f.xml"), url="") == []


def test_a_feed_named_twice_is_one_and_there_are_at_most_twenty() -> None:
    assert found(link("/f") + link("/f", "Again")) == ["https://www.example.org/f"]
    assert len(found("".join(link(f"/{n}") for n in range(50)))) == 20


def test_a_page_is_read_however_it_is_written() -> None:
    shouted = b"<HTML><HEAD><LINK HREF='/f' TYPE=application/atom+xml REL='Alternate Home'></HEAD>"
    assert [one.url for one in alternate.find(shouted, PAGE)] == ["https://www.example.org/f"]
    wide = page(link("/f")).decode().encode("utf-16")
    assert [one.url for one in alternate.find(wide, PAGE)] == ["https://www.example.org/f"]
    assert found(link("/f?a=1&amp;b=2")) == ["https://www.example.org/f?a=1&b=2"]


def test_no_more_than_the_start_of_a_page_is_looked_at() -> None:
    assert found("<!-- " + "x" * 600_000 + " -->" + link("/f")) == []
    assert found("<!-- " + "x" * 400_000 + " -->" + link("/f")) == ["https://www.example.org/f"]


HOSTILE = [
    "<a ",
    "<a/",
    "<a\n",
    "<!--",
    '<a b="',
    "<a b='\"",
    "<a a",
    "<a =",
    "<![if ",
    "<![",
    "<?",
    "</a <",
    "<script>",
    "&",
]


@pytest.mark.parametrize("unit", HOSTILE)
def test_a_page_that_was_made_to_take_long_does_not(unit: str) -> None:
    start = time.process_time()
    alternate.find((unit * 500_000).encode()[:500_000], PAGE)
    assert time.process_time() - start < 5


@settings(deadline=None)
@given(
    some.lists(
        some.sampled_from([*HOSTILE, link("/f"), "<base href='", "</head>", "<title>", "'", ">", "\0", "\udcff"])
    )
)
def test_any_page_ends_in_links(parts: list[str]) -> None:
    links = alternate.find("".join(parts).encode("utf-8", "surrogateescape"), PAGE)
    assert all(one.url.startswith("https://www.example.org/") for one in links)


# A page where a feed was expected


def test_a_page_leads_to_the_first_feed_that_is_not_one_of_comments() -> None:
    api = link("/wp-json/wp/v2/pages/2", "JSON", "application/json")
    comments = link("/comments/feed/", "News » Comments Feed") + link("/c", "Comments on this page")
    parsed = feed.parse(page(api + comments + link("/feed/") + link("/more")), context(url=PAGE))
    assert parsed.links == (Link("https://www.example.org/feed/", "feed"),) and not parsed.entries
    only = feed.parse(page(api + comments), context(url=PAGE))
    assert only.links == (Link("https://www.example.org/wp-json/wp/v2/pages/2", "feed"),)
    assert feed.parse(page(comments), context(url=PAGE)).links == (
        Link("https://www.example.org/comments/feed/", "feed"),
    )


@pytest.mark.parametrize(("head", "role"), [("", ""), (link("/f"), "feed"), (link("ftp://example.org/f"), "")])
def test_a_page_that_names_none_or_that_a_page_led_to_is_refused(head: str, role: str) -> None:
    assert feed.parse(page(link("/f")), context(url=PAGE)).links
    with pytest.raises(CollectError, match="web page, not a feed") as caught:
        feed.parse(page(head), context(url=PAGE, role=role))
    assert caught.value.refused


def test_the_link_comes_out_of_the_worker() -> None:
    parsed = isolate.run("advisories.collect.feeds.feed", page(link("/feed/")), context(url=PAGE))
    assert parsed.links == (Link("https://www.example.org/feed/", "feed"),)


@pytest.mark.samples
@pytest.mark.skipif(not HOME.is_dir(), reason=f"no samples at {HOME}; set WARP_SAMPLES")
@pytest.mark.parametrize("sample", ["jpcert-at110008.html", "jpcert-at210050.html"])
def test_a_real_page_names_its_feeds(sample: str) -> None:
    body = (HOME / "html" / sample).read_bytes()
    addresses = [one.url for one in alternate.find(body, "https://www.example.org/at/")]
    names = ("jpcert-all", "jpcert", "whatsnew")
    assert addresses == [f"https://www.example.org/rss/{name}.rdf" for name in names]
    assert feed.parse(body, context(url="https://www.example.org/at/")).links == (Link(addresses[0], "feed"),)
