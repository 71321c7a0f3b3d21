"""What kind of document some bytes are, by their contents alone.

Looks and does not parse, so that it is safe and cheap outside the worker; the parser has the last word.
"""

from __future__ import annotations

import re
import zlib

from advisories.collect.mail import mailsniff
from advisories.collect.text import sniff

HEAD = 64_000  # bytes in which a short mark is looked for
GZIP = b"\x1f\x8b"
_STIX_ID = rb'"id"\s*:\s*"[a-z0-9][a-z0-9-]{2,60}--[0-9a-fA-F]{8}-(?:[0-9a-fA-F]{4}-){3}[0-9a-fA-F]{12}"'
# Of JSON, the first of these all of whose marks stand in it. Marks that others may quote come last.
_JSON: tuple[tuple[str, tuple[re.Pattern[bytes], ...]], ...] = tuple(
    (kind, tuple(re.compile(mark) for mark in marks))
    for kind, marks in (
        ("feed", (rb'"version"\s*:\s*"https?:(?:\\?/){2}jsonfeed\.org',)),
        ("csaf", (rb'"csaf_version"\s*:',)),
        ("kev", (rb'"catalogVersion"\s*:', rb'"vulnerabilities"\s*:')),
        ("nvd", (rb'"format"\s*:\s*"NVD_CVE"', rb'"vulnerabilities"\s*:')),
        ("cve", (rb'"dataType"\s*:\s*"CVE_RECORD"', rb'"cveMetadata"\s*:')),
        ("stix", (rb'"type"\s*:\s*"bundle"',)),
        ("misp", (rb'"Event"\s*:\s*\{', rb'"info"\s*:')),
        ("osv", (rb'"ghsa_id"\s*:',)),
        ("osv", (rb'"modified"\s*:', rb'"(?:affected|aliases|withdrawn)"\s*:', rb'"(?:schema_version|published)"\s*:')),
        ("epss", (rb'"epss"\s*:', rb'"cve"\s*:')),
        ("stix", (_STIX_ID,)),
    )
)
_TABLE = re.compile(rb"(?:#[^\n]{0,500}\n)?cve,epss", re.IGNORECASE)


def detect(body: bytes, name: str = "") -> str | None:
    """The name of the kind that reads the bytes ("feed", "csaf", "mailbox", …), or None. `name` tells nothing: files
    are called anything.
    """
    start = body[:HEAD].removeprefix(b"\xef\xbb\xbf").lstrip()
    if start[:1] in (b"{", b"["):
        return next((kind for kind, marks in _JSON if all(mark.search(body) for mark in marks)), None)
    if _TABLE.match(_unpacked(body) if body.startswith(GZIP) else start):
        return "epss"
    if sniff.is_feed(body):
        return "feed"
    return "mailbox" if mailsniff.is_mail(body) else None


def _unpacked(body: bytes) -> bytes:
    """The first bytes of what is packed in a gzip file; none of what is damaged."""
    try:
        return zlib.decompressobj(16 + zlib.MAX_WBITS).decompress(body[:HEAD], 1_000)
    except zlib.error:
        return b""
