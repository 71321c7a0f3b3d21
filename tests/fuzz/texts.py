"""Single texts that were right, and how they are made wrong."""

from __future__ import annotations

from hypothesis import strategies as st

from advisories.collect.text import markings
from tests.advisories.collect.letters import HEAD
from tests.fuzz.mutate import VALUES, worded
from tests.hostile.markup import CASES

BASES = ("", "https://feeds.example.org/a/", "http://[::1]/")
METRICS = "AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H"
VECTORS = [
    f"CVSS:3.1/{METRICS}", f"CVSS:3.0/{METRICS}", "AV:N/AC:L/Au:N/C:P/I:P/A:P",
    "CVSS:4.0/AV:N/AC:L/AT:N/PR:N/UI:N/VC:H/VI:H/VA:H/SC:N/SI:N/SA:N",
]  # fmt: skip
NAMES = [
    "cpe:2.3:a:example:gateway:1.0:*:*:*:*:*:*:*", "cpe:/a:example:gateway:1.0", "pkg:npm/%40scope/name@1.0?a=b#c",
    "pkg:maven/org.example/x@1", "CWE-79: x", "npm", "org.example:x",
]  # fmt: skip
OPML = (
    b'<opml version="2.0"><body><outline text="a" xmlUrl="https://a.example.org/f"/>'
    b'<outline title="b" xmlUrl="x"/></body></opml>'
)
AFFECTED = [
    "vendor", "product", "packageName", "versions", "status", "defaultStatus", "lessThan", "version", "lang", "value",
    "Exploitation",
]  # fmt: skip
HEADS = b"".join(f"{name}: {value}\r\n".encode() for name, value in HEAD.items())
LETTERS = [
    HEADS + b"\r\nx",
    b"Subject: =?utf-8?b?4oKs?=\r\n =?iso-8859-1?q?=E9?=\r\nFrom: =?x?q?a?= <a@b>, c\r\n\r\n",
    b"Content-Disposition: attachment; filename*0*=utf-8''%e2; filename*1=b\r\n"
    b"Received: x; Sun, 1 Feb 2026 10:00:00 -0000\r\n\r\n",
]
TEXTS = st.tuples(worded([*CASES.values()]), st.sampled_from(BASES))
URLS = st.tuples(
    worded(["https://example.org:8443/a?b=c#d", "//x/", "http://[::1%25a]/", "mailto:a@example.org"]), worded(BASES)
)
MACHINES = st.ip_addresses().map(str) | worded(
    ["127.0.0.1", "::ffff:10.0.0.1", "64:ff9b::7f00:1", "8.8.8.8", "2001:4860::1", "fe80::1%eth0"]
)
PASTED = [
    "hxxps[:]//evil[.]example/a?b=c#d, 10.1.2[.]3/24 version 10.4.2.1\r\nalice [at] evil (dot) example",
    "[evil.example](http://u:p@[2001:db8::1]:8080/x_(y)) ::ffff:1.2.3.4 2001[:]db8[:][:]1 fe80::1%eth0",
    f"{'a1' * 16} {'b2' * 20} {'c3' * 32} cve-2026-12345 payload.zip payload[.]zip invoice.pdf.exe",
    'faß.de \uff45vil\uff0eexample ev\u200bil.example {"a":"https:\\/\\/evil.example\\/a,b"}',
]
TIMES = worded(
    ["2026-01-01T00:00:00Z", "0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00", "20260101T000000,5+0000"]
)
LABELS = st.tuples(worded(["TLP:AMBER+STRICT", "TLP: RED", "tlp white", *markings.PINNED]), VALUES)
PARTS = st.recursive(
    VALUES,
    lambda inner: st.dictionaries(st.sampled_from(AFFECTED), inner, max_size=4) | st.lists(inner, max_size=3),
    max_leaves=12,
)
