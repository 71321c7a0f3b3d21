"""Whether bytes look like a mail, from their first lines: looks and does not parse, so may run outside the worker."""

from __future__ import annotations

import re

HEAD = 64_000  # bytes looked at
TELLING = {b"from", b"to", b"date", b"subject", b"message-id", b"received", b"mime-version", b"content-type",
           b"return-path"}  # fmt: skip
_FIELD = re.compile(rb"([\x21-\x39\x3b-\x7e]{1,100}):")


def is_mail(body: bytes) -> bool:
    """Whether they begin with headers, two of them such as a mail has (RFC 5322, section 2.2)."""
    names = set[bytes]()
    for number, line in enumerate(body[:HEAD].splitlines()):
        if not line:
            break
        if line.startswith((b" ", b"\t")) or (number == 0 and line.startswith(b"From ")):
            continue
        field = _FIELD.match(line)
        if field is None:
            return False
        names.add(field[1].lower())
    return len(names & TELLING) >= 2
