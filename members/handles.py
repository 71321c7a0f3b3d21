"""Addresses of rows that count nothing: numbers, encrypted for one purpose (AES-SIV, RFC 5297). No table keeps them.

The same row has the same one each time, and whoever has two of them learns nothing of others. It says which row; who
may do what with it is asked of whoever brings it.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESSIV
from django.conf import settings

SIZE = 8  # bytes of each number


def handle(purpose: str, *numbers: int) -> str:
    """For an address or a form."""
    sealed = _cipher(purpose).encrypt(b"".join(one.to_bytes(SIZE, "big") for one in numbers), None)
    return base64.urlsafe_b64encode(sealed).decode().rstrip("=")


def opened(purpose: str, text: str) -> tuple[int, ...]:
    """The numbers; none where it was made for another purpose, or by nobody."""
    try:
        sealed = base64.b64decode(text.encode("ascii") + b"=" * (-len(text) % 4), altchars=b"-_", validate=True)
        plain = _cipher(purpose).decrypt(sealed, None)
    except (InvalidTag, ValueError, binascii.Error):
        return ()
    return tuple(int.from_bytes(plain[at : at + SIZE], "big") for at in range(0, len(plain), SIZE))


def _cipher(purpose: str) -> AESSIV:
    return AESSIV(hmac.new(settings.SECRET_KEY.encode(), f"handle:{purpose}".encode(), hashlib.sha256).digest())
