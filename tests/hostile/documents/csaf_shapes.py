"""CSAF documents that are wrong in one place, and say where; and those with names that lead astray."""

from __future__ import annotations

import copy
from typing import Any

from tests.advisories.collect.test_csafentry import advisory, later, tracking
from tests.hostile.documents.case import Case, Cases, as_json, part, refused, whole
from tests.hostile.documents.good import known_csaf

SOUND = advisory("EX-1")
LACKS, NOTHING = "lacks {0}", "nothing of CSAF"
NEEDED = (
    "/document/category", "/document/title", "/document/publisher", "/document/publisher/name",
    "/document/publisher/namespace", "/document/publisher/category", "/document/tracking", "/document/tracking/id",
    "/document/tracking/status", "/document/tracking/version", "/document/tracking/current_release_date",
    "/document/tracking/revision_history", "/document/tracking/revision_history/0/number",
)  # fmt: skip
KINDS: dict[str, Any] = {
    "/document": [], "/document/title": 7, "/document/publisher": "x", "/document/tracking": [], "/vulnerabilities": {},
    "/document/tracking/id": ["EX-1"], "/document/tracking/revision_history": {}, "/product_tree": [],
    "/product_tree/branches": {"0": 1}, "/vulnerabilities/0": 7, "/vulnerabilities/0/product_status": [],
    "/document/distribution": "TLP:CLEAR", "/document/notes": "x", "/document/references/0": None,
}  # fmt: skip


def changed(path: str, *value: Any) -> bytes:
    """The sound document with another value there, or none."""
    document = copy.deepcopy(SOUND)
    *steps, last = path.strip("/").split("/")
    part: Any = document
    for step in steps:
        part = part[int(step) if isinstance(part, list) else step]
    if value:
        part[int(last) if isinstance(part, list) else last] = value[0]
    else:
        del part[last]
    return as_json(document)


def numbered(number: str) -> Case:
    return whole(as_json(advisory(number)), 1)


def dated(at: str) -> bytes:
    history = [{"number": "1", "date": at, "summary": "x"}]
    times = {"initial_release_date": at, "current_release_date": at}
    return as_json(advisory("EX-1", tracking=tracking("EX-1", version="1", revision_history=history, **times)))


def marked(marking: str, words: str = "", **distribution: Any) -> bytes:
    return as_json({**later(), "document": {**later()["document"], "distribution": distribution}})


CASES: Cases = {
    **{f"without {path}": refused(changed(path), LACKS.format(path)) for path in NEEDED},
    **{f"{path} of another kind": refused(changed(path, value), path) for path, value in KINDS.items()},
    "without a branch's name": refused(changed("/product_tree/branches/0/name"), "/product_tree/branches/0"),
    "without a score's products": refused(changed("/vulnerabilities/0/scores/0/products"), "scores/0"),
    "without a document": refused(as_json({"product_tree": {}, "vulnerabilities": []}), NOTHING),
    "a list of documents": refused(as_json([SOUND]), "nothing of CSAF"),
    "of version 9.9": refused(changed("/document/csaf_version", "9.9"), "not a CSAF document of version 2.0 or 2.1"),
    "of a version that is a number": refused(changed("/document/csaf_version", 2.0), "not a CSAF document"),
    "of 2.0 that says it is 2.1": refused(changed("/document/csaf_version", "2.1"), "CSAF document"),
    "a document that is a feed as well": refused(as_json({**SOUND, "feed": {}, "document": 7}), "not a CSAF"),
    "an id with a path": numbered("../../../etc/passwd"),
    "an id with a path of Windows": numbered("..\\..\\boot.ini"),
    "an id with a null byte": numbered("EX\0-1"),
    "an id with an address": numbered("http://127.0.0.1/x?y#z"),
    "an id with markup": numbered("<script>alert(1)</script>"),
    "an id that turns round": numbered("EX-\u202e1"),
    "an id with a line end": refused(as_json(advisory("EX-1\n")), "/document/tracking/id"),
    "an id of white space": refused(as_json(advisory("   ")), "/document/tracking/id"),
    "an id of no letters": refused(as_json(advisory("")), "/document/tracking/id"),
    "an id of control characters alone": refused(as_json(advisory("\x01\x02")), "document.tracking.id is missing"),
    "an id of a hundred thousand letters": refused(as_json(advisory("x" * 100_000)), "longer than 200"),
    "a namespace of a hundred thousand letters": refused(
        changed("/document/publisher/namespace", "https://x.example/" + "x" * 100_000), "longer than 700"
    ),
    "a foreign publisher's document of the same id": whole(
        as_json(known_csaf(publisher={"category": "vendor", "name": "x", "namespace": "https://thief.example.net"})), 1
    ),
    "an older version of what is known": part(
        as_json(known_csaf(title="Old", tracking=tracking(
            "GOOD-1", version="1", revision_history=[{"number": "1", "date": "2020-01-01T00:00:00Z", "summary": "x"}],
            initial_release_date="2020-01-01T00:00:00Z", current_release_date="2020-01-01T00:00:00Z",
        ))), 0, "older than what this source",
    ),
    "versions that go back": refused(as_json(advisory("EX-1", tracking=tracking("EX-1", version="1"))), "version"),
    "dates in year 0": whole(dated("0000-01-01T00:00:00Z"), 1),
    "dates in year 9999": whole(dated("9999-12-31T23:59:59Z"), 1),
    "dates in month 13": refused(dated("2026-13-01T00:00:00Z"), "date"),
    "dates without a zone": refused(dated("2026-01-01T00:00:00"), "date"),
    "a label that is none": refused(changed("/document/distribution", {"tlp": {"label": "ULTRAVIOLET"}}), "label"),
    "a label in small letters": refused(changed("/document/distribution", {"tlp": {"label": "white"}}), "label"),
    "a label with a letter of another script": refused(
        changed("/document/distribution", {"tlp": {"label": "WHIT\u0415"}}), "label"
    ),
    "a label that is a list": refused(changed("/document/distribution", {"tlp": {"label": ["WHITE"]}}), "label"),
    "CLEAR whose text says RED": whole(marked("RED", tlp={"label": "CLEAR"}, text="TLP:RED"), 1, "RED"),
    "RED whose text says CLEAR": whole(marked("RED", tlp={"label": "RED"}, text="TLP:CLEAR"), 1, "RED"),
    "CLEAR that is to be disclosed in a thousand years": refused(as_json(later("CLEAR", 365_000)), "6.1.45"),
}  # fmt: skip
