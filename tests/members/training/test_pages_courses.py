"""The pages of courses, sessions and bookings: who sees what, what is said, and what each costs."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import datetime, timedelta
from html import unescape
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from advisories.models import Attachment
from members import clock
from members.models import Affiliation, AuditRow, Booking, Course, Session
from members.refused import Refused
from members.training import courses, scheduling
from tests.conftest import NOON
from tests.members.training.booked import DAY, HALL, HOUR, WEEK, book, course, draft, lead, session, states, when
from tests.members.training.learned import lesson, self_paced
from tests.members.world import World
from tests.pages import visitor

pytestmark = pytest.mark.django_db
LIST = "/training/"


@pytest.fixture(autouse=True)
def at_noon(monkeypatch: pytest.MonkeyPatch, noon: datetime) -> None:
    monkeypatch.setattr(clock, "ask", lambda: noon)


def as_(world: World, name: str | None) -> Client:
    return visitor(world.people[name] if name else None)


def said(client: Client, path: str, **query: Any) -> str:
    answer = client.get(path, query)
    assert answer.status_code == 200, path
    return words(answer)


def words(answer: Any) -> str:
    """The page, without the letters that its tokens are drawn from."""
    drawn = re.sub(r'name="csrfmiddlewaretoken" value="\w+"', "", answer.content.decode())
    return " ".join(unescape(drawn).split())


def of(course: Course, *more: str) -> str:
    return "/".join([f"/training/{course.item.reference}", *more, ""])


def at(made: Session, *more: str) -> str:
    return of(made.course, "sessions", made.code, *more)


SESSION = {
    "starts_at": "2026-11-17 09:30", "ends_at": "2026-11-17 12:00", "books_until": "", "place": "Guildhall", "link": "",
    "trainer": "", "capacity": "12", "pounds": "0", "count": "1", "every": "1", "unit": "quarters",
}  # fmt: skip


# The list


def test_what_is_ahead_stands_by_month_with_what_is_left(world: World) -> None:
    made = session(world)
    session(world, course(world, title="Backups"), starts_at=NOON + 40 * DAY)
    for name in ("alice", "bob", "mia"):
        book(world, name, made)
    text = said(as_(world, "dora"), LIST)
    assert text.index("November 2026") < text.index("Phishing first aid") < text.index("December 2026")
    assert text.index("December 2026") < text.index("Backups")
    assert (
        "full, 1 waiting" in text and "2 places left" in text and "Sunday 8 November 2026, 12:00 to 15:00 GMT" in text
    )
    assert "What you booked" not in text and "Write a course" not in text
    mine = said(as_(world, "mia"), LIST)
    assert "What you booked" in mine and "on the waiting list" in mine and "You wait" in mine
    assert "Write a course" in said(as_(world, "carol"), LIST)


def test_who_is_signed_out_sees_what_is_for_everyone(world: World) -> None:
    session(world, course(world, "CLEAR", title="For all"))
    session(world, course(world, title="For members"))
    text = said(as_(world, None), LIST)
    assert "For all" in text and "For members" not in text and "Only what I booked" not in text


def test_filters_narrow_the_list(world: World) -> None:
    first = session(world, course(world, title="Phishing", level="advanced"))
    session(world, course(world, title="Backups", who="kate"), who="kate")
    book(world, "alice", first)
    alice = as_(world, "alice")
    for query in ({"level": "advanced"}, {"warp": "wm"}, {"q": "phish"}, {"mine": "on"}):
        text = said(alice, LIST, **query)
        assert ">Phishing<" in text and "Backups" not in text, query
    assert "No session that you can read fits" in said(alice, LIST, q="nothing of the kind")
    for odd in ({"level": "wizard"}, {"warp": "nowhere"}, {"after": "x\0"}, {"before": "x", "q": "\0"}):
        said(alice, LIST, **odd)


def test_what_was_is_a_page_further_and_long_lists_go_on(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    made = course(world)
    past = session(world, made, starts_at=NOON - HOUR)
    later = [session(world, made, starts_at=NOON + n * WEEK) for n in (1, 2, 3)]
    Session.objects.filter(pk=past.pk).update(
        starts_at=NOON - WEEK, ends_at=NOON - WEEK + HOUR, books_until=NOON - WEEK
    )
    alice = as_(world, "alice")
    text = said(alice, LIST, before="now")
    assert past.code in text and later[0].code not in text and "Training that was" in text
    assert past.code not in said(alice, LIST)
    monkeypatch.setattr("members.views.training.planned.SIZE", 2)
    text = said(alice, LIST)
    assert f"after={later[1].code}" in text and later[2].code not in text
    text = said(alice, LIST, after=later[1].code)
    assert later[2].code in text and later[1].code not in text and "Next page" not in text


def test_courses_without_a_date_stand_below_and_drafts_are_seen_by_who_writes_them(world: World) -> None:
    course(world, title="Whenever", form="self-paced")
    draft(world, title="Not yet")
    taken = course(world, title="No more")
    courses.withdraw(world.people["carol"], taken.item, NOON)
    text = said(as_(world, "alice"), LIST)
    assert "Whenever" in text and "Not yet" not in text and "No more" not in text
    text = said(as_(world, "carol"), LIST)
    assert "Whenever" in text and "Not yet" in text and "Draft" in text and "Taken back" in text


def test_a_cancelled_session_is_on_no_list(world: World) -> None:
    made = session(world)
    scheduling.cancel(world.people["carol"], made, NOON, "x")
    assert made.code not in said(as_(world, "alice"), LIST)


def test_what_was_booked_and_may_not_be_read_any_more_is_not_named(world: World) -> None:
    made = session(world)
    book(world, "alice", made)
    Affiliation.objects.filter(person=world.people["alice"]).update(until=NOON)  # by its date, and by no verb
    text = said(as_(world, "alice"), LIST)
    assert "Phishing first aid" not in text and made.code not in text and "What you booked" not in text


# The sheet of a month


def test_the_month_begins_on_monday_and_today_is_marked(world: World) -> None:
    made = session(world)
    text = said(as_(world, "alice"), "/training/calendar/")
    assert "Training in November 2026" in text and text.index(">Monday<") < text.index(">Sunday<")
    assert text.count("hub-month__day--today") == 1 and made.code in text and "?month=2026-10" in text
    assert made.code not in said(as_(world, "alice"), "/training/calendar/", month="2026-12")
    assert "No session in this month" in said(as_(world, None), "/training/calendar/")
    for odd in ("2026-13", "x", "0001-01", "9999-12", "\0"):
        assert "November 2026" in said(as_(world, None), "/training/calendar/", month=odd)


def test_a_session_at_night_stands_on_its_day_of_uk_clocks(world: World) -> None:
    made = session(world, starts_at=datetime.fromisoformat("2027-06-30T23:30Z"))
    assert made.code in said(as_(world, "alice"), "/training/calendar/", month="2027-07")


# A course


def test_a_hidden_course_and_none_look_alike(world: World) -> None:
    hidden = course(world, "AMBER", [("warp", world.warps["kent"].pk)])
    there = session(world, hidden)
    bob = as_(world, "bob")
    bob.get(of(hidden))  # whose alias is made
    for path, other in (
        (of(hidden), "/training/WM-22222/"), (at(there), f"/training/WM-22222/sessions/{there.code}/"),
        (of(hidden, "edit"), "/training/WM-22222/edit/"),
        (at(there, "change"), f"/training/WM-22222/sessions/{there.code}/change/"),
    ):  # fmt: skip
        costs = []
        for one in (path, other):
            with CaptureQueriesContext(connection) as asked:
                answer = bob.get(one)
            assert answer.status_code == 404
            costs.append(len(asked))
        assert costs[0] == costs[1], path


@pytest.mark.parametrize("who", ["alice", "brian", None])
def test_who_does_not_teach_it_finds_no_door_to_writing(world: World, who: str | None) -> None:
    made = course(world, "CLEAR")
    there, client = session(world, made), as_(world, who)
    doors = [of(made, word) for word in ("edit", "publish", "withdraw")]
    doors += [of(made, "sessions", "new"), at(there, "change"), at(there, "cancel")]
    for path in doors:
        for answer in (client.get(path), client.post(path, {**SESSION, "reason": "x", "title": "x"})):
            assert answer.status_code == 404, path
    text = said(client, of(made))
    assert "Schedule sessions" not in text and "Take it back" not in text
    assert Session.objects.get().cancelled_at is None


def test_a_course_is_written_published_and_taken_back_by_its_pages(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    carol = as_(world, "carol")
    text = {"title": "Headers", "aims": "Read one.", "level": "advanced", "form": "taught", "cpd_minutes": "90",
            "pass_mark": "80", "warp": "wm"}  # fmt: skip
    assert "Fill in" in said_post(carol, "/training/new/", {**text, "title": ""})
    answer = carol.post("/training/new/", text)
    made = Course.rows.select_related("item").get()
    assert answer["Location"] == of(made)
    assert "It is a draft" in said(carol, of(made))
    assert carol.post(of(made, "edit"), {**text, "title": "Headers of mail"})["Location"] == of(made)
    assert "Choose a label" in said_post(carol, of(made, "publish"), {})
    assert "Nobody could read it" in said_post(carol, of(made, "publish"), {"label": "AMBER"})
    carol.post(of(made, "publish"), {"label": "AMBER", "warps": ["birmingham"], "groups": ["finance"]})
    assert "Headers of mail" in said(as_(world, "alice"), of(made))
    form = carol.get(of(made, "publish")).content.decode()
    assert 'value="birmingham"' in form and form.count("checked") == 3  # AMBER, one WARP, one group
    monkeypatch.setattr(clock, "ask", lambda: NOON + HOUR)
    assert "can’t" not in said_post(carol, of(made, "withdraw"), {}, follow=True)
    assert "is withdrawn" in said(as_(world, "alice"), of(made))
    assert as_(world, "bob").get(of(made)).status_code == 404


def said_post(client: Client, path: str, body: Any, *, follow: bool = False) -> str:
    answer = client.post(path, body, follow=follow)
    assert answer.status_code == 200, (path, answer.status_code)
    return words(answer)


# Sessions


def test_a_series_is_scheduled_and_a_session_moved_and_cancelled_by_its_pages(world: World) -> None:
    made, carol = course(world), as_(world, "carol")
    typed = {**SESSION, "count": "4"}
    answer = carol.post(of(made, "sessions", "new"), typed)
    assert answer["Location"] == of(made) and Session.objects.count() == 4
    assert "4 sessions are scheduled" in said(carol, of(made))
    there = Session.objects.earliest("starts_at")
    book(world, "alice", there)
    form = carol.get(at(there, "change")).content.decode()
    assert 'value="2026-11-17 09:30"' in form and 'value="0.00"' in form
    carol.post(at(there, "change"), {**SESSION, "place": "Castle", "pounds": "12.50"})
    there.refresh_from_db()
    assert (there.place, there.pence, there.sequence) == ("Castle", 1250, 1)
    assert "£12.50" in said(as_(world, "alice"), at(there))
    carol.post(at(there, "cancel"), {"reason": "Flooded."})
    assert "Flooded." in said(as_(world, "alice"), at(there))
    assert states(there) == [("alice", "ended")]


@pytest.mark.parametrize(
    ("typed", "told"),
    [
        ({"starts_at": "tomorrow"}, "no date and time"),
        ({"starts_at": "2027-03-28 01:30", "ends_at": "2027-03-28 05:00"}, "Clocks go forward"),
        ({"starts_at": "2027-10-31 01:30", "ends_at": "2027-10-31 05:00"}, "Clocks go back"),
        ({"place": ""}, "Say where it is"),
        ({"capacity": "0"}, "greater than or equal to 1"),
        ({"capacity": "many"}, "whole number"),
        ({"pounds": "-1"}, "greater than or equal to 0"),
        ({"pounds": "1.234"}, "2 decimal places"),
        ({"count": "99"}, "less than or equal to 24"),
        ({"unit": "moons"}, "Select a valid choice"),
        ({"ends_at": "2026-11-17 09:00"}, "ends after it begins"),
        ({"link": "javascript:alert(1)"}, "valid URL"),
    ],
)
def test_what_is_typed_wrong_is_said_and_nothing_is_scheduled(world: World, typed: dict[str, str], told: str) -> None:
    made = course(world)
    assert told in said_post(as_(world, "carol"), of(made, "sessions", "new"), {**SESSION, **typed})
    assert not Session.objects.exists()


def test_a_place_is_booked_and_given_up(world: World) -> None:
    made = session(world, details=replace(HALL, capacity=1, link="https://meet.example.org/x"))
    alice, bob = as_(world, "alice"), as_(world, "bob")
    assert "Book a place" in said(alice, at(made)) and "meet.example.org" not in said(alice, at(made))
    text = said_post(alice, at(made, "book"), {}, follow=True)
    assert "You have a place." in text and "meet.example.org" in text
    text = said_post(bob, at(made, "book"), {}, follow=True)
    assert "on the waiting list, number 1" in text and "meet.example.org" not in text
    assert "You wait" in said(bob, of(made.course))
    assert "Cancel your booking" in said(alice, of(made.course))
    mine = Booking.objects.get(person=world.people["alice"])
    assert "is cancelled" in said_post(alice, at(made, "bookings", mine.code, "cancel"), {}, follow=True)
    assert states(made) == [("alice", "ended"), ("bob", "placed")]


def test_only_what_may_be_pressed_is_there_and_what_is_pressed_late_says_so(world: World) -> None:
    made = session(world, until=NOON - HOUR)
    alice = as_(world, "alice")
    assert "Book a place" not in said(alice, at(made)) and "Book" not in said(alice, of(made.course)).split("<main")[1]
    assert "The deadline for booking has passed." in said(alice, at(made))
    assert "deadline" in said_post(alice, at(made, "book"), {}, follow=True)
    open_one = session(world, course(world, "CLEAR"))
    assert "Sign in to book" in said(as_(world, None), at(open_one))
    assert as_(world, None).post(at(open_one, "book")).status_code == 302 and not Booking.objects.exists()
    assert "you are of none now" in said(as_(world, "olive"), at(open_one))


def test_who_is_of_two_says_for_which_they_come(world: World) -> None:
    made = session(world)
    Affiliation.objects.create(
        person=world.people["alice"], organisation=world.organisations["solihull"], since=NOON - DAY
    )
    alice = as_(world, "alice")
    assert 'value="solihull"' in said(alice, at(made))
    alice.post(at(made, "book"), {"house": "solihull"})
    assert Booking.objects.get().organisation == world.organisations["solihull"]


def test_who_has_an_office_too_comes_for_their_warp_where_they_say_so(world: World) -> None:
    made, kate = session(world), world.people["kate"]
    Affiliation.objects.create(person=kate, organisation=world.organisations["maidstone"], since=NOON - DAY)
    page = as_(world, "kate")
    assert "None: for your WARP" in said(page, at(made))
    page.post(at(made, "book"), {"house": ""})
    assert Booking.objects.get(person=kate).organisation is None


@pytest.mark.parametrize("house", ["solihull", "", "x\0"])
def test_nobody_is_booked_for_another_than_they_chose(world: World, house: str) -> None:
    made = session(world)
    assert "can’t come for that" in said_post(as_(world, "alice"), at(made, "book"), {"house": house}, follow=True)
    assert not Booking.objects.exists()
    with pytest.raises(Refused, match="no office"):
        book(world, "alice", made, for_warp=True)


def test_a_clash_is_said_before_and_after(world: World) -> None:
    first = session(world, course(world, title="Backups"))
    other = session(world)
    book(world, "alice", first)
    alice = as_(world, "alice")
    assert "At the same time you have a place in: Backups" in said(alice, at(other))
    assert "At the same time you have a place in: Backups." in said_post(alice, at(other, "book"), {}, follow=True)


def test_what_was_taken_back_is_offered_to_nobody(world: World) -> None:
    made = course(world)
    courses.withdraw(world.people["carol"], made.item, NOON - HOUR)
    text = said(as_(world, "carol"), at(session(world, made)))
    assert "Book a place" not in text and "Book somebody" not in text


def test_who_is_booked_is_seen_by_who_teaches_and_a_lead_sees_their_own(world: World) -> None:
    lead(world, "alice", "brum")
    made = session(world)
    for name in ("alan", "bob"):
        book(world, name, made)
    carol, alice, mia = (said(as_(world, name), at(made)) for name in ("carol", "alice", "mia"))
    assert "Alan" in carol and "Bob" in carol
    assert "Alan" in alice and "Bob" not in alice
    assert "Alan" not in mia and "Bob" not in mia and "Book one of your people" not in mia


def test_who_teaches_books_by_address_and_is_told_of_a_clash_before(world: World) -> None:
    hidden = session(world, course(world, "AMBER+STRICT", [("organisation", world.organisations["brum"].pk)],
                                   title="Secret"))  # fmt: skip
    book(world, "alice", hidden)
    made, kate = session(world, course(world, who="kate"), who="kate"), as_(world, "kate")
    path = at(made, "others")
    same = {
        said_of(said_post(kate, path, {"email": one}))
        for one in ("nobody@example.org", "olive@example.org", "ivan@example.org", "lee@example.org")
    }
    assert len(same) == 1 and "Nobody with this address" in same.pop()
    text = said_post(kate, path, {"email": "ALICE@example.org "})
    assert "something else at that time" in text and "Secret" not in text and 'value="1"' in text
    assert states(made) == []
    text = said_post(kate, path, {"email": "alice@example.org", "seen": "1"}, follow=True)
    assert "They have a place" in text and "something else at that time" in text and "Secret" not in text
    assert states(made) == [("alice", "placed")]


def said_of(text: str) -> str:
    return text.split("govuk-error-summary__list")[1].split("</ul>")[0]


def test_of_several_organisations_one_is_chosen(world: World) -> None:
    Affiliation.objects.create(person=world.people["bob"], organisation=world.organisations["brum"], since=NOON - DAY)
    made, carol = session(world), as_(world, "carol")
    text = said_post(carol, at(made, "others"), {"email": "bob@example.org"})
    assert "of several organisations" in text and 'value="solihull"' in text
    carol.post(at(made, "others"), {"email": "bob@example.org", "house": "solihull"})
    assert Booking.objects.get().organisation == world.organisations["solihull"]


def test_a_lead_books_their_own_people_and_nobody_else(world: World) -> None:
    lead(world, "alice", "brum")
    made = session(world)
    alice, mia = as_(world, "alice"), as_(world, "mia")
    assert "Alan, brum" in said(alice, at(made))
    text = said_post(alice, at(made, "others"), {"who": "bob@example.org solihull"})
    assert "Select a valid choice" in text
    text = said_post(alice, at(made, "others"), {"who": "alan@example.org brum"}, follow=True)
    assert "They have a place" in text
    assert mia.post(at(made, "others"), {"email": "alan@example.org"}).status_code == 404
    theirs = Booking.objects.get()
    assert mia.post(at(made, "bookings", theirs.code, "cancel")).status_code == 404
    assert mia.post(at(made, "bookings", "NOTHING2", "cancel")).status_code == 404
    alice.post(at(made, "bookings", theirs.code, "cancel"))
    assert states(made) == [("alan", "ended")]


# Materials


def upload(readers: str = "readers") -> dict[str, Any]:
    return {"attachment-file": SimpleUploadedFile("slides.txt", b"x"), "attachment-readers": readers}


def test_materials_are_added_by_who_teaches_and_fetched_by_who_reads(world: World, folder: Any) -> None:
    made = course(world)
    path = reverse("advisories:attach", args=[made.item.reference])
    alice, carol = as_(world, "alice"), as_(world, "carol")
    assert "Add a file" in said(carol, of(made)) and "Add a file" not in said(alice, of(made))
    assert alice.post(path, upload()).status_code == 404
    assert "Choose a file" in said_post(carol, path, {"attachment-readers": "readers"})
    assert carol.post(path, upload())["Location"] == f"{of(made)}#files"
    carol.post(path, upload("handlers"))
    kept = list(Attachment.rows.order_by("pk"))
    assert said(carol, of(made)).count("slides.txt") == 2 and said(alice, of(made)).count("slides.txt") == 1
    fetch = [reverse("advisories:attachment", args=[made.item.reference, one.item.reference]) for one in kept]
    assert alice.get(fetch[0]).status_code == 200 and alice.get(fetch[1]).status_code == 404
    assert as_(world, None).get(fetch[0]).status_code == 404
    gone = reverse("advisories:remove", args=[made.item.reference, kept[0].item.reference])
    assert alice.post(gone, {"reason": "x"}).status_code == 404
    assert carol.post(gone, {"reason": "Old."})["Location"] == of(made)
    assert "slides.txt" not in said(alice, of(made))


def test_nobody_comments_on_a_course(world: World) -> None:
    made = course(world)
    path = reverse("advisories:comment", args=[made.item.reference])
    for name in ("alice", "carol"):
        assert as_(world, name).post(path, {"comment-body": "x", "comment-readers": "readers"}).status_code == 404


# What it costs


@pytest.mark.parametrize("who", ["alice", "carol"])
def test_pages_cost_the_same_for_ten_as_for_one(world: World, who: str) -> None:
    lead(world, "alice", "brum")
    made = course(world)
    there = session(world, made, details=replace(HALL, capacity=1))
    course(world, title="Without a date")
    book(world, "alan", there), book(world, "alice", there)
    client = as_(world, who)
    paths = (LIST, f"{LIST}?before=now", "/training/calendar/", of(made), at(there))

    def costs() -> list[int]:
        found = []
        for path in paths:
            with CaptureQueriesContext(connection) as asked:
                assert client.get(path).status_code == 200
            found.append(len(asked))
        return found

    costs()  # what is asked once for all
    one = costs()
    for n in range(9):
        more = course(world, title=f"Course {n}")
        book(world, "alan", session(world, more, starts_at=NOON + timedelta(days=7, hours=n)))
        session(world, made, starts_at=NOON + timedelta(days=8 + n))
        course(world, title=f"Without a date {n}")
        Affiliation.objects.create(
            person=world.people["bob"], organisation=world.organisations["brum"], since=NOON - DAY, until=NOON
        )
    for name in ("bob", "mia", "dora"):
        book(world, name, there)
    assert costs() == one
    assert max(one) <= 40


def test_what_is_asked_in_vain_is_recorded(world: World) -> None:
    as_(world, "bob").get("/training/WM-22222/")
    assert AuditRow.objects.get(verb="asked for").reference == "WM-22222"
    assert when(NOON).starts_at == NOON


@pytest.mark.parametrize(
    ("door", "page"),
    [
        ("sessions/{session}/book/", "sessions/{session}/"), ("sessions/{session}/others/", "sessions/{session}/"),
        ("sessions/{session}/bookings/22222222/cancel/", "sessions/{session}/"),
        ("lessons/{lesson}/read/", "lessons/{lesson}/"), ("lessons/certificate/", "lessons/"),
        ("lessons/{lesson}/quiz/begin/", "lessons/{lesson}/quiz/"),
        ("lessons/{lesson}/quiz/22222222/hand-in/", "lessons/{lesson}/quiz/"),
        ("lessons/{lesson}/move/", "lessons/edit/"),
        ("lessons/{lesson}/questions/22222222/retire/", "lessons/{lesson}/questions/"),
    ],
)  # fmt: skip
def test_whose_sign_in_ended_comes_back_to_the_page_that_they_pressed_something_on(
    world: World, door: str, page: str
) -> None:
    made = self_paced(world)
    codes = {"session": session(world, made).code, "lesson": lesson(made).code}
    answer = as_(world, None).post(of(made, door.format(**codes).rstrip("/")))
    assert answer.status_code == 302
    (back,) = parse_qs(urlsplit(answer.headers["Location"]).query)["next"]
    assert back == of(made, page.format(**codes).rstrip("/"))
    assert as_(world, "carol").get(back).status_code == 200
    assert as_(world, "carol").get(of(made, door.format(**codes).rstrip("/"))).status_code == 405
