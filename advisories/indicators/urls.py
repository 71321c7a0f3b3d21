"""Addresses of pages, in their one right form.

Without what doesn't lead there: the fragment, in which pages that phish carry whom they were sent to; and name and
password, which are a lure or somebody's secret.
"""

from __future__ import annotations

import re
from typing import NamedTuple
from urllib.parse import unquote

from advisories.indicators import names
from advisories.indicators.machines import machine

LONGEST_URL = 2_000
_PARTS = re.compile(
    r"(?P<scheme>[^:]+)://(?:[^/?#]*@)?(?P<host>\[[^\]]*\]|[^/?#:]*)(?::(?P<port>[0-9]*))?(?P<rest>[^#]*)"
)
# What ends an address that no quotes hold together: the same thing is the same value, quoted or not.
_ENDS = re.compile(r"[,\[\]{}|^]|;(?![a-z]{1,20}=)", re.IGNORECASE)
_PORTS = {"http": "80", "https": "443", "ftp": "21"}
_PUNCTUATION = frozenset(".,;:!?'*_~|&")
_CLOSED_BY = {")": "(", "]": "[", "}": "{"}


class Page(NamedTuple):
    """`value`: "" where it is too long to be kept, or is none behind its host: that is all that is told then."""

    value: str
    host: str
    internal: bool
    example: bool


def page(text: str) -> Page | None:
    parts = _PARTS.match(text)
    if not parts:
        return None
    scheme, port, rest = _scheme(parts["scheme"]), (parts["port"] or "").lstrip("0"), _ENDS.sub(_encoded, parts["rest"])
    written = parts["host"]
    found = machine(written.strip("[]")) if written[-1:] == "]" or written[-1:].isdigit() else None
    if found:
        host, internal, example = found.value, found.internal, found.example
    else:
        host = names.host(unquote(written))
        internal, example = names.is_internal(host), names.is_example(host)
    if not host:
        return None
    at = f"[{host}]" if found and found.version == 6 else host
    colon = f":{port}" if port and port != _PORTS.get(scheme) else ""
    value = f"{scheme}://{at}{colon}{'' if rest == '/' else rest}"
    kept = len(value) <= LONGEST_URL and (not rest or rest[0] in "/?")
    return Page(value if kept else "", host, internal, example)


def without_end(text: str) -> str:
    """Without the punctuation of the sentence around it; a bracket stays if it was opened inside."""
    end, open_more = len(text), {last: text.count(first) - text.count(last) for last, first in _CLOSED_BY.items()}
    while end:
        last = text[end - 1]
        if last in open_more and open_more[last] < 0:
            open_more[last] += 1
        elif last not in _PUNCTUATION:
            break
        end -= 1
    return text[:end]


def _encoded(sign: re.Match[str]) -> str:
    return f"%{ord(sign[0]):02X}"


def _scheme(text: str) -> str:
    """http for hxxp, hXXp, h**p, htxp; ftp for fxp."""
    scheme = text.lower()
    if re.fullmatch(r"h[tx*]{2}ps?", scheme):
        return "https" if scheme.endswith("s") else "http"
    return {"fxp": "ftp", "fxps": "ftps", "meow": "http", "meows": "https"}.get(scheme, scheme)
