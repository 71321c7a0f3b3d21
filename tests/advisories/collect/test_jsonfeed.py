from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import orjson
import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

from advisories.collect import isolate
from advisories.collect.base import CollectError, Limits, Link, Parsed, RawEntry
from advisories.collect.feeds import feed, jsonfeed
from tests.advisories.collect.conftest import NOW, context
from tests.advisories.collect.test_html import ALLOWED, PAYLOADS
from tests.advisories.collect.test_samples import HOME

V1, V11 = "https://jsonfeed.org/version/1", "https://jsonfeed.org/version/1.1"


def item(**changes: Any) -> dict[str, Any]:
    return {"id": "urn:1", "url": "https://example.org/1", "title": "A title", "content_html": "<p>Text</p>", **changes}


def document(*items: Any, **changes: Any) -> bytes:
    return orjson.dumps({"version": V11, "title": "News", "items": list(items), **changes})


def parse(body: bytes, **options: Any) -> Parsed:
    return jsonfeed.parse(body, context(**options))


def one(**changes: Any) -> RawEntry:
    (entry,) = parse(document(item(**changes))).entries
    return entry


def refusal(body: bytes, **options: Any) -> str:
    with pytest.raises(CollectError) as caught:
        feed.parse(body, context(**options))
    assert caught.value.refused
    return str(caught.value)


def test_an_entry_carries_what_the_feed_says() -> None:
    entry = one(
        title="Patch CVE-2026-1234 <now>",
        external_url="https://vendor.example.org/a",
        date_published="2026-02-01T10:00:00-05:00",
        date_modified="2026-02-02T10:00:00.250z",
        authors=[{"name": "A. Writer"}, {"url": "https://example.org/b"}, {"avatar": "x"}],
        tags=["tlp:amber", "CVE-2026-5555"],
        language="en-GB",
        attachments=[{"url": "/report.pdf", "mime_type": "application/pdf"}, {"url": "javascript:x"}],
    )
    assert (entry.guid, entry.url, entry.title) == ("urn:1", "https://example.org/1", "Patch CVE-2026-1234 <now>")
    assert entry.summary == "<p>Text</p>"
    assert entry.published == datetime(2026, 2, 1, 15, tzinfo=UTC)
    assert entry.updated == datetime(2026, 2, 2, 10, 0, 0, 250_000, tzinfo=UTC)
    assert entry.author == "A. Writer, https://example.org/b"
    assert entry.label == "AMBER" and entry.cves == ("CVE-2026-1234", "CVE-2026-5555")
    assert entry.facts == {
        "authors": "A. Writer\nhttps://example.org/b",
        "categories": "tlp:amber\nCVE-2026-5555",
        "language": "en-GB",
        "references": "https://example.org/1\nhttps://vendor.example.org/a\nhttps://feeds.example.org/report.pdf",
    }


def test_version_1_0_is_read_with_its_author_and_its_numbers() -> None:
    body = document(item(id=7, author={"name": "A. Writer"}), item(id=7.5), version=V1, author={"name": "The Editor"})
    first, second = feed.parse(b"\xef\xbb\xbf \n" + body, context()).entries
    assert (first.guid, first.author, second.guid, second.author) == ("7", "A. Writer", "7.5", "The Editor")


def test_what_the_feed_says_of_all_its_items_holds_where_they_say_nothing() -> None:
    shared = {"authors": [{"name": "The Editor"}], "language": "de", "title": "Warnings (TLP:GREEN)"}
    first, second = parse(document(item(), item(id="2", language="en", title="TLP:RED x"), **shared)).entries
    assert (first.author, first.facts["language"], first.label) == ("The Editor", "de", "GREEN")
    assert (second.facts["language"], second.label) == ("en", "RED")
    assert one().label is None


def test_an_id_is_the_feeds_own_then_the_link_then_the_text() -> None:
    assert one(id=True).guid == "true"
    assert one(id="").guid == one(id=None).guid == one(id=["x"]).guid == "https://example.org/1"
    assert one(id=None, url=None, external_url="https://other.example.org/").guid == "https://other.example.org/"
    by_text = one(id=None, url=None).guid
    assert by_text.startswith("sha256:") and by_text != one(id=None, url=None, title="Other").guid


def test_text_is_html_else_plain_else_the_summary() -> None:
    both = {"content_text": "a < b\n\nc", "summary": "In short"}
    assert one(**both).summary == "<p>Text</p>"
    assert one(content_html=None, **both).summary == "<p>a &lt; b</p><p>c</p>"
    assert one(content_html="<img src=x>", content_text=5, summary="In short").summary == "<p>In short</p>"
    assert one(title=None, content_html="<p>First words of it</p>").title == "First words of it"


@pytest.mark.parametrize("payload", PAYLOADS)
def test_scripts_come_through_in_no_field(payload: str) -> None:
    entry = one(**dict.fromkeys(("title", "url", "external_url", "content_html", "id"), payload), tags=[payload])
    assert "<" not in ALLOWED.sub("", entry.summary)
    assert entry.url == "" or entry.url.startswith(("http://", "https://"))


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("2026-02-01T10:00:00Z", datetime(2026, 2, 1, 10, tzinfo=UTC)),
        ("2026-02-01", datetime(2026, 2, 1, tzinfo=UTC)),
        ((NOW + timedelta(days=1)).isoformat(), NOW + timedelta(days=1)),
        ((NOW + timedelta(days=3)).isoformat(), None),
        ("0001-01-01T00:00:00+14:00", None),
        ("yesterday", None),
        ("2" * 100_000, None),
        (1_767_000_000, None),
    ],
)
def test_dates_are_utc_or_none(written: Any, read: datetime | None) -> None:
    assert one(date_published=written).published == read


def test_an_item_that_says_nothing_is_refused_alone_and_by_its_place() -> None:
    parsed = parse(document(item(), "x", {"id": "7"}, None, item(), item(title="Other")))
    assert [entry.title for entry in parsed.entries] == ["A title"]
    assert [refused.reason for refused in parsed.refusals] == [
        "items[1] in the JSON Feed is not an object, so it is no entry.",
        "The entry has neither title nor text nor link.",
        "items[3] in the JSON Feed is not an object, so it is no entry.",
        "The feed gives two different entries under this id; the first was taken.",
    ]


@pytest.mark.parametrize(
    ("body", "words"),
    [
        (b"{}", "not a feed"),
        (b'{"version": 1, "items": []}', "names no version"),
        (b'{"rss": {"channel": {}}}', "names no version"),
        (document(version="https://jsonfeed.org/version/2"), "its version is https://jsonfeed.org/version/2"),
        (document(version="https://jsonfeed.org/version/1.1x"), "not a feed"),
        (document(items=None), "no list"),
        (document(items={}), "no list"),
        (b'{"version": ', "cut short"),
        (b'{"items": "\\ud800"}', "damaged"),
        (b"{" * 100_000, "damaged"),
    ],
)
def test_what_is_no_json_feed_is_refused_in_words(body: bytes, words: str) -> None:
    assert words in refusal(body)


def test_a_json_feed_cut_anywhere_is_refused_whole() -> None:
    whole = document(*(item(id=n) for n in range(5)))
    for end in range(0, len(whole) - 1, 13):
        refusal(whole[:end])


def test_more_entries_than_the_limit_refuse_the_feed() -> None:
    assert "at most 2" in refusal(document(*(item(id=n) for n in range(3))), limits=Limits(entries=2))


# Pages


def test_the_next_page_is_linked_and_counted_to_twenty() -> None:
    body = document(item(), next_url="/feed.json?page=2")
    address = "https://feeds.example.org/feed.json?page=2"
    assert parse(body).links == (Link(address, "page 2"),)
    assert parse(body, role="feed").links == (Link(address, "page 2"),)
    assert parse(body, role="page 19").links == (Link(address, "page 20"),)
    last = parse(body, role="page 20")
    assert last.links == () and len(last.entries) == 1
    assert [refused.reason for refused in last.refusals] == [
        "The feed goes on after 20 pages; its older entries were not taken."
    ]


@pytest.mark.parametrize(
    "address", ["", None, 7, "javascript:x", "file:///etc/passwd", "https://feeds.example.org/all.xml"]
)
def test_no_next_page_and_the_same_page_lead_nowhere(address: Any) -> None:
    parsed = parse(document(item(), next_url=address))
    assert parsed.links == () and not parsed.refusals


def test_a_finished_feed_says_so_and_no_pace_is_kept_from_before() -> None:
    silent = {"ttl": "", "skip_hours": "", "skip_days": ""}
    assert parse(document(expired=True)).state == {**silent, "expired": "true"}
    assert parse(document(expired="yes")).state == parse(document()).state == {**silent, "expired": ""}


def test_everything_comes_out_of_the_worker() -> None:
    body = document(item(), 5, next_url="/2", expired=True)
    assert isolate.run("advisories.collect.feeds.feed", body, context()) == parse(body)


# Anything at all

KEYS = [
    "version", "title", "items", "next_url", "expired", "author", "authors", "language", "id", "url", "external_url",
    "content_html", "content_text", "summary", "date_published", "date_modified", "tags", "attachments", "name",
]  # fmt: skip
scalars: Any = (
    some.none()
    | some.booleans()
    | some.integers(-(2**63), 2**64 - 1)
    | some.floats()
    | some.text()
    | some.sampled_from(
        ["\0", "<b", "https://example.org/", "2026-02-01T10:00:00Z", "9999-12-31T23:59:59-23:59", "http://["]
    )
)
anything: Any = some.recursive(
    scalars, lambda inner: some.lists(inner) | some.dictionaries(some.sampled_from(KEYS), inner), max_leaves=30
)


@settings(max_examples=100, deadline=None)
@given(some.dictionaries(some.sampled_from(KEYS), anything), some.lists(anything), some.text())
def test_any_json_ends_in_an_outcome(top: dict[str, Any], items: list[Any], role: str) -> None:
    for given_ in (top, {**top, "version": V11, "items": items}):
        try:
            parsed = parse(orjson.dumps(given_), role=role)
        except CollectError as error:
            assert error.refused and str(error)
        else:
            assert all(
                entry.title and entry.guid and str(refused.reason)
                for entry in parsed.entries
                for refused in parsed.refusals
            )


def test_a_text_of_a_million_letters_is_cut() -> None:
    long = "x" * 1_000_000
    entry = one(
        **dict.fromkeys(("id", "title", "content_text", "date_published", "language"), long), tags=[long], url=long
    )
    assert max(map(len, (entry.guid, entry.title, entry.author, *entry.facts.values()))) <= 1_000
    assert "damaged" in refusal(document(item()).replace(b'"urn:1"', b"1" * 100_000))


def test_a_deep_document_ends_in_an_outcome() -> None:
    deep = document(item()).replace(b'"urn:1"', b"[" * 900 + b"]" * 900)
    assert parse(deep).entries[0].guid == "https://example.org/1"


TAKEN = {
    "nnw-DaringFireball.json": (48, 0),
    "nnw-authors.json": (0, 4),
    "nnw-curt.json": (26, 0),
    "nnw-inessential.json": (20, 0),
    "nnw-pxlnv.json": (20, 0),
    "nnw-rose.json": (84, 0),
}
REFUSED = {"nnw-ScriptingNews.json": "names no version", "nnw-allthis-partial.json": "cut short"}


@pytest.mark.samples
@pytest.mark.skipif(not HOME.is_dir(), reason=f"no samples at {HOME}; set WARP_SAMPLES")
@pytest.mark.parametrize("sample", [*TAKEN, *REFUSED])
def test_a_real_feed_ends_as_stated(sample: str) -> None:
    body = (HOME / "jsonfeed" / sample).read_bytes()
    if sample in REFUSED:
        assert REFUSED[sample] in refusal(body)
        return
    parsed = feed.parse(body, context())
    assert (len(parsed.entries), len(parsed.refusals)) == TAKEN[sample]
    assert all(entry.summary and entry.url for entry in parsed.entries)
