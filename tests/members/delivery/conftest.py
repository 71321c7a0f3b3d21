"""A kind of item to tell of, a way to owe an announcement, and a real SMTP server that can be told to misbehave."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest

from members import kinds
from members.kinds import Content, KindOf, Section
from members.models import Announcement, Cell, Item, Kind, Tier

TITLE, TEXT = "Patch the mail gateway", "Install update 4.2 by Friday"


def render(item: Item, version: int, cell: Cell) -> Content:
    sections = (Section("What to do", (f"{TEXT} (v{version})",), steps=True), Section("Who it hits", ("All of us",)))
    return Content(TITLE, sections if cell == Cell.BODY else ())


@pytest.fixture(autouse=True)
def kind(monkeypatch: pytest.MonkeyPatch) -> None:
    """Advisories as these tests know them: members needs no app above it."""
    ours = KindOf(render, lambda item: f"/advisories/{item.reference}/", lambda item, version: TITLE)
    monkeypatch.setattr(kinds, "_KINDS", {Kind.ADVISORY: ours})


def owe(item: Item, at: datetime, event: str = "released", tier: int = Tier.URGENT, **fields: Any) -> Announcement:
    """Owe it that people are told of `item`."""
    fields = {"version": 1, "created_at": at, "due_at": at, **fields}
    return Announcement.objects.create(event=event, item=item, tier=tier, **fields)
