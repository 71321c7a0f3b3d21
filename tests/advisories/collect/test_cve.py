from __future__ import annotations

import json
import tarfile
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from advisories.collect.base import Limits, Parsed, RawEntry
from advisories.collect.text.vulnfacts import worst
from advisories.collect.vulnerabilities import cve
from tests.advisories.collect.conftest import context
from tests.advisories.collect.hostile import as_json, documents, of_kind, outcome, samples, twisted

VECTOR = "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H"
V4 = "CVSS:4.0/AV:N/AC:L/AT:N/PR:L/UI:N/VC:L/VI:L/VA:L/SC:N/SI:N/SA:N"
CPE = "cpe:2.3:a:example:gateway:2.0:*:*:*:*:*:*:*"
RAW = "https://raw.example.org/cves/2026/1xxx/"
TEMPORAL = {"CVE-2024-21762"}  # its score counts the exploits, too
MISCOUNTED = {"CVE-2023-46732"}  # says 9.7 to a vector that gives 9.6


def cisa(kind: str, **content: Any) -> dict[str, Any]:
    return {"other": {"type": kind, "content": content}}


def record(number: int = 1234, **changes: Any) -> dict[str, Any]:
    cna = {
        "title": "Example Gateway <runs> commands",
        "descriptions": [{"lang": "de", "value": "Nein."}, {"lang": "en", "value": "Runs <b>commands</b>.\n\nAll."}],
        "metrics": [{"format": "CVSS", "cvssV3_1": {"vectorString": VECTOR, "baseSeverity": "CRITICAL"}}],
        "problemTypes": [{"descriptions": [{"cweId": "CWE-78"}, {"description": "CWE-20 Improper…", "type": "text"}]}],
        "affected": [{"vendor": "Example", "product": "Gateway", "versions": [
            {"version": "2.0", "lessThan": "2.3", "status": "affected"},
            {"version": "1.0", "lessThanOrEqual": "1.9", "status": "affected"},
            {"version": "0", "lessThan": "0.5", "status": "affected"},
            {"version": "2.3", "status": "unaffected"},
        ]}],
        "references": [{"url": "https://example.org/a"}, {"url": "https://example.org/b", "tags": ["vendor-advisory"]}],
    }  # fmt: skip
    adp = {
        "metrics": [
            cisa("ssvc", options=[{"Exploitation": "Active"}, {"Automatable": "yes"}, {"Technical Impact": "total"}]),
            cisa("kev", dateAdded="2026-02-03", reference="https://example.org/kev"),
            {"cvssV4_0": {"vectorString": V4}},
        ],
        "affected": [{"vendor": "example", "product": "gateway", "cpes": [CPE], "defaultStatus": "unknown"}],
    }
    meta = {
        "cveId": f"CVE-2026-{number}", "state": "PUBLISHED", "assignerShortName": "example",
        "datePublished": "2026-02-02T10:00:00", "dateUpdated": "2026-02-02T11:00:00+01:00",
    }  # fmt: skip
    containers = {"cna": {**cna, **changes.pop("cna", {})}, "adp": changes.pop("adp", [adp])}
    values = {"dataType": "CVE_RECORD", "dataVersion": "5.1", "containers": containers}
    return {**values, "cveMetadata": {**meta, **changes.pop("meta", {})}, **changes}


def kit(*versions: dict[str, Any], default: str = "") -> dict[str, Any]:
    return {"product": "Kit", "defaultStatus": default, "versions": [{"status": "affected", **one} for one in versions]}


def change(number: int, at: str = "2026-02-01T10:00:00Z", **changes: Any) -> dict[str, Any]:
    name = f"CVE-2026-{number}"
    return {"cveId": name, "githubLink": f"{RAW}{name}.json", "dateUpdated": at, **changes}


def parse(document: Any, **options: Any) -> Parsed:
    found = outcome(cve.parse, as_json(document), **options)
    assert isinstance(found, Parsed), found
    return found


def refusal(body: bytes, **options: Any) -> str:
    found = outcome(cve.parse, body, **options)
    assert isinstance(found, str)
    return found


def only(document: Any) -> RawEntry:
    parsed = parse(document)
    assert not parsed.refusals and len(parsed.entries) == 1
    return parsed.entries[0]


# What a record says


def test_an_entry_carries_what_the_record_says() -> None:
    entry = only(record())
    assert (entry.guid, entry.cves, entry.label) == ("CVE-2026-1234", ("CVE-2026-1234",), "CLEAR")
    assert entry.title == "Example Gateway <runs> commands" and entry.author == "example"
    assert entry.summary == "<p>Runs &lt;b&gt;commands&lt;/b&gt;.</p><p>All.</p>"
    assert entry.url == "https://www.cve.org/CVERecord?id=CVE-2026-1234"
    assert entry.published == datetime(2026, 2, 2, 10, tzinfo=UTC) == entry.updated
    assert entry.facts == {
        "cvss": f"{VECTOR}\n{V4}",
        "severity": "CRITICAL",
        "cwes": "CWE-20\nCWE-78",
        "products": "Example Gateway 2.0 before 2.3, 1.0 to 1.9, before 0.5",
        "cpes": CPE,
        "references": "https://example.org/b\nhttps://example.org/a",
        "ssvc": "exploitation: active\nautomatable: yes\ntechnicalImpact: total",
        "kev": "2026-02-03",
    }


def test_without_a_title_the_first_words_are_one_and_without_words_the_id() -> None:
    assert only(record(cna={"title": ""})).title == "Runs <b>commands</b>. All."
    assert only(record(cna={"title": None, "descriptions": [{"lang": "de", "value": "Nein."}]})).title == "Nein."
    assert only(record(cna={"title": None, "descriptions": []})).title == "CVE-2026-1234"


def test_a_rejected_record_says_so_and_since_when() -> None:
    reasons = {"rejectedReasons": [{"lang": "en", "value": "Not a vulnerability."}]}
    entry = only(record(meta={"state": "REJECTED", "dateRejected": "2026-02-04T00:00:00Z"}, cna=reasons))
    assert entry.title == "Rejected: CVE-2026-1234" and entry.summary == "<p>Not a vulnerability.</p>"
    assert entry.facts == {"withdrawn": "2026-02-04T00:00:00+00:00"}
    assert only(record(meta={"state": "REJECTED"})).facts["withdrawn"] == "2026-02-02T10:00:00+00:00"
    assert "withdrawn" not in only(record()).facts


@pytest.mark.parametrize(
    ("parts", "words"),
    [
        ([kit(default="affected")], "Kit all versions"),
        ([kit(default="unaffected")], None),
        ([kit()], "Kit"),
        ([kit({"version": "1", "status": "unaffected"})], None),
        ([kit({"version": "1", "lessThan": "*"})], "Kit 1 and later"),
        ([kit({"version": "0", "lessThan": "*"})], "Kit all versions"),
        ([kit({"version": "n/a"})], "Kit"),
        ([kit({"version": "9f8e", "versionType": "git"})], "Kit"),
        ([{**kit({"version": "n/a"}), "vendor": "n/a", "product": "n/a"}], None),
        ([{"vendor": "Example", "product": "Example Kit"}, {"vendor": "Kit", "product": "Kit"}], "Example Kit\nKit"),
        ([{"vendor": "Example", "packageName": "kit"}], "Example kit"),
        ([kit({"version": "2.1", "lessThan": "*", "status": "unaffected"}, default="affected")], "Kit before 2.1"),
        (
            [
                kit(
                    {"version": "2", "status": "unaffected"},
                    {"version": "3", "status": "unaffected"},
                    default="affected",
                )
            ],
            "Kit all versions except 2, 3",
        ),
        ([kit(*({"version": str(n)} for n in range(1, 24)))], f"Kit {', '.join(map(str, range(1, 21)))}, … +3"),
    ],
)
def test_products_are_named_as_people_say_them(parts: list[Any], words: str | None) -> None:
    assert only(record(cna={"affected": parts}, adp=[])).facts.get("products") == words


def test_names_of_what_is_not_affected_are_not_taken() -> None:
    safe = {"product": "Kit", "cpes": [CPE], "defaultStatus": "unaffected"}
    assert "cpes" not in only(record(cna={"affected": [safe]}, adp=[])).facts


def test_what_could_not_be_read_is_told_by_its_place() -> None:
    metrics = [{"cvssV3_1": {"vectorString": "AV:N"}}, 7]
    entry = only([record(cna={"metrics": metrics, "references": [{"url": "ftp://example.org/"}]}, adp=[])])
    places = ("metrics[0].cvssV3_1.vectorString", "metrics[1]", "references[0].url")
    assert set(lines(entry, "unread")) == {f"[0].containers.cna.{place}" for place in places}


# Documents


def test_one_record_an_array_and_an_object_of_records_are_read_alike() -> None:
    (first,) = parse(record()).entries
    assert parse([record()]).entries == parse({"cveRecords": [record()]}).entries == (first,)
    assert parse([]).entries == ()


def test_a_record_that_cannot_be_taken_is_refused_alone() -> None:
    bad = [
        record(meta={"cveId": "CVE-26-1"}),
        record(meta={"cveId": "cve-2026-1234"}),
        record(meta={"state": "RESERVED"}),
        record(dataVersion="6.0"),
        {**record(), "containers": {}},
        record(meta={"state": "REJECTED", "dateUpdated": "soon"}),
        {},
        7,
    ]
    parsed = parse([*bad, record(5678)])
    assert [entry.guid for entry in parsed.entries] == ["CVE-2026-5678"]
    reasons = [refused.reason for refused in parsed.refusals]
    assert len(reasons) == len(bad)
    words = [
        "[0].cveMetadata.cveId is “CVE-26-1”",
        "cve-2026",
        "RESERVED",
        "6.0",
        "containers.cna",
        "since when",
        "[6]",
        "[7]",
    ]
    assert all(word in reason for word, reason in zip(words, reasons, strict=True)), reasons


def test_of_two_versions_of_a_record_the_newer_is_taken() -> None:
    old, new = record(), record(meta={"dateUpdated": "2026-02-05T00:00:00Z"})
    for order in ([old, new], [new, old]):
        parsed = parse(order)
        assert parsed.entries == parse(new).entries and "twice" in parsed.refusals[0].reason
    assert not parse([old, old]).refusals


def test_a_list_of_changes_leads_to_the_records_the_new_ones_first() -> None:
    parsed = parse({"fetchTime": "x", "updated": [change(2222)], "new": [change(1111)], "error": []})
    assert [(link.url, link.role, link.stamp) for link in parsed.links] == [
        (f"{RAW}CVE-2026-1111.json", "record", "2026-02-01T10:00:00Z"),
        (f"{RAW}CVE-2026-2222.json", "record", "2026-02-01T10:00:00Z"),
    ]
    assert parsed.entries == () == parsed.refusals


def test_the_log_of_a_month_leads_to_each_record_once_with_its_newest_stamp() -> None:
    log = [{"new": [], "updated": [change(1111, "2026-02-03")]}, {"new": [change(1111, "2026-02-01")], "updated": []}]
    assert [link.stamp for link in parse(log).links] == ["2026-02-03"]


def test_a_change_without_a_usable_address_is_refused_alone() -> None:
    bad = [change(1, githubLink="javascript:1"), change(1111, githubLink=None), change(1111, cveId="x"), "x"]
    parsed = parse({"new": [*bad, change(3333)], "updated": "x"})
    assert [link.url for link in parsed.links] == [f"{RAW}CVE-2026-3333.json"]
    assert len(parsed.refusals) == 5
    assert all("new[" in refused.reason or "updated" in refused.reason for refused in parsed.refusals)


def test_a_record_cannot_lead_on_to_others() -> None:
    body = orjson.dumps({"new": [change(1111)], "updated": []})
    assert "another list of changes" in refusal(body, role="record")
    assert parse(record(), role="record").entries


def test_more_records_or_changes_than_the_limit_refuse_the_document() -> None:
    limits = Limits(entries=1)
    assert "at most 1" in refusal(orjson.dumps([record(1111), record(2222)]), limits=limits)
    assert "at most 1" in refusal(orjson.dumps({"new": [change(1111), change(2222)]}), limits=limits)


@pytest.mark.parametrize(
    "body", [b"", b"{}", b"null", b'"x"', b"7", b"<html>", b"\xff", b'{"cveRecords":{}}', b'{"data_type":"CVE"}', b"[{"]
)
def test_what_has_no_records_is_refused_in_words(body: bytes) -> None:
    assert refusal(body)


def test_no_odd_value_in_any_place_makes_the_parser_fail() -> None:
    whole = {"cveRecords": [record()]}
    for document in twisted(whole):
        outcome(cve.parse, as_json(document))
    for document in twisted({"new": [change(1111)], "updated": [change(2222)]}):
        outcome(cve.parse, as_json(document))


KEYS = ("cveMetadata", "cveId", "state", "containers", "cna", "adp", "metrics", "other", "content", "new", "cveRecords")


@given(st.binary() | documents(*KEYS).map(as_json))
def test_no_document_makes_the_parser_fail(body: bytes) -> None:
    outcome(cve.parse, body)


# Real records


def inside(document: Any, name: str) -> list[Any]:
    """Everything under the name anywhere in the document, except in what is kept there of a former format."""
    found: list[Any] = []
    for key, value in document.items() if isinstance(document, dict) else enumerate(document):
        if key == name:
            found.append(value)
        if isinstance(value, dict | list) and key != "x_legacyV4Record":
            found += inside(value, name)
    return found


@samples
@pytest.mark.parametrize("file", of_kind("cve"), ids=lambda file: file.name)
def test_a_real_record_is_taken_as_it_says(file: Path) -> None:
    said = json.loads(file.read_text("utf-8"))
    entry = only(said)
    meta = said["cveMetadata"]
    assert (entry.guid, entry.cves, entry.author) == (meta["cveId"], (meta["cveId"],), meta["assignerShortName"])
    assert (entry.published, entry.updated) == (moment(meta["datePublished"]), moment(meta["dateUpdated"]))
    assert ("withdrawn" in entry.facts) == (meta["state"] == "REJECTED") == entry.title.startswith("Rejected")
    if meta["state"] == "REJECTED":
        assert datetime.fromisoformat(entry.facts["withdrawn"]) == moment(meta["dateRejected"])
    assert set(lines(entry, "cvss")) == set(inside(said, "vectorString"))
    assert set(inside(said, "cweId")) <= set(lines(entry, "cwes"))
    assert set(lines(entry, "references")) == {one["url"] for part in inside(said, "references") for one in part}
    assert set(lines(entry, "cpes")) <= {name for names in inside(said, "cpes") for name in names}
    assert entry.facts.get("kev", "") == "".join(inside(said, "dateAdded"))
    assert "unread" not in entry.facts
    score = worst(lines(entry, "cvss"))
    if (scores := inside(said, "baseScore")) and entry.guid not in TEMPORAL | MISCOUNTED:
        assert score and float(score[0]) == max(scores)


@samples
@pytest.mark.parametrize("file", of_kind("cve", "*.tar.gz"), ids=lambda file: file.name)
def test_the_changes_in_the_real_list_lead_to_its_records(file: Path) -> None:
    assert "not the JSON document" in refusal(file.read_bytes())
    with tarfile.open(file) as archive:
        files = {one.name: archive.extractfile(one) for one in archive if one.name.endswith(".json")}
        bodies = {name: opened.read() for name, opened in files.items() if opened}
    for name, body in bodies.items():
        parsed, said = cve.parse(body, context(limits=Limits(entries=10_000))), json.loads(body)
        changes = [
            one
            for part in (said if isinstance(said, list) else [said])
            for one in part.get("new", []) + part.get("updated", [])
        ]
        assert {link.url for link in parsed.links} == {one["githubLink"] for one in changes}, name
        assert len(parsed.entries) == (0 if changes else 1) and not parsed.refusals


def lines(entry: RawEntry, name: str) -> list[str]:
    return entry.facts.get(name, "").splitlines()


def moment(text: str) -> datetime:
    at = datetime.fromisoformat(text)
    return at if at.tzinfo else at.replace(tzinfo=UTC)
