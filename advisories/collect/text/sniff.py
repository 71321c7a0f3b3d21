"""What an XML document is, from its first bytes: never from its name or its content type."""

from __future__ import annotations

import re

HEAD = 64_000  # bytes looked at
FEED_ROOTS = {"rss", "feed", "rdf", "channel"}
_BOMS = (
    (b"\xff\xfe\0\0", "utf-32-le"),
    (b"\0\0\xfe\xff", "utf-32-be"),
    (b"\xff\xfe", "utf-16-le"),
    (b"\xfe\xff", "utf-16-be"),
)
_BARE_16 = ((b"<\0", "utf-16-le"), (b"\0<", "utf-16-be"))
_DECLARED = re.compile(rb"\s*<\?xml[^>]*\bencoding\s*=", re.IGNORECASE)
_BEFORE_ROOT = re.compile(r"\s+|<\?[^>]*>|<!--.*?-->|<!DOCTYPE[^\[>]*(?:\[[^\]]*\]\s*)?>", re.DOTALL | re.IGNORECASE)
_ROOT = re.compile(r"<((?:[A-Za-z_][\w.-]*:)?([A-Za-z_][\w.-]*))(?=[\s/>])")


def readable(body: bytes) -> str:
    """The bytes as characters whose markup can be found; letters beyond ASCII may be wrong."""
    for mark, encoding in (*_BOMS, *_BARE_16):
        if body.startswith(mark):
            return body.decode(encoding, "replace").lstrip("\ufeff")
    return body.removeprefix(b"\xef\xbb\xbf").decode("latin-1")


def root(body: bytes) -> tuple[str, str]:
    """The root element as written, and its local name in lower case; ("", "") where there is none."""
    text, at = readable(body[:HEAD]), 0
    while skipped := _BEFORE_ROOT.match(text, at):
        at = skipped.end()
    found = _ROOT.match(text, at)
    return (found[1], found[2].lower()) if found else ("", "")


def is_feed(body: bytes) -> bool:
    return root(body)[1] in FEED_ROOTS


def tells_encoding(body: bytes) -> bool:
    """Whether the bytes say how they are encoded: by a mark, by an XML declaration or by being UTF-8."""
    if any(body.startswith(mark) for mark, _ in (*_BOMS, *_BARE_16)) or _DECLARED.match(body[:200]):
        return True
    try:
        body.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True
