from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from advisories.collect.base import Limits, Parsed, RawEntry
from advisories.collect.vulnerabilities import osv
from tests.advisories.collect.hostile import as_json, documents, of_kind, outcome, samples, twisted

VECTOR = "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H"
V2 = "AV:N/AC:M/Au:N/C:C/I:C/A:C"
V4 = "CVSS:4.0/AV:N/AC:L/AT:N/PR:L/UI:N/VC:L/VI:L/VA:L/SC:N/SI:N/SA:N"
API = "https://api.example.org/advisories?per_page=2"
ZERO = "0001-01-01T00:00:00Z"  # what Go's database keeps in its files where it has no time


def package(ecosystem: str, name: str, *events: dict[str, str], purl: str | None = None, **more: Any) -> dict[str, Any]:
    ranges = [{"type": "SEMVER", "events": list(events)}] if events else []
    return {"package": {"ecosystem": ecosystem, "name": name, "purl": purl}, "ranges": ranges, **more}


def advisory(name: str = "EX-2026-1", **changes: Any) -> dict[str, Any]:
    values = {
        "schema_version": "1.7.5", "id": name, "summary": "Kit <runs> commands", "details": "# Words\n\nMore & more.",
        "aliases": ["GHSA-aaaa-bbbb-cccc", "CVE-2026-1234"], "related": ["CVE-2026-9999"],
        "upstream": ["CVE-2026-8888"],
        "published": "2026-02-01T10:00:00Z", "modified": "2026-02-02T11:00:00.5+01:00",
        "severity": [{"type": "CVSS_V3", "score": VECTOR}, {"type": "CVSS_V4", "score": V4}],
        "affected": [
            package("npm", "@example/kit", {"introduced": "0"}, {"fixed": "1.2"}, {"introduced": "2"}, {"fixed": "3"}),
            package("npm", "@example/kit", {"introduced": "4"}),
            package("Debian:12", "kit", {"introduced": "0"}, {"last_affected": "4"}, purl="pkg:deb/debian/kit"),
            package("Ubuntu:22.04:LTS", "kit", versions=["1.0", "1.1"]),
        ],
        "references": [{"type": "WEB", "url": "https://example.org/b"}, {"url": f"https://example.org/{name}"}],
        "database_specific": {"severity": "HIGH", "cwe_ids": ["CWE-78", "CWE-20"]},
    }  # fmt: skip
    return {**values, **changes}


def of_github(**changes: Any) -> dict[str, Any]:
    values = {
        "ghsa_id": "GHSA-aaaa-bbbb-cccc", "cve_id": "CVE-2026-1234", "summary": "Kit", "description": "Words.\n\nMore.",
        "url": "https://api.example.org/advisories/GHSA-aaaa-bbbb-cccc",
        "html_url": "https://example.org/advisories/GHSA-aaaa-bbbb-cccc", "severity": "high",
        "identifiers": [{"type": "GHSA", "value": "GHSA-aaaa-bbbb-cccc"}, {"type": "CVE", "value": "CVE-2026-1234"},
                        {"type": "EX", "value": "EX-2026-1"}],
        "references": ["https://example.org/b"], "published_at": "2026-02-01T10:00:00Z",
        "updated_at": "2026-02-02T10:00:00Z", "withdrawn_at": None,
        "vulnerabilities": [{"package": {"ecosystem": "pip", "name": "Example_Kit"},
                             "vulnerable_version_range": ">= 1.0, < 1.2", "first_patched_version": "1.2"}],
        "cvss": {"vector_string": VECTOR, "score": 9.8},
        "cvss_severities": {"cvss_v3": {"vector_string": VECTOR, "score": 9.8},
                            "cvss_v4": {"vector_string": V4, "score": 5.3}},
        "cwes": [{"cwe_id": "CWE-78", "name": "…"}],
    }  # fmt: skip
    return {**values, **changes}


def parse(document: Any, **options: Any) -> Parsed:
    found = outcome(osv.parse, as_json(document), **options)
    assert isinstance(found, Parsed), found
    return found


def refusal(body: bytes, **options: Any) -> str:
    found = outcome(osv.parse, body, **options)
    assert isinstance(found, str)
    return found


def only(document: Any) -> RawEntry:
    parsed = parse(document)
    assert not parsed.refusals and len(parsed.entries) == 1
    return parsed.entries[0]


# The OSV schema


def test_an_entry_carries_what_the_advisory_says() -> None:
    entry = only(advisory())
    assert (entry.guid, entry.title, entry.label) == ("EX-2026-1", "Kit <runs> commands", None)
    assert entry.summary == "<p># Words</p><p>More &amp; more.</p>"
    assert entry.url == "https://example.org/EX-2026-1"
    assert entry.published == datetime(2026, 2, 1, 10, tzinfo=UTC)
    assert entry.updated == datetime(2026, 2, 2, 10, 0, 0, 500_000, tzinfo=UTC)
    assert entry.facts == {
        "aliases": "GHSA-AAAA-BBBB-CCCC",
        "cvss": f"{VECTOR}\n{V4}",
        "severity": "HIGH",
        "cwes": "CWE-20\nCWE-78",
        "products": "npm @example/kit before 1.2, 2 before 3, 4 and later\n"
        "Debian 12 kit up to 4\nUbuntu 22.04 LTS kit 1.0, 1.1",
        "purls": "pkg:npm/%40example/kit\npkg:deb/debian/kit",
        "references": "https://example.org/EX-2026-1\nhttps://example.org/b",
        "related": "CVE-2026-9999",
        "upstream": "CVE-2026-8888",
    }


def test_only_aliases_are_the_same_vulnerability() -> None:
    assert only(advisory()).cves == ("CVE-2026-1234",)
    assert only(advisory("CVE-2026-7777", aliases=["cve-2026-1234"])).cves == ("CVE-2026-1234", "CVE-2026-7777")
    entry = only(advisory("UBUNTU-CVE-2026-8888", aliases=[]))
    assert entry.cves == () and "aliases" not in entry.facts


def test_without_a_summary_the_first_words_are_the_title_and_without_words_the_id() -> None:
    assert only(advisory(summary=None)).title == "# Words More & more."
    assert only(advisory(summary="", details="")).title == "EX-2026-1"


@pytest.mark.parametrize("given_as", ["2026-02-03T00:00:00Z", "some day", True])
def test_a_withdrawn_advisory_says_since_when_as_well_as_it_can(given_as: Any) -> None:
    since = "2026-02-03T00:00:00+00:00" if given_as == "2026-02-03T00:00:00Z" else "2026-02-02T10:00:00.500000+00:00"
    assert only(advisory(withdrawn=given_as)).facts["withdrawn"] == since
    assert "withdrawn" not in only(advisory(withdrawn=None)).facts


def test_without_a_page_of_its_own_an_advisory_is_shown_where_all_are() -> None:
    assert only(advisory("EX-2026:1", references=[])).url == "https://osv.dev/vulnerability/EX-2026:1"
    own = {"url": "https://example.org/vuln/EX-2026-1"}
    assert only(advisory(references=[], database_specific=own)).url == own["url"]


def test_a_rating_without_a_vector_is_the_word_of_the_source() -> None:
    facts = only(advisory(severity=[{"type": "Ubuntu", "score": "medium"}], database_specific=None)).facts
    assert facts["severity"] == "medium" and "cvss" not in facts


def test_old_vectors_and_those_of_single_packages_are_taken() -> None:
    rated = package("PyPI", "kit", severity=[{"type": "CVSS_V2", "score": V2}, {"type": "CVSS_V3", "score": VECTOR}])
    assert only(advisory(affected=[rated])).facts["cvss"] == f"{VECTOR}\n{V4}\n{V2}"


def test_what_is_known_by_its_repository_is_named_by_it() -> None:
    git = {"ranges": [{"type": "GIT", "repo": "https://example.org/kit.git", "events": [{"introduced": "9f8e"}]}]}
    facts = only(advisory(affected=[git])).facts
    assert facts["products"] == "https://example.org/kit.git" and "purls" not in facts


def test_what_could_not_be_read_is_told_by_its_place() -> None:
    entry = only(advisory(modified=ZERO, published=ZERO, aliases=[7], severity=[{"type": "CVSS_V3", "score": "9.8"}]))
    assert entry.published is None is entry.updated
    assert set(entry.facts["unread"].splitlines()) == {"modified", "published", "aliases[0]", "severity[0].score"}


def test_one_advisory_an_array_and_the_answer_to_a_question_are_read_alike() -> None:
    (first,) = parse(advisory()).entries
    assert parse([advisory()]).entries == parse({"vulns": [advisory()]}).entries == (first,)
    assert parse([]).entries == ()


def test_an_advisory_that_cannot_be_taken_is_refused_alone() -> None:
    bad = [advisory("EX"), advisory("a-<b>"), advisory(schema_version="2.0.0"), advisory(modified=None), {}, 7,
           of_github(ghsa_id="GHSA-1")]  # fmt: skip
    parsed = parse([*bad, advisory("EX-2026-2")])
    assert [entry.guid for entry in parsed.entries] == ["EX-2026-2"]
    reasons = [refused.reason for refused in parsed.refusals]
    words = ["[0].id is “EX”", "[1].id", "2.0.0", "when it was modified", "[4].id", "[5]", "[6].ghsa_id"]
    assert all(word in reason for word, reason in zip(words, reasons, strict=True)), reasons


def test_yaml_is_refused_in_words() -> None:
    for body in (b"id: EX-2026-1\nmodified: x\n", b"---\nid: EX-2026-1\n", b"\xef\xbb\xbfid: x"):
        assert "This is YAML" in refusal(body)


@pytest.mark.parametrize("body", [b"", b"{}", b"null", b"7", b"<html>", b"\xff", b'{"vulns":{}}', b'{"id":"x"}', b"[{"])
def test_what_has_no_advisories_is_refused_in_words(body: bytes) -> None:
    assert refusal(body)


def test_more_advisories_than_the_limit_refuse_the_document() -> None:
    assert "at most 1" in refusal(orjson.dumps([advisory(), advisory("EX-2026-2")]), limits=Limits(entries=1))


# GitHub's REST interface


def test_an_advisory_of_github_is_read_in_its_own_shape() -> None:
    entry = only([of_github()])
    assert (entry.guid, entry.title, entry.cves) == ("GHSA-aaaa-bbbb-cccc", "Kit", ("CVE-2026-1234",))
    assert entry.summary == "<p>Words.</p><p>More.</p>"
    assert entry.url == "https://example.org/advisories/GHSA-aaaa-bbbb-cccc"
    assert (entry.published, entry.updated) == (
        datetime(2026, 2, 1, 10, tzinfo=UTC),
        datetime(2026, 2, 2, 10, tzinfo=UTC),
    )
    assert entry.facts == {
        "aliases": "EX-2026-1",
        "cvss": f"{V4}\n{VECTOR}",
        "cwes": "CWE-78",
        "products": "pip Example_Kit >= 1.0, < 1.2",
        "purls": "pkg:pypi/example-kit",
        "references": "https://example.org/advisories/GHSA-aaaa-bbbb-cccc\nhttps://example.org/b",
        "severity": "high",
    }
    assert only(of_github()) == entry


def test_an_advisory_that_github_has_withdrawn_says_since_when() -> None:
    assert only(of_github(withdrawn_at="2026-02-03T00:00:00Z")).facts["withdrawn"] == "2026-02-03T00:00:00+00:00"
    assert only(of_github(withdrawn_at="some day")).facts["withdrawn"] == "2026-02-02T10:00:00+00:00"


def test_an_advisory_of_github_without_its_page_is_shown_at_github() -> None:
    assert only(of_github(html_url=None)).url == "https://github.com/advisories/GHSA-aaaa-bbbb-cccc"


@pytest.mark.parametrize(
    ("header", "address"),
    [
        (f'<{API}&after=x>; rel="next", <{API}&before=y>; rel="prev"', f"{API}&after=x"),
        (f'<{API}&before=y>; rel="prev", <{API}&after=x>;rel=next', f"{API}&after=x"),
        (f'<{API}&after=x>; title="a, b"; rel="last next"', f"{API}&after=x"),
        ('</advisories?after=x>; rel="next"', "https://api.example.org/advisories?after=x"),
        (f'<{API}>; rel="nextish"', None),
        (f'<{API}>; rel="prev"', None),
        ("", None),
        ("<" * 10**6, None),
        ('<x>;"' * 10**5, None),
    ],
)
def test_the_header_leads_to_the_next_page(header: str, address: str | None) -> None:
    links = parse([of_github()], url=API, headers={"link": header}).links
    assert [(link.url, link.role) for link in links] == ([(address, "page")] if address else [])


@pytest.mark.parametrize(
    "target", ["https://other.example.org/x", "http://api.example.org/x", "javascript:1", "http://["]
)
def test_a_next_page_at_another_site_is_refused(target: str) -> None:
    parsed = parse([of_github()], url=API, headers={"link": f'<{target}>; rel="next"'})
    assert not parsed.links and len(parsed.entries) == 1
    assert target in parsed.refusals[0].reason


# Anything else


def test_no_odd_value_in_any_place_makes_the_parser_fail() -> None:
    for document in twisted([advisory(affected=advisory()["affected"][:1]), of_github()]):
        outcome(osv.parse, as_json(document))


KEYS = (
    "vulns",
    "id",
    "modified",
    "affected",
    "package",
    "ranges",
    "events",
    "severity",
    "ghsa_id",
    "database_specific",
)


@given(st.binary() | documents(*KEYS).map(as_json), st.text())
def test_no_document_and_no_header_makes_the_parser_fail(body: bytes, header: str) -> None:
    outcome(osv.parse, body, url=API, headers={"link": header})


@samples
@pytest.mark.parametrize("file", of_kind("osv"), ids=lambda file: file.name)
def test_a_real_advisory_is_taken_as_it_says(file: Path) -> None:
    said = json.loads(file.read_text("utf-8"))
    entry = only(said)
    facts = {name: value.splitlines() for name, value in entry.facts.items()}
    aliases, other = said.get("aliases", []), said.get("database_specific", {})
    ids = {one for one in [said["id"], *aliases] if one.startswith("CVE-")}
    packages = [one["package"] for one in said["affected"]]
    assert entry.guid == said["id"] and set(entry.cves) == ids
    assert facts.get("aliases", []) == sorted(one.upper() for one in aliases if one not in ids)
    for at, name in ((entry.published, "published"), (entry.updated, "modified")):
        assert at == (None if said[name] == ZERO else datetime.fromisoformat(said[name]))
    assert set(facts.get("cvss", [])) == {one["score"] for one in said.get("severity", []) if one["type"] != "Ubuntu"}
    assert facts.get("cwes", []) == sorted(other.get("cwe_ids", []))
    assert "severity" not in other or facts["severity"] == [other["severity"]]
    assert {one["url"] for one in said.get("references", [])} <= set(facts["references"])
    assert {one["purl"] for one in packages if "purl" in one} <= set(facts.get("purls", []))
    assert all(any(f" {one['name']}" in line for line in facts["products"]) for one in packages)
    assert facts.get("related", []) == list(dict.fromkeys(said.get("related", [])))
    assert facts.get("upstream", []) == said.get("upstream", [])
    assert ("withdrawn" in facts) == bool(said.get("withdrawn"))
    assert facts.get("unread", []) == (["modified", "published"] if said["modified"] == ZERO else [])


@samples
@pytest.mark.parametrize("file", of_kind("osv", "*.yaml"), ids=lambda file: file.name)
def test_a_real_file_of_yaml_is_refused(file: Path) -> None:
    assert "exchanged as JSON" in refusal(file.read_bytes())
