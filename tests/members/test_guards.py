"""The second lock: a verb that forgets to place what it guards, or places it wrongly, lets nobody in even so."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import DatabaseError, connection, transaction

from members import clock, guards
from members.buckets import Bucket, Level
from members.models import Embargo, Item, Placement
from members.place import place
from members.policy import Answer, Viewer, may
from tests.conftest import NOON
from tests.members.world import World

pytestmark = pytest.mark.django_db
END, HOUR = NOON + timedelta(days=10), timedelta(hours=1)


def guard(item: Item) -> Embargo:
    """An embargo that somebody wrote and did not place."""
    return Embargo.objects.create(item=item, proposed_at=NOON, ends_at=END)


def wrongly(item: Item, kind: Bucket = Bucket.COMMUNITY, level: int = Level.BODY, since=NOON, until=END) -> Placement:
    return Placement(
        bucket=kind.of(), shelf=item.shelf, pos=item.pos, item=item, level=level, label="GREEN",
        since=clock.micro(since), until=clock.micro(until),
    )  # fmt: skip


def test_an_embargo_that_was_not_placed_guards_all_the_same(world: World) -> None:
    item = world.item({"id": "draft", "label": None})
    carol = Viewer(world.people["carol"].pk)
    assert may(carol, item, NOON) == Answer.BODY
    guard(item)
    assert may(Viewer(world.people["carol"].pk), item, NOON) == Answer.NOTHING


def test_one_that_is_put_off_and_not_placed_lets_nothing_out_at_its_former_end(world: World) -> None:
    item = world.item({"id": "ahead", "label": "GREEN", "standing_from": END.isoformat()})
    made = guard(item)
    place(item)
    assert may(Viewer(world.people["alice"].pk), item, END) == Answer.BODY
    made.ends_at = END + HOUR
    made.save()
    assert may(Viewer(world.people["alice"].pk), item, END) == Answer.NOTHING


@pytest.mark.parametrize("kind", sorted(set(Bucket) - set(guards.LEFT)))
def test_a_placement_for_others_is_refused_while_it_is_guarded(world: World, kind: Bucket) -> None:
    item = world.item({"id": "draft", "label": None})
    guard(item)
    for wrong in (
        wrongly(item, kind), wrongly(item, kind, Level.HANDLER),
        wrongly(item, kind, since=NOON - HOUR, until=NOON + timedelta(microseconds=1)),
        wrongly(item, kind, since=END - timedelta(microseconds=1), until=END + HOUR),
    ):  # fmt: skip
        with pytest.raises(DatabaseError, match="named on it alone"), transaction.atomic():
            wrong.save()


def test_what_lies_before_and_after_it_and_a_persons_own_is_taken(world: World) -> None:
    item = world.item({"id": "draft", "label": None})
    guard(item)
    Placement.objects.bulk_create(
        [
            wrongly(item, since=NOON - HOUR, until=NOON),
            wrongly(item, since=END, until=END + HOUR),
            wrongly(item, level=Level.WITHDRAWN),
            wrongly(item, Bucket.PERSON),
        ]
    )


def test_a_placement_is_not_moved_into_its_time_either(world: World) -> None:
    item = world.item({"id": "draft", "label": None})
    guard(item)
    before = wrongly(item, since=NOON - HOUR, until=NOON)
    before.save()
    before.until = clock.micro(NOON) + 1
    with pytest.raises(DatabaseError, match="named on it alone"), transaction.atomic():
        before.save()


def test_the_locks_are_there_after_a_migration_and_not_in_its_way() -> None:
    with connection.cursor() as cursor:
        guards.remove()
        if connection.vendor == "sqlite":
            cursor.execute("ALTER TABLE members_embargo RENAME TO elsewhere")
            cursor.execute("ALTER TABLE elsewhere RENAME TO members_embargo")
        guards.install()
        table, name = ("sqlite_master", "name") if connection.vendor == "sqlite" else ("pg_trigger", "tgname")
        cursor.execute(f"SELECT count(*) FROM {table} WHERE {name} LIKE 'members_%_guard%'")
        assert cursor.fetchone()[0] == (4 if connection.vendor == "sqlite" else 2)
