from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import orjson
import pytest

from advisories.collect.base import CollectError, RawEntry
from advisories.collect.csaf import csaf, csafentry
from tests.advisories.collect.conftest import NOW, context

VECTOR = "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H"
V4 = "CVSS:4.0/AV:N/AC:L/AT:N/PR:L/UI:N/VC:L/VI:L/VA:L/SC:N/SI:N/SA:N"
CPE = "cpe:2.3:a:example:gateway:2.0:*:*:*:*:*:*:*"
PURL = "pkg:pypi/gateway@2.0"


def advisory(number: str = "EX-2026:001", *, flaw: Any = None, tree: Any = None, **changes: Any) -> dict[str, Any]:
    """A CSAF 2.0 document that has no fault; `changes` go into its part `document`."""
    document = {
        "category": "csaf_base",
        "csaf_version": "2.0",
        "title": "Example Gateway <runs> commands",
        "lang": "en",
        "publisher": {"category": "vendor", "name": "Example CERT", "namespace": "https://cert.example.org"},
        "distribution": {"tlp": {"label": "GREEN"}},
        "notes": [
            {"category": "summary", "text": "Runs *commands*.\n\nAll <of> them."},
            {"category": "general", "text": "Not told."},
            {"category": "description", "text": "A gateway."},
        ],
        "references": [
            {"url": "https://example.org/other", "summary": "Other"},
            {"url": "https://example.org/ex-2026_001.json", "summary": "This", "category": "self"},
            {"url": "https://example.org/ex-2026-001.html", "summary": "This", "category": "self"},
        ],
        "aggregate_severity": {"text": "High"},
        "tracking": tracking(number),
    }
    return {
        "document": {key: value for key, value in {**document, **changes}.items() if value is not None},
        "product_tree": {"branches": tree or [branch("vendor", "Example", branch("product_name", "Gateway", "2.0"))]},
        "vulnerabilities": [flaw or vulnerability()],
    }


def tracking(number: str = "EX-2026:001", **changes: Any) -> dict[str, Any]:
    at = {"initial_release_date": "2026-02-01T10:00:00+01:00", "current_release_date": "2026-02-02T10:00:00.000Z"}
    history = [
        {"number": "1", "date": at["initial_release_date"], "summary": "First."},
        {"number": "2", "date": at["current_release_date"], "summary": "Second."},
    ]
    values = {"id": number, "status": "final", "version": "2", "revision_history": history, **at}
    return {**values, "aliases": ["EX-ALIAS-7", "CVE-2026-1234"], **changes}


def branch(category: str, name: str, *inner: Any) -> dict[str, Any]:
    """A part of the product tree; a text inside is the version of a product."""
    branches = [version(name, one) if isinstance(one, str) else one for one in inner]
    return {"category": category, "name": name, "branches": branches}


def version(product: str, number: str) -> dict[str, Any]:
    helper = {"cpe": CPE, "purl": PURL}
    full = {"name": f"{product} {number}", "product_id": number, "product_identification_helper": helper}
    return {"category": "product_version", "name": number, "product": full}


def vulnerability(**changes: Any) -> dict[str, Any]:
    values = {
        "cve": "CVE-2026-1234",
        "cwe": {"id": "CWE-78", "name": "Improper Neutralization of Special Elements used in an OS Command "
                "('OS Command Injection')"},
        "title": "Command injection",
        "product_status": {"known_affected": ["2.0"]},
        "remediations": [{"category": "vendor_fix", "details": "Update.", "product_ids": ["2.0"]}],
        "scores": [{"products": ["2.0"], "cvss_v3": {
            "version": "3.1", "vectorString": VECTOR, "baseScore": 9.8, "baseSeverity": "CRITICAL"}}],
        "notes": [{"category": "description", "text": "A flaw."}],
    }  # fmt: skip
    return {key: value for key, value in {**values, **changes}.items() if value is not None}


def later(label: str = "CLEAR", *days: int) -> dict[str, Any]:
    """A CSAF 2.1 document whose vulnerabilities are disclosed so many days from now."""
    flaws = [
        {
            "cve": f"CVE-2026-{2000 + number}",
            "cwes": [{"id": "CWE-79", "version": "4.14", "name": "Improper Neutralization of Input During Web Page "
                      "Generation ('Cross-site Scripting')"}],
            "disclosure_date": (NOW + timedelta(days=day)).isoformat().replace("+00:00", "Z"),
            "product_status": {"known_affected": ["2.0"]},
            "metrics": [{"products": ["2.0"], "content": {"cvss_v4": {
                "version": "4.0", "vectorString": V4, "baseScore": 5.3, "baseSeverity": "MEDIUM"}}}],
            "notes": [{"category": "description", "text": "A flaw."}],
        }
        for number, day in enumerate(days or (-1,))
    ]  # fmt: skip
    at = (NOW - timedelta(hours=1)).isoformat()
    history = [{"number": number, "date": at, "summary": "Told."} for number in "12"]
    dates: dict[str, Any] = {"initial_release_date": at, "current_release_date": at, "revision_history": history}
    whole = advisory(csaf_version="2.1", distribution={"tlp": {"label": label}}, tracking=tracking(**dates))
    tree = [branch("vendor", "Example", branch("product_name", "Gateway", "2.0"))]
    del tree[0]["branches"][0]["branches"][0]["product"]["product_identification_helper"]["purl"]
    tree[0]["branches"][0]["branches"][0]["product"]["product_identification_helper"]["purls"] = [PURL]
    schema = "https://docs.oasis-open.org/csaf/csaf/v2.1/schema/csaf.json"
    return {"$schema": schema, **whole, "product_tree": {"branches": tree}, "vulnerabilities": flaws}


def read(document: dict[str, Any], **options: Any) -> RawEntry:
    (entry,) = csaf.parse(orjson.dumps(document), context(**{"url": "https://example.org/csaf", **options})).entries
    return entry


def refusal(document: Any, **options: Any) -> str:
    with pytest.raises(CollectError) as caught:
        csaf.parse(orjson.dumps(document), context(**{"url": "https://example.org/csaf", **options}))
    assert caught.value.refused
    return str(caught.value)


def test_an_entry_carries_what_the_document_says() -> None:
    entry = read(advisory())
    assert (entry.guid, entry.title) == ("https://cert.example.org EX-2026:001", "Example Gateway <runs> commands")
    assert entry.summary == "<p>Runs *commands*.</p><p>All &lt;of&gt; them.</p><p>A gateway.</p>"
    assert entry.published == datetime(2026, 2, 1, 9, tzinfo=UTC)
    assert entry.updated == datetime(2026, 2, 2, 10, tzinfo=UTC)
    assert (entry.author, entry.cves, entry.label) == ("Example CERT", ("CVE-2026-1234",), "GREEN")
    assert entry.url == "https://example.org/ex-2026-001.html"
    assert dict(entry.facts) == {
        "aliases": "EX-2026:001\nEX-ALIAS-7",
        "category": "csaf_base",
        "cpes": CPE,
        "csaf_version": "2.0",
        "cvss": VECTOR,
        "cwes": "CWE-78",
        "owner": "https://cert.example.org",
        "products": "Example Gateway 2.0",
        "purls": PURL,
        "references": "https://example.org/ex-2026-001.html\nhttps://example.org/ex-2026_001.json\nhttps://example.org/other",
        "severity": "High",
        "status": "final",
        "version": "2",
    }


def test_a_document_of_version_2_1_is_read_by_its_own_names() -> None:
    entry = read(later("CLEAR", -1, -3))
    assert (entry.label, entry.cves) == ("CLEAR", ("CVE-2026-2000", "CVE-2026-2001"))
    assert (entry.facts["cvss"], entry.facts["cwes"], entry.facts["purls"]) == (V4, "CWE-79", PURL)
    assert (entry.facts["csaf_version"], entry.facts["disclosure_date"]) == ("2.1", "2026-02-28T12:00:00+00:00")
    assert "embargo" not in entry.facts


def test_what_no_note_sums_up_is_told_by_the_names_of_its_vulnerabilities_or_their_notes() -> None:
    assert read(advisory(notes=None)).summary == "<p>Command injection</p>"
    assert read(advisory(notes=None, flaw=vulnerability(title=None))).summary == "<p>A flaw.</p>"


def test_the_address_is_the_document_s_own_page_else_its_first_reference() -> None:
    flaw = vulnerability(references=[{"category": "self", "summary": "Flaw", "url": "https://example.org/flaw"}])
    assert read(advisory(flaw=flaw)).url == "https://example.org/ex-2026-001.html"
    other = {"summary": "Other", "url": "https://example.org/other"}
    assert read(advisory(flaw=flaw, references=[other])).url == "https://example.org/other"
    assert read(advisory(flaw=flaw, references=None)).url == "https://example.org/flaw"
    assert read(advisory(references=None)).url == ""


def test_markup_in_any_text_is_made_safe() -> None:
    evil = '<img src=x onerror=alert(1)><p>text</p><script>alert(1)</script><a href="javascript:x">y</a>'
    entry = read(advisory(title=evil, notes=[{"category": "summary", "text": evil}]))
    assert (entry.summary, entry.title) == ("<p>text</p><a>y</a>", evil)


# The label, and the day of disclosure


@pytest.mark.parametrize(
    ("distribution", "label"),
    [
        ({"tlp": {"label": "WHITE"}}, "CLEAR"), ({"tlp": {"label": "AMBER"}}, "AMBER"),
        ({"tlp": {"label": "RED"}}, "RED"),
        ({"tlp": {"label": "WHITE"}, "text": "Not limited. (TLPv2: TLP:CLEAR)"}, "CLEAR"),
        ({"tlp": {"label": "AMBER"}, "text": "TLP v2.0: TLP:AMBER+STRICT"}, "AMBER+STRICT"),
        ({"tlp": {"label": "RED"}, "text": "TLP v2.0: TLP:AMBER+STRICT"}, "RED"),
        ({"text": "TLP:RED"}, "RED"), ({"text": "TLP:CLEAR"}, None), ({"text": "For customers."}, None), (None, None),
    ],
)  # fmt: skip
def test_a_label_is_what_the_document_is_marked_with_and_words_beside_it_only_narrow_it(
    distribution: Any, label: str | None
) -> None:
    assert read(advisory(distribution=distribution)).label == label


@pytest.mark.parametrize("word", ["CLEARER", "white", "", None, ["WHITE"]])
def test_a_label_that_is_none_refuses_the_document(word: Any) -> None:
    assert "distribution" in refusal(advisory(distribution={"tlp": {"label": word}}))
    assert read(advisory(distribution={"tlp": {"label": "WHITE"}})).label == "CLEAR"


@pytest.mark.parametrize(
    ("label", "days", "marked"),
    [
        ("GREEN", (3, 1), "AMBER+STRICT"), ("AMBER", (-9, 3), "AMBER+STRICT"), ("RED", (3,), "RED"),
        ("CLEAR", (-3,), "CLEAR"), ("AMBER", (-1, -3), "AMBER"),
    ],
)  # fmt: skip
def test_until_its_last_vulnerability_is_disclosed_a_document_is_under_embargo(
    label: str, days: tuple[int, ...], marked: str
) -> None:
    entry = read(later(label, *days))
    last = (NOW + timedelta(days=max(days))).isoformat()
    assert (entry.label, entry.facts["disclosure_date"]) == (marked, last)
    assert entry.facts.get("embargo") == (last if max(days) > 0 else None)


@pytest.mark.parametrize(
    ("group", "label"),
    [("00000000-0000-0000-0000-000000000000", "RED"), ("ffffffff-ffff-ffff-ffff-ffffffffffff", "AMBER")],
)
def test_what_may_not_be_shared_at_all_is_red(group: str, label: str) -> None:
    document = later("AMBER")
    document["document"]["distribution"]["sharing_group"] = {"id": group}
    assert csafentry.entry(document, NOW).label == label


def test_what_is_not_to_be_disclosed_yet_is_not_for_everybody() -> None:
    assert "6.1.45" in refusal(later("CLEAR", 3))  # the standard's own test
    assert read(later("CLEAR", -3)).label == "CLEAR"


# What it affects


def test_products_that_every_vulnerability_spares_are_not_called_affected() -> None:
    tree = [
        branch("vendor", "Example AG", branch("product_name", "Gateway", "1.0", "2.0"), version("Example Lock", "3.0"))
    ]
    spared = vulnerability(
        product_status={"known_affected": ["2.0"], "known_not_affected": ["1.0"], "fixed": ["3.0"]}, remediations=None
    )
    facts = read(advisory(tree=tree, flaw=spared)).facts
    assert facts["products"] == "Example AG Gateway 2.0\nExample Lock 3.0"
    assert facts["not_affected"] == "Example AG Gateway 1.0"


def test_a_product_whose_own_name_leaves_out_what_it_is_a_version_of_is_named_in_full() -> None:
    bare = version("", "2.0") | {"product": {"name": "vers:generic/2.0", "product_id": "2.0"}}
    tree = [branch("vendor", "Example", branch("product_name", "Gateway", bare))]
    assert read(advisory(tree=tree)).facts["products"] == "Example Gateway vers:generic/2.0"


def test_a_withdrawn_document_says_since_when() -> None:
    assert "withdrawn" not in read(later()).facts
    withdrawn = later()
    withdrawn["document"]["category"] = "csaf_withdrawn"
    withdrawn["document"]["notes"] = [
        {"category": "description", "title": "Reasoning for Withdrawal", "text": "Wrong."}
    ]
    withdrawn["document"]["references"] = [{"category": "external", "summary": "Why", "url": "https://example.org/why"}]
    del withdrawn["product_tree"], withdrawn["vulnerabilities"]
    assert read(withdrawn).facts["withdrawn"] == "2026-03-01T11:00:00+00:00"


# What it is called


@pytest.mark.parametrize(
    ("number", "name"),
    [
        ("EX-2026:001", "ex-2026_001.json"), ("Ex+2026-1", "ex+2026-1.json"), ("VU#1 / 2", "vu_1_2.json"),
        ("Größe.7", "gr_e_7.json"),
    ],
)  # fmt: skip
def test_the_name_of_a_file_follows_from_the_tracking_id(number: str, name: str) -> None:
    assert csafentry.file_name(number) == name
    assert read(advisory(number), url=f"https://example.org/{name}").guid.endswith(f" {number}")
    assert f"as {name}" in refusal(advisory(number), url="https://example.org/other.json")
    assert f"as {name}" in refusal(advisory(number), url="https://example.org/other", role="document")


@pytest.mark.parametrize("number", ["x" * 201, "x" * 1_000_000])
def test_a_document_whose_id_can_t_be_kept_is_refused(number: str) -> None:
    assert "document.tracking.id" in refusal(advisory(number))
    assert read(advisory("x" * 200)).guid.endswith("x" * 200)
