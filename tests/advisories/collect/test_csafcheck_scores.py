"""Tests on CVSS, CWE, languages and package URLs of CSAF 2.0: each with what breaks it and what does not."""

from __future__ import annotations

import pytest

from tests.advisories.collect.test_csafcheck import SCORE, SOUND, VECTOR, Changes, broken, changed

V = "/vulnerabilities/0"
SCORES = f"{V}/scores"
THREE = f"{SCORES}/0/cvss_v3"
TWO = f"{SCORES}/0/cvss_v2"
CWE = f"{V}/cwe"
LANG = "/document/lang"
HELPER = "/product_tree/full_product_names/0/product_identification_helper"

OF_2 = {"version": "2.0", "vectorString": "AV:N/AC:L/Au:N/C:P/I:P/A:P", "baseScore": 7.5}
OF_30 = {**SCORE, "version": "3.0", "vectorString": VECTOR.replace("3.1", "3.0")}
PROOF = {f"{THREE}/exploitCodeMaturity": "PROOF_OF_CONCEPT", f"{THREE}/temporalSeverity": "CRITICAL"}
XSS = "Improper Neutralization of Input During Web Page Generation ('Cross-site Scripting')"
LANGUAGES = (
    "en",
    "de-CH-1996",
    "zh-Hant-TW",
    "i-default",
    "qaa",
    "es-419",
    "sl-rozaj-biske",
    "x-own",
    "zh-cmn",
    "en-a-pump",
)

BREAKS: list[tuple[str, Changes, str]] = [
    ("6.1.7", {f"{SCORES}/-": {"products": ["P2", "P1"], "cvss_v3": SCORE}}, f"{SCORES}/1/products/1"),
    ("6.1.8", {f"{THREE}/baseSeverity": "WORST"}, f"{THREE}/baseSeverity"),
    ("6.1.8", {f"{THREE}/version": "3.0"}, f"{THREE}/vectorString"),
    ("6.1.8", {TWO: {"version": "2.0", "baseScore": 7.5}}, f"{TWO}/vectorString"),
    ("6.1.9", {f"{THREE}/baseScore": 9.7}, f"{THREE}/baseScore"),
    ("6.1.9", {f"{THREE}/baseSeverity": "HIGH"}, f"{THREE}/baseSeverity"),
    ("6.1.9", {f"{THREE}/vectorString": "CVSS:3.1/AV:N/AC:L"}, f"{THREE}/vectorString"),
    ("6.1.9", {f"{THREE}/vectorString": f"{VECTOR}/AV:N"}, f"{THREE}/vectorString"),
    ("6.1.9", {f"{THREE}/vectorString": f"{VECTOR}/E:P", f"{THREE}/temporalScore": 9.8}, f"{THREE}/temporalScore"),
    ("6.1.9", {f"{THREE}/environmentalScore": 9.9}, f"{THREE}/environmentalScore"),
    ("6.1.9", {TWO: {**OF_2, "baseScore": 7.6}}, f"{TWO}/baseScore"),
    ("6.1.10", {f"{THREE}/attackVector": "LOCAL"}, f"{THREE}/attackVector"),
    ("6.1.10", {TWO: {**OF_2, "accessComplexity": "HIGH"}}, f"{TWO}/accessComplexity"),
    ("6.1.11", {CWE: {"id": "CWE-79", "name": "Improper Input Validation"}}, f"{CWE}/name"),
    ("6.1.11", {CWE: {"id": "CWE-99999", "name": "Improper Input Validation"}}, f"{CWE}/id"),
    *(
        ("6.1.12", {LANG: tag}, LANG)
        for tag in ("EZ", "en-ZY", "de-Latm", "en-cmn", "de-1997", "de-1996-1996", "en-a-bb-a-cc")
    ),
    ("6.1.12", {"/document/source_lang": "qqq-abcde"}, "/document/source_lang"),
    ("6.1.13", {HELPER: {"purl": "pkg:maven/@1.3.4"}}, f"{HELPER}/purl"),
]

KEEPS: list[tuple[str, Changes]] = [
    ("6.1.7", {f"{SCORES}/-": {"products": ["P1"], "cvss_v3": OF_30, "cvss_v2": OF_2}}),
    ("6.1.7", {f"{SCORES}/-": {"products": ["P2"], "cvss_v3": SCORE}}),
    ("6.1.8", {f"{THREE}/attackVector": "NETWORK"}),
    ("6.1.9", {f"{THREE}/temporalScore": 9.3, **PROOF}),
    ("6.1.9", {f"{THREE}/temporalScore": 9.8, f"{THREE}/environmentalScore": 9.8}),
    (
        "6.1.9",
        {
            TWO: {
                **OF_2,
                "vectorString": "AV:N/AC:L/Au:N/C:P/I:P/A:P/E:F",
                "temporalScore": 7.1,
                "environmentalScore": 7.1,
            }
        },
    ),
    ("6.1.10", {f"{THREE}/scope": "UNCHANGED", f"{THREE}/remediationLevel": "NOT_DEFINED"}),
    ("6.1.11", {CWE: {"id": "CWE-79", "name": XSS}}),
    ("6.1.11", {CWE: {"id": "CWE-598", "name": "Use of GET Request Method With Sensitive Query Strings"}}),
    ("6.1.11", {CWE: {"id": "CWE-264", "name": "Permissions, Privileges, and Access Controls"}}),
    *(("6.1.12", {LANG: tag}) for tag in LANGUAGES),
    ("6.1.13", {HELPER: {"purl": "pkg:deb/debian/pump@1.0-1?arch=i386#docs"}}),
]


@pytest.mark.parametrize(("number", "changes", "path"), BREAKS)
def test_what_breaks_a_test_is_refused_at_its_place(number: str, changes: Changes, path: str) -> None:
    assert broken(changed(SOUND, changes)).get(number) == path


@pytest.mark.parametrize(("number", "changes"), KEEPS)
def test_what_only_looks_like_breaking_a_test_is_valid(number: str, changes: Changes) -> None:
    assert broken(changed(SOUND, changes)) == {}
