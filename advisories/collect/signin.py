"""How the hub signs in at a source: a name and password, or a token.

Encrypted under SECRET_KEY, and bound to the source and the origin of its address: moved to another row, or beside
another address, it opens nothing.
"""

from __future__ import annotations

from base64 import b64encode
from urllib.parse import urlsplit

from advisories.collect.base import CollectError, gettext_noop
from advisories.models import Source
from members import box
from members.box import Unopenable, key_for

PURPOSE = b"sign-in at sources"
LONGEST = 4_000  # characters
UNOPENABLE = gettext_noop(
    "How to sign in at %(name)s can't be read any more: its address or the hub's SECRET_KEY was changed. Set it again: "
    "add the source anew with `sources add --sign-in`."
)


def close(source: Source, text: str) -> bytes:
    """`text` ("name:password", or a token alone) for this source, to be kept; "" for none."""
    if not text:
        return b""
    return box.shut(key_for(PURPOSE), text.encode(), _bound(source))


def opened(source: Source) -> str:
    """What `close` was given. Raises CollectError."""
    if not source.secret:
        return ""
    try:
        return box.opened(key_for(PURPOSE), source.secret, _bound(source)).decode()
    except Unopenable as error:
        raise CollectError(UNOPENABLE, permanent=True, name=source.name) from error


def authorization(source: Source) -> str:
    """The header that a request to the source's own origin carries; "" for none."""
    return header(opened(source))


def header(text: str) -> str:
    """Of "name:password", or of a token alone; "" for none (RFC 7617, RFC 6750)."""
    if not text:
        return ""
    return f"Bearer {text}" if ":" not in text else "Basic " + b64encode(text.encode()).decode()


def _bound(source: Source) -> bytes:
    """Of the scheme, the host and the port: a path may change."""
    parts = urlsplit(source.url)
    return f"source:{source.pk}:{parts.scheme}://{parts.netloc}".encode()
