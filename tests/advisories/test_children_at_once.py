"""A comment that comes in the same moment as another act: said twice it is one, and narrowing misses none."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from functools import partial
from pathlib import Path

import pytest
from django.db import connection

from advisories import children, publish
from members.models import Item, Kind
from members.place import misplaced
from tests.advisories.desk import released
from tests.advisories.test_publish_at_once import at_once, shared
from tests.conftest import NOON
from tests.members.world import World

pytestmark = pytest.mark.django_db(transaction=True)
LATER = NOON + timedelta(hours=1)


def there() -> tuple[int, int]:
    """In a connection that sees what the threads committed: comments, and those that don't lie where they should."""

    def count() -> tuple[int, int]:
        try:
            comments = list(Item.rows.filter(kind=Kind.COMMENT).select_related("parent"))
            return len(comments), len(misplaced(comments))
        finally:
            connection.close()

    with ThreadPoolExecutor(1) as pool:
        return pool.submit(count).result()


def test_sent_three_times_at_once_it_is_said_once(world: World, tmp_path: Path) -> None:
    advisory = released(world)
    carol = world.people["carol"]
    with shared(tmp_path):
        came = at_once([partial(children.comment, carol, advisory.item, LATER, "Seen here too")] * 3)
        assert came == ["Comment"] * 3
        assert there() == (1, 0)


def test_a_withdrawal_in_the_same_moment_misses_no_comment(world: World, tmp_path: Path) -> None:
    advisory = released(world)
    carol = world.people["carol"]
    with shared(tmp_path):
        came = at_once([
            partial(publish.withdraw, carol, advisory.item, LATER, "Wrong"),
            *(partial(children.comment, carol, advisory.item, LATER, f"Comment {n}") for n in range(4)),
        ])  # fmt: skip
        assert came == [*["Comment"] * 4, "Standing"]
        assert there() == (4, 0)
