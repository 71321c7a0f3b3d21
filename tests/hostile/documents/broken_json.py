"""JSON that is none, or is twice something: as a STIX bundle, and some of it as CSAF."""

from __future__ import annotations

import codecs
import gzip
from collections.abc import Callable

from tests.advisories.collect.test_stix import bundle, thing
from tests.hostile.documents.case import Case, Cases, as_json, part, refused, tenths, whole
from tests.hostile.documents.good import known_csaf

CUT, NO_JSON, EMPTY = "damaged or was cut short", "not the JSON document that was expected", "document is empty"
MARKUP, NO_STIX, UNREADABLE = "web page or a feed", "no STIX bundle or object", "no id and type that STIX knows"
NO_CSAF = "nothing of CSAF that the hub knows"
NAMED = {"name": "@@", "description": "Told."}


def text(value: bytes) -> bytes:
    """A bundle with an object whose name is written by hand."""
    return bundle(thing("malware", "m", **NAMED)).replace(b'"@@"', value)


def broken(document: bytes) -> dict[str, Case]:
    """What is no JSON whatever it would tell."""
    written = document.decode()
    return {
        **{f"cut after {tenth} tenths": refused(cut, CUT) for tenth, cut in tenths(document)},
        "cut before its last byte": refused(document[:-1], CUT),
        "with another after it": refused(document + document, CUT),
        "with rubbish after it": refused(document + b"x", CUT),
        "with a null byte after it": refused(document + b"\0", CUT),
        "with a null byte before it": refused(b"\0" + document, NO_JSON),
        "with two marks of its order": refused(codecs.BOM_UTF8 * 2 + document, NO_JSON),
        "in UTF-16 with a mark": refused(written.encode("utf-16"), NO_JSON),
        "in UTF-16 without a mark": refused(written.encode("utf-16-le"), CUT),
        "in UTF-32": refused(written.encode("utf-32"), NO_JSON),
        "in EBCDIC": refused(written.encode("cp037"), NO_JSON),
        "in UTF-7 with a mark": refused(b"+/v8-" + document, NO_JSON),
        "packed and not said so": refused(gzip.compress(document), NO_JSON),
        "behind a guard against scripts": refused(b")]}',\n" + document, NO_JSON),
        "in a call": refused(b"take(" + document + b");", NO_JSON),
        "with a comment": refused(b"/* x */" + document, NO_JSON),
        "with a comma after its last": refused(document[:-1] + b",}", CUT),
        "in single quotation marks": refused(document.replace(b'"', b"'"), CUT),
        "twice, one a line": refused(document + b"\n" + document, CUT),
    }


def both(cases: Callable[[bytes], dict[str, Case]]) -> tuple[Cases, Cases]:
    stix, csaf = cases(text(b'"Told"')), cases(as_json(known_csaf()))
    few = (
        "cut after 1 tenths",
        "cut after 5 tenths",
        "cut after 9 tenths",
        "with rubbish after it",
        "with another after it",
    )
    return ({f"a bundle {name}": case for name, case in stix.items()},
            {f"a CSAF document {name}": csaf[name] for name in few} | {
                "a CSAF document in UTF-16": refused(as_json(known_csaf()).decode().encode("utf-16"), NO_CSAF),
                "a CSAF document in UTF-32": refused(as_json(known_csaf()).decode().encode("utf-32"), NO_CSAF),
                "a CSAF document packed and not said so": refused(gzip.compress(as_json(known_csaf())), NO_CSAF),
            })  # fmt: skip


STIX, CSAF = both(broken)
HAND: dict[str, tuple[bytes, str]] = {
    "a number that is none": (b"NaN", CUT), "infinity": (b"Infinity", CUT), "minus infinity": (b"-Infinity", CUT),
    "half a letter, the first half": (b'"\\ud800"', CUT), "half a letter, the second half": (b'"\\udc00"', CUT),
    "halves in the wrong order": (b'"\\udc00\\ud800"', CUT), "half a letter in bytes": (b'"\xed\xa0\x80"', CUT),
    "an overlong letter": (b'"\xc0\xbcscript\xc0\xbe"', CUT), "a letter of Latin 1": (b'"\xe9"', CUT),
    "a letter beyond Unicode": (b'"\xf4\x90\x80\x80"', CUT), "a bare null byte": (b'"a\0b"', CUT),
    "a bare line end": (b'"a\nb"', CUT), "an escape that is none": (b'"\\x41"', CUT), "undefined": (b"undefined", CUT),
    "an escape cut short": (b'"\\u00"', CUT), "a template's expression": (b"{{ settings.SECRET_KEY }}", CUT),
}  # fmt: skip
CASES: Cases = {
    **STIX,
    **{f"a name with {what}": refused(text(value), words) for what, (value, words) in HAND.items()},
    "nothing": refused(b"", EMPTY),
    "white space alone": refused(b" \r\n\t" * 1_000, EMPTY),
    "a mark of its order alone": refused(codecs.BOM_UTF8, EMPTY),
    "null bytes alone": refused(b"\0" * 1_000, NO_JSON),
    "a web page that says it is JSON": refused(b"<!doctype html><p>{}", MARKUP),
    "a program": refused(b"\x7fELF\2\1\1" + b"\0" * 1_000, NO_JSON),
    "an archive": refused(b"PK\3\4" + b"\0" * 1_000, NO_JSON),
    "an object of Python": refused(b"\x80\4\x95cposix\nsystem\n(S'id'\ntR.", NO_JSON),
    "YAML": refused(b"!!python/object/apply:os.system ['id']", NO_JSON),
    "a mark of its order": whole(codecs.BOM_UTF8 + text(b'"Told"'), 1),
    "a null byte in an escape": whole(text(b'"a\\u0000b"'), 1),
    "two halves of one letter": whole(text(b'"\\ud83d\\ude00"'), 1),
    "a text that turns round": whole(text(b'"\\u202egpj.exe"'), 1),
    "one name twice in an object": whole(text(b'"First","name":"Second"'), 1, says="Second"),
    "a label twice, the wider one last": whole(
        text(b'"x","object_marking_refs":["marking-definition--e828b379-4e03-4974-9ac4-e53a884c97c1"],'
             b'"object_marking_refs":["marking-definition--94868c89-83c2-464b-929b-a1a8aa3c8487"]'), 1,
    ),
    "an id twice, the wrong one last": part(text(b'"x","id":"malware--7"'), 0, UNREADABLE),
    "objects twice, the empty ones last": whole(text(b'"x"')[:-1] + b',"objects":[]}', 0),
    "a type twice, another last": refused(text(b'"x"')[:-1] + b',"type":"x","objects":[]}', NO_STIX),
}  # fmt: skip
