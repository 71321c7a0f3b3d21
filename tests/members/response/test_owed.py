"""Whose answers are still waited for is what the rule says of each alert by itself, over drawn worlds."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from members.models import Announcement, Response
from members.policy import reached
from members.response.owed import still_owed
from tests.prove import draw
from tests.prove.walk import standing_still
from tests.prove.worlds import drawn

pytestmark = pytest.mark.django_db
AT = draw.MOMENTS[7]


def test_somebody_is_reached_in_the_drawn_worlds() -> None:
    """So that the next says something."""
    with standing_still(AT):
        world = drawn(0)
    assert any(reached(item, AT) for item in world.rows.values())


@pytest.mark.parametrize("number", range(3))
def test_who_is_reached_still_owes_an_answer_and_nobody_else(number: int) -> None:
    with standing_still(AT):
        world = drawn(number)
    Response.objects.all().delete()
    for item in world.rows.values():
        told = Announcement.objects.create(item=item, version=1, event="released", tier=3, created_at=AT)
        for house in world.organisations.values():
            Response.objects.create(item=item, organisation=house, announcement=told, asked_at=AT, due_at=AT)
    waiting = Response.objects.select_related("item").order_by("pk")
    expected = {(item.pk, house.pk) for item in world.rows.values() for house in reached(item, AT)}
    assert {(one.item_id, one.organisation_id) for one in still_owed(waiting, AT)} == expected
    with CaptureQueriesContext(connection) as queries:
        assert len(still_owed(waiting, AT)) == len(expected)
    assert len(queries) <= 10  # however many alerts
