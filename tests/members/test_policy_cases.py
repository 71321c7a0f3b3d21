"""Every viewer of every case of policy-cases.yaml: `may`, and the directions that must agree with it."""

from __future__ import annotations

from typing import Any

import pytest

from members.models import Person
from members.policy import Answer, audience, may, offers_to, visible_to, withdrawals_to
from tests.conftest import CASES
from tests.members.world import World, moment

pytestmark = pytest.mark.django_db


def expected(case: dict[str, Any], viewer: str) -> Answer:
    for answer in (Answer.BODY, Answer.OFFER, Answer.WITHDRAWN):
        named = case.get(answer.name.lower(), [])
        if viewer in (CASES["sets"][named] if isinstance(named, str) else named):
            return answer
    return Answer.NOTHING


@pytest.mark.parametrize("case", CASES["cases"], ids=lambda case: case["id"])
def test_each_viewer_gets_what_the_case_says(world: World, case: dict[str, Any]) -> None:
    item, at = world.item(case), moment(case.get("at", "2026-11-01T12:00Z"))
    viewers = world.viewers()
    assert set(viewers) == set(CASES["sets"]["everyone"]), "the cases name everyone of the world"
    wrong = {
        name: f"{got.name}, expected {want.name}"
        for name, viewer in viewers.items()
        if (got := may(viewer, item, at)) != (want := expected(case, name))
    }
    assert not wrong


@pytest.mark.parametrize("case", CASES["cases"], ids=lambda case: case["id"])
def test_lists_and_audience_agree_with_may(world: World, case: dict[str, Any]) -> None:
    item, at = world.item(case), moment(case.get("at", "2026-11-01T12:00Z"))
    for name, viewer in world.viewers().items():
        want = expected(case, name)
        in_list = [
            answer
            for answer, items in (
                (Answer.BODY, visible_to),
                (Answer.OFFER, offers_to),
                (Answer.WITHDRAWN, withdrawals_to),
            )
            if items(viewer, at).filter(pk=item.pk).exists()
        ]
        assert in_list == ([want] if want else []), name
    readers = {p.email.split("@")[0] for p in audience(item, at)}
    people = {p.email.split("@")[0] for p in Person.objects.filter(active_until__gt=at)}
    assert readers == {name for name in people if expected(case, name) == Answer.BODY}
