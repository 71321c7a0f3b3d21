"""Where a web channel leads, and by which secrets its messages are signed: encrypted under SECRET_KEY, and bound to the
address's owner and channel. Moved to another row, it opens nothing.

Whoever knows the URL of a Teams or Slack channel can write into it, so nothing else keeps it: a page, a log and an
audit row have `shown`, the host and a keyed fingerprint.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import secrets
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from urllib.parse import urlsplit

from members import box
from members.box import Unopenable as Unopenable
from members.box import key_for
from members.models import Address

SIGNING = 24  # bytes of a signing secret (Standard Webhooks: 24 to 64)
PREFIX = "whsec_"
BOTH_HOLD = timedelta(days=7)  # after a change messages are signed with the old one too


@dataclass(frozen=True, slots=True, repr=False)
class Secret:
    """`url`, and the secrets that sign, the newest first; `until`: when the second stops (seconds since 1970)."""

    url: str
    signing: tuple[str, ...] = ()
    until: float = 0.0

    def signs(self, at: datetime) -> tuple[bytes, ...]:
        """The keys by which a message is signed at `at`."""
        valid = self.signing[:1] if self.until <= at.timestamp() else self.signing
        return tuple(base64.b64decode(one.removeprefix(PREFIX)) for one in valid)

    def rotated(self, at: datetime) -> Secret:
        """With a new secret before the latest one, which holds for a while."""
        return Secret(self.url, (made(), *self.signing[:1]), (at + BOTH_HOLD).timestamp())


def made() -> str:
    """A new signing secret, as its owner is shown it once."""
    return PREFIX + base64.b64encode(secrets.token_bytes(SIGNING)).decode()


def shown(url: str) -> str:
    """What may be said of it: its host, and enough to tell one address there from another."""
    mark = hmac.new(key_for(b"fingerprint of a channel"), url.encode(), hashlib.sha256).hexdigest()[:8]
    return f"{urlsplit(url).hostname}/…{mark}"


def close(address: Address, secret: Secret) -> bytes:
    """`secret` for this address, to be kept in its row."""
    return box.shut(key_for(b"channels"), json.dumps(asdict(secret)).encode(), _bound(address))


def opened(address: Address) -> Secret:
    """What `close` was given. Raises Unopenable."""
    told = json.loads(box.opened(key_for(b"channels"), address.secret or b"", _bound(address)))
    return Secret(told["url"], tuple(told["signing"]), told["until"])


def _bound(address: Address) -> bytes:
    return f"{address.channel}:{address.organisation_id}:{address.person_id}:{address.value}".encode()
