"""Who filed an anonymous report: keyed hashes for equality, and the person encrypted for custodians.

Both under ORIGIN_KEY (environment, or a file beside the data), never kept in the database: whoever holds the tables
alone can join nothing and open nothing.
"""

from __future__ import annotations

import hashlib
import hmac

from django.conf import settings

from members import box
from members.box import Unopenable as Unopenable

BITS = 59  # a bucket keeps its kind in the low four bits of a signed 64-bit integer


def seal(what: str, number: int) -> int:
    """The keyed hash of `person` or `affiliation` number `number`, 59 bits."""
    digest = hmac.new(_key("origin"), f"origin:{what}:{number}".encode(), hashlib.sha256).digest()
    return int.from_bytes(digest[:8], "big") >> (64 - BITS)


def close(person: int, item: int) -> bytes:
    """The person of this id, encrypted, and bound to the item: moved to another row it opens nothing."""
    return box.shut(_key("link"), person.to_bytes(8, "big"), _bound(item))


def unseal(sealed: bytes, item: int) -> int:
    """The id of the person. Raises Unopenable."""
    return int.from_bytes(box.opened(_key("link"), sealed, _bound(item)), "big")


def _key(purpose: str) -> bytes:
    """32 bytes for one purpose: the hash and the cipher never share a key."""
    return hmac.new(settings.ORIGIN_KEY.encode(), purpose.encode(), hashlib.sha256).digest()


def _bound(item: int) -> bytes:
    return f"item:{item}".encode()
