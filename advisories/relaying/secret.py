"""Where a TAXII collection is and how the hub signs in there: encrypted under SECRET_KEY, and bound to its destination.
Moved to another row, it opens nothing."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass

from advisories.models import Destination
from members import box
from members.box import Unopenable as Unopenable
from members.box import key_for

PURPOSE = b"destinations of relays"


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
    return box.shut(key_for(PURPOSE), json.dumps(asdict(secret)).encode(), _bound(destination))


def opened(destination: Destination) -> Secret:
    """What `close` was given. Raises Unopenable."""
    return Secret(**json.loads(box.opened(key_for(PURPOSE), destination.secret, _bound(destination))))


def _bound(destination: Destination) -> bytes:
    return f"{destination.code}:{destination.kind}:{destination.value}".encode()
