"""Who filed an anonymous report: keyed hashes for equality, and the person encrypted for custodians.

Both under ORIGIN_KEY (environment, or a file beside the data), never kept in the database: whoever holds the tables
alone can join nothing and open nothing.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings

BITS = 59  # a bucket keeps its kind in the low four bits of a signed 64-bit integer
NONCE = 12  # bytes, as AES-GCM wants them


class Unopenable(Exception):
    """The sealed link can't be opened: another key than the one it was closed with, or it was tampered with."""


def seal(what: str, number: int) -> int:
    """The keyed hash of `person` or `affiliation` number `number`, 59 bits."""
    digest = hmac.new(_key("origin"), f"origin:{what}:{number}".encode(), hashlib.sha256).digest()
    return int.from_bytes(digest[:8], "big") >> (64 - BITS)


def close(person: int, item: int) -> bytes:
    """The person of this id, encrypted, and bound to the item: moved to another row it opens nothing."""
    nonce = secrets.token_bytes(NONCE)
    return nonce + AESGCM(_key("link")).encrypt(nonce, person.to_bytes(8, "big"), _bound(item))


def unseal(sealed: bytes, item: int) -> int:
    """The id of the person. Raises Unopenable."""
    try:
        plain = AESGCM(_key("link")).decrypt(bytes(sealed[:NONCE]), bytes(sealed[NONCE:]), _bound(item))
    except (InvalidTag, ValueError) as error:
        raise Unopenable("the sealed link can't be opened with this ORIGIN_KEY") from error
    return int.from_bytes(plain, "big")


def _key(purpose: str) -> bytes:
    """32 bytes for one purpose: the hash and the cipher never share a key."""
    return hmac.new(settings.ORIGIN_KEY.encode(), purpose.encode(), hashlib.sha256).digest()


def _bound(item: int) -> bytes:
    return f"item:{item}".encode()
