"""How the hub signs in at a source: a name and password, or a token.

Encrypted under SECRET_KEY, and bound to the source and the origin of its address: moved to another row, or beside
another address, it opens nothing.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
from base64 import b64encode
from urllib.parse import urlsplit

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings

from advisories.collect.base import CollectError, gettext_noop
from advisories.models import Source

NONCE = 12  # bytes, as AES-GCM wants them
LONGEST = 4_000  # characters
UNOPENABLE = gettext_noop(
    "How to sign in at %(name)s can't be read any more: its address or the hub's SECRET_KEY was changed. Set it again: "
    "add the source anew with `sources add --sign-in`."
)


def close(source: Source, text: str) -> bytes:
    """`text` ("name:password", or a token alone) for this source, to be kept; "" for none."""
    if not text:
        return b""
    nonce = secrets.token_bytes(NONCE)
    return nonce + AESGCM(_key()).encrypt(nonce, text.encode(), _bound(source))


def opened(source: Source) -> str:
    """What `close` was given. Raises CollectError."""
    sealed = bytes(source.secret)
    if not sealed:
        return ""
    try:
        return AESGCM(_key()).decrypt(sealed[:NONCE], sealed[NONCE:], _bound(source)).decode()
    except (InvalidTag, ValueError) as error:
        raise CollectError(UNOPENABLE, permanent=True, name=source.name) from error


def authorization(source: Source) -> str:
    """The header that a request to the source's own origin carries; "" for none (RFC 7617, RFC 6750)."""
    text = opened(source)
    if not text:
        return ""
    return f"Bearer {text}" if ":" not in text else "Basic " + b64encode(text.encode()).decode()


def _key() -> bytes:
    return hmac.new(settings.SECRET_KEY.encode(), b"sign-in at sources", hashlib.sha256).digest()


def _bound(source: Source) -> bytes:
    """Of the scheme, the host and the port: a path may change."""
    parts = urlsplit(source.url)
    return f"source:{source.pk}:{parts.scheme}://{parts.netloc}".encode()
