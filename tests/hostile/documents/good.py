"""What a source says in good faith: the first document, which the hub knows, and the second, which comes after."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from tests.advisories.collect.test_csafentry import advisory, tracking
from tests.advisories.collect.test_stix import bundle, ident, thing
from tests.advisories.feeds import item, rss
from tests.hostile.documents.case import as_json

OWNER = ident("identity", "owner")


def known(**changes: Any) -> dict[str, Any]:
    """The STIX object that the hub knows, or what somebody says in its place."""
    return thing("malware", "Good 1", "GREEN", **{"created_by_ref": OWNER, **changes})


def known_csaf(**changes: Any) -> dict[str, Any]:
    return advisory("GOOD-1", **{"title": "Good 1", "tracking": tracking("GOOD-1", aliases=["GOOD"]), **changes})


def _stix(number: int) -> list[Any]:
    return [known(), *([thing("malware", "Good 2", "GREEN")] if number == 2 else [])]


def _csaf(number: int) -> bytes:
    if number == 1:
        return as_json(known_csaf())
    return as_json(advisory("GOOD-2", title="Good 2", tracking=tracking("GOOD-2", aliases=["GOOD"])))


GOOD: dict[str, Callable[[int], bytes]] = {
    "stix": lambda number: bundle(*_stix(number)),
    "taxii": lambda number: as_json({"more": False, "objects": _stix(number)}),
    "csaf": _csaf,
    "feed": lambda number: rss(*(item(one, f"Good {one}") for one in range(1, number + 1))),
}
HEADERS = {"taxii": {"Content_Type": "application/taxii+json;version=2.1"}}
