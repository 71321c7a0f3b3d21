"""Lists of feeds (OPML) that would harm who imports them."""

from __future__ import annotations

from tests.hostile.documents.case import FILE, TRAP, Cases, refused, tenths, whole
from tests.hostile.documents.feed_entities import doubled, entity

TYPED, BROKEN, NO_FEED = "has a document type", "is no OPML", "names no feed"
MANY = 100_000


def opml(outline: str = '<outline xmlUrl="https://example.org/"/>', before: str = "", encoding: str = "utf-8") -> bytes:
    return f'<?xml version="1.0" encoding="{encoding}"?>{before}<opml><body>{outline}</body></opml>'.encode()


def typed(*declarations: str) -> str:
    return f"<!DOCTYPE opml [{''.join(declarations)}]>"


CASES: Cases = {
    "a billion laughs": refused(opml('<outline xmlUrl="&l9;"/>', typed(*doubled(10))), TYPED),
    "an entity that is a file": refused(opml("&x;", typed(entity("x", FILE))), TYPED),
    "an entity that is at an address": refused(opml("&x;", typed(entity("x", TRAP))), TYPED),
    "a document type in small letters": refused(opml(before="<!doctype opml>"), TYPED),
    "a document type in UTF-16": refused(
        opml(before=typed(*doubled(10)), encoding="utf-16").decode().encode("utf-16"), TYPED
    ),
    "a document type with a letter of another encoding": refused(
        opml('<outline xmlUrl="&l5;"/>', typed(*doubled(6)), "mac_arabic").replace(b"<!", b"<\xa1"), BROKEN
    ),
    "a hundred thousand outlines in each other": refused(opml("<outline>" * MANY + "</outline>" * MANY), NO_FEED),
    "a hundred thousand attributes": whole(
        opml("<outline xmlUrl='https://example.org/' " + " ".join(f"a{n}=''" for n in range(MANY)) + "/>"), 1
    ),
    "ten thousand feeds": refused(opml("".join(f'<outline xmlUrl="x:{n}"/>' for n in range(10_000))), "Split it"),
    "one feed a hundred thousand times": whole(opml('<outline xmlUrl="https://example.org/"/>' * MANY), 1),
    "eleven megabytes": refused(lambda: opml("x" * 11_000_000), "Split it"),
    "an encoding that is none": refused(opml(encoding="x-evil"), BROKEN),
    "an encoding that unpacks": refused(opml(encoding="zlib"), BROKEN),
    "an encoding that is a path": refused(opml(encoding="a.b-c_d"), BROKEN),
    "an inclusion": refused(opml(f'<xi:include xmlns:xi="http://www.w3.org/2001/XInclude" href="{TRAP}"/>'), NO_FEED),
    **{f"cut after {tenth} tenths": refused(cut, BROKEN) for tenth, cut in tenths(opml())},
    "JSON": refused(b'{"opml": 1}', BROKEN),
    "null bytes": refused(b"\0" * 1_000, BROKEN),
}
