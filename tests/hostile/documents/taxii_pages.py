"""Answers of TAXII servers that lead the hub round, elsewhere, or nowhere."""

from __future__ import annotations

from typing import Any

from tests.advisories.collect.test_stix import thing
from tests.hostile.documents.case import ODD, TRAP, Case, Cases, as_json, part, refused, whole
from tests.hostile.documents.good import known

NO_PAGE, CUT = "no page of objects", "damaged or was cut short"
SOUND, STOLEN = thing("malware", "m"), known(created_by_ref="identity--thief", modified="2027-01-01T00:00:00Z")
LAST = "X_TAXII_Date_Added_Last"


def page(*objects: Any, **more: Any) -> bytes:
    return as_json({"objects": list(objects), **more})


def sent(case: Case, last: str = "", kind: str = "application/taxii+json;version=2.1") -> Case:
    return case.sent(Content_Type=kind, **({LAST: last} if last else {}))


def roots(*addresses: Any) -> bytes:
    return as_json({"title": "Server", "api_roots": list(addresses)})


CASES: Cases = {
    "an envelope whose objects are an object": refused(as_json({"objects": {"0": SOUND}}), NO_PAGE),
    "an envelope whose objects are a text": refused(as_json({"objects": "x", "more": False}), NO_PAGE),
    "an envelope of every odd value": part(page(*ODD, more=False), 0, *["no id and type"] * len(ODD)),
    "an envelope that is a list": refused(as_json([SOUND]), "no answer of a TAXII 2.1 server"),
    "an envelope with a type": refused(page(SOUND, type="bundle"), NO_PAGE),
    "an envelope with nothing in it": whole(b"{}", 0),
    "an envelope that goes on and doesn't say where": part(page(SOUND, more=True), 1, "but not where"),
    "an envelope that goes on at an object": part(page(SOUND, more=True, next={"x": 1}), 1, "but not where"),
    "an envelope that goes on at a truth": part(page(SOUND, more=True, next=True), 1, "but not where"),
    "an envelope that goes on at a megabyte": part(page(SOUND, more=True, next="x" * 1_000_000), 1, "but not where"),
    "an envelope that goes on at another site": whole(page(SOUND, more=True, next=TRAP), 1),
    "an envelope that goes on at a line end": whole(page(SOUND, more=True, next="\r\nHost: x"), 1),
    "an envelope that goes on at the end of time": sent(part(page(SOUND, more=True), 1, "but not where"), "9999-99-99"),
    "an envelope that goes on before all time": sent(part(page(SOUND, more=True), 1, "but not where"), "0001-01-01"),
    "an envelope that was added in the future": sent(whole(page(SOUND, more=False), 1), "9999-12-31T23:59:59Z"),
    "an envelope with a thief's version": part(page(STOLEN, more=False), 0, "belongs to"),
    "a bundle where an envelope belongs": refused(as_json({"type": "bundle", "objects": [SOUND]}), NO_PAGE),
    "an envelope cut short": refused(page(SOUND)[:-5], CUT),
    "an error that has objects": refused(page(SOUND, http_status="200", title="<b>x</b>"), "reports an error"),
    "an error that is a number": refused(as_json({"error_code": 7, "title": [7]}), "reports an error: ?"),
    "a page that calls itself HTML": sent(refused(page(SOUND), "web page"), kind="text/html"),
    "a page of TAXII 2.0": sent(refused(page(SOUND), "TAXII 2.0"), kind="application/vnd.oasis.taxii+json"),
    "a page of TAXII 99": sent(refused(page(SOUND), "TAXII 99"), kind="application/taxii+json;version=99"),
    "a page of a type without an end": sent(whole(page(SOUND), 1), kind="x" * 5_000),
    "roots at forbidden addresses": whole(roots(TRAP, "http://[::1]/", "http://169.254.169.254/"), 0),
    "roots at no addresses": part(roots("javascript:alert(1)", "file:///etc/passwd", 7), 0, *["api_roots["] * 3),
    "roots that are a text": refused(as_json({"title": "x", "api_roots": "x"}), "API root"),
    "a hundred thousand roots": part(roots(*(["x:"] * 100_000)), 0, *["api_roots["] * 21),
    "a collection with a path for an id": part(
        as_json({"id": "../../x", "title": "x", "can_read": True}), 0, "id is missing or is not"
    ),
    "collections whose ids are paths": part(
        as_json({"collections": [{"id": f"../{n}", "can_read": True} for n in range(5)]}), 0, *["collections["] * 5
    ),
    "collections that are a text": refused(as_json({"collections": "x"}), "no list of collections"),
}  # fmt: skip
