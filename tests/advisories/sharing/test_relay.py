"""Questions to whoever reported, relayed: bob reports to wm without a name, cuth keeps it; carol handles named ones."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.urls import reverse

from advisories.models import Word
from advisories.sharing import relay
from members import clock
from members.models import AuditRow, Delivery, Item, Origin, ReporterNotice
from members.refused import Refused
from tests.advisories.reported import begun, filed
from tests.conftest import NOON
from tests.members.world import World
from tests.pages import visitor

pytestmark = pytest.mark.django_db
LATER = NOON + timedelta(hours=1)


@pytest.fixture(autouse=True)
def an_hour_later(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clock, "ask", lambda: LATER)


def path(item: Item) -> str:
    return reverse("incidents:words", args=[item.reference])


@pytest.mark.parametrize(("anonymous", "keeper"), [(True, "cuth"), (False, "carol")])
def test_its_keeper_asks_and_its_author_answers_and_nobody_else_does_either(
    world: World, anonymous: bool, keeper: str
) -> None:
    item = filed(world, anonymous=anonymous)
    for stranger in {"bob", "alice", "dora", "kate", "root", "carol", "cuth"} - {keeper}:
        with pytest.raises(Refused):
            relay.ask(world.people[stranger], item, NOON, "Which day?")
    for stranger in {"alice", "dora", "kate", "root", "carol", "cuth"}:
        with pytest.raises(Refused):
            relay.answer(world.people[stranger], item, NOON, "Monday.")
    assert not Word.objects.exists()
    relay.ask(world.people[keeper], item, NOON, "Which day?")
    relay.answer(world.people["bob"], item, LATER, "Monday.")
    assert [(one.body, one.from_keeper) for one in relay.words_of(item)] == [("Which day?", True), ("Monday.", False)]


def test_an_anonymous_answer_stands_under_its_pseudonym_and_on_a_day(world: World) -> None:
    item, midnight = filed(world), NOON.replace(hour=0)
    relay.ask(world.people["cuth"], item, NOON, "Which day?")
    relay.answer(world.people["bob"], item, LATER, "Monday.")
    word = Word.objects.get(from_keeper=False)
    assert (word.person, word.at) == (None, midnight)
    row = AuditRow.objects.get(verb="answer_keeper")
    assert (row.actor, row.at) == (Origin.objects.get(item=item).pseudonym, midnight)
    assert ReporterNotice.objects.get().report == item
    assert not Delivery.objects.exists()  # whose moment would say when bob was there


def test_who_asked_by_name_is_told_of_the_answer(world: World) -> None:
    item = filed(world, anonymous=False)
    relay.ask(world.people["carol"], item, NOON, "Which day?")
    relay.answer(world.people["bob"], item, LATER, "Monday.")
    assert list(Delivery.objects.values_list("address__person__name", flat=True)) == ["Carol"]


def test_sent_twice_by_a_nervous_thumb_it_is_said_once(world: World) -> None:
    item = filed(world)
    for _ in range(2):
        relay.ask(world.people["cuth"], item, NOON, "Which day?")
    for _ in range(2):
        relay.answer(world.people["bob"], item, NOON, "Monday.")
    assert Word.objects.count() == 2


@pytest.mark.parametrize(("text", "said"), [(" \n", "nothing in it"), ("x" * 10_001, "longer than")])
def test_what_can_not_stand_is_refused(world: World, text: str, said: str) -> None:
    item = filed(world)
    with pytest.raises(Refused, match=said):
        relay.ask(world.people["cuth"], item, NOON, text)


def test_about_what_is_not_filed_nobody_asks(world: World) -> None:
    item = begun(world, anonymous=False, title="x")
    with pytest.raises(Refused):
        relay.ask(world.people["carol"], item, NOON, "Which day?")


def test_the_page_is_for_these_two_and_for_others_as_if_there_were_nothing(world: World) -> None:
    item = filed(world)
    for name in ("bob", "cuth", "carol", "alice", "kate", "root"):
        status = visitor(world.people[name], confirmed=True).get(path(item)).status_code
        assert status == (200 if name in ("bob", "cuth") else 404), name
    cuth, bob = (visitor(world.people[name], confirmed=True) for name in ("cuth", "bob"))
    cuth.post(path(item), {"body": "Which day?"})
    assert path(item) in bob.get("/").content.decode() and path(item) not in cuth.get("/").content.decode()
    assert "Which day?" in bob.get(path(item)).content.decode()
    bob.post(path(item), {"body": "Monday."})
    content = cuth.get(path(item)).content.decode()
    name = Origin.objects.get(item=item).pseudonym[:4]
    assert f"Reporter {name}" in content and "Monday." in content and "Bob" not in content
    assert path(item) in cuth.get("/").content.decode() and path(item) not in bob.get("/").content.decode()
    assert "nothing in it yet" in cuth.post(path(item), {"body": " "}).content.decode()


def test_it_asks_once_more_who_they_are(world: World) -> None:
    item = filed(world)
    assert "reauthenticate" in visitor(world.people["bob"]).get(path(item))["Location"]
