"""The pages of who was there and what they have for it: who may open them, what they say, and what they cost."""

from __future__ import annotations

import csv
import io
from typing import Any

import pytest
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from members import clock
from members.models import Booking, Certificate, Feedback, Session
from members.training import certifying
from members.training.checking import spaced
from tests.conftest import NOON
from tests.members.training.attended import DAY, HOUR, course, lead, place, session, there
from tests.members.world import World
from tests.pages import visitor

pytestmark = pytest.mark.django_db
AFTER = NOON + DAY


@pytest.fixture(autouse=True)
def at_noon(monkeypatch: pytest.MonkeyPatch) -> None:
    cache.clear()  # rates are counted there
    monkeypatch.setattr(clock, "ask", lambda: NOON)


def later(monkeypatch: pytest.MonkeyPatch, at: Any = AFTER) -> None:
    monkeypatch.setattr(clock, "ask", lambda: at)


def sheet(of: Session) -> str:
    return f"/training/{of.course.item.reference}/sessions/{of.code}/attendance/"


def said(client: Client, path: str, status: int = 200) -> str:
    answer = client.get(path)
    assert answer.status_code == status, path
    return answer.content.decode()


def act(client: Client, path: str, **body: str) -> str:
    """What the page says once it was pressed."""
    return client.post(path, body, follow=True).content.decode()


def cost(client: Client, path: str) -> int:
    with CaptureQueriesContext(connection) as queries:
        client.get(path)
    return len(queries)


def test_the_list_shows_who_is_to_come_and_the_code_once_it_is_drawn(world: World) -> None:
    held = session(course(world), place="Room 4")
    place(world, held, "alice")
    place(world, held, "bob", state="waiting")
    carol = visitor(world.people["carol"])
    before = said(carol, sheet(held))
    assert "0 of 1 came" in before and "Begin signing in" in before and "Room 4" in before
    assert before.index("Alice") < before.index("Bob") < before.index("on the waiting list")
    after = act(carol, sheet(held), act="code")
    held.refresh_from_db()
    code = held.sign_in_code
    assert len(code) == 6 and f"{code[:3]} {code[3:]}" in after
    room = said(carol, f"{sheet(held)}code/")
    assert f"{code[:3]} {code[3:]}" in room and "<path d=" in room and "/training/in/" in room
    assert "Alice" not in room and "Bob" not in room


def test_the_page_for_the_room_is_there_while_people_sign_in_alone(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    held = session(course(world), sign_in_code="")
    carol = visitor(world.people["carol"])
    assert carol.get(f"{sheet(held)}code/")["Location"] == sheet(held)
    Session.objects.update(sign_in_code="ABCDEF")
    assert carol.get(f"{sheet(held)}code/").status_code == 200
    later(monkeypatch, held.ends_at + DAY)
    assert carol.get(f"{sheet(held)}code/")["Location"] == sheet(held)
    assert "ABC DEF" not in said(carol, sheet(held))


@pytest.mark.parametrize("who", ["alice", "brian", "kate", "pat", "nobody"])
def test_nobody_else_finds_the_list_or_what_belongs_to_it(world: World, who: str) -> None:
    held = session(course(world))
    booking = there(world, held, "alice")[0]
    one = certifying.issue(world.people["alice"], held.course, AFTER, completed_on=AFTER.date(), session=held)
    ref, client = held.course.item.reference, visitor(world.people.get(who))
    for path in (sheet(held), f"{sheet(held)}code/", f"{sheet(held)[:-11]}feedback/results/",
                 f"/training/{ref}/certificates/", f"/training/{ref}/certificates/{one.number}/revoke/"):  # fmt: skip
        assert client.get(path).status_code == 404, path
    assert client.post(sheet(held), {"act": "not", "booking": booking.code}).status_code == 404
    booking.refresh_from_db()
    assert booking.attended == "yes"


def test_what_is_hidden_and_what_is_not_there_take_the_same(world: World) -> None:
    held = session(course(world, "AMBER", grants=[{"organisation": "solihull"}]))
    alice = visitor(world.people["alice"])
    nowhere = "/training/WM-22222/sessions/NOWHERE2/attendance/"
    alice.get(nowhere)  # the alias is made with the first
    for part in ("", "code/"):
        assert cost(alice, f"{sheet(held)}{part}") == cost(alice, f"{nowhere}{part}")
    for page in ("feedback/", "feedback/results/"):
        hidden, none = (path.replace("attendance/", page) for path in (sheet(held), nowhere))
        assert cost(alice, hidden) == cost(alice, none)
    ref = held.course.item.reference
    assert cost(alice, f"/training/{ref}/certificates/") == cost(alice, "/training/WM-22222/certificates/")


def test_whoever_teaches_notes_it_by_one_press_each(world: World) -> None:
    held = session(course(world), NOON - 4 * HOUR)  # over for an hour
    bookings = [place(world, held, one) for one in ("alice", "bob", "dora")]
    carol = visitor(world.people["carol"])
    assert "1 of 3 came" in act(carol, sheet(held), act="came", booking=bookings[0].code)
    assert "did not come" in act(carol, sheet(held), act="not", booking=bookings[1].code)
    assert "1 more did not come" in said(carol, sheet(held))
    assert "Noted: 1 did not come." in act(carol, sheet(held), act="absent")
    assert "Issue 1 certificate" in said(carol, sheet(held))
    assert "1 certificate is issued." in act(carol, sheet(held), act="certificates")
    assert "has one already" in act(carol, sheet(held), act="certificates")
    assert "Revoke that first" in act(carol, sheet(held), act="unsaid", booking=bookings[0].code)
    assert "not on the list any more" in act(carol, sheet(held), act="came", booking="x")
    assert Certificate.objects.count() == 1


def test_somebody_at_the_door_is_added_and_what_is_wrong_is_said(world: World) -> None:
    held = session(course(world), capacity=1)
    place(world, held, "alice")
    carol = visitor(world.people["carol"])
    assert "It is full: with them 1 more" in act(carol, sheet(held), act="walk-in", email="bob@example.org")
    wrong = act(carol, sheet(held), act="walk-in", email="nobody@example.org")
    assert "Nobody with this address may book" in wrong and 'value="nobody@example.org"' in wrong
    assert "There is a problem" in act(carol, sheet(held), act="walk-in", email="bob")
    assert held.bookings.count() == 2


def test_to_htmx_the_list_alone_is_given(world: World) -> None:
    held = session(course(world))
    place(world, held, "alice")
    answer = visitor(world.people["carol"]).get(sheet(held), headers={"HX-Request": "true"}).content.decode()
    assert "Alice" in answer and "<html" not in answer


def test_a_member_signs_in_by_the_code_or_the_link_and_is_told_to_what(world: World) -> None:
    held = session(course(world), sign_in_code="ABCDEF")
    booking = place(world, held, "alice")
    alice = visitor(world.people["alice"])
    assert "You have a place in a session about now." in said(alice, "/training/mine/")
    assert 'value="ABCDEF"' in said(alice, "/training/in/?code=ABCDEF")
    booking.refresh_from_db()
    assert booking.attended == ""  # opening it changes nothing
    for _twice in range(2):
        assert "You are signed in to “Phishing first aid”." in act(alice, "/training/in/", code="abc def")
    booking.refresh_from_db()
    assert booking.attended == "yes"
    assert "about now" not in said(alice, "/training/mine/")


def test_who_is_signed_out_signs_in_to_the_hub_first_and_keeps_the_code(world: World) -> None:
    answer = visitor().get("/training/in/?code=ABCDEF")
    assert answer.status_code == 302 and "code%3DABCDEF" in answer["Location"]


def test_a_code_is_not_guessed(world: World) -> None:
    held = session(course(world), sign_in_code="ABCDEF")
    place(world, held, "alice")
    alice = visitor(world.people["alice"])
    for _try in range(10):
        assert "No session that you have a place in has this code" in act(alice, "/training/in/", code="ZZZZZZ")
    answer = alice.post("/training/in/", {"code": "ABCDEF"})
    assert answer.status_code == 429 and "You tried too often" in answer.content.decode()
    place(world, held, "bob")
    assert "You are signed in" in act(visitor(world.people["bob"]), "/training/in/", code="ABCDEF")


def test_feedback_is_given_and_changed_on_a_page(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    held = session(course(world))
    there(world, held, "alice")
    place(world, held, "bob")
    path, alice = sheet(held).replace("attendance", "feedback"), visitor(world.people["alice"])
    assert "How was it?" in said(alice, "/training/mine/")
    assert "There is a problem" in act(alice, path, useful="9", pace="")
    assert "Thank you" in act(alice, path, useful="5", pace="3", words="Good.")
    again = said(alice, path)
    assert "Good." in again and "Change it" in again
    for who in ("bob", "nobody", "wendy"):
        assert visitor(world.people.get(who)).get(path).status_code == 404
    later(monkeypatch, held.ends_at + 14 * DAY)
    assert "nothing is added any more" in said(alice, path)
    assert "nothing is added any more" in act(alice, path, useful="1", pace="1")
    assert Feedback.objects.get().useful == 5


def test_what_was_said_is_shown_once_five_have_without_a_name(world: World) -> None:
    held = session(course(world))
    five = there(world, held, "alice", "alan", "bob", "dora", "wendy")
    path, carol = sheet(held).replace("attendance", "feedback/results"), visitor(world.people["carol"])
    for number, booking in enumerate(five):
        assert "Shown once 5 have answered" in said(carol, path)
        Feedback.objects.create(booking=booking, useful=1 + number % 2, pace=3, words=f"<b>{number}</b>", given_at=NOON)
    shown = said(carol, path)
    assert "5 have answered." in shown and "&lt;b&gt;3&lt;/b&gt;" in shown and 'width="67"' in shown
    assert not any(one.person.name in shown.split("<main")[1] for one in five)


def test_a_certificate_is_its_owners_page(world: World) -> None:
    taught = course(world, "AMBER", grants=[{"organisation": "brum"}])
    one = certifying.issue(world.people["alice"], taught, AFTER, completed_on=AFTER.date())
    path = f"/training/certificates/{spaced(one.number)}/"
    page = said(visitor(world.people["alice"]), path)
    for words in ("Alice", "brum", "Phishing first aid", "2 November 2026", "1.5", "wm", "<path d="):
        assert words in page
    assert spaced(one.number) in page
    assert "whom you show this learns what it is called" in page
    for who in ("alan", "carol"):
        assert visitor(world.people[who]).get(path).status_code == 404
    assert visitor().get(path).status_code == 302


def test_whoever_teaches_lists_and_revokes_them(world: World) -> None:
    taught = course(world)
    one = certifying.issue(world.people["alice"], taught, AFTER, completed_on=AFTER.date())
    carol, listed = visitor(world.people["carol"]), f"/training/{taught.item.reference}/certificates/"
    assert spaced(one.number) in said(carol, listed)
    path = f"{listed}{spaced(one.number)}/revoke/"
    assert "There is a problem" in act(carol, path, reason=" ")
    assert "The certificate is revoked." in act(carol, path, reason="It was somebody else.")
    assert "It was somebody else." in said(carol, listed)
    assert "It is revoked already." in said(carol, path)
    assert "was revoked on" in said(visitor(world.people["alice"]), f"/training/certificates/{one.number}/")
    other = course(world)
    assert carol.get(f"/training/{other.item.reference}/certificates/{one.number}/revoke/").status_code == 404
    assert visitor(world.people["alice"]).post(listed, {"number": one.number}).status_code == 404
    for wrong in ("", "x\0", "222222222222"):
        assert carol.post(listed, {"number": wrong}).status_code == 404
    assert "Issue a new certificate" in said(carol, listed)
    page = act(carol, listed, number=spaced(one.number))
    assert "A new certificate is issued." in page and "Issue a new certificate" not in page
    assert Certificate.objects.filter(revoked_at=None).count() == 1


def test_anybody_checks_a_number_and_is_told_no_more_than_needed(world: World) -> None:
    green = certifying.issue(world.people["alice"], course(world), AFTER, completed_on=AFTER.date())
    clear = certifying.issue(
        world.people["bob"], course(world, "CLEAR", title="Open to all"), AFTER, completed_on=AFTER.date()
    )
    anybody = visitor()
    page = said(anybody, f"/training/check/{spaced(green.number)}/").split("<main")[1]
    assert "is a certificate of ours, and holds" in page and "a course of wm" in page and "A." in page
    assert "Phishing" not in page and "Alice" not in page and "brum" not in page and "alice" not in page
    assert "Open to all" in said(anybody, f"/training/check/{clear.number.lower()}/")
    typed = act(anybody, "/training/check/", number=green.number, name="alice")
    assert "Of the name that you typed" in typed and ">yes<" in typed
    assert ">no<" in act(anybody, "/training/check/", number=green.number, name="Bob")
    certifying.revoke(world.people["carol"], green, AFTER, "It was somebody else.")
    revoked = said(anybody, f"/training/check/{green.number}/")
    assert "was revoked: it holds no more" in revoked and "somebody else" not in revoked


def test_a_number_that_is_none_is_answered_with_the_same_page(world: World) -> None:
    one = certifying.issue(world.people["alice"], course(world), AFTER, completed_on=AFTER.date())
    for number in ("222222222222", "x", one.number[:-1]):
        answer = visitor().get(f"/training/check/{number}/")
        assert answer.status_code == 200 and "There is no such certificate" in answer.content.decode()
        assert answer["Cache-Control"] == "no-store, private" and answer["X-Robots-Tag"] == "noindex"


def test_neither_numbers_nor_names_are_tried_for_long(world: World) -> None:
    one = certifying.issue(world.people["alice"], course(world), AFTER, completed_on=AFTER.date())
    names = [visitor().post("/training/check/", {"number": one.number, "name": f"x{n}"}).status_code for n in range(11)]
    assert names == [200] * 10 + [429]
    assert visitor().post("/training/check/", {"number": one.number}).status_code == 200
    numbers = [visitor().get(f"/training/check/{n:012}/").status_code for n in range(60)]
    assert numbers[0] == 200 and numbers[-1] == 429


def rows(client: Client, path: str) -> list[list[str]]:
    answer = client.get(path)
    assert answer.status_code == 200 and answer["Content-Type"].startswith("text/csv")
    return list(csv.reader(io.StringIO(answer.content.decode())))


def test_ones_own_training_is_a_page_and_a_table_in_which_nothing_reckons(world: World) -> None:
    held = session(course(world, title="=HYPERLINK(1)"))
    there(world, held, "alice")
    there(world, session(course(world, title="Other"), NOON - 3 * DAY), "alice")
    certifying.issue_all(world.people["carol"], held, AFTER)
    alice = visitor(world.people["alice"])
    page = said(alice, "/training/mine/")
    assert "CPD hours: 1.5" in page and "no certificate" in page
    number = spaced(Certificate.objects.get().number)
    assert rows(alice, "/training/mine/table.csv")[1:] == [
        ["2026-11-01", "'=HYPERLINK(1)", "1.5", number, ""], ["2026-10-29", "Other", "0", "", ""]
    ]  # fmt: skip
    assert "You have attended nothing yet" in said(visitor(world.people["bob"]), "/training/mine/")


def test_a_lead_sees_who_of_theirs_had_what_and_who_had_nothing(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    open_one = session(course(world))
    other = session(course(world, "AMBER", grants=[{"person": "alan"}], title="Hidden"), NOON - 3 * DAY)
    there(world, open_one, "alice", "mia", "bob")
    there(world, other, "alan")
    place(world, open_one, "mo", attended="yes", organisation=world.organisations["brum"])  # who left
    place(world, open_one, "alan", attended="yes", organisation=world.organisations["maidstone"])  # for others
    lead(world, "alice")
    world.people["alan"].name = "+Alan"
    world.people["alan"].save()
    alice = visitor(world.people["alice"])
    certifying.issue_all(world.people["carol"], open_one, AFTER)
    later(monkeypatch)
    page = said(alice, "/training/of/brum/")
    assert "Phishing first aid" in page and "a course" in page and "CPD hours in the last 12 months: 1.5" in page
    assert "Hidden" not in page and "Mo" not in page.split("<main")[1] and "Bob" not in page and "Ivan" not in page
    assert "Nothing in the last 12 months" not in page
    assert rows(alice, "/training/of/brum/table.csv")[1:] == [
        ["'+Alan", "2026-10-29", "A course", "0", "no"],
        ["Alice", "2026-11-01", "Phishing first aid", "1.5", "yes"],
    ]
    Booking.objects.filter(person=world.people["alan"]).delete()
    assert "Nothing in the last 12 months" in said(alice, "/training/of/brum/")
    assert ["'+Alan", "", "", "", ""] in rows(alice, "/training/of/brum/table.csv")
    assert alice.get("/training/of/")["Location"] == "/training/of/brum/"


@pytest.mark.parametrize(("who", "status"), [*((who, 404) for who in ("alan", "bob", "carol", "lee")), ("nobody", 302)])
def test_nobody_else_sees_it(world: World, who: str, status: int) -> None:
    lead(world, "bob")
    lead(world, "lee")  # whose organisation is no member any more
    client = visitor(world.people.get(who))
    for path in ("/training/of/brum/", "/training/of/brum/table.csv", "/training/of/lapsed/"):
        assert client.get(path).status_code == status, path


def test_a_coordinator_sees_where_training_is_missing_in_their_own_warp(world: World) -> None:
    there(world, session(course(world, level="awareness")), "bob")
    world.organisations["dudley"].name = "=dudley"
    world.organisations["dudley"].save()
    carol = visitor(world.people["carol"])
    page = said(carol, "/training/gaps/wm/")
    assert "1 of 3 people were trained since 1 November 2025." in page and "In 2 organisations nobody was." in page
    assert "Awareness 1" in page and page.count('<rect width="100"') == 1
    assert rows(carol, "/training/gaps/wm/table.csv")[1:] == [
        ["'=dudley", "1", "0", "0", "0", "0", "0"], ["walsall", "1", "0", "0", "0", "0", "0"],
        ["solihull", "1", "1", "1", "0", "0", "0"],
    ]  # fmt: skip
    assert carol.get("/training/gaps/")["Location"] == "/training/gaps/wm/"
    others = [("carol", "kent"), ("carol", "birmingham"), ("carol", "nowhere"), ("kate", "wm"), ("alice", "wm")]
    for who, path in others:
        for table in ("", "table.csv"):
            assert visitor(world.people[who]).get(f"/training/gaps/{path}/{table}").status_code == 404


def test_no_page_costs_more_for_ten_than_for_one(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    later(monkeypatch)
    held = session(course(world, "GREEN"), sign_in_code="ABCDEF")
    lead(world, "alice")
    names = ("alice", "alan", "bob", "dora", "wendy", "mia")
    paths = {
        "carol": [sheet(held), f"{sheet(held)}code/", sheet(held).replace("attendance", "feedback/results"),
                  f"/training/{held.course.item.reference}/certificates/", "/training/gaps/wm/", "/training/mine/"],
        "alice": ["/training/mine/", "/training/mine/table.csv", "/training/of/brum/", "/training/in/",
                  sheet(held).replace("attendance", "feedback")],
    }  # fmt: skip

    def costs() -> list[int]:
        found = []
        for who, some in paths.items():
            client = visitor(world.people[who])
            client.get("/training/mine/")
            found += [cost(client, path) for path in some]
        return found

    there(world, held, "alice")
    certifying.issue_all(world.people["carol"], held, AFTER)
    few = costs()
    for number in range(5):
        other = session(course(world, title=f"Course {number}"), NOON - (number + 2) * DAY)
        there(world, other, *names)
        certifying.issue_all(world.people["carol"], other, AFTER)
    there(world, held, *names[1:])
    certifying.issue_all(world.people["carol"], held, AFTER)
    assert costs() == few
    assert few == [13, 11, 12, 13, 11, 12, 12, 6, 10, 5, 9]
