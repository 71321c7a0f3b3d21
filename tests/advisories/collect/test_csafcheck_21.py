"""CSAF 2.1: tests on products, metrics and dates that are new or otherwise than in 2.0."""

from __future__ import annotations

from typing import Any

import pytest

from advisories.collect.csaf.csafcheck import problem
from advisories.collect.csaf.csafcheck import schema as shape
from tests.advisories.collect.test_csafcheck import GONE, SCORE, SOUND, Changes, broken, changed

V = "/vulnerabilities/0"
METRICS = f"{V}/metrics"
CONTENT = f"{METRICS}/0/content"
KNOWN = f"{V}/first_known_exploitation_dates"
DISCLOSED = f"{V}/disclosure_date"
TREE = "/product_tree"
PATH = f"{TREE}/product_paths/0"
HELPER = f"{TREE}/full_product_names/0/product_identification_helper"
CWES = f"{V}/cwes"
STATUS = "/document/tracking/status"

OF_4 = {
    "version": "4.0",
    "vectorString": "CVSS:4.0/AV:N/AC:H/AT:N/PR:N/UI:N/VC:N/VI:N/VA:H/SC:N/SI:N/SA:N/E:U",
    "baseScore": 8.2,  # of the base metrics; 4.6 with the threat
    "baseSeverity": "HIGH",
}
EPSS = {"percentile": "0.5", "probability": "0.01", "timestamp": "2026-03-02T10:00:00Z"}
CHOICE = {"namespace": "ssvc", "key": "E", "version": "1.1.0", "values": [{"key": "A"}]}
SSVC = {"schemaVersion": "2.0.0", "timestamp": "2026-03-02T10:00:00Z", "selections": [CHOICE]}
EXPLOITED = {"date": "2026-03-02T10:00:00Z", "exploitation_date": "2026-02-27T10:00:00Z", "product_ids": ["P1"]}
INSTALLED = {
    "beginning_product_reference": "P1",
    "full_product_name": {"name": "Pump 1.0 on Example OS", "product_id": "P4"},
    "subpaths": [{"category": "installed_on", "next_product_reference": "P3"}],
}
NEW = changed(
    SOUND,
    {
        "/$schema": "https://docs.oasis-open.org/csaf/csaf/v2.1/schema/csaf.json",
        "/document/csaf_version": "2.1",
        "/document/distribution": {"tlp": {"label": "CLEAR"}},
        f"{TREE}/relationships": GONE,
        f"{TREE}/product_paths": [INSTALLED],
        f"{V}/scores": GONE,
        METRICS: [{"products": ["P1"], "content": {"cvss_v3": SCORE, "cvss_v4": OF_4, "epss": EPSS}}],
        DISCLOSED: "2026-03-02T11:00:00+01:00",
        KNOWN: [EXPLOITED],
    },
)


def metric(score: dict[str, Any], **more: str) -> dict[str, Any]:
    return {"products": ["P1"], "content": {"cvss_v3": score}, **more}


def cwe(number: int, name: str, version: str = "4.15") -> list[dict[str, str]]:
    return [{"id": f"CWE-{number}", "name": name, "version": version}]


def branches(*categories: str) -> list[Any]:
    """One within another, P1 in the innermost; P2 beside them."""
    node: dict[str, Any] = {"product": {"name": "Pump", "product_id": "P1"}}
    for category in reversed(categories):
        node = {"branches": [{"category": category, "name": "Pumps", **node}]}
    return [*node["branches"], {"category": "vendor", "name": "-", "product": {"name": "-", "product_id": "P2"}}]


IN_BOTH = f"{TREE}/branches/0/branches/0"
EARLY, LATE = "2026-03-02T12:00:00+03:00", "2026-03-02T12:00:00Z"

BREAKS: list[tuple[str, Changes, str]] = [
    ("6.1.1", {f"{PATH}/subpaths/0/next_product_reference": "P9"}, f"{PATH}/subpaths/0/next_product_reference"),
    ("6.1.1", {f"{V}/notes/0/product_ids": ["P9"]}, f"{V}/notes/0/product_ids/0"),
    ("6.1.1", {f"{KNOWN}/0/product_ids/0": "P9"}, f"{KNOWN}/0/product_ids/0"),
    ("6.1.3", {f"{PATH}/beginning_product_reference": "P4"}, f"{PATH}/full_product_name/product_id"),
    ("6.1.4", {f"{KNOWN}/0/group_ids": ["G9"]}, f"{KNOWN}/0/group_ids/0"),
    ("6.1.6", {f"{V}/product_status/unknown": ["P1"]}, f"{V}/product_status/unknown/0"),
    ("6.1.7", {f"{METRICS}/-": metric({**SCORE, "attackVector": "NETWORK"})}, f"{METRICS}/1/products/0"),
    ("6.1.8", {f"{CONTENT}/cvss_v4/vectorString": "CVSS:4.0/AV:N"}, f"{CONTENT}/cvss_v4/vectorString"),
    ("6.1.9", {f"{CONTENT}/cvss_v4/baseScore": 8.3}, f"{CONTENT}/cvss_v4/baseScore"),
    ("6.1.10", {f"{CONTENT}/cvss_v4/exploitMaturity": "ATTACKED"}, f"{CONTENT}/cvss_v4/exploitMaturity"),
    ("6.1.11", {CWES: cwe(598, "Use of HTTP Request With Sensitive Query String")}, f"{CWES}/0/name"),
    ("6.1.11", {CWES: cwe(264, "Permissions, Privileges, and Access Controls")}, f"{CWES}/0/id"),
    ("6.1.13", {HELPER: {"purls": ["pkg:npm/pump@1", "pkg:maven/@1.3.4"]}}, f"{HELPER}/purls/1"),
    ("6.1.34", {f"{TREE}/branches": branches(*["product_family"] * 31)}, f"{TREE}/branches/0" + "/branches/0" * 30),
    ("6.1.37", {DISCLOSED: "2026-03-02t10:00:00Z"}, DISCLOSED),
    ("6.1.37", {f"{CONTENT}/epss/timestamp": "2026-03-02T10:00:00z"}, f"{CONTENT}/epss/timestamp"),
    ("6.1.42", {HELPER: {"purls": ["pkg:npm/pump@1", "pkg:npm/pump@2"]}}, f"{HELPER}/purls/1"),
    ("6.1.43", {HELPER: {"model_numbers": ["X*", "*X*"]}}, f"{HELPER}/model_numbers/1"),
    ("6.1.44", {HELPER: {"serial_numbers": [r"\*X**"]}}, f"{HELPER}/serial_numbers/0"),
    ("6.1.45", {DISCLOSED: LATE}, DISCLOSED),
    ("6.1.46", {f"{CONTENT}/ssvc_v2": {"timestamp": EARLY}}, f"{CONTENT}/ssvc_v2/schemaVersion"),
    ("6.1.49", {f"{CONTENT}/ssvc_v2": {**SSVC, "timestamp": LATE}}, f"{CONTENT}/ssvc_v2/timestamp"),
    ("6.1.51", {f"{CONTENT}/epss/timestamp": LATE}, f"{CONTENT}/epss/timestamp"),
    ("6.1.52", {f"{KNOWN}/0/date": LATE}, f"{KNOWN}/0/date"),
    ("6.1.53", {f"{KNOWN}/0/date": "2026-02-26T10:00:00Z"}, f"{KNOWN}/0/exploitation_date"),
    ("6.1.58", {f"{TREE}/branches": branches("product_version_range", "product_version")}, IN_BOTH),
    ("6.1.61", {HELPER: {"skus": ["*X*"]}}, f"{HELPER}/skus/0"),
]

KEEPS: list[tuple[str, Changes]] = [
    ("6.1.7", {f"{METRICS}/-": metric(SCORE, source="https://example.org/cna")}),
    ("6.1.9", {f"{CONTENT}/cvss_v4/baseScore": 4.6, f"{CONTENT}/cvss_v4/baseSeverity": "MEDIUM"}),
    ("6.1.11", {CWES: cwe(598, "Use of GET Request Method With Sensitive Query Strings")}),
    ("6.1.11", {CWES: cwe(598, "Use of HTTP Request With Sensitive Query String", "4.20")}),
    ("6.1.34", {f"{TREE}/branches": branches(*["product_family"] * 30)}),
    ("6.1.37", {DISCLOSED: "2026-03-02T12:00:00.5+03:00"}),
    ("6.1.42", {HELPER: {"purls": ["pkg:npm/pump@1?a=1", "pkg:npm/pump@1?a=2"]}}),
    ("6.1.43", {HELPER: {"model_numbers": [r"\*X*"]}}),
    ("6.1.44", {HELPER: {"serial_numbers": ["*"]}}),
    ("6.1.45", {DISCLOSED: LATE, "/document/distribution/tlp/label": "GREEN"}),
    ("6.1.45", {DISCLOSED: LATE, STATUS: "draft"}),
    ("6.1.49", {f"{CONTENT}/ssvc_v2": SSVC}),
    ("6.1.51", {f"{CONTENT}/epss/timestamp": EARLY}),
    ("6.1.52", {f"{KNOWN}/0/date": LATE, STATUS: "draft"}),
    ("6.1.53", {f"{KNOWN}/0/exploitation_date": EXPLOITED["date"]}),
    ("6.1.58", {f"{TREE}/branches": branches("product_family", "product_version")}),
    ("6.1.61", {HELPER: {"skus": ["X*"]}}),
]


def test_a_sound_document_of_2_1_is_valid_and_its_parts_are_none_of_2_0() -> None:
    assert problem(NEW) is None
    found = problem(changed(NEW, {"/document/csaf_version": "2.0"}))
    assert found and (found.test, found.path) == ("schema", "/document/distribution/tlp/label")


def test_a_document_of_any_draft_of_2_1_is_valid_and_one_of_none_is_not() -> None:
    person, desk = {"party": "vendor", "status": "open"}, {"email": "desk@example.org"}
    assert problem(changed(NEW, {f"{V}/involvements": [person]})) is None  # until the third draft
    assert problem(changed(NEW, {"/document/publisher/contact": desk})) is None  # since the fourth
    found = problem(changed(NEW, {"/document/mood": "good"}))
    assert found and (found.path, found.template, found.params["names"]) == ("/document", shape.NOT_KNOWN, "mood")


@pytest.mark.parametrize(("number", "changes", "path"), BREAKS)
def test_what_breaks_a_test_is_refused_at_its_place(number: str, changes: Changes, path: str) -> None:
    assert broken(changed(NEW, changes)).get(number) == path


@pytest.mark.parametrize(("number", "changes"), KEEPS)
def test_what_only_looks_like_breaking_a_test_is_valid(number: str, changes: Changes) -> None:
    assert broken(changed(NEW, changes)) == {}
