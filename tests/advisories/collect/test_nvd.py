from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from advisories.collect.base import Limits, Parsed, RawEntry
from advisories.collect.kinds import KINDS
from advisories.collect.text.vulnfacts import worst
from advisories.collect.vulnerabilities import nvd
from tests.advisories.collect.conftest import NOW
from tests.advisories.collect.hostile import as_json, documents, of_kind, outcome, samples, twisted

API = "https://services.example.org/rest/json/cves/2.0"
VECTOR = "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H"
V2 = "AV:N/AC:M/Au:N/C:C/I:C/A:C"
KIT = r"cpe:2.3:a:example:kit\+_box:*:*:*:*:*:*:*:*"
HOST = "cpe:2.3:o:example:host:-:*:*:*:*:*:*:*"
OLD = "cpe:2.3:a:example:old_kit:1.0:beta1:*:*:*:*:*:*"


def match(criteria: str, vulnerable: bool = True, **more: str) -> dict[str, Any]:
    return {"vulnerable": vulnerable, "criteria": criteria, **more}


def item(number: int = 1234, **changes: Any) -> dict[str, Any]:
    values = {
        "id": f"CVE-2026-{number}", "sourceIdentifier": "security@example.org", "vulnStatus": "Analyzed",
        "published": "2026-02-01T10:00:00.123", "lastModified": "2026-02-02T10:00:00.000", "cveTags": [
            {"sourceIdentifier": "security@example.org", "tags": ["disputed"]}],
        "descriptions": [{"lang": "es", "value": "Hola."}, {"lang": "en", "value": "Runs <b>commands</b>."}],
        "metrics": {
            "cvssMetricV31": [
                {"type": "Secondary", "cvssData": {"vectorString": VECTOR, "baseSeverity": "CRITICAL"}},
            ],
            "cvssMetricV2": [{"type": "Primary", "cvssData": {"vectorString": V2}, "baseSeverity": "HIGH"}],
            "ssvcV203": [{"ssvcData": {"options": [{"exploitation": "active"}, {"automatable": "yes"}]}}],
        },
        "weaknesses": [{"description": [{"value": "CWE-78"}, {"value": "NVD-CWE-noinfo"}, {"value": "CWE-20"}]}],
        "configurations": [{"nodes": [
            {"negate": False, "cpeMatch": [
                match(KIT, versionStartIncluding="2.0", versionEndExcluding="2.3"), match(HOST, vulnerable=False)]},
            {"negate": True, "cpeMatch": [match(HOST)]},
            {"cpeMatch": [match(OLD), match(KIT, versionStartExcluding="1.0", versionEndIncluding="1.9")]},
        ]}],
        "references": [{"url": "https://example.org/a"}, {"url": "https://example.org/b"}],
        "cisaExploitAdd": "2026-02-03", "cisaVulnerabilityName": "Example Kit Command Injection",
    }  # fmt: skip
    return {"cve": {**values, **changes}}


def page(*items: Any, start: int = 0, total: int | None = None, **changes: Any) -> bytes:
    values = {
        "resultsPerPage": len(items), "startIndex": start, "totalResults": len(items) if total is None else total,
        "format": "NVD_CVE", "version": "2.0", "timestamp": "2026-03-01T11:59:00.000", "vulnerabilities": list(items),
    }  # fmt: skip
    return as_json({**values, **changes})


def parse(body: bytes, **options: Any) -> Parsed:
    found = outcome(nvd.parse, body, **{"url": API, **options})
    assert isinstance(found, Parsed), found
    return found


def refusal(body: bytes, **options: Any) -> str:
    found = outcome(nvd.parse, body, **{"url": API, **options})
    assert isinstance(found, str)
    return found


def only(body: bytes) -> RawEntry:
    (entry,) = parse(body).entries
    return entry


def asked(url: str) -> dict[str, str]:
    return {name: values[-1] for name, values in parse_qs(urlsplit(url).query, keep_blank_values=True).items()}


def test_the_notice_is_in_the_words_that_the_database_demands() -> None:
    demanded = "This product uses data from the NVD API but is not endorsed or certified by the NVD."
    assert KINDS["nvd"].notice == demanded


def test_an_entry_carries_what_the_page_says() -> None:
    entry = only(page(item()))
    assert (entry.guid, entry.cves, entry.label) == ("CVE-2026-1234", ("CVE-2026-1234",), None)
    assert (entry.title, entry.author) == ("Example Kit Command Injection", "security@example.org")
    assert entry.summary == "<p>Runs &lt;b&gt;commands&lt;/b&gt;.</p>"
    assert entry.url == "https://nvd.nist.gov/vuln/detail/CVE-2026-1234"
    assert entry.published == datetime(2026, 2, 1, 10, 0, 0, 123_000, tzinfo=UTC)
    assert entry.updated == datetime(2026, 2, 2, 10, tzinfo=UTC)
    assert entry.facts == {
        "cvss": f"{V2}\n{VECTOR}",
        "severity": "HIGH",
        "cwes": "CWE-20\nCWE-78",
        "cpes": f"{KIT}\n{OLD}",
        "products": "example kit+ box 2.0 before 2.3, after 1.0 to 1.9\nexample old kit 1.0 beta1",
        "references": "https://example.org/a\nhttps://example.org/b",
        "kev": "2026-02-03",
        "ssvc": "exploitation: active\nautomatable: yes",
        "tags": "disputed",
        "status": "Analyzed",
    }


def test_without_a_name_the_first_words_are_the_title() -> None:
    assert only(page(item(cisaVulnerabilityName=None))).title == "Runs <b>commands</b>."
    assert only(page(item(cisaVulnerabilityName=None, descriptions=[]))).title == "CVE-2026-1234"


def test_the_products_of_the_records_themselves_are_named_first() -> None:
    told = [{"affectedData": [{"vendor": "Example Ltd", "product": "Kit"}]}]
    assert only(page(item(affected=told))).facts["products"].startswith("Example Ltd Kit\nexample kit+ box ")


def test_a_rejected_one_says_so_and_since_when() -> None:
    entry = only(page(item(vulnStatus="Rejected")))
    assert entry.title == "Rejected: CVE-2026-1234"
    assert entry.facts["withdrawn"] == "2026-02-02T10:00:00+00:00"
    assert "withdrawn" not in only(page(item())).facts


def test_an_item_that_cannot_be_taken_is_refused_alone() -> None:
    bad = [item(id="CVE-1"), {}, 7, item(vulnStatus="Rejected", lastModified="soon")]
    parsed = parse(page(*bad, item(5678)))
    assert [entry.guid for entry in parsed.entries] == ["CVE-2026-5678"]
    assert [refused.reason.partition(" ")[0] for refused in parsed.refusals] == [
        "vulnerabilities[0].cve.id", "vulnerabilities[1].cve.id", "vulnerabilities[2]", "CVE-2026-1234",
    ]  # fmt: skip


# Pages


def test_a_page_leads_to_the_next_one_until_all_results_are_there() -> None:
    url = f"{API}?noRejected&resultsPerPage=2&startIndex=2&cpeName=a%2Ab"
    parsed = parse(page(item(1111), item(2222), start=2, total=7), url=url)
    assert [link.url for link in parsed.links] == [f"{API}?noRejected&resultsPerPage=2&cpeName=a%2Ab&startIndex=4"]
    assert not parsed.state, "what is on the next page is not known yet"
    last = parse(page(item(1111), start=6, total=7), url=parsed.links[0].url)
    assert not last.links and last.state == {"last_modified": "2026-03-01T11:59:00.000"}


def test_a_part_from_no_address_says_that_there_is_more() -> None:
    parsed = parse(page(item(), total=3), url="")
    assert not parsed.links and "1 of 3" in parsed.refusals[0].reason


def test_an_empty_page_before_the_end_is_refused() -> None:
    assert "none from number 2 on" in refusal(page(start=2, total=7))
    assert parse(page(total=0)).entries == ()


def test_another_page_than_was_asked_for_is_refused() -> None:
    assert "from number 4 on" in refusal(page(item(), total=9), url=f"{API}?startIndex=4")


@pytest.mark.parametrize("name", ["format", "version", "startIndex", "totalResults", "vulnerabilities"])
@pytest.mark.parametrize("odd", [None, -1, True, {}, "x"])
def test_another_frame_is_refused_by_the_name_of_what_is_wrong(name: str, odd: Any) -> None:
    assert f": {name} is missing" in refusal(page(item(), **{name: odd}))


@pytest.mark.parametrize("body", [b"", b"[]", b"{}", b"7", b"<html>", b"\xff", page(item())[:-9]])
def test_what_is_no_page_is_refused_in_words(body: bytes) -> None:
    assert refusal(body)


def test_more_items_than_the_limit_refuse_the_page() -> None:
    assert "at most 1" in refusal(page(item(1111), item(2222)), limits=Limits(entries=1))


# Spans of time


def test_at_first_the_last_30_days_are_asked_for() -> None:
    (link,) = nvd.begin(f"{API}?noRejected", {}, NOW)
    assert link.url == (
        f"{API}?noRejected&lastModStartDate=2026-01-30T12:00:00.000%2B00:00"
        "&lastModEndDate=2026-03-01T12:00:00.000%2B00:00"
    )


def test_later_what_was_modified_since_is_asked_for() -> None:
    (link,) = nvd.begin(API, {"last_modified": "2026-02-27T08:00:00.000"}, NOW)
    assert asked(link.url)["lastModStartDate"] == "2026-02-27T08:00:00.000+00:00"


@pytest.mark.parametrize("state", ["", "soon", "0001-01-01T00:00:00", "2026-03-01T12:00:01", "2099-01-01T00:00:00"])
def test_a_state_that_cannot_be_is_as_none(state: str) -> None:
    assert nvd.begin(API, {"last_modified": state}, NOW) == nvd.begin(API, {}, NOW)


@pytest.mark.parametrize("own", ["lastModStartDate=2026-01-01T00:00:00.000", "pubStartDate=x&pubEndDate=y"])
def test_an_address_with_a_span_of_its_own_stays_as_it_is(own: str) -> None:
    (link,) = nvd.begin(f"{API}?{own}", {"last_modified": "2026-02-27T08:00:00.000"}, NOW)
    assert (link.url, link.role) == (f"{API}?{own}", "")


def test_a_long_time_is_asked_for_in_spans_of_120_days_with_no_gap_between() -> None:
    since = NOW - timedelta(days=400)
    (link,) = nvd.begin(f"{API}?startIndex=0", {"last_modified": since.isoformat()}, NOW)
    spans, state = [], ""
    for _ in range(10):
        parsed = parse(page(item(), total=1), url=link.url, role=link.role)
        spans.append([datetime.fromisoformat(asked(link.url)[name]) for name in ("lastModStartDate", "lastModEndDate")])
        state = parsed.state["last_modified"]
        if not parsed.links:
            break
        (link,) = parsed.links
    assert (spans[0][0], spans[-1][1]) == (since, NOW)
    assert all(end - start <= timedelta(days=120) for start, end in spans)
    assert all(one[1] == other[0] for one, other in pairwise(spans))
    assert state == "2026-03-01T11:59:00.000"


def test_a_span_is_left_only_once_its_last_page_has_come() -> None:
    (link,) = nvd.begin(API, {"last_modified": "2025-06-01T00:00:00"}, NOW)
    first = parse(page(item(), total=2), url=link.url, role=link.role)
    assert asked(first.links[0].url)["lastModStartDate"] == "2025-06-01T00:00:00.000+00:00" and not first.state
    second = parse(page(item(), start=1, total=2), url=first.links[0].url, role=first.links[0].role)
    assert asked(second.links[0].url)["lastModStartDate"] == "2025-09-29T00:00:00.000+00:00"
    assert asked(second.links[0].url)["startIndex"] == "0"
    assert second.state == {"last_modified": "2025-09-29T00:00:00.000+00:00"}


def test_what_changed_while_it_was_answered_is_asked_for_the_next_time() -> None:
    (link,) = nvd.begin(API, {}, NOW)
    parsed = parse(page(item(), timestamp="2026-03-01T12:05:00.000"), url=link.url, role=link.role)
    assert parsed.state == {"last_modified": "2026-03-01T12:00:00.000+00:00"} and not parsed.links


# Anything else


def test_no_odd_value_in_any_place_makes_the_parser_fail() -> None:
    for document in twisted(orjson.loads(page(item()))):
        outcome(nvd.parse, as_json(document), url=API)


KEYS = ("vulnerabilities", "cve", "id", "metrics", "cvssMetricV31", "startIndex", "totalResults", "format", "version")


@given(st.binary() | documents(*KEYS).map(as_json) | documents(*KEYS).map(lambda odd: page(odd, odd)))
def test_no_document_makes_the_parser_fail(body: bytes) -> None:
    outcome(nvd.parse, body, url=API)


@samples
@pytest.mark.parametrize("file", of_kind("nvd"), ids=lambda file: file.name)
def test_a_real_page_is_taken_as_it_says(file: Path) -> None:
    said = json.loads(file.read_text("utf-8"))
    parsed = parse(file.read_bytes())
    assert parsed.state == {"last_modified": said["timestamp"]} and not parsed.refusals and not parsed.links
    assert len(parsed.entries) == len(said["vulnerabilities"]) == said["totalResults"]
    for entry, one in zip(parsed.entries, (row["cve"] for row in said["vulnerabilities"]), strict=True):
        facts = {name: value.splitlines() for name, value in entry.facts.items()}
        times = [datetime.fromisoformat(one[name]).replace(tzinfo=UTC) for name in ("published", "lastModified")]
        data = [metric["cvssData"] for name, many in one["metrics"].items() if "cvss" in name for metric in many]
        matches = [m for part in one["configurations"] for node in part["nodes"] for m in node["cpeMatch"]]
        values = [text["value"] for weakness in one["weaknesses"] for text in weakness["description"]]
        score = worst(facts["cvss"])
        assert (entry.guid, entry.published, entry.updated, entry.author) == (
            one["id"],
            *times,
            one["sourceIdentifier"],
        )
        assert set(facts["cvss"]) == {metric["vectorString"] for metric in data}
        assert score and float(score[0]) == max(metric["baseScore"] for metric in data)
        assert facts["cwes"] == sorted(set(values))
        assert set(facts["cpes"]) == {m["criteria"] for m in matches if m["vulnerable"]}
        assert facts["references"] == list(dict.fromkeys(reference["url"] for reference in one["references"]))
        assert "withdrawn" not in facts and "unread" not in facts
