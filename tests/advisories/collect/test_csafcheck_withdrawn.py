"""CSAF 2.1: tests on sharing, licences, and documents that are withdrawn or superseded."""

from __future__ import annotations

import pytest

from advisories.collect.csaf.csafcheck import TESTS
from tests.advisories.collect import (
    test_csafcheck_21,
    test_csafcheck_products,
    test_csafcheck_profiles,
    test_csafcheck_scores,
    test_csafcheck_versions,
)
from tests.advisories.collect.test_csafcheck import GONE, REVISION, Changes, broken, changed
from tests.advisories.collect.test_csafcheck_21 import NEW

CATEGORY = "/document/category"
LABEL = "/document/distribution/tlp/label"
SHARING = "/document/distribution/sharing_group"
STATUS = "/document/tracking/status"
HISTORY = "/document/tracking/revision_history"
VERSION = "/document/tracking/version"
NOTES = "/document/notes"
REFERENCES = "/document/references"
LICENCE = "/document/license_expression"
NIL, MAX = "00000000-0000-0000-0000-000000000000", "ffffffff-ffff-ffff-ffff-ffffffffffff"
SOME = "9f0a1c2e-1b3d-4c5e-8f70-123456789abc"
WITHDRAWN, SUPERSEDED = "csaf_withdrawn", "csaf_superseded"
REASONS = {WITHDRAWN: "Reasoning for Withdrawal", SUPERSEDED: "Reasoning for Supersession"}
NEXT = {"summary": "Superseding Document EX-2", "url": "https://example.org/2"}


def sharing(identifier: str, name: str = "", label: str = "GREEN") -> Changes:
    return {SHARING: {"id": identifier, **({"name": name} if name else {})}, LABEL: label}


def of(profile: str, changes: Changes | None = None) -> Changes:
    """What makes NEW a document of the profile, and then changes."""
    return {
        CATEGORY: profile,
        NOTES: [{"category": "description", "title": REASONS[profile], "text": "-"}],
        REFERENCES: [NEXT],
        HISTORY: [{**REVISION, "date": "2026-03-01T10:00:00Z"}, {**REVISION, "number": "2"}],
        VERSION: "2",
        "/product_tree": GONE,
        "/vulnerabilities": GONE,
        **(changes or {}),
    }


TREE = {"full_product_names": [{"name": "Pump", "product_id": "P1"}]}
OTHER_NOTE = [{"category": "description", "title": "Why", "text": "-"}]
NO_LICENCES = (
    "MIT OR", "Pump Licence", "(MIT", "MIT WITH", "MIT Apache-2.0", "MIT; see below", "()", "MIT)", "licenseref-Pump",
    "LicenseRef-Pump+", "DocumentRef-Pump:LicenseRef-1.0", "MIT WITH additionref-Pump",
)  # fmt: skip
LICENCES = (
    "MIT",
    "cc-by-4.0",
    "Apache-2.0 OR (MIT AND LicenseRef-example-1)",
    "GPL-2.0+ WITH Classpath-exception-2.0",
    "An-Id.that-SPDX-may-come-to-list+ WITH AdditionRef-Pump",
)

BREAKS: list[tuple[str, Changes, str]] = [
    ("6.1.26", {CATEGORY: "Superseded"}, CATEGORY),
    ("6.1.27.3", of(WITHDRAWN, {"/vulnerabilities": [{"title": "-"}]}), "/vulnerabilities"),
    ("6.1.27.14", of(WITHDRAWN, {NOTES: GONE}), NOTES),
    ("6.1.27.15", of(SUPERSEDED, {"/product_tree": TREE}), "/product_tree"),
    ("6.1.27.16", of(WITHDRAWN, {HISTORY: [REVISION], VERSION: "1"}), f"{HISTORY}/1"),
    ("6.1.27.17", of(WITHDRAWN, {NOTES: OTHER_NOTE}), NOTES),
    ("6.1.27.18", of(SUPERSEDED, {NOTES: OTHER_NOTE}), NOTES),
    ("6.1.27.19", of(SUPERSEDED, {REFERENCES: [{**NEXT, "category": "self"}]}), REFERENCES),
    ("6.1.38", sharing(MAX, "Public"), f"{SHARING}/id"),
    ("6.1.39", sharing(SOME, label="CLEAR"), f"{SHARING}/id"),
    ("6.1.39", sharing(NIL, "No sharing allowed", "CLEAR"), f"{SHARING}/id"),
    ("6.1.40", sharing(SOME, "Public"), f"{SHARING}/name"),
    ("6.1.40", sharing(NIL, "Public"), f"{SHARING}/name"),
    ("6.1.41", sharing(MAX, label="CLEAR"), f"{SHARING}/name"),
    ("6.1.41", sharing(NIL, "Nobody"), f"{SHARING}/name"),
    *(("6.1.54", {LICENCE: text}, LICENCE) for text in NO_LICENCES),
]

KEEPS: list[tuple[str, Changes]] = [
    ("6.1.26", {CATEGORY: "csaf_deprecated_security_advisory"}),
    ("6.1.27", of(WITHDRAWN)),
    ("6.1.27", of(SUPERSEDED)),
    ("6.1.27.17", of(WITHDRAWN, {NOTES: OTHER_NOTE, "/document/lang": "cy"})),
    ("6.1.38", sharing(SOME, "Pump WARP", "AMBER+STRICT")),
    ("6.1.39", sharing(MAX, "Public", "CLEAR")),
    ("6.1.39", {**sharing(NIL, "No sharing allowed", "CLEAR"), STATUS: "draft"}),
    ("6.1.40", sharing(SOME, "public")),
    ("6.1.41", sharing(NIL, "No sharing allowed", "RED")),
    *(("6.1.54", {LICENCE: text}) for text in LICENCES),
]


@pytest.mark.parametrize(("number", "changes", "path"), BREAKS)
def test_what_breaks_a_test_is_refused_at_its_place(number: str, changes: Changes, path: str) -> None:
    assert broken(changed(NEW, changes)).get(number) == path


@pytest.mark.parametrize(("number", "changes"), KEEPS)
def test_what_only_looks_like_breaking_a_test_is_valid(number: str, changes: Changes) -> None:
    assert broken(changed(NEW, changes)) == {}


def test_every_mandatory_test_that_is_made_has_a_document_that_breaks_it() -> None:
    old = (test_csafcheck_products, test_csafcheck_profiles, test_csafcheck_scores, test_csafcheck_versions)
    broken_20 = {number for file in old for number, _, _ in file.BREAKS}
    broken_21 = {number for number, _, _ in (*test_csafcheck_21.BREAKS, *BREAKS)}
    assert set(TESTS["2.0"]) <= broken_20 and set(TESTS["2.1"]) <= broken_20 | broken_21
    assert not broken_20 - set(TESTS["2.0"]) - {"6.1.8"}  # which is in the schema
