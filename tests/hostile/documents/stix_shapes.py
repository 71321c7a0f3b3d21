"""STIX that is of the wrong kind somewhere: in every place of an object, and around the objects."""

from __future__ import annotations

from typing import Any

from tests.advisories.collect.test_stix import bundle, ident, thing
from tests.hostile.documents.case import ODD, Case, Cases, as_json, part, refused, whole

UNREADABLE = "no id and type that STIX knows"
NO_STIX = "no STIX bundle or object"
PLACES = (
    "spec_version", "created", "modified", "name", "description", "created_by_ref", "revoked", "labels", "lang",
    "confidence", "external_references", "object_marking_refs", "granular_markings", "aliases", "extensions", "pattern",
)  # fmt: skip


def everywhere(place: str) -> Case:
    """An object for each odd value in this place, and a sound one: all are taken."""
    return whole(bundle(thing("malware", "sound"), *_odd(place)), 1 + len(ODD))


def _odd(place: str) -> list[dict[str, Any]]:
    return [thing("malware", f"odd {number}", **{place: value}) for number, value in enumerate(ODD)]


def without(*names: str) -> dict[str, Any]:
    return {name: value for name, value in thing("malware", "bare").items() if name not in names}


def containers() -> list[dict[str, Any]]:
    return [thing("report", f"odd {number}", object_refs=value) for number, value in enumerate(ODD)]


SOUND = thing("malware", "sound")
IDS: dict[str, Any] = {
    "no dashes": "malware", "another type's": ident("tool", "x"), "one dash": "malware-" + ident("x", "x")[3:],
    "capitals": ident("malware", "x").replace("malware", "MALWARE"), "a path": "malware--../../../../etc/passwd///////",
    "a null byte": "malware--\0" + "1" * 35, "a line end": ident("malware", "x") + "\n",
    "white space": " " + ident("malware", "x"),
    "Arabic digits": "malware--" + "\u0661" * 36, "a zero width space": ident("malware", "x")[:-1] + "\u200b",
    "SQL": "malware--'; DROP TABLE advisories_entry; --", "a megabyte": "malware--" + "1" * 1_000_000,
    "a list": [ident("malware", "x")], "a number": 7, "an object": {"id": ident("malware", "x")}, "nothing": None,
}  # fmt: skip

CASES: Cases = {
    **{f"every odd value as {place}": everywhere(place) for place in PLACES},
    "every odd value as an id": part(bundle(SOUND, *_odd("id")), 1, *[UNREADABLE] * len(ODD)),
    "every odd value as a type": part(bundle(SOUND, *_odd("type")), 1, *[UNREADABLE] * len(ODD)),
    "every odd value as what a report names": whole(bundle(SOUND, *containers()), 1 + len(ODD)),
    "every odd value as an object": part(bundle(SOUND, *ODD), 1, *[UNREADABLE] * len(ODD)),
    **{f"an id with {what}": part(bundle(SOUND, {**SOUND, "id": bad}), 1, UNREADABLE) for what, bad in IDS.items()},
    "an object without times and name": whole(bundle(without("created", "modified", "name", "spec_version")), 1),
    "an object without an id": part(bundle(without("id"), SOUND), 1, UNREADABLE),
    "an object without a type": part(bundle(without("type"), SOUND), 1, UNREADABLE),
    "an object that has only an id and a type": whole(bundle(without("created", "modified", "name")), 1),
    "a bundle without objects": whole(as_json({"type": "bundle", "id": ident("bundle", "b")}), 0),
    "a bundle whose objects are null": whole(bundle(objects=None), 0),
    "a bundle whose objects are a text": refused(bundle(objects="malware"), NO_STIX),
    "a bundle whose objects are an object": refused(bundle(objects={"0": SOUND}), NO_STIX),
    "a bundle whose objects are a number": refused(bundle(objects=7), NO_STIX),
    "a bundle in a bundle": whole(bundle({"type": "bundle", "id": ident("bundle", "in"), "objects": [SOUND]}), 0),
    "a bundle that is a list": refused(as_json([SOUND]), NO_STIX),
    "a bundle that is a text": refused(as_json("bundle"), NO_STIX),
    "a bundle that is a number": refused(b"7", NO_STIX),
    "a bundle that is null": refused(b"null", NO_STIX),
    "a bundle whose type is a list": refused(as_json({"type": ["bundle"], "objects": ["x"]}), NO_STIX),
    "a bundle with the id of an object": whole(bundle(SOUND, id=SOUND["id"]), 1),
    "a bundle of no version that there is": whole(bundle(SOUND, spec_version="99.9"), 1),
    "an object of STIX 1": refused(b"<stix:STIX_Package xmlns:stix='http://x/'/>", "web page or a feed"),
    "a bundle that says it is a program": whole(bundle({**SOUND, "__class__": "os.system", "__reduce__": ["id"]}), 1),
    "a bundle that pollutes a prototype": whole(bundle({**SOUND, "__proto__": {"type": "bundle"}}), 1),
}  # fmt: skip
