"""A box: bytes encrypted under a key and bound to what they belong to. Moved elsewhere, it opens nothing (AES-GCM)."""

from __future__ import annotations

import hashlib
import hmac
import secrets

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings

NONCE = 12  # bytes, as AES-GCM wants them


class Unopenable(Exception):
    """It was closed under another key, or for something else, or somebody changed it."""


def key_for(purpose: bytes) -> bytes:
    """A key of this purpose alone, made from SECRET_KEY: 32 bytes."""
    return hmac.new(settings.SECRET_KEY.encode(), purpose, hashlib.sha256).digest()


def shut(key: bytes, plain: bytes, bound: bytes) -> bytes:
    """`plain`, to be kept. `bound`: the row that it belongs to, as bytes."""
    nonce = secrets.token_bytes(NONCE)
    return nonce + AESGCM(key).encrypt(nonce, plain, bound)


def opened(key: bytes, closed: bytes | memoryview[int], bound: bytes) -> bytes:
    """What `shut` was given. Raises Unopenable."""
    whole = bytes(closed)
    try:
        return AESGCM(key).decrypt(whole[:NONCE], whole[NONCE:], bound)
    except (InvalidTag, ValueError) as error:
        raise Unopenable("it can't be opened with this key") from error
