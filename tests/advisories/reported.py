"""Reports of the cast: bob of solihull reports to wm, which carol coordinates and cuth keeps as custodian."""

from __future__ import annotations

from typing import Any

from advisories import reporting
from members.models import Affiliation, Item
from tests.conftest import NOON
from tests.members.world import World

WORDS: dict[str, Any] = {"title": "Payroll is locked", "body": "Files end in .locked since six."}


def begun(world: World, who: str = "bob", *, anonymous: bool = True, **words: Any) -> Item:
    affiliation = Affiliation.objects.filter(person=world.people[who]).first()
    assert affiliation is not None
    item = reporting.begin(world.people[who], affiliation, world.warps["wm"], NOON, anonymous=anonymous)
    if words:
        reporting.save(world.people[who], item, NOON, **words)
    return item


def filed(world: World, who: str = "bob", *, anonymous: bool = True, **words: Any) -> Item:
    item = begun(world, who, anonymous=anonymous, **{**WORDS, **words})
    return reporting.file(world.people[who], item, NOON)
