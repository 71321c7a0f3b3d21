"""What its handlers are told of what was done with an item, and of who read it."""

from __future__ import annotations

import ast
from datetime import timedelta
from pathlib import Path

import pytest
from pytest_django import DjangoAssertNumQueries

from members import reports
from members.audit import actor_of, record
from members.models import Alias, Item
from members.policy import Viewer
from members.trail import MOST, WORDS, Step, trail
from tests.conftest import NOON
from tests.members.test_audit import derive, pseudonym_of
from tests.members.world import World

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)
ROOT = Path(__file__).parent.parent.parent


def told(world: World, item: Item, who: str = "carol") -> list[Step]:
    return trail(item, Viewer(world.people[who].pk), NOON)


def test_who_did_what_when_with_which_version_the_latest_first(world: World) -> None:
    item = world.item({"label": None})
    record("draft", NOON, by=world.people["carol"], reference=item.reference)
    record("release", NOON + HOUR, by=world.people["carol"], reference=item.reference, version=2)
    record("releasable", NOON + 2 * HOUR, reference=item.reference)
    record("release", NOON, by=world.people["carol"], reference="WM-OTHER1")
    assert [(step.at, step.who, step.did, step.version) for step in told(world, item)] == [
        (NOON + 2 * HOUR, "The hub", "told its handlers that it can be released", None),
        (NOON + HOUR, "Carol", "released it", 2),
        (NOON, "Carol", "began to write it", None),
    ]


def test_who_is_erased_has_no_name(world: World) -> None:
    item = world.item({"label": None})
    record("edit", NOON, by=world.people["alice"], reference=item.reference)
    Alias.objects.filter(person=world.people["alice"]).delete()
    assert [step.who for step in told(world, item)] == ["Somebody who is erased"]


def test_who_asked_in_vain_is_not_told(world: World) -> None:
    item = world.item({"label": None})
    record("asked for", NOON, by=world.people["bob"], reference=item.reference)
    assert told(world, item) == []


def test_the_reporter_stays_anonymous_and_nothing_tells_when_in_the_day(world: World) -> None:
    derived = derive(world)
    reports.submit(world.people["cuth"], derived, NOON)
    record("read", NOON, reference=derived.reference, **actor_of(world.people["bob"], derived, NOON))
    record("edit", NOON + HOUR, by=world.people["carol"], reference=derived.reference)
    steps = told(world, derived)
    assert [(step.who, step.day) for step in steps] == [
        ("Carol", False), ("Cuth", False), ("Cuth", False), ("Somebody who stays anonymous", True),
    ]  # fmt: skip
    assert pseudonym_of(derived) not in str(steps) and "Bob" not in str(steps)


def test_what_lies_beneath_is_told_to_those_who_handle_that_too(world: World) -> None:
    item = world.item({"label": "AMBER", "grants": [{"organisation": "brum"}]})
    open_one = world.item({"kind": "comment", "label": None, "parent": item, "author": None})
    red = {"kind": "attachment", "label": "RED", "grants": [{"person": "alan"}], "handlers": ["alan"], "author": None}
    hidden = world.item({**red, "parent": item})
    for one in (open_one, hidden):
        record("remove", NOON, by=world.people["alan"], reference=one.reference)
    assert [step.beneath for step in told(world, item)] == [open_one.reference]


def test_a_long_story_ends_at_fifty_and_costs_no_more(
    world: World, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    item = world.item({"label": None})
    for n in range(MOST + 5):
        record("edit", NOON + n * HOUR, by=world.people["carol"], reference=item.reference, version=n)
    viewer = Viewer(world.people["carol"].pk)
    viewer.keys(NOON)
    with django_assert_num_queries(4):
        steps = trail(item, viewer, NOON)
    assert [step.version for step in steps][:: MOST - 1] == [MOST + 4, 5]


# Of these no item is told: they are about people, organisations, WARPs, sources, stories or the audit itself.
ELSEWHERE = {
    "backup", "restore",
    "add_address", "address_bad", "change_address", "end_address", "end_key", "register_key", "rotate_secret",
    "verify_address",
    "add_group", "add_organisation", "add_person", "add_products", "add_source", "add_tick", "add_warp",
    "affiliate", "appoint", "ask_subscription", "asked for", "change_ranking", "change_source",
    "change_subscription", "change_tick", "confirm_subscription", "daily_report", "daily_reported", "disable",
    "dismiss_story", "end_affiliation", "end_office", "erase", "export", "issue_credential", "join_group",
    "join_stories", "leave_group", "leave_subscription", "link", "move_source", "move_warp", "pass_on_amber",
    "read_story", "remove_product", "remove_tick", "restore_story", "revoke_credential", "set_rhythm",
    "split_story", "stop_ticks", "switch_off_source", "switch_on_source", "tighten", "unlink",
    "add_contact", "change_contact", "move_contact", "put_on_duty", "remove_contact", "send_contact_code",
    "settle_flash", "take_off_duty",
    "give_feedback",  # the trail of its course would tell beside which words it was
    "read_lesson", "begin_quiz", "hand_in_quiz",  # what somebody learned is theirs, and the trail of the course is not
    "add_destination", "end_destination", "send_destination_code", "verify_destination",
}  # fmt: skip


def verbs() -> set[str]:
    """Every word that our code records, as far as it is written out."""
    found: set[str] = set()
    for package in ("members", "advisories", "warp"):
        for path in (ROOT / package).rglob("*.py"):
            for node in ast.walk(ast.parse(path.read_text())):
                if isinstance(node, ast.Call) and getattr(node.func, "attr", getattr(node.func, "id", "")) in {
                    "record", "record_each",
                }:  # fmt: skip
                    found |= {
                        str(part.value)
                        for part in ast.walk(node.args[0])
                        if isinstance(part, ast.Constant) and isinstance(node.args[0], ast.Constant | ast.IfExp)
                    }
    return found


def test_every_verb_that_is_recorded_has_its_words_or_is_about_something_else() -> None:
    assert verbs() - set(WORDS) - ELSEWHERE == set(), "give it words in members/trail.py"
    assert "release" in WORDS and "draft" in verbs()
