"""What an entry has of its item: feedparser's own fields, and what stands in for those that it leaves out."""

from __future__ import annotations

import calendar
import io
import time
from datetime import UTC, datetime
from pathlib import Path

import feedparser
import pytest

from advisories.collect.text import html
from tests.advisories.collect.test_feed import atom, item, one, parse, rss
from tests.advisories.collect.test_samples import HOME


def test_relative_links_start_where_xml_base_says() -> None:
    body = (
        '<feed xmlns="http://www.w3.org/2005/Atom" xml:base="https://blog.example.org/en/"><entry xml:base="2026/">'
        '<id>urn:1</id><title>x</title><link href="a.html"/>'
        '<content type="html" xml:base="b/">&lt;a href="c.html"&gt;c&lt;/a&gt;</content></entry></feed>'
    )
    entry = one(body.encode())
    assert entry.url == "https://blog.example.org/en/2026/a.html"
    assert 'href="https://blog.example.org/en/2026/b/c.html"' in entry.summary


@pytest.mark.parametrize(
    ("fields", "url"),
    [
        ("<guid>https://example.org/7</guid>", "https://example.org/7"),
        ('<guid isPermaLink="false">https://example.org/7</guid>', ""),
        ("<guid>7</guid>", ""),
        ("<guid>/7</guid>", "https://feeds.example.org/7"),
        ("<guid>7</guid><link>7.html</link>", "https://feeds.example.org/7.html"),
        ('<link>\n <![CDATA[ https://example.org/a b"c ]]></link>', "https://example.org/a%20b%22c"),
        ("<link>https://example.org/?a=1&amp;b=2</link>", "https://example.org/?a=1&b=2"),
    ],
)
def test_an_address_is_the_items_link_else_an_id_that_is_one(fields: str, url: str) -> None:
    assert one(rss(f"<item><title>x</title>{fields}</item>")).url == url


def test_an_alternate_of_another_type_is_a_link_where_there_is_no_page() -> None:
    link = '<link rel="alternate" type="application/pdf" href="/a.pdf"/>'
    assert one(atom(f"<entry><id>urn:1</id><title>x</title>{link}</entry>")).url == "https://feeds.example.org/a.pdf"


def test_everything_else_that_an_item_points_to_is_a_reference() -> None:
    more = (
        '<link rel="enclosure" href="/report.pdf"/><link rel="related" href="https://vendor.example.org/CVE-2026-7777"/>'
        '<link rel="replies" href="/replies"/><link rel="via" href="javascript:x"/>'
        '<m:content xmlns:m="http://search.yahoo.com/mrss/" url="https://media.example.org/v.mp4"/>'
    )
    own = '<id>urn:1</id><title>x</title><link href="https://example.org/1"/>'
    entry = one(atom(f"<entry>{own}{more}</entry>"))
    assert entry.facts["references"].splitlines() == [
        "https://example.org/1",
        "https://feeds.example.org/report.pdf",
        "https://vendor.example.org/CVE-2026-7777",
        "https://media.example.org/v.mp4",
    ]
    assert entry.cves == ("CVE-2026-7777",)
    assert "references" not in one(atom(f"<entry>{own}</entry>")).facts
    enclosure = '<enclosure url="https://example.org/a.mp3" type="audio/mpeg" length="1"/></item>'
    with_sound = one(rss(item().replace("</item>", enclosure)))
    assert with_sound.facts["references"] == "https://example.org/1\nhttps://example.org/a.mp3"


def test_an_author_is_the_items_else_a_contributor_else_the_sources() -> None:
    def author(inside: str) -> str:
        return one(atom(f"<entry><id>urn:1</id><title>x</title>{inside}</entry>")).author

    source = "<source><title>Elsewhere</title><author><name>S. Source</name></author></source>"
    others = "<contributor><name>C. One</name></contributor><contributor><email>c@example.org</email></contributor>"
    own = "<author><name>A. Writer</name><email>a@example.org</email></author>"
    assert author(source + others + own) == "A. Writer (a@example.org)"
    assert author(source + others) == "C. One, c@example.org"
    assert author(source) == "S. Source"


def test_several_authors_categories_the_source_and_the_language_are_facts() -> None:
    inside = (
        "<author><name>A. One</name></author><author><name>B. Two</name></author><category term='web'/>"
        "<category label='CVE-2026-8888'/><category term='web'/><source><title>Elsewhere</title></source>"
    )
    entry = one(atom(f"<entry xml:lang='cy'><id>urn:1</id><title>x</title>{inside}</entry>"))
    assert entry.facts == {
        "authors": "A. One\nB. Two",
        "categories": "web\nCVE-2026-8888",
        "language": "cy",
        "source": "Elsewhere",
    }
    assert entry.cves == ("CVE-2026-8888",)
    assert one(rss(item(), head="<language>en-gb</language>")).facts == {"language": "en-gb"}
    assert one(rss(item())).facts == {}


def test_the_text_is_the_fullest_that_can_be_read() -> None:
    image = f'<content type="image/png">{"iVBORw0K" * 100}</content><summary>In short</summary>'
    assert "In short" in one(atom(f"<entry><id>urn:1</id><title>x</title>{image}</entry>")).summary
    plain = '<content type="text/x-log">a &lt; b\n\nc</content>'
    assert one(atom(f"<entry><id>urn:1</id><title>x</title>{plain}</entry>")).summary == "<p>a &lt; b</p><p>c</p>"
    subtitle = "<item><title>x</title><itunes:subtitle>In short</itunes:subtitle></item>"
    assert one(rss(subtitle)).summary == "<p>In short</p>"


@pytest.mark.parametrize("written", ["10:00", "T10:00:00Z", "--02-01", "---01", "-26-02"])
def test_a_date_without_a_year_is_none_and_not_of_today(written: str) -> None:
    entry = one(rss(item(pubDate=written)))
    assert entry.published is None


def moment(parsed: time.struct_time | None) -> datetime | None:
    return datetime.fromtimestamp(calendar.timegm(parsed), UTC) if parsed else None


@pytest.mark.samples
@pytest.mark.skipif(not HOME.is_dir(), reason=f"no samples at {HOME}; set WARP_SAMPLES")
@pytest.mark.parametrize(
    "sample",
    [
        file
        for folder in ("rss", "atom")
        for file in sorted((HOME / folder).rglob("*.*"))
        if file.stem != "rss-parser-unrecognized"
    ],
    ids=str,
)
def test_the_fields_of_a_real_feed_are_feedparsers_own(sample: Path) -> None:
    body = sample.read_bytes()
    theirs = feedparser.parse(io.BytesIO(body)).entries
    by_id = {entry.guid: entry for entry in parse(body, fetched_at=datetime(2040, 1, 1, tzinfo=UTC), url="").entries}
    seen: set[str] = set()
    for other in theirs:
        key = other.get("id", "").strip() or other.get("link", "").strip()
        if key not in by_id or key in seen:  # nothing in it, or the second under one id
            continue
        seen.add(key)
        ours = by_id[key]
        assert ours.url == (other.get("link", "") if "//" in other.get("link", "") else "")
        assert ours.title == html.plain(other.title) if other.get("title") else ours.title
        assert ours.author == html.line(other.get("author", ""))
        assert ours.published == moment(dict.get(other, "published_parsed"))
        assert ours.updated == moment(dict.get(other, "updated_parsed"))
    assert seen == {guid for guid in by_id if not guid.startswith("sha256:")}
