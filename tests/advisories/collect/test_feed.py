from __future__ import annotations

from datetime import UTC, datetime, timedelta
from html import escape

import pytest

from advisories.collect.base import CollectError, Limits, Parsed, RawEntry
from advisories.collect.feeds import feed
from tests.advisories.collect.conftest import NOW, context
from tests.advisories.collect.test_html import ALLOWED, PAYLOADS


def item(title: str = "A title", text: str = "Some text", guid: str = "id-1", **more: str) -> str:
    fields = {"title": title, "description": text, "guid": guid, "link": "https://example.org/1", **more}
    return "<item>" + "".join(f"<{k}>{escape(v)}</{k}>" for k, v in fields.items() if v) + "</item>"


def rss(*items: str, head: str = "") -> bytes:
    return f'<?xml version="1.0"?><rss version="2.0"><channel>{head}{"".join(items)}</channel></rss>'.encode()


def atom(inside: str) -> bytes:
    return f'<feed xmlns="http://www.w3.org/2005/Atom"><title>T</title>{inside}</feed>'.encode()


def parse(body: bytes, **options: object) -> Parsed:
    return feed.parse(body, context(**options))


def one(body: bytes) -> RawEntry:
    (entry,) = parse(body).entries
    return entry


def refusal(body: bytes, **options: object) -> str:
    with pytest.raises(CollectError) as caught:
        parse(body, **options)
    assert caught.value.refused
    return str(caught.value)


# What is no feed


@pytest.mark.parametrize(
    ("body", "words"),
    [
        (b"", "empty"),
        (b" \r\n\t", "empty"),
        (b"\0\0\0", "empty"),
        (b"<!DOCTYPE html><html><head><title>Blocked</title></head><body><p>x</p></body></html>", "web page"),
        (b"\n<!-- x -->\n<HTML><body></body></HTML>", "web page"),
        (b"just text", "not a feed"),
        (b"{}", "not a feed"),
        (b"PK\x03\x04\x14\0", "not a feed"),
        (b"<opml version='2.0'><body/></opml>", "not a feed"),
        (b"<?xml version='1.0'?>", "not a feed"),
        (b"%PDF-1.7", "not a feed"),
        (b"/etc/passwd", "not a feed"),
        (b"file:///etc/passwd", "not a feed"),
        (b"http://127.0.0.1/", "not a feed"),
        (b"\xff\xfe\0\0", "not a feed"),
    ],
)
def test_what_is_no_feed_is_refused_in_words(body: bytes, words: str) -> None:
    assert words in refusal(body)


def test_a_feed_cut_anywhere_is_refused_whole() -> None:
    whole = rss(*(item(guid=str(n)) for n in range(5)))
    for end in range(0, len(whole) - len("</rss>"), 13):
        refusal(whole[:end])
    assert "ends in the middle" in refusal(whole[: len(whole) // 2])


def test_more_entries_than_the_limit_refuse_the_feed() -> None:
    body = rss(*(item(guid=str(n)) for n in range(6_000)))
    assert "6000 entries" in refusal(body)
    assert len(parse(body, limits=Limits(entries=6_000)).entries) == 6_000


def test_an_empty_feed_is_a_feed() -> None:
    assert parse(rss()).entries == ()


# Formats and encodings


def test_rss_atom_and_rdf_give_the_same_entry() -> None:
    given = [
        rss(item("Patch CVE-2026-1234 now", "Do it", "urn:1", pubDate="Sun, 01 Feb 2026 10:00:00 GMT")),
        atom(
            "<entry><title>Patch CVE-2026-1234 now</title><summary>Do it</summary><id>urn:1</id>"
            '<link href="https://example.org/1"/><published>2026-02-01T10:00:00Z</published></entry>'
        ),
        b'<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="http://purl.org/rss/1.0/" '
        b'xmlns:dc="http://purl.org/dc/elements/1.1/"><item rdf:about="urn:1"><title>Patch CVE-2026-1234 now</title>'
        b"<link>https://example.org/1</link><description>Do it</description></item></rdf:RDF>",
    ]
    for entry in map(one, given):
        assert (entry.guid, entry.title, entry.url) == ("urn:1", "Patch CVE-2026-1234 now", "https://example.org/1")
        assert entry.cves == ("CVE-2026-1234",)
        assert "Do it" in entry.summary
    assert one(given[0]).published == one(given[1]).published == datetime(2026, 2, 1, 10, tzinfo=UTC)


@pytest.mark.parametrize("encoding", ["utf-8", "iso-8859-1", "windows-1252", "utf-16"])
def test_declared_encodings_are_read(encoding: str) -> None:
    body = f'<?xml version="1.0" encoding="{encoding}"?><rss version="2.0"><channel>{item("Größe")}</channel></rss>'
    assert one(body.encode(encoding)).title == "Größe"


def test_a_wrongly_declared_encoding_does_not_stop_the_feed() -> None:
    body = rss(item("Größe")).replace(b'"1.0"?', b'"1.0" encoding="utf-8"?').decode().encode("windows-1252")
    assert one(body).title == "Größe"


def test_a_charset_from_http_counts_only_where_the_bytes_do_not_tell() -> None:
    bare = rss(item("Größe"))
    declared = bare.replace(b'"1.0"?', b'"1.0" encoding="windows-1251"?').decode().replace("Größe", "Размер")
    for charset in ("utf-8", "ISO-8859-1", "koi8-r", "utf-16", "rot13", "nonsense"):
        said = f'text/html; charset="{charset}"'
        (first,) = parse(bare, content_type=said).entries
        (second,) = parse(declared.encode("windows-1251"), content_type=said).entries
        assert (first.title, second.title) == ("Größe", "Размер")
    (hinted,) = parse(rss(item("Размер")).decode().encode("koi8-r"), content_type="text/xml; charset=koi8-r").entries
    assert hinted.title == "Размер"


ODD_BYTES = [b"\xff\xfe", b"\x00", b"\x07", b"&#1;", b"&nbsp;", b"]]>", b"<b>", b"&#xD800;", b"&#99999999;"]


@pytest.mark.parametrize("odd", ODD_BYTES)
def test_bytes_that_fit_nowhere_still_end_in_an_outcome(odd: bytes) -> None:
    body = rss(item("A title")).replace(b"A title", b"A title" + odd)
    try:
        entry = one(body)
    except CollectError as error:
        assert error.refused and "damaged" in str(error)
    else:
        entry.title.encode()
        assert entry.title.startswith("A title") and not set(entry.title) & {"\x00", "\x01", "\x07"}


# What is in an entry


@pytest.mark.parametrize("payload", PAYLOADS)
def test_scripts_come_through_in_no_field(payload: str) -> None:
    body = rss(
        item(payload, payload, payload, author=payload, category=payload, comments=payload, link=payload),
        item("2", "x", "2").replace(
            "<guid>",
            f"<content:encoded xmlns:content='http://purl.org/rss/1.0/modules/content/'><![CDATA[{payload}]]></content:encoded><guid>",
        ),
    )
    for entry in parse(body).entries:
        assert "<" not in ALLOWED.sub("", entry.summary)
        assert entry.url == "" or entry.url.startswith(("http://", "https://"))


@pytest.mark.parametrize(
    "link", ["javascript:alert(1)", "data:text/html,x", "file:///etc/passwd", "https://u:p@example.org/"]
)
def test_a_link_that_is_no_web_address_is_left_out(link: str) -> None:
    assert one(rss(item(link=link))).url == ""


def test_a_relative_link_starts_at_the_feed() -> None:
    assert one(rss(item(link="/node/7", text="<a href='/x'>x</a>"))).url == "https://feeds.example.org/node/7"
    assert 'href="https://feeds.example.org/x"' in one(rss(item(text="<a href='/x'>x</a>"))).summary


def test_an_entry_without_title_is_called_by_its_first_words() -> None:
    words = " ".join(f"w{n}" for n in range(30))
    assert one(rss(item("", f"<p>{words}</p>"))).title == " ".join(f"w{n}" for n in range(12)) + " …"


def test_a_title_written_as_html_becomes_text_and_a_plain_one_stays() -> None:
    html_title = '<entry><id>1</id><title type="html">A &lt;b&gt;bold&lt;/b&gt; &amp;amp; x</title></entry>'
    assert one(atom(html_title)).title == "A bold & x"
    assert one(rss(item("Flaw in <canvas> of a browser"))).title == "Flaw in <canvas> of a browser"


def test_an_entry_with_nothing_in_it_is_refused_alone() -> None:
    parsed = parse(rss("<item></item>", item()))
    assert len(parsed.entries) == 1
    assert [refused.reason for refused in parsed.refusals] == ["The entry has neither title nor text nor link."]


def test_lengths_are_capped() -> None:
    entry = one(rss(item("t" * 5_000, "x" * 1_000_000, "g" * 5_000, author="a" * 3_000)))
    assert len(entry.title) == 500 and len(entry.summary) <= 200_010 and len(entry.guid) <= 500
    assert len(entry.author) <= 1_000


def test_an_id_is_the_feeds_own_then_the_link_then_the_text() -> None:
    assert one(rss(item(guid="", link="https://example.org/7"))).guid == "https://example.org/7"
    by_text = one(rss(item(guid="", link=""))).guid
    assert by_text.startswith("sha256:") and by_text == one(rss(item(guid="", link=""), head="<title>x</title>")).guid
    assert by_text != one(rss(item(guid="", link="", text="Other"))).guid


def test_an_id_given_twice_is_taken_once() -> None:
    same, other = parse(rss(item(), item())), parse(rss(item(), item("Other title")))
    assert (len(same.entries), len(same.refusals)) == (1, 0)
    assert [entry.title for entry in other.entries] == ["A title"]
    assert [refused.guid for refused in other.refusals] == ["id-1"]


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("Sun, 01 Feb 2026 10:00:00 +0200", datetime(2026, 2, 1, 8, tzinfo=UTC)),
        ("2026-02-01T10:00:00", datetime(2026, 2, 1, 10, tzinfo=UTC)),
        ("Sun, 01 Feb 26 10:00:00 GMT", datetime(2026, 2, 1, 10, tzinfo=UTC)),
        ((NOW + timedelta(days=1)).isoformat(), NOW + timedelta(days=1)),
        ((NOW + timedelta(days=3)).isoformat(), None),
        ("Fri, 31 Dec 9999 23:59:59 GMT", None),
        ("Thu, 01 Jan 1970 00:00:00 GMT", None),
        ("0000-00-00T00:00:00Z", None),
        ("99999-01-01", None),
        ("yesterday", None),
        ("", None),
    ],
)
def test_dates_are_utc_or_none(written: str, read: datetime | None) -> None:
    entry = one(rss(item(pubDate=written)))
    assert entry.published == read
    assert entry.updated is None


def test_labels_come_from_the_entry_first_and_else_from_the_feed() -> None:
    head = "<title>Advisories (TLP:GREEN)</title>"
    first, second, third = parse(
        rss(item("[TLP:AMBER] x", guid="1"), item("y", guid="2", category="tlp:red"), item("z", guid="3"), head=head)
    ).entries
    assert (first.label, second.label, third.label) == ("AMBER", "RED", "GREEN")
    assert one(rss(item())).label is None


def test_cves_are_found_in_every_spelling() -> None:
    entry = one(
        rss(
            item(
                "cve-2026-1111",
                "CVE\u20112026\u20112222 <b>CVE-2026-3333</b>",
                "cve:CVE-2026-4444|x",
                link="https://example.org/CVE-2026-55555",
            )
        )
    )
    assert entry.cves == tuple(f"CVE-2026-{n}" for n in ("1111", "2222", "3333", "4444", "55555"))


def test_the_same_feed_gives_the_same_hashes_on_another_day() -> None:
    body = rss(item(pubDate="Sun, 01 Feb 2026 10:00:00 GMT"), item(guid="2"))
    later = parse(body, fetched_at=NOW + timedelta(days=30))
    assert [entry.content_hash for entry in parse(body).entries] == [entry.content_hash for entry in later.entries]
