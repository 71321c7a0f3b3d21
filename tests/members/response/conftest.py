"""An alert as planning finds it: released, owed and planned."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest

from members.delivery.plan import plan
from members.models import Item, Tier
from tests.members.delivery.conftest import kind, owe
from tests.members.world import World

__all__ = ["kind"]  # the kind of item that these tests tell of
GREEN = {"id": "green", "label": "GREEN"}
Alert = Callable[..., Item]


@pytest.fixture
def alert(world: World, noon: datetime) -> Alert:
    """Release an item and plan what is owed for it."""

    def make(case: dict[str, Any] = GREEN, tier: int = Tier.FLASH) -> Item:
        item = world.item(case)
        owe(item, noon, tier=tier)
        assert plan(noon) == (1, 0)
        return item

    return make
