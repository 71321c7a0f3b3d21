"""Keyed hashes of people, for equality only: who filed an anonymous report is never a key that can be joined."""

from __future__ import annotations

import hashlib
import hmac

from django.conf import settings

BITS = 59  # a bucket keeps its kind in the low four bits of a signed 64-bit integer


def seal(what: str, number: int) -> int:
    """The keyed hash of `person` or `affiliation` number `number`, 59 bits, under the hub's secret key."""
    digest = hmac.new(settings.SECRET_KEY.encode(), f"origin:{what}:{number}".encode(), hashlib.sha256).digest()
    return int.from_bytes(digest[:8], "big") >> (64 - BITS)
