"""The channel table, written out a second time, cell by cell, from policy.md ("By which channel")."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest

from members import kinds
from members.kinds import Content, KindOf
from members.models import Cell, Item, Kind
from members.policy import Answer
from members.shows import TABLE, Exit, cell, lesser, shows, stands
from tests.members.world import World, moment

# label: page | mail | digest | subscriber | message, registered as private | message, not so | Atom | TAXII and API
WRITTEN = """
CLEAR        | body | body    | body   | body | title   | title   | body  | body
GREEN        | body | body    | body   | -    | title   | -       | title | body
AMBER        | body | title   | title  | -    | notice  | notice  | -     | body
AMBER+STRICT | body | notice  | notice | -    | notice  | notice  | -     | body
RED          | body | awaits  | -      | -    | awaits  | awaits  | -     | -
embargoed    | body | awaits  | -      | -    | awaits  | awaits  | -     | -
unreleased   | body | awaits  | -      | -    | -       | -       | -     | -
"""
COLUMNS = [
    (Exit.PAGE, False), (Exit.MAIL, False), (Exit.DIGEST, False), (Exit.SUBSCRIBER, False),
    (Exit.MESSAGE, True), (Exit.MESSAGE, False), (Exit.ATOM, False), (Exit.MACHINE, False),
]  # fmt: skip
WORDS = {"-": Cell.NOTHING, "awaits": Cell.AWAITS, "notice": Cell.NOTICE, "title": Cell.TITLE, "body": Cell.BODY}
LINES = [line.split("|") for line in WRITTEN.strip().splitlines()]
ROWS = {row.strip(): [WORDS[word.strip()] for word in cells] for row, *cells in LINES}


@pytest.mark.parametrize("row", ROWS)
def test_every_cell_is_as_the_page_says(row: str) -> None:
    assert [cell(row, channel, private=private) for channel, private in COLUMNS] == ROWS[row]


def test_the_table_has_no_row_that_the_page_has_not() -> None:
    assert set(TABLE) == set(ROWS)


@pytest.mark.parametrize(
    ("answer", "allowed", "said"),
    [
        (Answer.NOTHING, Cell.BODY, Cell.NOTHING),
        (Answer.OFFER, Cell.BODY, Cell.AWAITS),
        (Answer.OFFER, Cell.AWAITS, Cell.AWAITS),
        (Answer.OFFER, Cell.NOTHING, Cell.NOTHING),
        (Answer.WITHDRAWN, Cell.BODY, Cell.WITHDRAWN),
        (Answer.WITHDRAWN, Cell.TITLE, Cell.WITHDRAWN),
        (Answer.WITHDRAWN, Cell.NOTICE, Cell.NOTHING),
        (Answer.WITHDRAWN, Cell.AWAITS, Cell.NOTHING),
        (Answer.BODY, Cell.NOTICE, Cell.NOTICE),
        (Answer.BODY, Cell.BODY, Cell.BODY),
    ],
)
def test_the_lesser_of_the_answer_and_the_cell(answer: Answer, allowed: Cell, said: Cell) -> None:
    assert lesser(answer, allowed) == said


GREEN = {"id": "green", "label": "GREEN"}
RED = {"id": "red", "label": "RED", "grants": [{"person": "alice"}]}
EMBARGO = {
    "state": "active", "ends_at": "2026-12-01T12:00Z", "handlers": ["carol"],
    "named": {"alice": "accepted", "bob": "unanswered"},
}  # fmt: skip


def of(world: World, who: str, item: Item, at: datetime, channel: Exit) -> Cell:
    return shows(world.viewers()[who], item, at, channel)


@pytest.mark.parametrize(
    ("case", "who", "channel", "said"),
    [
        (GREEN, "alice", Exit.MAIL, Cell.BODY),
        (GREEN, "olive", Exit.MAIL, Cell.NOTHING),
        (GREEN, "subscriber", Exit.SUBSCRIBER, Cell.NOTHING),
        (RED, "alice", Exit.MAIL, Cell.AWAITS),
        (RED, "alice", Exit.DIGEST, Cell.NOTHING),
        (RED, "alan", Exit.PAGE, Cell.NOTHING),
        ({"id": "draft", "label": None}, "carol", Exit.MAIL, Cell.AWAITS),
        ({"id": "draft", "label": None}, "carol", Exit.MACHINE, Cell.NOTHING),
        ({"id": "embargo", "label": None, "embargo": EMBARGO}, "alice", Exit.MAIL, Cell.AWAITS),
        ({"id": "embargo", "label": None, "embargo": EMBARGO}, "bob", Exit.PAGE, Cell.AWAITS),
        ({**GREEN, "withdrawn_at": "2026-10-20T00:00Z"}, "alice", Exit.MAIL, Cell.WITHDRAWN),
        ({**GREEN, "withdrawn_at": "2026-10-20T00:00Z"}, "carol", Exit.PAGE, Cell.BODY),
        ({**GREEN, "withdrawn_at": "2026-10-20T00:00Z"}, "carol", Exit.MACHINE, Cell.WITHDRAWN),
        ({**RED, "withdrawn_at": "2026-10-20T00:00Z"}, "alice", Exit.MAIL, Cell.NOTHING),
    ],
)
def test_what_is_shown_to_the_cast(
    world: World, noon: datetime, case: dict[str, Any], who: str, channel: Exit, said: Cell
) -> None:
    assert of(world, who, world.item(case), noon, channel) == said


@pytest.mark.parametrize(("kind", "row"), [("comment", "GREEN"), ("sighting", "GREEN"), ("attachment", "CLEAR")])
def test_a_comment_on_a_clear_item_takes_green(world: World, noon: datetime, kind: str, row: str) -> None:
    child = world.item({"id": "child", "kind": kind, "inherits": True, "parent": {"label": "CLEAR"}})
    assert stands([child], noon)[child.pk].row == row


def test_many_items_are_asked_in_a_few_statements(world: World, django_assert_num_queries: Any) -> None:
    items = [world.item({"id": "x", "label": label}) for label in ("CLEAR", "GREEN", "CLEAR", None)]
    with django_assert_num_queries(3):
        rows = stands(items, moment("2026-11-01T12:00Z"))
    assert [rows[item.pk].row for item in items] == ["CLEAR", "GREEN", "CLEAR", "unreleased"]


def test_a_kind_belongs_to_one_app(monkeypatch: pytest.MonkeyPatch, noon: datetime) -> None:
    monkeypatch.setattr(kinds, "_KINDS", {})
    ours = KindOf(lambda item, version, cell: Content("t"), lambda item: "/", lambda item, version: "")
    kinds.register(Kind.TRAINING, ours)
    assert kinds.of(Item(kind=Kind.TRAINING, created_at=noon)) is ours
    with pytest.raises(ValueError, match="already registered"):
        kinds.register(Kind.TRAINING, ours)
    with pytest.raises(KeyError, match=r"ready\(\)"):
        kinds.of(Item(kind=Kind.INJECT, created_at=noon))
