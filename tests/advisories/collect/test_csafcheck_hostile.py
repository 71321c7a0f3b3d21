"""Any JSON whatever gets an answer, and soon."""

from __future__ import annotations

import time
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from advisories.collect.csaf.csafcheck import problem
from tests.advisories.collect.test_csafcheck import SOUND, changed

JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(10**30), 10**30) | st.floats() | st.text(st.characters(), max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["products", "branches", "x"]), inner),
    max_leaves=8,
)
PLACES = [
    "/document", "/document/tracking/revision_history/0/number", "/document/tracking/version", "/document/lang",
    "/product_tree", "/product_tree/branches/0/branches", "/product_tree/relationships/0/product_reference",
    "/vulnerabilities", "/vulnerabilities/0/scores/0/cvss_v3/vectorString", "/vulnerabilities/0/scores/0/cvss_v2",
    "/vulnerabilities/0/flags", "/vulnerabilities/0/involvements", "/vulnerabilities/0/product_status/fixed",
]  # fmt: skip


@settings(max_examples=100, suppress_health_check=[HealthCheck.too_slow], deadline=None)
@given(st.sampled_from(PLACES), JSON)
def test_any_json_at_any_place_gets_an_answer(place: str, value: Any) -> None:
    found = problem(changed(SOUND, {place: value}))
    assert found is None or found.template % found.params


def nested(key: str, depth: int) -> Any:
    value: Any = {}
    for _ in range(depth):
        value = {key: [value]}
    return value


def branches(depth: int) -> list[Any]:
    node: dict[str, Any] = {"product": {"name": "Pump", "product_id": "P1"}}
    for _ in range(depth):
        node = {"branches": [{"category": "product_family", "name": "Pumps", **node}]}
    return list(node["branches"])


HOSTILE: dict[str, dict[str, Any]] = {
    "a surrogate": {"/document/title": "\ud800"},
    "a number that is none": {"/vulnerabilities/0/scores/0/cvss_v3/baseScore": float("nan")},
    "a long name": {"/product_tree/branches/0/branches/0/name": "version " * 125_000},
    "a long vector": {"/vulnerabilities/0/scores/0/cvss_v3/vectorString": "CVSS:3.1/" + "AV:N/" * 200_000 + "AC:L"},
    "a long language": {"/document/lang": "en" + "-aaaaa" * 150_000},
    "a long package URL": {
        "/product_tree/full_product_names/0/product_identification_helper": {"purl": "pkg:a/" + "%20/" * 250_000 + "b"}
    },
    "a long CPE": {
        "/product_tree/full_product_names/0/product_identification_helper": {
            "cpe": "cpe:2.3:a:" + "?" * 500_000 + "a" * 500_000 + "!"
        }
    },
    "many wrong scores": {
        "/vulnerabilities/0/scores": [{"products": ["P1"], "cvss_v3": {"version": str(n)}} for n in range(20_000)]
    },
    "many flags": {
        "/vulnerabilities/0/flags": [
            {"label": "component_not_present", "product_ids": ["P1"], "x": n} for n in range(20_000)
        ]
    },
}


@pytest.mark.parametrize("kind", HOSTILE)
def test_a_document_made_to_be_hard_gets_an_answer_in_a_few_seconds(kind: str) -> None:
    document = changed(SOUND, HOSTILE[kind])
    start = time.process_time()
    found = problem(document)
    assert time.process_time() - start < 5
    assert found is None or found.template % found.params


def test_a_document_that_nests_as_deep_as_jsonbody_lets_it_gets_an_answer() -> None:
    document = changed(SOUND, {"/vulnerabilities/0/product_status": {"known_affected": ["P1"]}})
    document["vulnerabilities"][0]["x"] = nested("x", 500)
    assert problem(document) is None
    document["product_tree"]["branches"] = branches(500)
    assert problem(document) is None
