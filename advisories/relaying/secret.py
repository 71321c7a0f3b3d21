"""Where a TAXII collection is and how the hub signs in there: encrypted under SECRET_KEY, and bound to its destination.
Moved to another row, it opens nothing."""

from __future__ import annotations

import hashlib
import hmac
import json
import secrets
from dataclasses import asdict, dataclass

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings

from advisories.models import Destination

NONCE = 12  # bytes, as AES-GCM wants them


class Unopenable(Exception):
    """The hub has another SECRET_KEY than when it was closed, or somebody changed the row."""


@dataclass(frozen=True, slots=True, repr=False)
class Secret:
    """`root` ends with a slash. `sign_in`: "name:password", a token alone, or nothing."""

    root: str
    collection: str
    sign_in: str = ""

    @property
    def url(self) -> str:
        return f"{self.root}collections/{self.collection}/"


def close(destination: Destination, secret: Secret) -> bytes:
    nonce = secrets.token_bytes(NONCE)
    return nonce + AESGCM(_key()).encrypt(nonce, json.dumps(asdict(secret)).encode(), _bound(destination))


def opened(destination: Destination) -> Secret:
    """What `close` was given. Raises Unopenable."""
    sealed = bytes(destination.secret)
    try:
        return Secret(**json.loads(AESGCM(_key()).decrypt(sealed[:NONCE], sealed[NONCE:], _bound(destination))))
    except (InvalidTag, ValueError) as error:
        raise Unopenable from error


def _key() -> bytes:
    return hmac.new(settings.SECRET_KEY.encode(), b"destinations of relays", hashlib.sha256).digest()


def _bound(destination: Destination) -> bytes:
    return f"{destination.code}:{destination.kind}:{destination.value}".encode()
