from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from members.items import create
from members.models import Affiliation, Kind
from members.policy import Answer, Viewer, may, versions_for, withdrawals_to
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


def test_an_earlier_version_is_for_those_who_would_be_given_it_today(world: World) -> None:
    carol, brum, wm = world.people["carol"], world.organisations["brum"], world.warps["wm"]
    item = create(Kind.ADVISORY, wm, OCTOBER, author=carol)
    day = timedelta(days=1)
    release(item, 1, "AMBER+STRICT", [("organisation", brum.pk)], OCTOBER, by=carol)
    release(item, 2, "GREEN", [], OCTOBER + day, by=carol)
    release(item, 3, "CLEAR", [], OCTOBER + day, by=carol, since=OCTOBER + 5 * day)  # in advance, and overtaken
    release(item, 4, "GREEN", [("warp", wm.pk)], OCTOBER + 2 * day, by=carol)
    at = OCTOBER + 6 * day
    for name, versions in (("alice", {1, 2, 4}), ("bob", {2, 4}), ("mia", {2}), ("olive", set()), ("ivan", set())):
        assert versions_for(Viewer(world.people[name].pk), item, at) == versions, name
    assert versions_for(Viewer(), item, at) == set(), "what never stood gives nothing"
