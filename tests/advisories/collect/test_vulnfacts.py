from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from advisories.collect.text import vulnfacts as facts
from advisories.collect.text.moments import when

V2 = "AV:N/AC:M/Au:N/C:C/I:C/A:C"
V30 = "CVSS:3.0/AV:N/AC:L/PR:L/UI:N/S:U/C:L/I:L/A:L"
V31 = "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H"
V40 = "CVSS:4.0/AV:N/AC:L/AT:N/PR:L/UI:N/VC:L/VI:L/VA:L/SC:N/SI:N/SA:N"
LOG4J = "cpe:2.3:a:apache:log4j:2.0:beta9:*:*:*:*:*:*"


def test_vectors_of_every_version_are_kept_as_written_and_once() -> None:
    assert facts.vectors(V31, V2, f" {V31}\n", V30, V40) == (V31, V2, V30, V40)


@pytest.mark.parametrize(
    "wrong",
    [
        "", "9.8", "CVSS:3.1", "CVSS:3.1/AV:N", f"{V31}/", f"{V31}/AV:N", V31.replace("3.1", "3.2"), V31.lower(),
        V31.replace("CVSS:3.1/", ""), f"CVSS:2.0/{V2}", f"{V2}/X:Y", V40.replace("/AT:N", ""), f"({V2})", V31 * 10**5,
    ],
)  # fmt: skip
def test_what_is_no_vector_is_not_taken(wrong: str) -> None:
    assert facts.vectors(wrong, V31) == (V31,)
    assert facts.worst([wrong]) is None


def test_the_worst_of_several_vectors_ranks_them() -> None:
    assert facts.worst([V30, V2, V40]) == (Decimal("9.3"), "2.0")
    assert facts.worst([V2, V31]) == (Decimal("9.8"), "3.1")
    assert facts.worst([V40]) == (Decimal("5.3"), "4.0")
    assert facts.worst([]) is None


def test_of_two_equal_scores_the_newer_version_counts() -> None:
    assert facts.worst(["AV:N/AC:L/Au:N/C:C/I:C/A:C", V31.replace("S:U", "S:C")]) == (Decimal("10.0"), "3.1")


def test_weaknesses_are_found_in_words_and_sorted() -> None:
    words = ("CWE-79: Improper … (see CWE-020)", "cwe-125", "NVD-CWE-Other", "XCWE-3", "CWE-0", "CWE-1234567")
    assert facts.cwes(*words) == ("CWE-125", "CWE-20", "CWE-79")
    assert [facts.cwe(word) for word in words] == ["CWE-79", "CWE-125", "", "", "", ""]


@pytest.mark.parametrize(
    "name",
    [
        LOG4J, "cpe:2.3:o:example:os:-:*:*:*:*:*:*:*", r"cpe:2.3:a:example:c\+\+_kit:1.0\(2\):*:*:*:*:*:x64:*",
        "cpe:2.3:*:*:*:*:*:*:*:*:*:*:*", "cpe:2.3:h:example:box:1.?:*:*:*:*:*:*:*", "cpe:/a:example:kit:8::appstream",
        "cpe:/o:example:os", "cpe:/a:example:kit%2b:1~2",
    ],
)  # fmt: skip
def test_both_forms_of_cpe_names_are_taken(name: str) -> None:
    assert facts.cpe(f" {name} ") == name


@pytest.mark.parametrize(
    "wrong",
    [
        "", "cpe", LOG4J[:-2], f"{LOG4J}:*", LOG4J.replace(":a:", ":x:"), LOG4J.replace("apache", "apa che"),
        LOG4J.replace("apache", "apa*che"), LOG4J.replace("apache", "ap/che"), LOG4J.replace("apache", "é"),
        "cpe:/a:b:c:d:e:f:g:h", "cpe:/x:b", "cpe:2.3:a:" + "b" * 10**6, f"{LOG4J}\ncpe:/a",
    ],
)  # fmt: skip
def test_what_is_no_cpe_name_is_not_taken(wrong: str) -> None:
    assert facts.cpe(wrong) == ""


def test_a_package_url_is_taken_as_written() -> None:
    for good in ("pkg:cargo/Deno", "pkg:npm/%40example/kit@1.0", "pkg:deb/ubuntu/kit@1~2+esm1?arch=source&distro=x"):
        assert facts.purl(good) == good
    for wrong in (
        "",
        "pkg:",
        "pkg:npm",
        "npm/kit",
        "pkg:npm/k it",
        "pkg:npm/kit\0",
        "pkg:[x/y",
        "pkg:npm/" + "x" * 2_000,
    ):
        assert facts.purl(wrong) == ""


@pytest.mark.parametrize(
    ("ecosystem", "name", "made"),
    [
        ("npm", "@example/kit", "pkg:npm/%40example/kit"),
        ("PyPI", "Example_Kit", "pkg:pypi/example-kit"),
        ("pip", "example", "pkg:pypi/example"),
        ("crates.io", "kit", "pkg:cargo/kit"),
        ("Go", "example.org/kit/v2", "pkg:golang/example.org/kit/v2"),
        ("Maven", "org.example:kit", "pkg:maven/org.example/kit"),
        ("Maven", "kit", ""),
        ("Debian:11", "kit", ""),
        ("Ubuntu:22.04:LTS", "kit", ""),
        ("npm", "", ""),
        ("npm", "/", ""),
    ],
)
def test_a_package_url_is_made_only_where_it_is_certain(ecosystem: str, name: str, made: str) -> None:
    assert facts.package_url(ecosystem, name) == made


def test_a_list_is_one_to_a_line_and_says_how_much_it_leaves_out() -> None:
    assert facts.listed(["b", "a\nx", "b", " ", "c\0"]) == "b\na x\nc"
    assert facts.listed(map(str, range(facts.MOST + 7))).endswith(f"\n{facts.MOST - 1}\n… +7")
    long = facts.listed(f"{n:04}" + "x" * 900 for n in range(500))
    assert len(long) <= facts.LONGEST and long.splitlines()[-1] == f"… +{500 - len(long.splitlines()) + 1}"


def test_a_time_without_offset_is_utc_and_the_zero_time_is_none() -> None:
    assert when("2026-02-03T04:05:06") == when("2026-02-03T05:05:06+01:00") == datetime(2026, 2, 3, 4, 5, 6, tzinfo=UTC)
    assert when("0001-01-01T00:00:00Z") is None and when("soon") is None


@given(st.text() | st.text(alphabet="CVSS:3.14/AVNCLHPRUISX0"))
def test_no_text_makes_a_reader_fail(text: str) -> None:
    for read in (facts.vector, facts.cwe, facts.cpe, facts.purl, when):
        assert read(text) is None or isinstance(read(text), str | datetime)
    assert facts.package_url("npm", text) == "" or facts.purl(facts.package_url("npm", text))
