"""Confirm from the message: one button, once, and nothing of the item."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from email.message import EmailMessage

import pytest
from django.test import Client

from members import kinds
from members.delivery.compose import PLACE
from members.delivery.plan import plan
from members.delivery.send import sweep
from members.kinds import Content
from members.models import (
    Address,
    Affiliation,
    Announcement,
    AuditRow,
    Item,
    Kind,
    Person,
    Response,
    ResponseNote,
    Tier,
)  # fmt: skip
from members.response.link import confirm, opened, token
from members.stand import withdraw
from tests.members.delivery.conftest import PostOffice, owe, post
from tests.members.response.conftest import Alert
from tests.members.world import World

__all__ = ["post"]  # a real SMTP server
pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)
Happening = Callable[[Item, Person, datetime], None]


def link_of(person: Person) -> str:
    return token(Announcement.objects.latest("pk").code, Address.objects.get(person=person).pk)


def text_of(message: EmailMessage, kind: str = "plain") -> str:
    part = message.get_body((kind,))
    assert part is not None
    return str(part.get_content())


def confirmed() -> set[str]:
    return set(Response.objects.exclude(acknowledged_at=None).values_list("organisation__slug", flat=True))


def test_opening_the_link_changes_nothing_and_its_button_confirms(alert: Alert, world: World, noon: datetime) -> None:
    alert()
    path, nobody = f"/a/{link_of(world.people['alice'])}/", Client()
    for _again in range(2):
        page = nobody.get(path).content.decode()
        assert "Confirm that you have the alert" in page and "brum" in page and confirmed() == set()
    page = nobody.post(path).content.decode()
    assert "Confirmed. Thank you." in page and confirmed() == {"brum"}
    note = ResponseNote.objects.get()
    assert (note.by, note.means) == (world.people["alice"], "link")


def test_its_page_says_nothing_of_the_item(alert: Alert, world: World, noon: datetime) -> None:
    item = alert()
    for answer in (Client().get, Client().post):
        page = answer(f"/a/{link_of(world.people['alice'])}/").content.decode()
        assert item.reference not in page and "mail gateway" not in page and "GREEN" not in page


def test_twice_is_once(alert: Alert, world: World, noon: datetime) -> None:
    alert()
    link = link_of(world.people["alice"])
    assert confirm(link, noon) is not None and confirm(link, noon + HOUR) is not None
    assert Response.objects.get(organisation__slug="brum").acknowledged_at == noon
    assert ResponseNote.objects.count() == AuditRow.objects.filter(verb="acknowledge").count() == 1


@pytest.mark.parametrize("wrong", ["x", "é", "A" * 48, "=" * 9, ""])
def test_what_is_no_link_opens_nothing(alert: Alert, noon: datetime, wrong: str) -> None:
    alert()
    assert opened(wrong, noon) is None


def test_a_link_that_was_changed_in_any_place_opens_nothing(alert: Alert, world: World, noon: datetime) -> None:
    alert()
    link = link_of(world.people["alice"])
    assert opened(link, noon) is not None
    for place in range(len(link)):
        assert opened(f"{link[:place]}{'A' if link[place] != 'A' else 'B'}{link[place + 1 :]}", noon) is None


def ends_affiliation(item: Item, person: Person, at: datetime) -> None:
    Affiliation.objects.filter(person=person).update(until=at)


def closes_account(item: Item, person: Person, at: datetime) -> None:
    Person.objects.filter(pk=person.pk).update(active_until=at)


def names_another(item: Item, person: Person, at: datetime) -> None:
    """Their council names a responder, and it is somebody else."""
    house, alan = Affiliation.objects.get(person=person).organisation, Person.objects.get(email="alan@example.org")
    Affiliation.objects.create(person=alan, organisation=house, role="responder", since=at)


def withdraws(item: Item, person: Person, at: datetime) -> None:
    withdraw(item, at)


def asks_anew(item: Item, person: Person, at: datetime) -> None:
    owe(item, at, event="revised", tier=Tier.FLASH)
    plan(at)


def takes_address_off(item: Item, person: Person, at: datetime) -> None:
    Address.objects.filter(person=person).update(ended_at=at)


def must_prove_address_anew(item: Item, person: Person, at: datetime) -> None:
    Address.objects.filter(person=person).update(verified_at=None)


@pytest.mark.parametrize(
    "happens",
    [ends_affiliation, closes_account, names_another, withdraws, asks_anew, takes_address_off, must_prove_address_anew],
)
def test_a_link_ends_with_the_right_to_answer(alert: Alert, world: World, noon: datetime, happens: Happening) -> None:
    item, alice = alert(), world.people["alice"]
    link = link_of(alice)
    assert opened(link, noon + HOUR - timedelta(microseconds=1)) is not None
    happens(item, alice, noon + HOUR)
    assert confirm(link, noon + HOUR) is None
    assert confirmed() == set()


def test_what_was_told_at_an_address_that_went_bad_since_is_still_confirmed(
    alert: Alert, world: World, noon: datetime
) -> None:
    alert()
    Address.objects.filter(person=world.people["alice"]).update(bad_since=noon)
    assert confirm(link_of(world.people["alice"]), noon + HOUR) is not None
    assert confirmed() == {"brum"}


def test_an_ended_link_and_none_look_alike(alert: Alert, world: World, noon: datetime) -> None:
    alert()
    link = link_of(world.people["alice"])
    there = Client().get(f"/a/{link}/")
    assert there.status_code == 200
    ends_affiliation(Item.rows.get(), world.people["alice"], noon)
    ended, none = Client().get(f"/a/{link}/"), Client().get("/a/nothing/")
    assert ended.status_code == none.status_code == 404
    assert b"This link has ended" in ended.content


def test_only_who_answers_gets_a_link_and_each_their_own(
    alert: Alert, world: World, noon: datetime, post: PostOffice
) -> None:
    Affiliation.objects.filter(person=world.people["alice"]).update(role="responder")
    alert()
    sweep(noon)
    told = {message["To"].split("@")[0]: text_of(message) for message in post.taken}
    links = {who: line for who, text in told.items() for line in text.splitlines() if "/a/" in line}
    assert {"alice", "bob"} <= set(links) and {"alan", "carol"} <= set(told) - set(links)
    assert len(set(links.values())) == len(links)
    assert links["alice"].endswith(f"/a/{link_of(world.people['alice'])}/")
    assert all("by 1 November 2026, 13:00 GMT" in " ".join(told[who].split()) for who in links)  # lines are folded
    html = text_of(next(m for m in post.taken if m["To"].startswith("alice")), "html")
    assert links["alice"] in html and PLACE not in html


def test_who_has_confirmed_before_the_mail_went_out_is_not_asked_by_it(
    alert: Alert, world: World, noon: datetime, post: PostOffice
) -> None:
    alert()
    confirm(link_of(world.people["alice"]), noon)
    sweep(noon)
    told = {message["To"].split("@")[0]: text_of(message) for message in post.taken}
    assert "/a/" not in told["alan"] and "/a/" in told["bob"]


def test_no_text_of_a_source_can_collect_the_links(
    alert: Alert, world: World, noon: datetime, post: PostOffice, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Another process cannot know what stands for the link here; and what once did stands for none."""
    assert len(PLACE) > 32 and PLACE != "the-link-of-this-message"
    content = Content("See https://elsewhere.example.org/?the-link-of-this-message", ())
    monkeypatch.setitem(kinds._KINDS, Kind.ADVISORY, replace(kinds._KINDS[Kind.ADVISORY], render=lambda *of: content))
    alert()
    sweep(noon)
    assert post.taken and all("/?the-link-of-this-message" in text_of(message) for message in post.taken)


def test_a_notice_does_not_tell_by_an_hour_how_urgent_it_is(alert: Alert, noon: datetime, post: PostOffice) -> None:
    alert({"id": "s", "label": "AMBER+STRICT", "grants": [{"organisation": "brum"}]})
    sweep(noon)
    told = next(text_of(message) for message in post.taken if message["To"].startswith("alice"))
    assert "/a/" in told and "13:00" not in told


def test_who_answers_for_several_shows_a_stranger_no_names(alert: Alert, world: World, noon: datetime) -> None:
    Affiliation.objects.create(person=world.people["alice"], organisation=world.organisations["walsall"], since=noon)
    alert()
    for ask in (Client().get, Client().post):
        said = ask(f"/a/{link_of(world.people['alice'])}/")
        assert "your 2 organisations" in said.content.decode() and "walsall" not in said.content.decode()
        assert said.headers["Cache-Control"] == "no-store, private"
    assert confirmed() == {"brum", "walsall"}
