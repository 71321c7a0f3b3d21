"""Ids and moments as machines keep them: the same thing has the same id in every version and every export."""

from __future__ import annotations

from datetime import UTC, datetime
from uuid import NAMESPACE_URL, UUID, uuid5

import orjson


def of_hub(base_url: str) -> UUID:
    """The namespace of everything that this hub names. It changes with BASE_URL, and all its ids do with it."""
    return uuid5(NAMESPACE_URL, base_url.rstrip("/") + "/")


def stable(hub: UUID, *names: str) -> UUID:
    return uuid5(hub, orjson.dumps(names).decode())


def moment(at: datetime) -> str:
    """In UTC, to the millisecond."""
    return at.astimezone(UTC).isoformat(timespec="milliseconds").removesuffix("+00:00") + "Z"


def seconds(at: datetime) -> str:
    """Since 1970, as MISP writes it."""
    return str(int(at.timestamp()))
