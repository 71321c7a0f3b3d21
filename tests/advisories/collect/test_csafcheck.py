"""Judging CSAF documents: what is none, what is one, and what the sentence says."""

from __future__ import annotations

import copy
from functools import reduce
from typing import Any

import pytest

from advisories.collect.csaf.csafcheck import Problem, problem, problems
from advisories.collect.csaf.csafcheck import schema as shape
from advisories.collect.csaf.csafcheck.finding import Finding

Changes = dict[str, Any]
GONE = object()  # a change: the property is taken away
VECTOR = "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H"
SCORE = {"version": "3.1", "vectorString": VECTOR, "baseScore": 9.8, "baseSeverity": "CRITICAL"}
REVISION = {"date": "2026-03-02T10:00:00.000Z", "number": "1", "summary": "First."}
PUBLISHER = {"category": "vendor", "name": "Example Works", "namespace": "https://example.org/"}
SOUND: dict[str, Any] = {
    "document": {
        "category": "csaf_base",
        "csaf_version": "2.0",
        "lang": "en-GB",
        "publisher": PUBLISHER,
        "title": "A made-up advisory on the Paraglide pump",
        "tracking": {
            "current_release_date": "2026-03-02T10:00:00.000Z",
            "id": "EX-2026-1",
            "initial_release_date": "2026-03-02T10:00:00.000Z",
            "revision_history": [REVISION],
            "status": "final",
            "version": "1",
        },
    },
    "product_tree": {
        "branches": [
            {
                "category": "vendor",
                "name": "Example Works",
                "branches": [
                    {"category": "product_version", "name": "1.0", "product": {"name": "Pump 1.0", "product_id": "P1"}},
                    {"category": "product_version", "name": "2.0", "product": {"name": "Pump 2.0", "product_id": "P2"}},
                ],
            }
        ],
        "full_product_names": [{"name": "Example OS", "product_id": "P3"}],
        "product_groups": [{"group_id": "G1", "product_ids": ["P1", "P3"]}],
        "relationships": [
            {
                "category": "installed_on",
                "full_product_name": {"name": "Pump 1.0 on Example OS", "product_id": "P4"},
                "product_reference": "P1",
                "relates_to_product_reference": "P3",
            }
        ],
    },
    "vulnerabilities": [
        {
            "cve": "CVE-2026-1234",
            "notes": [{"category": "description", "text": "The pump listens to anybody."}],
            "product_status": {"known_affected": ["P1"], "fixed": ["P2"]},
            "remediations": [{"category": "vendor_fix", "details": "Update.", "product_ids": ["P1"]}],
            "scores": [{"products": ["P1"], "cvss_v3": SCORE}],
        }
    ],
}


def changed(document: dict[str, Any], changes: Changes) -> dict[str, Any]:
    """A copy with other values at these JSON pointers; "-" appends to a list, GONE takes away."""
    whole = copy.deepcopy(document)
    for pointer, value in changes.items():
        *way, last = pointer.split("/")[1:]
        place: Any = reduce(lambda at, step: at[int(step) if isinstance(at, list) else step], way, whole)
        if value is GONE:
            place.pop(last, None)
        elif isinstance(place, list):
            place[int(last) if last != "-" else len(place) :] = [copy.deepcopy(value)]
        else:
            place[last] = copy.deepcopy(value)
    return whole


def broken(document: Any) -> dict[str, str]:
    """Test -> the first place that breaks it."""
    return {one.test: one.path for one in problems(document)}


def test_a_sound_document_is_valid() -> None:
    assert problem(SOUND) is None


@pytest.mark.parametrize("document", [None, 7, "CSAF", [], {}, {"document": []}, {"document": {"csaf_version": 2.0}}])
def test_what_does_not_say_that_it_is_csaf_is_refused_for_that(document: Any) -> None:
    assert problem(document) == Problem.of("schema", Finding("/document/csaf_version", shape.NOT_CSAF))


HISTORY = "/document/tracking/revision_history"


@pytest.mark.parametrize(
    ("changes", "path", "template"),
    [
        ({"/document/title": GONE}, "/document/title", shape.MISSING),
        ({"/document/title": ""}, "/document/title", shape.EMPTY),
        ({"/document/title": 5}, "/document/title", shape.WRONG_KIND),
        ({"/document/lang": "english-"}, "/document/lang", shape.MALFORMED),
        ({"/document/tracking/status": "done"}, "/document/tracking/status", shape.NOT_ALLOWED),
        ({f"{HISTORY}/0/date": "1 May"}, f"{HISTORY}/0/date", shape.MALFORMED),
        ({"/document/publisher/namespace": "not a URI"}, "/document/publisher/namespace", shape.MALFORMED),
        ({"/document/tracking/aliases": ["a", "a"]}, "/document/tracking/aliases", shape.TWICE),
        ({"/vulnerabilities": []}, "/vulnerabilities", shape.EMPTY),
        ({"/vulnerabilities/0/cve": "CVE-26-1"}, "/vulnerabilities/0/cve", shape.MALFORMED),
    ],
)  # fmt: skip
def test_what_breaks_the_schema_is_refused_with_its_place(changes: Changes, path: str, template: str) -> None:
    found = problem(changed(SOUND, changes))
    assert found and (found.test, found.path, found.template) == ("schema", path, template)
    assert found.template % found.params


def test_properties_of_its_own_do_not_break_a_document_of_2_0_even_under_names_of_2_1() -> None:
    own = {"metrics": 5, "cwes": "x", "involvements": [{"party": "vendor", "status": "open", "product_ids": 7}]}
    changes = {f"/vulnerabilities/0/{key}": value for key, value in own.items()}
    changes |= {"/product_tree/product_paths": 3, "/document/sharing_group": None, "/document/involvement": [1]}
    assert problem(changed(SOUND, changes)) is None


def test_text_of_the_document_is_made_safe_and_short_in_the_sentence() -> None:
    found = problem(changed(SOUND, {"/vulnerabilities/0/product_status/fixed": ["\u202e\x00" + "x" * 10_000]}))
    assert found and found.test == "6.1.1"
    assert found.params["id"] == "x" * 120 and found.params["path"] == found.path
