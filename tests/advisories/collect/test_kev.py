from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import orjson
import pytest

from advisories.collect.base import CollectError, Limits, Parsed
from advisories.collect.vulnerabilities import kev
from tests.advisories.collect.conftest import context


def row(number: int = 1, **changes: Any) -> dict[str, Any]:
    values = {
        "cveID": f"CVE-2026-{10_000 + number}",
        "vendorProject": "Example",
        "product": "Gateway",
        "vulnerabilityName": "Example Gateway <Command> Injection",
        "dateAdded": "2026-02-03",
        "shortDescription": "Lets an attacker run commands & more. See also CVE-2025-0001.",
        "requiredAction": "Update.",
        "dueDate": "2026-02-24",
        "knownRansomwareCampaignUse": "Known",
        "notes": "https://example.org/advisory",
        "cwes": ["CWE-78"],
    }
    return {**values, **changes}


def catalogue(*rows: Any, **changes: Any) -> bytes:
    values = {
        "title": "Catalogue",
        "catalogVersion": "2026.02.03",
        "dateReleased": "2026-02-03T10:00:00.123Z",
        "count": len(rows),
        "vulnerabilities": list(rows),
    }
    return orjson.dumps({**values, **changes})


def parse(body: bytes, **options: Any) -> Parsed:
    return kev.parse(body, context(**options))


def refusal(body: bytes, **options: Any) -> str:
    with pytest.raises(CollectError) as caught:
        parse(body, **options)
    assert caught.value.refused
    return str(caught.value)


def test_an_entry_carries_what_the_catalogue_says() -> None:
    parsed = parse(b"\xef\xbb\xbf" + catalogue(row()))
    (entry,) = parsed.entries
    assert parsed.complete and not parsed.refusals
    assert (entry.guid, entry.title) == ("CVE-2026-10001", "Example Gateway <Command> Injection")
    assert entry.url == "https://nvd.nist.gov/vuln/detail/CVE-2026-10001"
    assert entry.published == datetime(2026, 2, 3, tzinfo=UTC)
    assert entry.cves == ("CVE-2025-0001", "CVE-2026-10001")
    assert entry.label == "CLEAR"
    assert entry.summary.startswith("<p>Lets an attacker run commands &amp; more.")
    assert entry.facts["dueDate"] == "2026-02-24" and entry.facts["cwes"] == "CWE-78"
    assert entry.facts["knownRansomwareCampaignUse"] == "Known"


def test_a_changed_entry_has_another_hash_and_the_same_one_the_same() -> None:
    first, second, changed = (
        parse(catalogue(one)).entries[0] for one in (row(), dict(reversed(row().items())), row(dueDate="2026-02-25"))
    )
    assert first.content_hash == second.content_hash != changed.content_hash


def test_a_catalogue_cut_anywhere_is_refused_whole() -> None:
    whole = catalogue(*(row(n) for n in range(20)))
    for end in range(0, len(whole) - 1, 97):
        refusal(whole[:end])
    assert "cut short" in refusal(whole[: len(whole) // 2])


@pytest.mark.parametrize("said", [0, 2, 1_000])
def test_a_wrong_count_refuses_the_catalogue(said: int) -> None:
    assert f"{said} entries but has 1" in refusal(catalogue(row(), count=said))


def test_an_empty_catalogue_is_not_believed() -> None:
    assert "would remove every entry" in refusal(catalogue())


@pytest.mark.parametrize(
    "changes",
    [{"count": "1"}, {"count": True}, {"catalogVersion": None}, {"dateReleased": 3}, {"vulnerabilities": {}}],
)
def test_another_shape_refuses_the_catalogue(changes: dict[str, Any]) -> None:
    assert "not a KEV catalogue" in refusal(catalogue(row(), **changes))


@pytest.mark.parametrize(
    "body", [b"[]", b"{}", b'"x"', b"null", b"<html></html>", b"", b"cveID,product\n", b"\xff\xfe"]
)
def test_what_is_no_catalogue_is_refused_in_words(body: bytes) -> None:
    assert refusal(body)


@pytest.mark.parametrize(
    "changes",
    [
        {"cveID": "CVE-26-1"}, {"cveID": "cve-2026-10001"}, {"cveID": "CVE-2026-10001\n"}, {"cveID": "<script>"},
        {"cveID": 7}, {"product": None}, {"dueDate": "soon"}, {"dateAdded": "2026-02-30"}, {"notes": []},
    ],
)  # fmt: skip
def test_a_bad_entry_is_refused_alone(changes: dict[str, Any]) -> None:
    parsed = parse(catalogue(row(1, **changes), row(2)))
    assert [entry.guid for entry in parsed.entries] == ["CVE-2026-10002"]
    assert len(parsed.refusals) == 1 and parsed.refusals[0].reason


def test_an_id_that_stands_twice_is_taken_once() -> None:
    parsed = parse(catalogue(row(1), row(1, product="Other"), "not an entry"))
    assert [entry.facts["product"] for entry in parsed.entries] == ["Gateway"]
    assert [refused.guid for refused in parsed.refusals] == ["CVE-2026-10001", ""]


def test_more_entries_than_the_limit_refuse_the_catalogue() -> None:
    assert "at most 2" in refusal(catalogue(*(row(n) for n in range(3))), limits=Limits(entries=2))
