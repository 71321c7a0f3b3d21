from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from members.items import create
from members.models import Affiliation, Kind
from members.policy import Answer, Viewer, may, withdrawals_to
from members.stand import release, withdraw
from tests.members.world import World

pytestmark = pytest.mark.django_db
OCTOBER = datetime(2026, 10, 1, tzinfo=UTC)


def test_who_joined_after_the_withdrawal_is_told_nothing_of_it(world: World) -> None:
    carol, brum, wm = world.people["carol"], world.organisations["brum"], world.warps["wm"]
    item = create(Kind.ADVISORY, wm, OCTOBER, author=carol)
    release(item, 1, "AMBER+STRICT", [("organisation", brum.pk)], OCTOBER, by=carol)
    withdrawn = OCTOBER + timedelta(days=5)
    withdraw(item, withdrawn)
    Affiliation.objects.create(person=world.people["olive"], organisation=brum, since=withdrawn + timedelta(days=1))
    at = withdrawn + timedelta(days=2)
    for name, answer in (("alice", Answer.WITHDRAWN), ("olive", Answer.NOTHING), ("bob", Answer.NOTHING)):
        viewer = Viewer(world.people[name].pk)
        assert may(viewer, item, at) == answer, name
        assert withdrawals_to(viewer, at).filter(pk=item.pk).exists() == (answer == Answer.WITHDRAWN), name


def test_a_release_approved_in_advance_and_then_overtaken_never_comes_true(world: World) -> None:
    carol, brum, wm = world.people["carol"], world.organisations["brum"], world.warps["wm"]
    item = create(Kind.ADVISORY, wm, OCTOBER, author=carol)
    release(item, 1, "CLEAR", [], OCTOBER, by=carol, since=OCTOBER + timedelta(days=10))
    release(item, 1, "AMBER+STRICT", [("organisation", brum.pk)], OCTOBER + timedelta(days=1), by=carol)
    at = OCTOBER + timedelta(days=11)
    assert may(Viewer(), item, at) == Answer.NOTHING
    assert may(Viewer(world.people["alice"].pk), item, at) == Answer.BODY
