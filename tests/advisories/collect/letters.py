"""Mails as tests write them, and what becomes of them."""

from __future__ import annotations

from base64 import b64encode
from typing import Any

from advisories.collect.base import Parsed, RawEntry
from advisories.collect.mail import mail
from tests.advisories.collect.conftest import context
from tests.advisories.collect.hostile import outcome

HEAD = {
    "From": "Example CERT <warnings@cert.example.org>",
    "To": "hub@warp.example.org",
    "Subject": "Gateway under attack",
    "Date": "Sun, 01 Feb 2026 10:00:00 +0100",
    "Message-ID": "<2026-17@cert.example.org>",
}

SIGNED = """Before.
-----BEGIN PGP SIGNED MESSAGE-----
Hash: SHA512

- -----------------
Update the gateway.
TLP:AMBER
-----BEGIN PGP SIGNATURE-----

iQEzBAEBCAAdFiEE
-----END PGP SIGNATURE-----
After.
"""


def letter(text: str = "Update the gateway.\n", **headers: str | None) -> bytes:
    """A mail; None leaves a header out, and an underscore in a name stands for a hyphen."""
    given = {name.replace("_", "-"): value for name, value in headers.items()}
    lines = [f"{name}: {value}" for name, value in {**HEAD, **given}.items() if value is not None]
    return ("\n".join(lines) + "\n\n" + text).replace("\n", "\r\n").encode("utf-8", "surrogateescape")


def multipart(*parts: str, kind: str = "mixed", boundary: str = "edge", **headers: str | None) -> bytes:
    """Each part is its headers, a blank line and its text."""
    return letter(_parts(*parts, boundary=boundary), Content_Type=f'multipart/{kind}; boundary="{boundary}"', **headers)


def inner(*parts: str, kind: str, boundary: str) -> str:
    return f'Content-Type: multipart/{kind}; boundary="{boundary}"\n\n' + _parts(*parts, boundary=boundary)


def _parts(*parts: str, boundary: str) -> str:
    return "".join(f"--{boundary}\n{part}\n" for part in parts) + f"--{boundary}--\n"


def plain(text: str) -> str:
    return f"Content-Type: text/plain; charset=utf-8\n\n{text}"


def markup(text: str) -> str:
    return f"Content-Type: text/html; charset=utf-8\n\n{text}"


def attached(name: str, data: bytes = b"12345", kind: str = "application/pdf") -> str:
    return (
        f"Content-Type: {kind}\nContent-Transfer-Encoding: base64\n"
        f"Content-Disposition: attachment; {name}\n\n{b64encode(data).decode()}"
    )


def parse(body: bytes, **options: Any) -> Parsed:
    return mail.parse(body, context(**options))


def entry(body: bytes, **options: Any) -> RawEntry:
    (found,) = parse(body, **options).entries
    return found


def refusal(body: bytes, **options: Any) -> str:
    """Why the mail is no entry, or why the document was not read."""
    found = outcome(mail.parse, body, **options)
    if isinstance(found, str):
        return found
    assert not found.entries
    return found.refusals[0].reason
