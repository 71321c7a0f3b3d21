"""Formats, encodings, entities and patterns that take long: what the XML of a feed can be."""

from __future__ import annotations

import time
from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

from advisories.collect.base import CollectError
from tests.advisories.collect.test_feed import item, one, parse, rss

# Entities and time

LAUGHS = "".join(f'<!ENTITY l{n + 1} "{f"&l{n};" * 10}">' for n in range(9))
ENTITIES = [
    f'<!DOCTYPE rss [<!ENTITY l0 "expanded">{LAUGHS}]>',
    f'<?xml version="1.0"?><!DOCTYPE rss [\n<!ENTITY l0 "expanded">{LAUGHS}\n]>',
    '<!DOCTYPE rss [<!ENTITY l9 "expanded">]>',
    "<!DOCTYPE rss [\n<!ENTITY l9 'expanded'>\n]>",
    '<?xml version="1.0"?>\n<!DOCTYPE rss [<!ENTITY a "]> <rss>"><!ENTITY l9 "expanded">]>',
    f'<!DOCTYPE rss [<!ENTITY l9 "{"expanded" * 10_000}">]>',
    '<!DOCTYPE rss SYSTEM "file:///etc/passwd" [<!ENTITY l9 SYSTEM "file:///etc/passwd">]>',
    '<!DOCTYPE rss [<!ENTITY % p SYSTEM "http://127.0.0.1/"> %p; <!ENTITY l9 PUBLIC "x" "http://127.0.0.1/">]>',
]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
@pytest.mark.parametrize("defined", ENTITIES)
def test_no_entity_that_a_feed_defines_is_expanded(defined: str, encoding: str) -> None:
    body = f"<rss><channel><title>&l9;</title>{item('Before', guid='1', extra='x')}</channel></rss>"
    body = (defined + body).replace("Before", "Before &l9; after " + "&l9;" * 1_000)
    try:
        entry = one(body.encode(encoding))
    except CollectError as error:
        assert "not a feed" in str(error)
    else:
        assert entry.title.startswith("Before") and "after" in entry.title
        assert "expanded" not in entry.title and "root:" not in entry.title


def test_entities_of_html_are_read_where_the_feed_defines_none() -> None:
    assert one(rss(item("x")).replace(b">x<", b">Caf&eacute; &amp; bar&hellip;<")).title == "Café & bar…"


@pytest.mark.parametrize("written", ["author", "dc:creator", "managingEditor", "itunes:author", "webMaster"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-16", "cp037"])
def test_a_long_author_takes_no_long_time(written: str, encoding: str) -> None:
    field = f"<{written}><![CDATA[{'a' * 300_000}@{'b.' * 100_000}]]></{written}>"
    feed = f"<rss><channel>{field}<item><title>x</title>{field}</item></channel></rss>"
    body = f'<?xml version="1.0" encoding="{encoding}"?>{feed}'
    start = time.process_time()
    assert one(body.encode(encoding)).author in ("", "a" * 1_000)
    assert time.process_time() - start < 3


def test_many_long_authors_take_no_long_time() -> None:
    fields = "".join(f"<author>{'a' * 400}@{'b.' * 290}{n}</author>" for n in range(1_000))
    start = time.process_time()
    entry = one(rss(f"<item><title>x</title>{fields}<author>{'w' * 80}@example.org (A. Writer)</author></item>"))
    assert entry.author == f"{'w' * 80}@example.org (A. Writer)"
    assert time.process_time() - start < 4


# Every format and encoding


@pytest.mark.parametrize(
    "body",
    [
        b'<rss version="2.0"/>',
        b'<?xml version="1.0"?>\n<feed xmlns="http://www.w3.org/2005/Atom" />\n',
        b'<rss version="0.91"><channel><title>x</title></channel></rss>',
        b"<CHANNEL HREF='https://example.org/'><TITLE>x</TITLE></CHANNEL>",
    ],
)
def test_a_feed_without_entries_is_one_in_every_format(body: bytes) -> None:
    assert parse(body).entries == ()


DATED = datetime(2026, 2, 1, 10, tzinfo=UTC)


@pytest.mark.parametrize(
    "body",
    [
        "<rss version='0.91'><channel>{rss}</channel></rss>",
        "<rss version='0.92'><channel>{rss}</channel></rss>",
        "<rss version='2.0'>{rss}</rss>",
        "<channel>{rss}</channel>",
        "<!-- <rss> --><r:rss xmlns:r='http://backend.userland.com/rss2'><r:channel>{rss}</r:channel></r:rss>",
        "<rdf:RDF xmlns:rdf='http://www.w3.org/1999/02/22-rdf-syntax-ns#' xmlns='http://my.netscape.com/rdf/simple/0.9/'>"
        "{rss}</rdf:RDF>",
        "<feed version='0.3' xmlns='http://purl.org/atom/ns#'><entry><title>A title</title><id>urn:1</id>"
        "<link rel='alternate' type='text/html' href='https://example.org/1'/><issued>2026-02-01T10:00:00Z</issued>"
        "<content type='text/html' mode='escaped'>Some &lt;b>text&lt;/b></content></entry></feed>",
        "<feed xmlns='http://www.w3.org/2005/Atom'><entry><title>A title</title><id>urn:1</id>"
        "<link href='https://example.org/1'/><published>2026-02-01T10:00:00Z</published>"
        "<content type='xhtml'><div xmlns='http://www.w3.org/1999/xhtml'>Some <b>text</b></div></content></entry>"
        "</feed>",
    ],
)
def test_every_format_gives_the_same_entry(body: str) -> None:
    item = (
        "<item><title>A title</title><guid isPermaLink='false'>urn:1</guid><link>https://example.org/1</link>"
        "<description>Some &lt;b>text&lt;/b></description><pubDate>Sun, 01 Feb 2026 10:00:00 GMT</pubDate></item>"
    )
    entry = one(body.format(rss=item).encode())
    assert (entry.guid, entry.title, entry.url) == ("urn:1", "A title", "https://example.org/1")
    assert "Some <strong>text</strong>" in entry.summary
    assert entry.published == DATED


def test_namespaces_that_are_not_declared_are_taken_at_their_word() -> None:
    fields = "<dc:creator>A. Writer</dc:creator><dc:date>2026-02-01T10:00:00Z</dc:date><dc:subject>web</dc:subject>"
    entry = one(rss(item().replace("</item>", f"<content:encoded>A longer text</content:encoded>{fields}</item>")))
    assert (entry.author, entry.updated, entry.facts["categories"]) == ("A. Writer", DATED, "web")
    assert entry.summary == "A longer text"


@pytest.mark.parametrize(
    "encoding", ["utf-16-le", "utf-16-be", "utf-32-le", "utf-32-be", "utf-32", "cp037", "koi8-r", "big5"]
)
def test_encodings_are_read_without_a_mark_and_beyond_ascii(encoding: str) -> None:
    body = (
        f'<?xml version="1.0" encoding="{encoding.removesuffix("-le").removesuffix("-be")}"?>'
        + rss(item()).decode()[21:]
    )
    assert one(body.encode(encoding)).title == "A title"


@pytest.mark.parametrize("said", ["utf-16", "UTF-16LE", "ucs-2", "utf_32"])
def test_a_declaration_that_its_own_bytes_belie_is_passed_over(said: str) -> None:
    body = rss(item("Größe")).replace(b'"1.0"?', f'"1.0" encoding="{said}"?'.encode())
    assert one(body).title == "Größe"


def test_line_ends_before_the_declaration_do_not_hide_its_encoding() -> None:
    body = f'\r\n <?xml version="1.0" encoding="windows-1251"?><rss><channel>{item("Размер")}</channel></rss>'
    assert one(body.encode("windows-1251")).title == "Размер"


# Anything at all

PIECES = [
    "<item>", "</item>", "<entry>", "</entry>", "<title>", "</title>", "<link>", "<guid>", "<author>", "<hour>", "x",
    "<link rel='alternate' href='", "'/>", "<content type='html'>", "<pubDate>", "</pubDate>", "<source url='x'>",
    "</source>", "<title xml:base='http://['>", "<media:content url='", "<![CDATA[", "]]>", "&#0;", "&x;", "\0",
]  # fmt: skip


@settings(max_examples=200, deadline=None)
@given(
    some.lists(some.sampled_from(PIECES) | some.text(max_size=5), max_size=40),
    some.sampled_from(["rss", "feed", "channel"]),
)
def test_any_feed_ends_in_an_outcome(pieces: list[str], root: str) -> None:
    body = f"<{root}>{''.join(pieces)}</{root}>".encode()
    try:
        parsed = parse(body)
    except CollectError as error:
        assert error.refused and str(error)
    else:
        assert all(entry.title and entry.guid for entry in parsed.entries)
