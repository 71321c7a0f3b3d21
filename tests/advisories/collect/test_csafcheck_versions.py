"""Tests on versions, parties, CVEs and translations of CSAF 2.0: each with what breaks it and what does not."""

from __future__ import annotations

import pytest

from tests.advisories.collect.test_csafcheck import GONE, REVISION, SOUND, Changes, broken, changed

V = "/vulnerabilities/0"
INVOLVEMENTS = f"{V}/involvements"
HISTORY = "/document/tracking/revision_history"
VERSION = "/document/tracking/version"
PUBLISHER = "/document/publisher/category"
SOURCE = "/document/source_lang"

INVOLVED = {"party": "vendor", "status": "open", "date": "2026-03-01T10:00:00Z"}
AGAIN = {**INVOLVED, "status": "completed", "date": "2026-03-01T12:00:00+02:00"}


def versions(version: str, *numbers: str, status: str = "final") -> Changes:
    """A version, and revisions of these numbers, each a day after the one before."""
    dates = (f"2026-03-{day:02}T10:00:00Z" for day in range(2, 30))
    history = [{**REVISION, "number": number, "date": date} for number, date in zip(numbers, dates, strict=False)]
    return {VERSION: version, HISTORY: history, "/document/tracking/status": status}


def second_at(date: str) -> Changes:
    """Version 2, with a history that has its number before the first, which is of that date."""
    return {VERSION: "2", HISTORY: [{**REVISION, "number": "2"}, {**REVISION, "date": date}]}


BREAKS: list[tuple[str, Changes, str]] = [
    ("6.1.14", second_at("2026-03-02T14:00:00+02:00"), f"{HISTORY}/1/number"),
    ("6.1.14", versions("1.10.0", "1.10.0", "1.9.0"), f"{HISTORY}/1/number"),
    ("6.1.15", {PUBLISHER: "translator"}, SOURCE),
    ("6.1.16", {VERSION: "2"}, VERSION),
    ("6.1.16", versions("1.0.0", "1.0.0", "1.0.1"), VERSION),
    ("6.1.17", versions("0.9.5", "0.9.5"), VERSION),
    ("6.1.17", versions("1.0.0-alpha", "1.0.0"), VERSION),
    ("6.1.18", versions("1", "0", "1"), f"{HISTORY}/0/number"),
    ("6.1.18", versions("1.0.0", "0.9.0", "1.0.0", status="interim"), f"{HISTORY}/0/number"),
    ("6.1.19", versions("1.0.0", "1.0.0-rc", "1.0.0"), f"{HISTORY}/0/number"),
    ("6.1.20", versions("1.0.0-alpha", "1.0.0", status="interim"), VERSION),
    ("6.1.21", versions("3", "1", "3"), f"{HISTORY}/1/number"),
    ("6.1.21", versions("2", "2"), f"{HISTORY}/0/number"),
    ("6.1.21", versions("3.0.0", "1.4.2", "3.0.0"), f"{HISTORY}/1/number"),
    ("6.1.22", versions("1", "1", "1"), f"{HISTORY}/1/number"),
    ("6.1.23", {"/vulnerabilities/-": {"cve": "CVE-2026-1234"}}, "/vulnerabilities/1/cve"),
    ("6.1.24", {INVOLVEMENTS: [INVOLVED, AGAIN]}, f"{INVOLVEMENTS}/1"),
    ("6.1.28", {SOURCE: "en-gb"}, SOURCE),
    ("6.1.30", versions("2", "1.0.0", "2"), f"{HISTORY}/0/number"),
]

KEEPS: list[tuple[str, Changes]] = [
    ("6.1.14", second_at("2026-03-02T11:00:00+02:00")),
    ("6.1.14", versions("1.10.0", "1.9.0", "1.10.0")),
    ("6.1.15", {PUBLISHER: "translator", SOURCE: "de"}),
    ("6.1.16", versions("1.0.0+build.7", "1.0.0")),
    ("6.1.16", versions("1.0.0-rc.1", "1.0.0", status="draft")),
    ("6.1.17", versions("0", "0", status="draft")),
    ("6.1.18", versions("1", "0", "1", status="draft")),
    ("6.1.19", versions("1.0.0", "1.0.0+early-build")),
    ("6.1.20", versions("1.0.0-alpha", "1.0.0", status="draft")),
    ("6.1.21", versions("2.7.0", "1.0.0", "1.5.0", "2.7.0")),
    ("6.1.22", versions("2", "1", "2")),
    ("6.1.23", {"/vulnerabilities/-": {"cve": "CVE-2026-12345"}}),
    ("6.1.23", {f"{V}/cve": GONE, "/vulnerabilities/-": {"title": "Two"}}),
    (
        "6.1.24",
        {INVOLVEMENTS: [INVOLVED, {**AGAIN, "party": "coordinator"}, {**AGAIN, "date": "2026-03-01T12:00:00Z"}]},
    ),
    ("6.1.28", {SOURCE: "en-US"}),
    ("6.1.30", versions("2.0.0", "1.0.0", "2.0.0")),
]


@pytest.mark.parametrize(("number", "changes", "path"), BREAKS)
def test_what_breaks_a_test_is_refused_at_its_place(number: str, changes: Changes, path: str) -> None:
    assert broken(changed(SOUND, changes)).get(number) == path


@pytest.mark.parametrize(("number", "changes"), KEEPS)
def test_what_only_looks_like_breaking_a_test_is_valid(number: str, changes: Changes) -> None:
    assert broken(changed(SOUND, changes)) == {}


def test_numbers_and_times_past_all_reason_are_compared_all_the_same() -> None:
    digits = "9" * 5_000
    assert broken(changed(SOUND, versions(digits, "1", digits))) == {"6.1.21": f"{HISTORY}/1/number"}
    for date in ("2016-12-31T23:59:60Z", "0001-01-01T00:00:00+23:59", "9999-12-31t23:59:59.123456789z"):
        assert broken(changed(SOUND, {HISTORY: [{**REVISION, "date": date}]})) == {}
