"""CSAF documents whose products go round, go deep or are too many, and scores that are absurd."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

from tests.advisories.collect.test_csafentry import VECTOR, advisory, branch, later, vulnerability
from tests.hostile.documents.case import Cases, as_json, refused, whole

DEEP, CUT, MANY = "nests deeper than 100 levels", "damaged or was cut short", 100_000


def tree(**parts: Any) -> Callable[[], bytes]:
    return lambda: as_json({**(sound := advisory("EX-1")), "product_tree": {**sound["product_tree"], **parts}})


def branches(depth: int) -> bytes:
    """So many branches in each other, written by hand: json.dumps goes no deeper than 1,000."""
    opening, closing = b'{"category":"vendor","name":"x","branches":[', b"]}"
    inner = as_json(branch("vendor", "Example", "2.0"))
    return as_json(advisory("EX-1", tree=["@@"])).replace(b'"@@"', opening * depth + inner + closing * depth)


def scored(**score: Any) -> bytes:
    told = {"version": "3.1", "vectorString": VECTOR, "baseScore": 9.8, "baseSeverity": "CRITICAL", **score}
    return as_json(advisory("EX-1", flaw=vulnerability(scores=[{"products": ["2.0"], "cvss_v3": told}])))


def made(name: str, product: str, base: str) -> dict[str, Any]:
    full = {"name": name, "product_id": name}
    return {"category": "installed_on", "full_product_name": full, "product_reference": product,
            "relates_to_product_reference": base}  # fmt: skip


def product(name: str) -> dict[str, Any]:
    return {"name": name, "product_id": name}


def raw_score(value: bytes) -> bytes:
    return scored(baseScore="@@").replace(b'"@@"', value)


ITSELF, ROUND = [made("A", "A", "2.0")], [made("A", "B", "2.0"), made("B", "C", "2.0"), made("C", "A", "2.0")]
WIDE = [branch("product_name", "x", "2.0"), *({"category": "vendor", "name": f"{n}", "branches": [
    {"category": "product_version", "name": "1", "product": product(f"p{n}")}]} for n in range(50_000))]  # fmt: skip
VECTORS = {
    "of no version that there is": VECTOR.replace("3.1", "9.9"), "of no letters": "", "of another version": "AV:N/AC:L",
    "with every metric twice": VECTOR + VECTOR[8:], "with a value that is none": VECTOR.replace("AV:N", "AV:Z"),
    "without its half": VECTOR[:26], "with a path": "../../etc/passwd", "with a line end": VECTOR + "\n",
    "with letters of another script": VECTOR.replace("AC:L", "\u0410C:L"), "of a megabyte": VECTOR + "/E:X" * 250_000,
    "in small letters": VECTOR.lower(), "with markup": VECTOR + "<script>alert(1)</script>",
}  # fmt: skip

CASES: Cases = {
    "a product that is made of itself": refused(tree(relationships=ITSELF), "6.1.3"),
    "products that are made of each other": refused(tree(relationships=ROUND), "6.1.3"),
    "a ring of ten thousand products": refused(
        tree(relationships=[made(f"{n}", f"{(n + 1) % 10_000}", "2.0") for n in range(10_000)]), "6.1.3"
    ),
    "a chain of ten thousand products": whole(
        tree(relationships=[made(f"{n}", f"{n - 1}" if n else "2.0", "2.0") for n in range(10_000)]), 1
    ),
    "a product that is not there": refused(tree(relationships=[made("A", "nobody", "2.0")]), "nobody"),
    "a product twice": refused(tree(full_product_names=[product("2.0")]), "2.0"),
    "a group that names itself": refused(
        tree(product_groups=[{"group_id": "G", "product_ids": ["G", "2.0"]}]), "6.1.1"
    ),
    "a status of a product that is not there": refused(
        as_json(advisory("EX-1", flaw=vulnerability(product_status={"fixed": ["nobody"]}))), "nobody"
    ),
    "a product that is fixed and affected": refused(
        as_json(advisory("EX-1", flaw=vulnerability(product_status={"fixed": ["2.0"], "known_affected": ["2.0"]}))),
        "6.1.6",
    ),
    "fifty thousand branches side by side": whole(partial(as_json, advisory("EX-1", tree=WIDE)), 1),
    "a hundred thousand branches in each other": refused(partial(branches, MANY), CUT),
    "as many branches in each other as the reader of JSON reads": refused(partial(branches, 300), DEEP),
    "forty branches in each other": whole(branches(40), 1),
    "a hundred thousand flaws of one CVE": refused(
        lambda: as_json({**advisory("EX-1"), "vulnerabilities": [{"cve": "CVE-2026-1234", "notes": [
            {"category": "description", "text": "x"}]}] * MANY}), "CVE-2026-1234",
    ),
    "thirty thousand notes": whole(
        lambda: as_json(advisory("EX-1", notes=[{"category": "summary", "text": "<p>x"}] * 30_000)), 1
    ),
    "a title of ten megabytes": whole(lambda: as_json(advisory("EX-1", title="x" * 10_000_000)), 1),
    "a title of markup": whole(as_json(advisory("EX-1", title="<script>alert(1)</script>\0")), 1),
    **{f"a vector {what}": refused(scored(vectorString=text), "/cvss_v3") for what, text in VECTORS.items()},
    "a score of eleven": refused(scored(baseScore=11), "/cvss_v3/baseScore"),
    "a score below none": refused(scored(baseScore=-1), "/cvss_v3/baseScore"),
    "a score that is a text": refused(scored(baseScore="9.8"), "/cvss_v3/baseScore"),
    "a score that its vector doesn't make": refused(scored(baseScore=0.1, baseSeverity="LOW"), "6.1.9"),
    "a score that is no number": refused(raw_score(b"NaN"), CUT),
    "a score of a hundred thousand digits": refused(raw_score(b"9" * MANY), CUT),
    "a score without an end": refused(raw_score(b"1e999999"), CUT),
    "a severity that is none": refused(scored(baseSeverity="ABSURD"), "/cvss_v3/baseSeverity"),
    "a document of 2.1 with what none knows": refused(
        as_json({**later(), "product_tree": {**later()["product_tree"], "x": 1}}), "/product_tree"
    ),
}  # fmt: skip
