"""A desk to write at: sources and entries of the cast, and advisories as their handlers make them."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from advisories import draft, publish
from advisories.models import Advisory, Entry, Source
from members.models import Kind, Office, Person, Standing, shelf
from members.policy import Viewer
from members.search import Search
from tests import pages
from tests.conftest import NOON
from tests.members.world import World


def office(person: Person) -> Office:
    return Office.objects.filter(person=person, role="coordinator").latest("pk")


def source(world: World, slug: str = "feed", **fields: Any) -> Source:
    return Source.objects.filter(slug=slug).first() or pages.source(world, slug, **fields)


def entry(world: World, title: str = "Widgetron is hit", marking: str = "CLEAR", **fields: Any) -> Entry:
    return pages.entry(world, source(world), title, import_label=marking, **fields)


def drafted(world: World, entries: list[Entry] | None = None, by: str = "carol", **changes: Any) -> Advisory:
    """A draft of carol's WARP, GREEN unless `changes` say otherwise."""
    person = world.people[by]
    made = draft.begin(person, office(person), entries or [], NOON)
    draft.edit(person, made, NOON, **{"title": "Patch Widgetron", "what_to_do": "Patch.", "label": "GREEN", **changes})
    return made


def released(world: World, by: str = "carol", at: datetime = NOON, **changes: Any) -> Advisory:
    made = drafted(world, by=by, **changes)
    release(world, made, by, at)
    return made


def release(world: World, advisory: Advisory, by: str = "carol", at: datetime = NOON, **words: str) -> Standing:
    return publish.release(world.people[by], advisory.item, at, **words)


def found(viewer: Viewer, at: datetime, words: str) -> list[int]:
    """The advisories that a search finds."""
    return Search(viewer, at, shelf(Kind.ADVISORY), words).page().ids
