"""STIX that is too much of something."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

from tests.advisories.collect.test_stix import bundle, ident, thing
from tests.hostile.documents.case import Cases, as_json, part, refused, whole

CUT, DEEP = "damaged or was cut short", "nests deeper than 50 levels"
MANY = 100_000


def raw(name: str, value: bytes) -> bytes:
    """A bundle with an object one of whose values is written by hand."""
    return bundle(thing("malware", "m", **{name: "@@"})).replace(b'"@@"', value)


def with_one(**values: Any) -> Callable[[], bytes]:
    return lambda: bundle(thing("malware", "m", **values))


def objects(count: int, one: bytes) -> bytes:
    return b'{"type":"bundle","objects":[' + b",".join([one] * count) + b"]}"


def nested(opening: bytes, closing: bytes, depth: int) -> bytes:
    return raw("x", opening * depth + b"1" + closing * depth)


SAME = as_json(thing("malware", "m"))
CASES: Cases = {
    "a hundred thousand lists in each other": refused(partial(nested, b"[", b"]", MANY), CUT),
    "a hundred thousand objects in each other": refused(partial(nested, b'{"x":', b"}", MANY), CUT),
    "a hundred thousand lists left open": refused(b"[" * MANY, CUT),
    "a million lists left open in a bundle": refused(b'{"type":"bundle","objects":' + b"[" * 1_000_000, CUT),
    "lists as deep as the reader of JSON goes": refused(partial(nested, b"[", b"]", 1_000), DEEP),
    "one level more than the hub takes": refused(nested(b"[", b"]", 48), DEEP),
    "as many levels as the hub takes": whole(nested(b"[", b"]", 47), 1),
    "brackets in a text": whole(raw("name", b'"' + b"[{" * MANY + b'"'), 1),
    "brackets behind a quotation mark in a text": whole(raw("name", b'"' + b'\\"[{' * MANY + b'"'), 1),
    "200,001 objects": refused(partial(objects, 200_001, b"{}"), "200001 objects; the hub takes at most 200000"),
    "200,000 objects of one id": whole(partial(objects, 200_000, SAME), 1),
    "200,001 nulls": refused(partial(objects, 200_001, b"0"), "200001 objects; the hub takes at most 200000"),
    "a number of a hundred thousand digits": refused(raw("confidence", b"1" * MANY), CUT),
    "a fraction of a hundred thousand digits": whole(raw("confidence", b"0." + b"1" * MANY), 1),
    "a number of twenty digits": whole(raw("confidence", b"1" * 20), 1),
    "an exponent beyond all numbers": refused(raw("confidence", b"1e999999999"), CUT),
    "an exponent below all numbers": whole(raw("confidence", b"1e-999999999"), 1),
    "minus zero": whole(raw("confidence", b"-0"), 1),
    "a number with a zero before it": refused(raw("confidence", b"007"), CUT),
    "a number with a sign": refused(raw("confidence", b"+7"), CUT),
    "a hexadecimal number": refused(raw("confidence", b"0x7f"), CUT),
    "a pattern of a megabyte": whole(with_one(pattern="[a:b = 'c'] OR " * 70_000), 1),
    "a pattern of a hundred thousand brackets": whole(with_one(pattern="(" * MANY + ")" * MANY), 1),
    "a name of ten megabytes": whole(with_one(name="x" * 10_000_000), 1),
    "a name of a megabyte of white space": whole(with_one(name=" " * 1_000_000), 1),
    "a description of ten megabytes": whole(with_one(description="<p>" * 3_000_000), 1),
    "a description of CVE ids": whole(with_one(description="".join(f"CVE-2026-{n} " for n in range(1_000, 9_999))), 1),
    "a description of dashes": whole(with_one(description="CVE-" * 50_000), 1),
    "a hundred thousand labels": whole(with_one(labels=[f"l{n}" for n in range(MANY)]), 1),
    "a hundred thousand references": whole(
        with_one(external_references=[{"source_name": "x", "url": f"https://example.org/{n}"} for n in range(MANY)]), 1
    ),
    "a hundred thousand names in an object": whole(with_one(**{f"x_{n}": n for n in range(MANY)}), 1),
    "a name of a value of a megabyte": whole(with_one(**{"x" * 1_000_000: 1}), 1),
    "fifteen times null": part(
        lambda: bundle(thing("malware", "m"), *[None] * 15), 1, *["no id and type"] * 15
    ),
    "references to scripts": whole(
        with_one(external_references=[{"source_name": "x", "url": "javascript:alert(1)", "external_id": "<script>"}]), 1
    ),
    "references to this machine's files": whole(
        with_one(external_references=[{"source_name": "x", "url": "file:///etc/passwd"}, {"url": ["x"]}, None, 7]), 1
    ),
    "a report of a hundred thousand ids that are none": whole(
        lambda: bundle(thing("report", "r", object_refs=["x"] * MANY)), 1
    ),
    "a report of three thousand things": whole(
        lambda: bundle(*(thing("tool", f"{n}", "CLEAR") for n in range(3_000)),
                       thing("report", "r", "CLEAR", object_refs=[ident("tool", f"{n}") for n in range(3_000)])), 1,
    ),
}  # fmt: skip
