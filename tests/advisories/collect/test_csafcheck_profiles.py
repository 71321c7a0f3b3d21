"""Tests on the profiles of CSAF 2.0: each with what breaks it and what does not."""

from __future__ import annotations

from typing import Any

import pytest

from tests.advisories.collect.test_csafcheck import GONE, SOUND, Changes, broken, changed

V = "/vulnerabilities/0"
CATEGORY = "/document/category"
NOTES = "/document/notes"
REFERENCES = "/document/references"
STATUS = f"{V}/product_status"
THREATS = f"{V}/threats"
INFORMATION, INCIDENT = "csaf_informational_advisory", "csaf_security_incident_response"
ADVISORY, VEX = "csaf_security_advisory", "csaf_vex"

SELF = {"category": "self", "summary": "This", "url": "https://example.org/1"}
LEGAL = {"category": "legal_disclaimer", "text": "As it is."}
SPARED = {STATUS: {"known_not_affected": ["P1", "P3"]}}
FLAG = {"label": "component_not_present", "product_ids": ["P1", "P3"]}
IMPACT = {"category": "impact", "details": "The code is not there."}


def of(profile: str, changes: Changes | None = None) -> Changes:
    """What makes SOUND a document of the profile, and then changes."""
    silent: Changes = {"/vulnerabilities": GONE} if profile == INFORMATION else {}
    told: dict[str, Any] = {
        NOTES: [{"category": "summary", "text": "-"}],
        REFERENCES: [{**SELF, "category": "external"}],
    }
    return {CATEGORY: profile, **told, **silent, **(changes or {})}


TAKEN = ("Security Advisory", "V_eX", "csaf_pump", "security—incident-response", "CsafVEX", "informational advisory")

BREAKS: list[tuple[str, Changes, str]] = [
    *(("6.1.26", {CATEGORY: name}, CATEGORY) for name in TAKEN),
    ("6.1.27.1", of(INFORMATION, {NOTES: [LEGAL]}), NOTES),
    ("6.1.27.1", of(INCIDENT, {NOTES: GONE}), NOTES),
    ("6.1.27.2", of(INFORMATION, {REFERENCES: [SELF]}), REFERENCES),
    ("6.1.27.3", of(INFORMATION, {"/vulnerabilities": [{"title": "-"}]}), "/vulnerabilities"),
    ("6.1.27.4", of(ADVISORY, {"/product_tree": GONE, V: {"notes": [LEGAL]}}), "/product_tree"),
    ("6.1.27.5", of(VEX, {f"{V}/notes": GONE}), f"{V}/notes"),
    ("6.1.27.6", of(ADVISORY, {STATUS: GONE}), STATUS),
    ("6.1.27.7", of(VEX, {STATUS: {"first_fixed": ["P1"]}}), STATUS),
    ("6.1.27.8", of(VEX, {f"{V}/cve": GONE}), f"{V}/cve"),
    ("6.1.27.9", of(VEX, SPARED), f"{STATUS}/known_not_affected/0"),
    (
        "6.1.27.9",
        of(VEX, {**SPARED, THREATS: [{**IMPACT, "product_ids": ["P1"]}]}),
        f"{STATUS}/known_not_affected/1",
    ),
    ("6.1.27.10", of(VEX, {f"{STATUS}/known_affected": ["P1", "P3"]}), f"{STATUS}/known_affected/1"),
    ("6.1.27.11", of(ADVISORY, {"/vulnerabilities": GONE}), "/vulnerabilities"),
]

KEEPS: list[tuple[str, Changes]] = [
    *(("6.1.26", {CATEGORY: name}) for name in ("csaf_base", "Example Security Notice", "vexing")),
    *(("6.1.27", of(profile)) for profile in (INFORMATION, INCIDENT, ADVISORY, VEX)),
    ("6.1.27.2", of(INCIDENT, {REFERENCES: [{"summary": "-", "url": "https://example.org/"}]})),
    ("6.1.27.7", of(VEX, {f"{STATUS}/recommended": ["P2"]})),
    ("6.1.27.8", of(VEX, {f"{V}/cve": GONE, f"{V}/ids": [{"system_name": "Desk", "text": "7"}]})),
    ("6.1.27.9", of(VEX, {**SPARED, THREATS: [{**IMPACT, "group_ids": ["G1"]}]})),
    ("6.1.27.9", of(VEX, {**SPARED, THREATS: [IMPACT]})),
    ("6.1.27.9", of(VEX, {**SPARED, f"{V}/flags": [FLAG]})),
    ("6.1.27.10", of(VEX, {f"{STATUS}/known_affected": ["P1", "P3"], f"{V}/remediations/0/group_ids": ["G1"]})),
]


@pytest.mark.parametrize(("number", "changes", "path"), BREAKS)
def test_what_breaks_a_test_is_refused_at_its_place(number: str, changes: Changes, path: str) -> None:
    assert broken(changed(SOUND, changes)).get(number) == path


@pytest.mark.parametrize(("number", "changes"), KEEPS)
def test_what_only_looks_like_breaking_a_test_is_valid(number: str, changes: Changes) -> None:
    assert broken(changed(SOUND, changes)) == {}
