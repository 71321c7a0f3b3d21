"""No page asks more of the database for 25 rows than for one."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from advisories.models import DraftedFrom, Reference, Source, Story, Version
from members import clock, search
from tests import pages
from tests.members.world import World
from tests.pages import visitor

Grow = Callable[[int], None]


@pytest.fixture(autouse=True)
def at_noon(monkeypatch: pytest.MonkeyPatch, noon: datetime) -> None:
    monkeypatch.setattr(clock, "ask", lambda: noon)


def asked(client: Client, path: str) -> int:
    with CaptureQueriesContext(connection) as queries:
        assert client.get(path).status_code == 200
    return len(queries)


def compare(client: Client, path: str, grow: Grow) -> None:
    grow(1)
    client.get(path)
    with_one = asked(client, path)
    grow(24)
    assert asked(client, path) == with_one


@pytest.mark.parametrize("viewer", ["alice", "carol", "nobody"])
@pytest.mark.parametrize("path", ["/", "/advisories/", "/advisories/?label=CLEAR", "/advisories/?q=boilers"])
def test_home_and_list(world: World, noon: datetime, viewer: str, path: str) -> None:
    def grow(count: int) -> None:
        for n in range(count):
            case = {"id": "c", "label": "CLEAR", "standing_from": noon - timedelta(minutes=n + count)}
            item = pages.advisory(world, case, title=f"Boilers {n}").item
            search.index(item, "Boilers", "")

    compare(visitor(world.people.get(viewer)), path, grow)


def test_desk_with_stories_drafts_and_sources(world: World) -> None:
    def grow(count: int) -> None:
        for n in range(count):
            source = pages.source(world, f"source-{Source.objects.count()}")
            pages.fetch(source, outcome="error", error="It does not answer.")
            pages.entry(world, source, f"Boilers {n}")
            pages.advisory(world, {"id": "d", "label": None}).versions.update(released_at=None)

    compare(visitor(world.people["carol"]), reverse("advisories:desk"), grow)


def test_sources(world: World) -> None:
    def grow(count: int) -> None:
        for _ in range(count):
            pages.fetch(pages.source(world, f"source-{Source.objects.count()}"))

    compare(visitor(world.people["carol"]), reverse("advisories:sources"), grow)


def test_a_source_with_its_fetches(world: World) -> None:
    source = pages.source(world)

    def grow(count: int) -> None:
        for _ in range(count):
            pages.fetch(source, refused=1, refusals=[["guid", "It has no title."]])

    compare(visitor(world.people["carol"]), reverse("advisories:source", args=[source.slug]), grow)


def test_a_story_with_its_entries(world: World) -> None:
    story = Story.objects.create(code="STORY1")

    def grow(count: int) -> None:
        for n in range(count):
            pages.entry(world, pages.source(world, f"source-{Source.objects.count()}"), f"Boilers {n}", story)

    compare(visitor(world.people["carol"]), reverse("advisories:story", args=["STORY1"]), grow)


@pytest.mark.parametrize("viewer", ["alice", "carol"])
def test_an_advisory_with_its_references_and_entries(world: World, viewer: str) -> None:
    advisory = pages.advisory(world, {"id": "a", "label": "AMBER", "grants": [{"organisation": "brum"}]})
    version = Version.objects.get()

    def grow(count: int) -> None:
        for n in range(count):
            Reference.objects.create(version=version, title=f"No {n}", url="https://example.org/")
            source = pages.source(world, f"source-{Source.objects.count()}")
            DraftedFrom.objects.create(advisory=advisory, entry=pages.entry(world, source, f"Boilers {n}"))

    compare(visitor(world.people[viewer]), reverse("advisories:detail", args=[advisory.item.reference]), grow)
