"""Incidents of the cast, as rows, for tests of their pages."""

from __future__ import annotations

from typing import Any

from advisories.models import Incident
from members.models import Item
from tests import pages
from tests.members.world import World


def incident(world: World, case: dict[str, Any], **text: Any) -> Item:
    """An incident as a case words it, with one version."""
    item = pages.advisory(world, {**case, "kind": "incident"}, **text).item
    Incident.rows.create(item=item)
    return item
