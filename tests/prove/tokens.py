"""Canaries: each field of each item holds a token of its own, whose first six characters are already unique.

Made of letters that no hexadecimal digest, reference, code or seeded random text has together: `jl`, then g to p.
"""

from __future__ import annotations

import base64
import binascii
import gzip
import html
import json
import quopri
import re
from collections.abc import Iterator
from dataclasses import dataclass
from email import message_from_bytes, policy
from typing import Any
from urllib.parse import unquote_plus

DIGITS = "ghijklmnop"
TOKEN = re.compile(r"jl[g-p]{4}")
BASE64 = re.compile(rb"[A-Za-z0-9+/_-]{24,}={0,2}")
QUOTED = re.compile(rb"=(?:[0-9A-Fa-f]{2}|\r?\n)")
ESCAPED = re.compile(r"\\u[0-9a-fA-F]{4}")
EVERY = 0  # the version of what is no version's own, and stands beside each
TAIL = "kept"  # so that a token is cut where a text is
ROOM = 80  # tokens of one subject


@dataclass(frozen=True, eq=False)
class Canary:
    """A token, and to whom it may be shown: what of `subject` (an item's words, or the name of a person or
    organisation) it stands in."""

    token: str
    field: str
    needs: str  # body, title, handler, terms, mine, writer, person, kit or ladder
    subject: Any
    version: int = 1

    def __str__(self) -> str:
        name = self.subject if isinstance(self.subject, str) else self.subject["name"]
        return f"{self.field} of {name}, version {self.version}"


class Mint:
    """Gives every subject its own stretch of numbers, so that one more item changes nobody else's tokens."""

    def __init__(self) -> None:
        self.made: dict[str, Canary] = {}
        self._used: dict[int, int] = {}

    def make(self, place: int, field: str, needs: str, subject: Any, version: int = 1) -> str:
        """A new token for a field of the subject that stands at `place` in the world."""
        number = self._used[place] = self._used.get(place, -1) + 1
        assert number < ROOM, f"more than {ROOM} fields in one subject"
        code = "jl" + "".join(DIGITS[int(digit)] for digit in f"{place * ROOM + number:04}")
        self.made[code] = Canary(code + TAIL, field, needs, subject, version)
        return code + TAIL


def found(data: bytes) -> set[str]:
    """The tokens (their first six characters) in what came out, however it was written."""
    return {token for text in readings(data) for token in TOKEN.findall(text.casefold())}


def readings(data: bytes, depth: int = 3) -> Iterator[str]:
    """`data` as text, and as every text that it may be another writing of."""
    if data[:2] == b"\x1f\x8b":
        data = gzip.decompress(data)
    text = data.decode(errors="replace")
    yield text
    if "%" in text:
        yield unquote_plus(text)
    if "&" in text:
        yield html.unescape(text)
    if ESCAPED.search(text):
        yield ESCAPED.sub(lambda match: str(json.loads(f'"{match[0]}"')), text)
    if QUOTED.search(data):
        yield quopri.decodestring(data).decode(errors="replace")
    if depth:
        for inner in [*_base64(data), *_parts(data)]:
            yield from readings(inner, depth - 1)


def _base64(data: bytes) -> Iterator[bytes]:
    for run in set(BASE64.findall(data)):
        plain = run.rstrip(b"=").translate(bytes.maketrans(b"-_", b"+/"))
        try:
            yield base64.b64decode(plain + b"=" * (-len(plain) % 4))
        except binascii.Error:
            continue


def _parts(data: bytes) -> Iterator[bytes]:
    """The headers and parts of a mail, decoded."""
    if b"\nMIME-Version: 1.0" not in data[:4000]:
        return
    message = message_from_bytes(data, policy=policy.default)
    yield "\n".join(f"{name}: {value}" for name, value in message.items()).encode()
    for part in message.walk():
        if not part.is_multipart():
            payload = part.get_payload(decode=True)
            yield payload if isinstance(payload, bytes) else str(payload).encode()
            yield str(part.get_filename() or "").encode()
