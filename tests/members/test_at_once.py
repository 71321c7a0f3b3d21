"""Two verbs in the same moment: the second waits for the first, and what it then writes is true."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path
from threading import Event

import pytest
from django.db import connection, transaction

from advisories import children, publish
from members import breakglass, embargo
from members.models import Item, Placement
from members.place import misplaced
from tests.advisories.desk import released
from tests.advisories.test_publish_at_once import shared
from tests.conftest import NOON
from tests.members.test_embargo import active, code
from tests.members.world import World

pytestmark = pytest.mark.django_db(transaction=True)
LATER = NOON + timedelta(minutes=1)
LONG_ENOUGH = 0.5  # seconds that the second is let run into the first


def meanwhile(first: Callable[[], object], second: Callable[[], object]) -> list[Item]:
    """`second` begins when `first` has written everything and not committed yet: the items that then lie elsewhere
    than the rule says."""
    written, begun = Event(), Event()

    def one() -> None:
        try:
            with transaction.atomic():
                first()
                written.set()
                begun.wait(10)
                begun.clear()
                begun.wait(LONG_ENOUGH)
        finally:
            connection.close()

    def other() -> None:
        try:
            written.wait(10)
            begun.set()
            second()
        finally:
            connection.close()

    def lost() -> list[Item]:
        try:
            return misplaced(list(Item._base_manager.select_related("parent")))
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as pool:
        for done in [pool.submit(one), pool.submit(other)]:
            done.result()
        return pool.submit(lost).result()


def test_who_is_removed_while_somebody_breaks_the_glass_reads_it_no_more(world: World, tmp_path: Path) -> None:
    item = world.item({"id": "draft", "label": None})
    active(world, item)
    alice = world.people["alice"]
    embargo.accept(alice, code(world, "alice"), NOON, 1)
    asked = breakglass.ask(world.people["root"], item.reference, "It burns.", NOON)
    with shared(tmp_path):
        assert not meanwhile(
            lambda: embargo.remove(world.people["carol"], item, LATER, alice),
            lambda: breakglass.approve(world.people["cuth"], asked, LATER),
        )


def test_a_comment_that_is_removed_while_its_advisory_is_revised_stays_removed(world: World, tmp_path: Path) -> None:
    advisory = released(world)
    carol = world.people["carol"]
    said = children.comment(carol, advisory.item, NOON, "Ask Bob of Solihull.")
    assert Placement.objects.filter(item=said.item).exists()
    with shared(tmp_path):
        assert not meanwhile(
            lambda: children.remove(carol, said.item, LATER, "It names somebody."),
            lambda: publish.withdraw(carol, advisory.item, LATER, "Wrong."),
        )
