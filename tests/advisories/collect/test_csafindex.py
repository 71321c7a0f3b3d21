from __future__ import annotations

from typing import Any

import orjson
import pytest

from advisories.collect.base import CollectError, Limits, Parsed
from advisories.collect.csaf import csaf
from advisories.collect.csaf.csafprovider import Provider
from tests.advisories.collect.conftest import context

SITE = "https://cert.example.org/csaf"
FEED = f"{SITE}/white.json"
WEEK = "week 9 of 2026"  # of the time at which tests read
KEYS = (("A" * 40, "https://keys.example.org/a"), ("B" * 40, "https://keys.example.org/b"))
SIGNS = Provider("", f"{SITE}/provider-metadata.json", "csaf_trusted_provider", KEYS).remember()


def named(number: int = 1, *links: tuple[str, str], **changes: Any) -> dict[str, Any]:
    url = f"{SITE}/2026/ex-{number}.json"
    told = links or (("self", url), ("hash", f"{url}.sha256"), ("hash", f"{url}.sha512"), ("signature", f"{url}.sig"))
    values = {
        "id": f"EX-{number}",
        "link": [{"rel": rel, "href": href} for rel, href in told],
        "published": "2026-01-01T11:00:00Z",
        "updated": f"2026-01-{number:02d}T12:00:00.000Z",
        "content": {"type": "application/json", "src": url},
    }
    return {key: value for key, value in {**values, **changes}.items() if value is not None}


def feed(*entries: Any) -> dict[str, Any]:
    return {"feed": {"id": "white", "title": "TLP:RED", "updated": "2026-01-09T12:00:00Z", "entry": list(entries)}}


def parse(body: Any, **options: Any) -> Parsed:
    told = body if isinstance(body, bytes) else orjson.dumps(body)
    return csaf.parse(told, context(**{"url": FEED, "role": "rolie", "state": SIGNS, **options}))


def refusal(body: Any, **options: Any) -> str:
    with pytest.raises(CollectError) as caught:
        parse(body, **options)
    assert caught.value.refused
    return str(caught.value)


def test_a_feed_leads_to_its_documents_the_latest_first_with_what_proves_them() -> None:
    parsed = parse(feed(named(1), named(3), named(2)))
    assert [link.stamp for link in parsed.links] == [f"2026-01-0{day}T12:00:00.000Z" for day in (3, 2, 1)]
    first = parsed.links[0]
    assert (first.url, first.role) == (f"{SITE}/2026/ex-3.json", "document")
    assert dict(first.beside) == {
        "sha512": f"{SITE}/2026/ex-3.json.sha512",
        "asc": f"{SITE}/2026/ex-3.json.sig",
        "key": "https://keys.example.org/a",
        "key2": "https://keys.example.org/b",
    }
    assert not parsed.refusals and not parsed.entries


@pytest.mark.parametrize(
    ("endings", "name"),
    [
        (("sha256",), "sha256"), (("md5", "sha256"), "sha256"), (("md5",), "hash"), (("SHA512",), "sha512"),
        (("sha3-512", "sha256"), "sha3-512"),
    ],
)  # fmt: skip
def test_the_best_of_the_hashes_is_fetched(endings: tuple[str, ...], name: str) -> None:
    url = f"{SITE}/ex.json"
    (link,) = parse(feed(named(1, ("self", url), *(("hash", f"{url}.{ending}") for ending in endings)))).links
    assert [key for key in link.beside if not key.startswith(("asc", "key"))] == [name]


def test_what_a_feed_does_not_say_lies_where_the_standard_has_it() -> None:
    url = f"{SITE}/2026/ex-1.json"
    (link,) = parse(feed(named(1, ("ref", "x")))).links
    assert link.url == url and link.beside["asc"] == f"{url}.asc"
    assert (link.beside["sha512"], link.beside["sha256"]) == (f"{url}.sha512", f"{url}.sha256")


def test_a_signature_that_nobody_can_judge_is_not_fetched() -> None:
    (link,) = parse(feed(named(1)), state={}).links
    assert list(link.beside) == ["sha512"]


def test_the_provider_that_an_aggregator_lists_is_handed_on() -> None:
    state = Provider(FEED, FEED, "csaf_trusted_provider", KEYS[:1]).remember()
    (link,) = parse(feed(named(1)), role=f"rolie {FEED}", state=state).links
    assert (link.role, link.beside["key"]) == (f"document {FEED}", "https://keys.example.org/a")


def test_a_document_that_is_named_twice_is_taken_once_under_its_latest_stamp() -> None:
    (link,) = parse(feed(named(1), named(1, updated="2026-02-01T00:00:00Z"), named(1))).links
    assert link.stamp == "2026-02-01T00:00:00Z"


@pytest.mark.parametrize(
    ("bad", "place"),
    [
        (7, "feed.entry[0]"), ({}, "feed.entry[0].link"),
        (named(1, ("self", "javascript:x")), "feed.entry[0].link[0].href"),
        (named(1, ("self", "http://cert.example.org/x.json")), "feed.entry[0].link[0].href"),
    ],
)  # fmt: skip
def test_an_entry_that_leads_nowhere_is_refused_alone(bad: Any, place: str) -> None:
    parsed = parse(feed(bad, named(2)))
    assert [link.url for link in parsed.links] == [f"{SITE}/2026/ex-2.json"]
    assert place in parsed.refusals[0].reason


def test_more_documents_than_the_limit_refuse_the_feed() -> None:
    assert "at most 2" in refusal(feed(*map(named, range(1, 4))), limits=Limits(entries=2))
    assert "no list of entries" in refusal({"feed": {"entry": {}}})
    assert not parse(feed()).links


# The lists of a directory


def changes(text: str, **options: Any) -> Parsed:
    return parse(text.encode(), **{"url": f"{SITE}/changes.csv", "role": "changes", **options})


def test_changes_lead_to_the_documents_of_the_directory_the_latest_first() -> None:
    parsed = changes(
        '\ufeff"2025/ex-1.json","2026-01-01T10:00:00Z"\r\n2026/ex-2.json,2026-01-03T10:00:00+01:00\n\n2026/ex-3.json,2026-01-02T10:00:00Z'
    )
    assert [link.url.removeprefix(SITE) for link in parsed.links] == [
        "/2026/ex-2.json",
        "/2026/ex-3.json",
        "/2025/ex-1.json",
    ]
    first = parsed.links[0]
    assert (first.role, first.stamp) == ("document", "2026-01-03T10:00:00+01:00")
    assert dict(first.beside) == {
        "sha512": f"{first.url}.sha512", "sha256": f"{first.url}.sha256", "asc": f"{first.url}.asc",
        "key": "https://keys.example.org/a", "key2": "https://keys.example.org/b",
    }  # fmt: skip


def test_what_an_index_names_that_tells_no_times_is_read_once_in_a_week() -> None:
    parsed = changes("2026/ex-2.json\n2025/ex-1.json\n", url=f"{SITE}/index.txt")
    assert [(link.url.removeprefix(SITE), link.stamp) for link in parsed.links] == [
        ("/2026/ex-2.json", WEEK),
        ("/2025/ex-1.json", WEEK),
    ]


@pytest.mark.parametrize(
    "line",
    ["../other/ex.json,2026-01-01T10:00:00Z", "https://other.example.org/ex.json,2026-01-01T10:00:00Z", "/ex.json,x",
     "2026/ex.json.asc,2026-01-01T10:00:00Z", "name,date", "2026/ex 1.json,x", "a.json,b,c", '"2026/ex.json', "\0.json",
     "x" * 1_000_000 + ".json", "//other.example.org/ex.json,x", "http://cert.example.org/csaf/ex.json,x"],
)  # fmt: skip
def test_a_line_that_leads_out_of_the_directory_or_nowhere_is_refused_alone(line: str) -> None:
    parsed = changes(f"2026/ex-1.json,2026-01-01T10:00:00Z\n{line}\n")
    assert [link.url for link in parsed.links] == [f"{SITE}/2026/ex-1.json"]
    assert "Line 2" in parsed.refusals[0].reason and len(parsed.refusals[0].reason) < 400


@pytest.mark.parametrize("text", ["", "Hello.", "a;b;c\n", "\0" * 1000, "[1, 2]", '"'])
@pytest.mark.parametrize("role", ["", "changes", "index"])
def test_a_text_that_names_nothing_is_refused(text: str, role: str) -> None:
    assert "nothing of CSAF" in refusal(text.encode(), url=f"{SITE}/changes.csv", role=role)


def test_a_list_is_no_metadata_no_feed_and_no_document() -> None:
    for role in ("metadata", "rolie"):
        assert "not what led" in refusal(b"2026/ex-1.json\n", role=role)
    assert parse(b"2026/ex-1.json\n", role="").links
    assert refusal(b"2026/ex-1.json\n", role="document", state={})


def test_more_lines_than_the_limit_refuse_the_list() -> None:
    assert "at most 2" in refusal(b"a.json\n" * 3, role="changes", limits=Limits(entries=2))
