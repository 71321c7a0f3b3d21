"""A calendar of one's own: an address with a secret in it, what it tells of what its owner booked, and its end."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.test import Client

from members import clock, kinds
from members.credentials import issue, revoke
from members.delivery.send import sweep
from members.kinds import Content, KindOf
from members.models import (
    AuditRow,
    Booking,
    Cell,
    Course,
    Credential,
    Item,
    Kind,
    Membership,
    Person,
    Realm,
    Session,
    Standing,
)  # fmt: skip
from members.shows import Exit
from members.stand import withdraw
from members.tighten import tighten
from members.training.telling import What, tell
from tests.members.calendar.reading import Read, read
from tests.members.delivery.conftest import PostOffice, post
from tests.members.delivery.test_invited import event
from tests.members.world import BEGINNING, World
from tests.pages import visitor

__all__ = ["post"]  # a fixture
pytestmark = pytest.mark.django_db
PAGE, PLACE, LINK = "/account/calendar/", "Room 4; Town Hall, Dudley", "https://meet.example.org/a"
DAY, HOURS, TICK = timedelta(days=1), timedelta(hours=2), timedelta(microseconds=1)
WINTER, SUMMER = datetime(2027, 3, 24, 18, tzinfo=UTC), datetime(2027, 3, 31, 17, tzinfo=UTC)
State = Booking.State
BRUM = [{"organisation": "brum"}]


@pytest.fixture(autouse=True)
def at_noon(monkeypatch: pytest.MonkeyPatch, noon: datetime) -> None:
    ours = KindOf(lambda item, version, cell: Content("?"), lambda item: f"/training/{item.reference}/", lambda *_: "")
    monkeypatch.setattr(kinds, "_KINDS", {**kinds._KINDS, Kind.TRAINING: ours})
    monkeypatch.setattr(clock, "ask", lambda: noon)


def session(world: World, label: str | None = "GREEN", begins: datetime = WINTER, **case: Any) -> Session:
    grants = BRUM if label and label.startswith("AMBER") else []
    item = world.item({"id": "course", "kind": "training", "label": label, "grants": grants, **case})
    course = Course.rows.create(item=item, title=f"Boilers {label}", written_at=BEGINNING)
    return Session.objects.create(
        course=course, starts_at=begins, ends_at=begins + HOURS, place=PLACE, link=LINK, capacity=9,
        books_until=begins, changed_at=BEGINNING,
    )  # fmt: skip


def book(world: World, who: str, on: Session, state: str = State.PLACED) -> Booking:
    person, placed = world.people[who], BEGINNING if state == State.PLACED else None
    return Booking.objects.create(
        session=on, person=person, state=state, booked_at=BEGINNING, booked_by=person, placed_at=placed
    )


def token_of(person: Person, at: datetime, use: Credential.Use = Credential.Use.CALENDAR) -> str:
    return issue(person, use, "calendar", at, person)[1]


def ask(token: str, client: Client | None = None, **headers: str) -> Any:
    return (client or visitor()).get(f"/calendar/{token}.ics", headers=headers)


def booked(world: World, noon: datetime, who: str = "alice") -> list[Read]:
    answer = ask(token_of(world.people[who], noon))
    assert answer.status_code == 200
    whole = read(answer.content)
    assert (whole.method, whole.name) == ("PUBLISH", "WARP training")
    return whole.events


# What it tells


def test_what_they_booked_stands_there_at_its_hour_on_both_sides_of_the_change(world: World, noon: datetime) -> None:
    book(world, "alice", session(world, begins=SUMMER), State.WAITING)
    book(world, "alice", session(world, "CLEAR"))
    first, second = booked(world, noon)
    assert [(one.starts_at, one.ends_at) for one in (first, second)] == [
        (WINTER, WINTER + HOURS), (SUMMER, SUMMER + HOURS),
    ]  # fmt: skip
    assert [one.status for one in (first, second)] == ["CONFIRMED", "TENTATIVE"]
    assert (first.title, first.place) == ("[TLP:CLEAR] Boilers CLEAR", PLACE) and "/training/" in first.url
    assert LINK in first.words and not first.attendees


def test_nobody_elses_booking_and_no_other_name_stands_there(world: World, noon: datetime) -> None:
    on = session(world)
    for who in ("alice", "alan", "bob"):
        book(world, who, on)
    assert len(booked(world, noon)) == 1
    said = ask(token_of(world.people["alice"], noon)).content.decode()
    assert not any(name in said.lower() for name in ("alice", "alan", "bob"))
    assert booked(world, noon, "carol") == []


def test_it_is_the_event_that_the_invitation_was(world: World, noon: datetime, post: PostOffice) -> None:
    on = session(world)
    tell(book(world, "alice", on), What.PLACED, noon)
    sweep(noon)
    (mailed,), (fed,) = [event(mail) for mail in post.taken], booked(world, noon)
    assert (fed.uid, fed.sequence, fed.starts_at) == (mailed.uid, mailed.sequence, mailed.starts_at)
    Session.objects.update(starts_at=SUMMER, ends_at=SUMMER + HOURS, sequence=1, changed_at=noon)
    (moved,) = booked(world, noon)
    assert (moved.uid, moved.sequence, moved.starts_at) == (fed.uid, 1, SUMMER)


@pytest.mark.parametrize(("label", "title", "link"), [
    ("CLEAR", True, True), ("GREEN", True, False), ("AMBER", False, False), ("AMBER+STRICT", False, False),
])  # fmt: skip
def test_a_secret_in_an_address_says_no_more_than_atom_does(
    world: World, noon: datetime, label: str, title: bool, link: bool
) -> None:
    on = session(world, label)
    book(world, "alice", on)
    (one,) = booked(world, noon)
    assert one.starts_at == WINTER
    assert (one.title == "WARP training") is not title
    assert bool(one.url) is bool(one.words) is title and bool(one.place) is link
    said = ask(token_of(world.people["alice"], noon)).content.decode().replace("\r\n ", "")
    assert ("Boilers" in said) is (on.course.item.reference in said) is title and (LINK in said) is link


def test_a_warp_may_let_it_say_less(world: World, noon: datetime) -> None:
    carol, wm = world.people["carol"], world.warps["wm"]
    book(world, "alice", session(world))
    tighten(carol, wm, "GREEN", Exit.ATOM, Cell.NOTHING, noon)
    (one,) = booked(world, noon)
    assert (one.title, one.place, one.words, one.url) == ("WARP training", "", "", "")
    book(world, "alan", session(world, "CLEAR"))
    tighten(carol, wm, "CLEAR", Exit.ATOM, Cell.TITLE, noon)
    (one,) = booked(world, noon, "alan")
    assert one.title == "[TLP:CLEAR] Boilers CLEAR" and one.place == "" and LINK not in one.words


@pytest.mark.parametrize("case", [
    {"label": None}, {"label": "RED", "grants": [{"person": "alice"}]},
    {"label": "GREEN", "embargo": {"state": "active", "proposed_at": "2026-10-01T00:00:00Z",
                                   "ends_at": "2027-10-01T00:00:00Z", "named": {"alice": "accepted"}}},
], ids=["a draft", "red", "embargoed"])  # fmt: skip
def test_what_no_credential_reads_is_no_time_either(world: World, noon: datetime, case: dict[str, Any]) -> None:
    book(world, "alice", session(world))
    for who in ("alice", "carol"):
        book(world, who, session(world, **case))
    assert len(booked(world, noon)) == 1 and booked(world, noon, "carol") == []


def test_a_course_that_they_read_no_more_is_gone_from_it(world: World, noon: datetime) -> None:
    on, other = session(world), session(world, "AMBER")
    book(world, "alice", on)
    book(world, "alice", other)
    book(world, "bob", other)
    assert len(booked(world, noon)) == 2 and booked(world, noon, "bob") == []
    withdraw(on.course.item, noon)
    assert [one.title for one in booked(world, noon)] == ["WARP training"]
    Membership.objects.filter(organisation__slug="brum").update(until=noon)
    assert booked(world, noon) == []


def test_what_does_not_take_place_what_they_left_and_what_is_long_over_is_not_there(
    world: World, noon: datetime
) -> None:
    book(world, "alice", session(world, "CLEAR", noon - 89 * DAY))
    book(world, "alice", session(world, "CLEAR", noon - 91 * DAY))
    book(world, "alice", session(world), State.ENDED)
    cancelled, played = session(world), session(world)
    for on in (cancelled, played):
        book(world, "alice", on)
    Session.objects.filter(pk=cancelled.pk).update(cancelled_at=noon)
    Item.rows.filter(pk=played.course_id).update(realm=Realm.EXERCISE)
    assert [one.starts_at for one in booked(world, noon)] == [noon - 89 * DAY]


def test_as_many_statements_for_ten_as_for_one(world: World, noon: datetime, django_assert_num_queries: Any) -> None:
    token = token_of(world.people["alice"], noon)
    for label in ("CLEAR", "GREEN", "AMBER", "AMBER+STRICT", "GREEN", "GREEN"):
        book(world, "alice", session(world, label))
        with django_assert_num_queries(QUERIES):
            assert ask(token).status_code == 200


QUERIES = 8  # whose it is, their keys, what they booked, how that stands (3), and that it was asked for (2)


# The address


def test_a_wrong_an_ended_and_anothers_token_are_answered_alike(
    world: World, noon: datetime, django_assert_num_queries: Any
) -> None:
    alice, brian = world.people["alice"], world.people["brian"]
    book(world, "alice", session(world))
    ended = token_of(alice, noon - TICK)
    revoke(Credential.objects.get(), noon, alice)
    atom, closed = token_of(alice, noon, Credential.Use.ATOM), token_of(brian, noon)
    Person.objects.filter(pk=brian.pk).update(active_until=noon)
    house = issue(world.organisations["brum"], Credential.Use.CALENDAR, "x", noon, None)[1]
    answers = []
    for token in ("WRONG", ended, atom, closed, house, "x" * 5000):
        with django_assert_num_queries(WRONG):
            answers.append(ask(token))
    assert {answer.status_code for answer in answers} == {404}
    assert len({re.sub(rb'nonce="[^"]*"', b"", answer.content) for answer in answers}) == 1
    assert len({str(sorted(name for name, _value in answer.items())) for answer in answers}) == 1
    rows = AuditRow.objects.filter(verb="asked for")
    assert {row.reference for row in rows} == {"calendar.ics"}
    assert not AuditRow.objects.filter(verb="export").exists()


WRONG = 3  # whose it is, and that it was asked for (2)


def test_it_answers_that_nothing_has_changed_and_says_so_to_nobody_else(world: World, noon: datetime) -> None:
    book(world, "alice", session(world, "CLEAR"))
    token = token_of(world.people["alice"], noon)
    first = ask(token)
    assert first["Content-Type"] == "text/calendar; charset=utf-8" and "Last-Modified" not in first
    again = ask(token, **{"if-none-match": first["ETag"]})
    assert (again.status_code, again.content) == (304, b"")
    for answer in (first, again):
        assert answer["Cache-Control"] == "no-store, private" and answer["Referrer-Policy"] == "no-referrer"
        assert answer["ETag"] == first["ETag"]
    assert ask("WRONG", **{"if-none-match": first["ETag"]}).status_code == 404
    Session.objects.update(place="Elsewhere")
    changed = ask(token, **{"if-none-match": first["ETag"]})
    assert changed.status_code == 200 and changed["ETag"] != first["ETag"]
    revoke(Credential.objects.get(), noon, world.people["alice"])
    assert ask(token, **{"if-none-match": changed["ETag"]}).status_code == 404


def test_who_is_signed_in_counts_for_nothing(world: World, noon: datetime) -> None:
    book(world, "bob", session(world))
    token = token_of(world.people["alice"], noon)
    assert ask(token, visitor(world.people["bob"], confirmed=True)).content == ask(token).content


def test_using_it_is_recorded_and_the_token_is_not(world: World, noon: datetime) -> None:
    token = token_of(world.people["alice"], noon)
    ask(token)
    (row,) = AuditRow.objects.filter(verb="export")
    assert (row.actor, row.reference, row.detail) == (world.people["alice"].alias.code, "calendar.ics", {})
    assert token not in str(list(AuditRow.objects.values()))


def test_it_is_read_and_nothing_else(world: World, noon: datetime) -> None:
    token = token_of(world.people["alice"], noon)
    assert visitor().post(f"/calendar/{token}.ics").status_code == 405
    assert visitor().head(f"/calendar/{token}.ics").status_code == 200


# Its page


def made(world: World, who: str, name: str = "My telephone") -> tuple[str, str]:
    """The page that shows the new address, and the path of that address."""
    page = visitor(world.people[who], confirmed=True).post(PAGE, {"name": name})
    assert page["Cache-Control"] == "no-store, private"
    found = re.search(r"https?://[^/]+(/calendar/\w+\.ics)", page.content.decode())
    return page.content.decode(), found[1] if found else ""


def test_an_address_is_made_shown_once_read_and_ended(world: World) -> None:
    book(world, "alice", session(world))
    _page, path = made(world, "alice")
    assert len(read(visitor().get(path).content).events) == 1
    shown = visitor(world.people["alice"], confirmed=True).get(PAGE).content.decode()
    assert "My telephone" in shown and path not in shown
    (end,) = re.findall(r'action="(/account/calendar/[^"]+/end/)"', shown)
    assert visitor(world.people["bob"]).post(end).status_code == 404 and visitor().get(path).status_code == 200
    assert visitor().post(end).status_code == 302 and visitor().get(path).status_code == 200
    assert visitor(world.people["alice"]).post(end).status_code == 302
    assert visitor().get(path).status_code == 404
    assert "My telephone" not in visitor(world.people["alice"], confirmed=True).get(PAGE).content.decode()


def test_whoever_has_not_just_confirmed_and_whoever_is_not_signed_in_makes_none(world: World) -> None:
    for client in (visitor(), visitor(world.people["alice"])):
        assert client.get(PAGE).status_code == client.post(PAGE, {"name": "x"}).status_code == 302
    assert not Credential.objects.exists()
    page, path = made(world, "alice", "  ")
    assert "Fill in" in page and "There is a problem" in page and not path and not Credential.objects.exists()


def test_an_address_of_a_feed_is_not_among_them(world: World, noon: datetime) -> None:
    issue(world.people["alice"], Credential.Use.ATOM, "Atom reader", noon, world.people["alice"])
    assert "Atom reader" not in visitor(world.people["alice"], confirmed=True).get(PAGE).content.decode()
    made(world, "alice")
    assert "My telephone" not in visitor(world.people["alice"], confirmed=True).get("/account/feeds/").content.decode()


def test_the_account_leads_there(world: World) -> None:
    page = visitor(world.people["alice"]).get("/account/2fa/").content.decode()
    assert PAGE in page


def test_a_standing_that_ended_shows_no_more(world: World, noon: datetime) -> None:
    on = session(world)
    book(world, "alice", on)
    Standing.objects.filter(item=on.course.item).update(until=noon)
    from members.place import place

    place(on.course.item)
    assert booked(world, noon) == []
