"""Search finds what may be read and nothing else, newest first, whatever is typed."""

from __future__ import annotations

from datetime import datetime, timedelta
from random import Random

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from members import search
from members.models import Item, Kind
from members.place import place
from members.policy import NOBODY, Viewer, visible_to
from tests.conftest import NOON
from tests.members import generate
from tests.members.test_directions import build
from tests.members.world import World

pytestmark = pytest.mark.django_db


def made(world: World, title: str, text: str = "", label: str = "CLEAR", day: int = 1) -> Item:
    item = world.item({"id": title, "label": label, "standing_from": f"2026-10-{day:02}T00:00Z"})
    search.index(item, title, text)
    return item


def found(asked: str, viewer: Viewer = NOBODY, at: datetime = NOON) -> list[int]:
    return list(search.matching(viewer, at, asked).values_list("pk", flat=True))


def test_every_word_is_needed_and_the_last_may_be_begun(world: World) -> None:
    item = made(world, "Patch the mail gateway", "Widgetron before 4.2 is hit")
    assert found("patch widget") == [item.pk]
    assert found("PATCH Widgetron 4.2") == [item.pk]
    assert found("pat widgetron") == [], "only the last word may be begun"
    assert found("patch router") == []


def test_hits_in_reference_and_title_come_before_those_in_the_text_and_newer_before_older(world: World) -> None:
    text_old = made(world, "a", "the gateway", day=1)
    title_old = made(world, "gateway b", day=2)
    text_new = made(world, "c", "the gateway", day=3)
    title_new = made(world, "d gateway", day=4)
    assert found("gateway") == [title_new.pk, title_old.pk, text_new.pk, text_old.pk]


def test_a_phrase_in_the_title_is_a_phrase(world: World) -> None:
    apart = made(world, "Mail and its gateway", day=2)
    phrase = made(world, "The mail gateway", day=1)
    assert found("mail gateway") == [phrase.pk, apart.pk]


def test_no_phrase_runs_from_the_reference_into_the_title(world: World) -> None:
    item = made(world, "gateway", day=1)
    Item.rows.filter(pk=item.pk).update(reference="XX-AAAAA")
    item.refresh_from_db()
    search.index(item, "gateway", "")
    newer = made(world, "other", "aaaaa gateway", day=2)
    assert found("aaaaa gateway") == [newer.pk, item.pk]


def test_an_item_is_found_by_its_reference_and_by_a_cve(world: World) -> None:
    item = made(world, "x", "CVE-2099-12345 in Widgetron")
    made(world, "y", "CVE-2099-5, and 12345 others", day=2)
    assert found(item.reference) == [item.pk]
    assert found("cve-2099-12345")[-1] == item.pk


def test_accents_and_case_make_no_difference(world: World) -> None:
    item = made(world, "Résumé de l’été", "Straße Ŵyneb")
    for asked in ("resume", "ÉTÉ", "strasse", "wyneb"):
        assert found(asked) == [item.pk], asked


@pytest.mark.parametrize(
    "asked",
    [
        "", " ", "*", '"', "''", "a'b", "NOT", "OR patch", "patch NEAR gateway", "title:patch", "item : i1", "^patch",
        "patch)", "(patch", "patch & !gateway", "patch:*", "\\", "\x00", "%s", "{title}:x", "-patch", "a" * 5000,
        "word " * 500, "🐙", "'; DROP TABLE members_item; --", "<->", "\ud7ff", "_", "٣ ४",
    ],
)  # fmt: skip
def test_nothing_that_is_typed_breaks_the_search(world: World, asked: str) -> None:
    made(world, "Patch the gateway")
    found(asked)


def test_the_operators_of_a_query_language_are_words(world: World) -> None:
    item = made(world, "Do not patch or wait near the title")
    assert found("NOT patch") == found("patch OR") == found("title:patch") == [item.pk]
    assert found("item") == found(f"i{item.pk}") == [], "how the index keeps it is nobody's to search"


def test_who_may_not_read_finds_nothing_and_it_changes_no_order(world: World) -> None:
    alice, mia = Viewer(world.people["alice"].pk), Viewer(world.people["mia"].pk)
    seen = [made(world, "gateway", label="GREEN", day=day).pk for day in (1, 2)]
    hidden = world.item({"id": "h", "label": "AMBER", "grants": [{"organisation": "brum"}]})
    search.index(hidden, "gateway gateway gateway", "gateway")
    assert hidden.pk in found("gateway", alice)
    assert found("gateway", mia) == seen[::-1]
    assert found("gateway") == []


@pytest.mark.parametrize("seed", range(6))
def test_search_finds_exactly_what_the_rule_shows(seed: int) -> None:
    r = Random(seed)
    words = generate.world(r)
    world = World(words)
    drawn: list[tuple[dict[str, object], Item]] = []
    for _ in range(15):
        facts = generate.item(r, words, [facts for facts, _ in drawn])
        drawn.append((facts, build(world, facts, {id(facts): row for facts, row in drawn})))
        search.index(drawn[-1][1], "common", "word")
    for at in r.sample(generate.MOMENTS, 3):
        for viewer in world.viewers().values():
            want = visible_to(viewer, at).order_by("-pos").values_list("pk", flat=True)
            assert found("common wor", viewer, at) == list(want)


def test_what_is_indexed_again_is_found_by_its_new_words_alone(world: World) -> None:
    item = made(world, "First words")
    search.index(item, "Second words", "")
    assert found("second") == [item.pk]
    assert found("first") == []


def test_an_item_that_moves_in_the_order_is_found_there_and_a_forgotten_one_is_known(world: World) -> None:
    item = made(world, "gateway")
    assert not search.astray(Kind.ADVISORY).exists()
    item.standings.update(since=NOON - timedelta(days=1))
    place(item)
    if connection.vendor == "sqlite":
        assert found("gateway") == [], "nobody is shown what is out of step"
        assert list(search.astray(Kind.ADVISORY)) == [item]
    search.index(item, "gateway", "")
    assert found("gateway") == [item.pk]
    assert not search.astray(Kind.ADVISORY).exists()
    world.item({"id": "unindexed", "label": "CLEAR"})
    assert search.astray(Kind.ADVISORY).count() == 1


def test_rule_and_words_are_one_statement_after_the_viewers_keys(world: World) -> None:
    made(world, "gateway", label="GREEN")
    with CaptureQueriesContext(connection) as queries:
        assert found("gateway", Viewer(world.people["alice"].pk))
    assert len(queries) == 2
