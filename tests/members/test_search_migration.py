"""What was indexed before the index knew where items lie is found afterwards, by the same words."""

from __future__ import annotations

from importlib import import_module
from types import SimpleNamespace

import pytest
from django.apps import apps
from django.db import connection

from members import search
from members.models import Item, Kind, shelf
from members.policy import NOBODY, Viewer
from members.search import Search
from members.words import words
from tests import pages
from tests.conftest import NOON
from tests.members.world import World

pytestmark = pytest.mark.django_db
BEFORE, AFTER = (import_module(f"members.migrations.{name}") for name in ("0002_search_index", "0004_search_by_bucket"))
EDITOR = SimpleNamespace(connection=connection, execute=lambda sql: connection.cursor().execute(sql))


def old_row(item: Item, title: str, text: str) -> None:
    """As `index` wrote it then."""
    parts = [words(item.reference), words(title), words(text)]
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute(
                "INSERT INTO members_search (rowid, item, reference, title, body) VALUES (%s, %s, %s, %s, %s)",
                [item.pos, f"i{item.pk}", *map(" ".join, parts)],
            )
            return
        lexemes, place = [], 1
        for weight, part in zip("AAD", parts, strict=True):
            for word in part:
                lexemes.append(f"'{word}':{place}{weight}")
                place += 1
            place += 10
        cursor.execute("INSERT INTO members_search VALUES (%s, %s::tsvector)", [item.pk, " ".join(lexemes)])


def test_every_row_is_moved_with_its_words_and_says_where_it_lies(world: World) -> None:
    green = world.item({"id": "g", "label": "GREEN", "standing_from": "2026-10-01T00:00Z"})
    clear = world.item({"id": "c", "label": "CLEAR", "standing_from": "2026-10-02T00:00Z"})
    with connection.cursor() as cursor:
        cursor.execute("DROP TABLE members_search")
        cursor.execute("DROP TABLE members_word")
    BEFORE.create(None, EDITOR)
    old_row(green, "Patch the mail gateway", "the router, the router and CVE-2099-12345")
    old_row(clear, "Mail", "the gateway of the mail gateway")
    AFTER.move(None, EDITOR)

    def found(asked: str, viewer: Viewer) -> list[int]:
        return Search(viewer, NOON, shelf(Kind.ADVISORY), asked).page().ids

    alice = Viewer(world.people["alice"].pk)
    assert found("mail gateway", alice) == [green.pk, clear.pk], "a phrase in a title comes first"
    assert found("gatew", alice) == [green.pk, clear.pk] and found("gatew", NOBODY) == [clear.pk]
    assert found("cve-2099-12345 router", alice) == found(green.reference, alice) == [green.pk]
    assert found(f"{green.reference} patch", alice) == [green.pk]
    assert search.misfiled([green, clear]) == [] and not search.astray(Kind.ADVISORY).exists()
    rows = _rows()
    search.index(green, "Patch the mail gateway", "the router, the router and CVE-2099-12345")
    search.index(clear, "Mail", "the gateway of the mail gateway")
    assert _rows() == rows, "as it would be indexed now"


def _rows() -> list[tuple[object, ...]]:
    sqlite = connection.vendor == "sqlite"
    with connection.cursor() as cursor:
        cursor.execute("SELECT rowid, * FROM members_search ORDER BY 1" if sqlite else
                       "SELECT item_id, shelf, pos, document::text FROM members_search ORDER BY 1")  # fmt: skip
        return cursor.fetchall()


def test_what_was_said_before_a_search_looked_there_is_found(world: World) -> None:
    parent = pages.advisory(world, {"id": "g", "label": "GREEN"}).item
    said = pages.comment(world, parent, "Our boiler leaks", author="bob").item  # as rows were left: in no index
    question = world.item({"id": "q", "kind": "report", "label": None, "author": "bob"})
    beneath = pages.comment(world, question, "The boiler of a report", author="bob").item
    found = Search(Viewer(world.people["bob"].pk), NOON, shelf(Kind.COMMENT), "boiler")
    assert found.page().ids == []
    import_module("advisories.migrations.0017_said_is_found").find(apps, None)
    assert found.page().ids == [said.pk] and beneath.pk != said.pk
    assert search.misfiled([said]) == []
