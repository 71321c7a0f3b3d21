"""What kind of document some bytes are, by their contents alone.

Looks and does not parse, so that it is safe and cheap outside the worker; the parser has the last word.
"""

from __future__ import annotations

import re

from advisories.collect import sniff

_KEV = (re.compile(rb'"catalogVersion"\s*:'), re.compile(rb'"vulnerabilities"\s*:'))
_BUNDLE = re.compile(rb'"type"\s*:\s*"bundle"')
_STIX_ID = re.compile(rb'"id"\s*:\s*"[a-z0-9][a-z0-9-]{2,60}--[0-9a-fA-F]{8}-(?:[0-9a-fA-F]{4}-){3}[0-9a-fA-F]{12}"')


def detect(body: bytes, name: str = "") -> str | None:
    """The name of the kind that reads the bytes ("feed", "kev", "stix"), or None. `name` tells nothing:
    files are called anything.
    """
    start = body[:64].removeprefix(b"\xef\xbb\xbf").lstrip()
    if start[:1] == b"{":
        if all(pattern.search(body) for pattern in _KEV):
            return "kev"
        return "stix" if _BUNDLE.search(body) or _STIX_ID.search(body) else None
    return "feed" if sniff.is_feed(body) else None
