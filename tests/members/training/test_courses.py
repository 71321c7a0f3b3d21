"""A course: who writes and publishes it, who then reads and is told of it, and how it is taken back."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest

from members import policy, search
from members.models import Announcement, AuditRow, Course, Item, Kind, Office, Session, Subscription, Tier, shelf
from members.place import misplaced
from members.policy import Answer, Viewer
from members.refused import Refused
from members.training import courses, scheduling
from tests.conftest import NOON
from tests.members.training.booked import DAY, HOUR, book, course, draft, session, states
from tests.members.world import World

pytestmark = pytest.mark.django_db


def reads(world: World, name: str, item: Item, at: datetime = NOON) -> bool:
    return policy.may(Viewer(world.people[name].pk), item, at) == Answer.BODY


def test_a_draft_is_its_warps_coordinators_alone_and_published_it_is_whom_it_is_for(world: World) -> None:
    made = draft(world)
    assert reads(world, "carol", made.item) and not reads(world, "brian", made.item)
    assert not reads(world, "alice", made.item)
    courses.publish(world.people["carol"], made.item, NOON, "GREEN", [])
    assert reads(world, "alice", made.item) and reads(world, "mia", made.item)
    assert policy.may(Viewer(), made.item, NOON) == Answer.NOTHING
    assert list(AuditRow.objects.filter(reference=made.item.reference).values_list("verb", flat=True)) == [
        "draft", "release",
    ]  # fmt: skip
    assert misplaced(list(Item._base_manager.select_related("parent"))) == []


def test_whom_it_is_for_is_told_of_it_as_information(world: World) -> None:
    made = course(world)
    owed = Announcement.objects.get()
    assert (owed.event, owed.item, owed.tier) == ("released", made.item, Tier.INFORMATION)


@pytest.mark.parametrize(("who", "may"), [("carol", True), ("brian", False), ("alice", False), ("ursula", False)])
def test_its_warps_coordinators_alone_begin_edit_publish_and_withdraw(world: World, who: str, may: bool) -> None:
    made, person = course(world), world.people[who]
    office = Office.objects.get(person=world.people["carol"])
    acts: list[Any] = [
        lambda: courses.begin(person, office, NOON, title="Another"),
        lambda: courses.edit(person, made.item, NOON, title="Anew"),
        lambda: courses.publish(person, made.item, NOON, "AMBER", [("warp", world.warps["wm"].pk)]),
        lambda: courses.withdraw(person, made.item, NOON + HOUR),
    ]
    for act in acts:
        if may:
            act()
        else:
            with pytest.raises(Refused):
                act()


@pytest.mark.parametrize(
    ("label", "to", "said"),
    [
        ("RED", "warp", "TLP:AMBER\\+STRICT"),
        ("", "", "Choose one"),
        ("CLEAR", "warp", "for everyone"),
        ("AMBER", "", "Nobody could read it"),
        ("AMBER+STRICT", "", "Nobody could read it"),
        ("AMBER", "person", "can’t give it to"),
    ],
)
def test_it_is_published_so_and_not_otherwise(world: World, label: str, to: str, said: str) -> None:
    made = draft(world)
    targets = {
        "": [],
        "warp": [("warp", world.warps["wm"].pk)],
        "person": [("person", world.people["alice"].pk)],
    }[to]  # fmt: skip
    with pytest.raises(Refused, match=said):
        courses.publish(world.people["carol"], made.item, NOON, label, targets)
    assert courses.released(made.item, NOON) is None


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ({"title": " \0 "}, "no title"),
        ({"title": "x" * 201}, "too long"),
        ({"aims": "x" * 10_001}, "too long"),
        ({"level": "wizard"}, "no such level"),
        ({"form": "osmosis"}, "self-paced"),
        ({"pass_mark": 101}, "pass mark"),
        ({"cpd_minutes": -1}, "CPD"),
    ],
)
def test_what_can_not_be_written_is_refused(world: World, text: Any, said: str) -> None:
    made = draft(world)
    with pytest.raises(Refused, match=said):
        courses.edit(world.people["carol"], made.item, NOON, **text)
    assert Course.rows.get(item=made.item).title == "Phishing first aid"


def test_its_text_is_found_by_whom_it_is_for_and_by_nobody_else(world: World) -> None:
    made = draft(world)

    def found(name: str, text: str) -> bool:
        asked = search.Search(Viewer(world.people[name].pk), NOON, shelf(Kind.TRAINING), text)
        return asked.page().ids == [made.item.pk]

    assert found("carol", "phishing") and not found("alice", "phishing")
    courses.publish(world.people["carol"], made.item, NOON, "AMBER", [("warp", world.warps["birmingham"].pk)])
    assert found("alice", "phish") and not found("bob", "phish")
    courses.edit(world.people["carol"], made.item, NOON, title="Vishing", aims="Voices.")
    assert found("alice", "voices") and not found("alice", "phish")


def test_relabelled_it_is_told_again_and_who_may_not_read_it_any_more_loses_their_place(world: World) -> None:
    made = course(world)
    there = session(world, made)
    for name in ("bob", "alice", "mia"):
        book(world, name, there)
    carol = world.people["carol"]
    with pytest.raises(Refused, match="already"):
        courses.publish(carol, made.item, NOON, "GREEN")
    courses.publish(carol, made.item, NOON, "AMBER", [("group", world.groups["finance"].pk)])
    assert states(there) == [("bob", "ended"), ("alice", "placed"), ("mia", "placed")]
    assert not reads(world, "bob", made.item)
    assert Announcement.objects.exclude(event="invited").latest("pk").event == "revised"


def test_what_has_people_coming_is_taken_back_when_they_were_told(world: World) -> None:
    made = course(world)
    there, carol = session(world, made), world.people["carol"]
    with pytest.raises(Refused, match="Cancel them first"):
        courses.withdraw(carol, made.item, NOON)
    scheduling.cancel(carol, there, NOON, "The trainer is ill.")
    courses.withdraw(carol, made.item, NOON)
    assert not reads(world, "alice", made.item) and reads(world, "carol", made.item)
    assert policy.may(Viewer(world.people["alice"].pk), made.item, NOON) == Answer.WITHDRAWN
    with pytest.raises(Refused, match="not published"):
        courses.withdraw(carol, made.item, NOON)
    courses.publish(carol, made.item, NOON + DAY, "GREEN")
    assert reads(world, "alice", made.item, NOON + DAY)
    assert Announcement.objects.latest("pk").event == "released"


def test_what_is_under_way_is_taken_back_once_it_is_over(world: World) -> None:
    made = course(world)
    there, carol = session(world, made), world.people["carol"]
    with pytest.raises(Refused, match="under way"):
        courses.withdraw(carol, made.item, there.starts_at)
    courses.withdraw(carol, made.item, there.ends_at)
    assert not reads(world, "alice", made.item, there.ends_at)


def test_fitting_ticks_are_told_like_of_a_question(world: World) -> None:
    from members.delivery import plan
    from members.models import Delivery, Frequency

    address = world.people["alice"].addresses.get()
    address.subscriptions.all().delete()
    Subscription.objects.create(address=address, lowest=Tier.INFORMATION, frequency=Frequency.AT_ONCE)
    course(world)
    plan.plan(NOON)
    told = {one.address.person.name for one in Delivery.objects.all() if one.address.person}
    assert "Alice" in told
    assert Session.objects.count() == 0
