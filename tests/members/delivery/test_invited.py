"""What somebody is told of their own booking, at a real SMTP server: to them alone, with what their calendar reads."""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from typing import Any

import pytest
from pysequoia import Tsk

from members import kinds, tlp
from members.delivery import invited as invitations
from members.delivery.plan import plan
from members.delivery.send import sweep
from members.delivery.why import why
from members.joining import give_address
from members.kinds import Content, KindOf
from members.models import (
    Address,
    Booking,
    Cell,
    Course,
    Delivery,
    DigestLine,
    Invitation,
    Item,
    Kind,
    Person,
    Session,
    Standing,
)  # fmt: skip
from members.reach.key import register_key
from members.refused import Refused
from members.shows import Exit
from members.stand import withdraw
from members.tighten import tighten
from members.training import courses, scheduling
from members.training.telling import tell
from tests.members.calendar.reading import Read, read
from tests.members.delivery.conftest import PostOffice, phone
from tests.members.delivery.test_send import html, plain, to
from tests.members.test_openpgp import opened
from tests.members.world import BEGINNING, World

pytestmark = pytest.mark.django_db
What = Invitation.What
State = Booking.State
WINTER = datetime(2027, 3, 24, 18, tzinfo=UTC)
SUMMER = datetime(2027, 3, 31, 17, tzinfo=UTC)  # 18:00 in London, a week later
HOURS, SECOND = timedelta(hours=2), timedelta(seconds=1)
COURSE, PLACE, LINK = "Phishing, for desks; “all” of it", "Room 4, Town Hall", "https://meet.example.org/a?b=c,d"
BRUM = [{"organisation": "brum"}]
LABELS = {"CLEAR": [], "GREEN": [], "AMBER": BRUM, "AMBER+STRICT": BRUM}


@pytest.fixture(autouse=True)
def taught(monkeypatch: pytest.MonkeyPatch, kind: None) -> None:
    """Courses as these tests know them."""
    ours = KindOf(
        lambda item, version, cell: Content(COURSE), lambda item: f"/training/{item.reference}/", lambda *_: ""
    )
    monkeypatch.setattr(kinds, "_KINDS", {Kind.TRAINING: ours})


def session(world: World, label: str | None = "GREEN", begins: datetime = WINTER, **fields: Any) -> Session:
    case = {"id": "course", "kind": "training", "label": label, "grants": LABELS.get(label or "", [])}
    course = Course.rows.create(item=world.item(case), title=COURSE, written_at=BEGINNING)
    fields = {"place": PLACE, "link": LINK, "books_until": begins, "changed_at": BEGINNING, **fields}
    return Session.objects.create(course=course, starts_at=begins, ends_at=begins + HOURS, capacity=9, **fields)


def book(world: World, who: str, on: Session, state: str = State.PLACED) -> Booking:
    person, placed = world.people[who], BEGINNING if state == State.PLACED else None
    return Booking.objects.create(
        session=on, person=person, state=state, booked_at=BEGINNING, booked_by=person, placed_at=placed
    )


def move(on: Session, begins: datetime) -> None:
    on.starts_at, on.ends_at, on.sequence = begins, begins + HOURS, on.sequence + 1
    on.save()


def parts(mail: EmailMessage, kind: str) -> list[EmailMessage]:
    return [part for part in mail.walk() if part.get_content_type() == kind]


def calendar(mail: EmailMessage) -> bytes:
    (part,) = parts(mail, "text/calendar")
    found = part.get_payload(decode=True)
    assert isinstance(found, bytes)
    return found.replace(b"\r\n", b"\n").replace(b"\n", b"\r\n")


def event(mail: EmailMessage) -> Read:
    (one,) = read(calendar(mail)).events
    return one


def subject(mail: EmailMessage) -> str:
    return str(mail["Subject"]).strip()  # one with letters of its own is folded before them


def words(mail: EmailMessage) -> str:
    """Everything that it says, decoded, unfolded."""
    said = [subject(mail), plain(mail), html(mail)]
    said += [calendar(mail).decode().replace("\r\n ", "")] if parts(mail, "text/calendar") else []
    return "\n".join(said)


# What arrives


def test_of_a_course_taken_back_at_once_everybody_who_booked_hears_first(
    world: World, noon: datetime, post: PostOffice
) -> None:
    on, carol = session(world), world.people["carol"]
    book(world, "alice", on)
    scheduling.cancel(carol, on, noon, "The hall is flooded.")
    with pytest.raises(Refused, match="still being told"):
        courses.withdraw(carol, on.course.item, noon)
    plan(noon)
    with pytest.raises(Refused, match="still being told"):
        courses.withdraw(carol, on.course.item, noon)
    sweep(noon)
    courses.withdraw(carol, on.course.item, noon)
    (mail,) = post.taken
    assert event(mail).status == "CANCELLED" and "The hall is flooded." in plain(mail)


def test_a_place_is_told_by_mail_and_to_the_calendar(world: World, noon: datetime, post: PostOffice) -> None:
    on = session(world)
    tell(book(world, "alice", on), What.PLACED, noon)
    sweep(noon)
    (mail,) = post.taken
    assert mail["To"] == "alice@example.org"
    assert subject(mail) == f"[TLP:GREEN] Your place on 24 March 2027: {COURSE}"
    url = f"https://hub.example.org/training/{on.course.item.reference}/"
    for text in (plain(mail), html(mail).replace("&#x27;", "'")):
        assert COURSE in text and PLACE in text and url in text and "You have a place." in text
        assert "Wednesday 24 March 2027, 18:00 to 20:00 GMT" in text and "TLP:GREEN" in text
    assert LINK in plain(mail) and "you are booked for it" in plain(mail)
    one = event(mail)
    assert (one.starts_at, one.ends_at, one.sequence) == (WINTER, WINTER + HOURS, 0)
    assert (one.title, one.place, one.url) == (f"[TLP:GREEN] {COURSE}", PLACE, url)
    assert one.words == f"Training of wm: {url}\nTo join: {LINK}"
    assert one.attendees == ["mailto:alice@example.org"] and f"mailto:{one.organiser[7:]}" == one.organiser
    assert one.organiser[7:] in mail["From"], "mail programs believe an invitation by whoever sent it"
    assert sweep(noon).sent == 0, "once"


def test_it_is_a_part_beside_the_text_and_a_file(world: World, noon: datetime, post: PostOffice) -> None:
    tell(book(world, "alice", session(world)), What.PLACED, noon)
    sweep(noon)
    (mail,) = post.taken
    (part,) = parts(mail, "text/calendar")
    assert (part.get_param("method"), part.get_content_charset()) == ("REQUEST", "utf-8")
    assert mail.get_content_type() == "multipart/mixed"
    beside, file = mail.iter_parts()
    assert [one.get_content_type() for one in beside.iter_parts()] == ["text/plain", "text/html", "text/calendar"]
    assert file.get_filename() == "invite.ics" and file.get_payload(decode=True) == calendar(mail)
    assert all(len(line) <= 75 for line in calendar(mail).split(b"\r\n"))


@pytest.mark.parametrize("begins", [WINTER, SUMMER, datetime(2026, 10, 24, 17, tzinfo=UTC) + timedelta(days=365),
                                    datetime(2027, 11, 3, 18, tzinfo=UTC)], ids=str)  # fmt: skip
def test_six_in_the_evening_is_six_whatever_the_season(
    world: World, noon: datetime, post: PostOffice, begins: datetime
) -> None:
    tell(book(world, "alice", session(world, begins=begins)), What.PLACED, noon)
    sweep(noon)
    (mail,) = post.taken
    assert event(mail).starts_at == begins and "18:00 to 20:00" in plain(mail)
    assert re.search(rb"DTSTART;TZID=Europe/London:\d{8}T180000\r\n", calendar(mail))


def test_a_change_and_the_end_keep_the_uid_and_raise_the_sequence(
    world: World, noon: datetime, post: PostOffice
) -> None:
    on = session(world)
    booking = book(world, "alice", on)
    tell(booking, What.PLACED, noon)
    sweep(noon)
    move(on, SUMMER)
    tell(booking, What.MOVED, noon + SECOND)
    sweep(noon + SECOND)
    Booking.objects.filter(pk=booking.pk).update(state=State.ENDED, ended_at=noon)
    tell(booking, What.CANCELLED, noon + 2 * SECOND)
    sweep(noon + 2 * SECOND)
    assert [read(calendar(mail)).method for mail in post.taken] == ["REQUEST", "REQUEST", "CANCEL"]
    events = [event(mail) for mail in post.taken]
    assert len({one.uid for one in events}) == 1 and [one.sequence for one in events] == [0, 1, 2]
    assert [one.starts_at for one in events] == [WINTER, SUMMER, SUMMER]
    assert [one.status for one in events] == ["CONFIRMED", "CONFIRMED", "CANCELLED"]
    subjects = [subject(mail).removeprefix("[TLP:GREEN] ") for mail in post.taken]
    assert subjects[1].startswith("Changed, now 31 March 2027: ")
    assert subjects[2].startswith("Your booking has ended, for 31 March 2027: "), "the session takes place"
    assert "need not come" in plain(post.taken[2]) and LINK not in plain(post.taken[2])
    again = book(world, "alice", on)
    tell(again, What.PLACED, noon + 3 * SECOND)
    sweep(noon + 3 * SECOND)
    assert event(post.taken[3]).uid != events[0].uid, "calendars take nothing more for one that was cancelled"


def test_whoever_waits_and_a_reminder_bring_a_calendar_nothing(world: World, noon: datetime, post: PostOffice) -> None:
    on = session(world)
    waits, has = book(world, "alice", on, State.WAITING), book(world, "alan", on)
    tell(waits, What.WAITING, noon)
    tell(has, What.REMINDED, noon)
    sweep(noon)
    assert post.names() == ["alan", "alice"] and not any(parts(mail, "text/calendar") for mail in post.taken)
    assert "on the waiting list" in plain(to(post, "alice")) and LINK not in plain(to(post, "alice"))
    assert "it is soon" in plain(to(post, "alan")) and LINK in plain(to(post, "alan"))
    post.taken.clear()
    move(on, SUMMER)
    tell(waits, What.MOVED, noon + SECOND)
    tell(waits, What.CANCELLED, noon + 2 * SECOND)
    sweep(noon + 2 * SECOND)
    assert not any(parts(mail, "text/calendar") for mail in post.taken)


def test_a_session_that_is_cancelled_says_so_and_why(world: World, noon: datetime, post: PostOffice) -> None:
    on = session(world)
    booking = book(world, "alice", on)
    Session.objects.filter(pk=on.pk).update(cancelled_at=noon, cancelled_because="The trainer & the room are ill.")
    tell(booking, What.CANCELLED, noon)
    sweep(noon)
    (mail,) = post.taken
    assert subject(mail) == f"[TLP:GREEN] Cancelled, on 24 March 2027: {COURSE}"
    assert "It does not take place." in plain(mail) and "The trainer & the room are ill." in plain(mail)
    assert "The trainer &amp; the room" in html(mail) and event(mail).status == "CANCELLED"


# To whom


def test_each_gets_their_own_and_no_address_of_anybody_else(world: World, noon: datetime, post: PostOffice) -> None:
    on = session(world)
    for who in ("alice", "alan", "bob"):
        tell(book(world, who, on), What.PLACED, noon)
    assert sweep(noon).sent == 3
    assert post.names() == ["alan", "alice", "bob"]
    for mail in post.taken:
        mine, others = mail["To"], {"alice", "alan", "bob"} - {mail["To"].split("@")[0]}
        assert event(mail).attendees == [f"mailto:{mine}"]
        said = mail.as_string() + words(mail)
        assert not any(f"{other}@" in said or other.title() in said for other in others)
    assert len({event(mail).uid for mail in post.taken}) == 3
    assert len({mail["Message-ID"] for mail in post.taken}) == 3


def test_each_of_their_verified_addresses_gets_it_and_nothing_but_mail(
    world: World, noon: datetime, post: PostOffice
) -> None:
    give_address(world.people["alice"], "alice@home.example.org", noon)
    Address.objects.create(person=world.people["alice"], channel="mail", value="alice@never.example.org")
    phone(world, "alice")
    tell(book(world, "alice", session(world, "CLEAR")), What.PLACED, noon)
    sweep(noon)
    assert sorted(mail["To"] for mail in post.taken) == ["alice@example.org", "alice@home.example.org"]
    for mail in post.taken:
        assert event(mail).attendees == [f"mailto:{mail['To']}"]
    assert not Delivery.objects.exclude(address__channel="mail").exists() and not DigestLine.objects.exists()


def test_an_address_that_fails_hands_nothing_on_to_a_telephone(
    world: World, noon: datetime, post: PostOffice, settings: Any
) -> None:
    settings.NOTIFY_API_KEY, settings.NOTIFY_SMS_TEMPLATE = "x" * 80, "x"
    phone(world, "alice")
    tell(book(world, "alice", session(world, "CLEAR")), What.PLACED, noon)
    plan(noon)
    Address.objects.filter(person=world.people["alice"], channel="mail").update(bad_since=noon)
    sweep(noon)
    (row,) = Delivery.objects.all()
    assert (row.state, row.outcome) == ("cancelled", "Its address is no longer verified, or bad.")


@pytest.mark.parametrize("how", ["closed", "withdrawn", "narrowed"])
def test_whose_right_has_ended_gets_nothing_and_the_outcome_says_why(
    world: World, noon: datetime, post: PostOffice, how: str
) -> None:
    on = session(world, "AMBER")
    tell(book(world, "alice", on), What.PLACED, noon)
    tell(book(world, "alan", on), What.PLACED, noon)
    plan(noon)
    why_not = "They had no right to it when it was to be sent."
    if how == "closed":
        Person.objects.filter(pk=world.people["alice"].pk).update(active_until=noon)
    elif how == "withdrawn":
        withdraw(on.course.item, noon)
        why_not = "It was withdrawn before this was sent."
    else:
        Standing.objects.get(item=on.course.item).grants.update(organisation=world.organisations["solihull"])
        from members.place import place

        place(on.course.item)
    report = sweep(noon + SECOND)
    assert post.names() == (["alan"] if how == "closed" else [])
    outcome = Delivery.objects.get(address__value="alice@example.org")
    assert (outcome.state, outcome.outcome) == ("cancelled", why_not) and report.cancelled


def test_whoever_does_not_read_the_course_is_not_even_planned_for(
    world: World, noon: datetime, post: PostOffice
) -> None:
    tell(book(world, "mia", session(world, "AMBER")), What.PLACED, noon)
    assert sweep(noon).planned == 1
    assert not Delivery.objects.exists() and not post.taken


def test_ticks_count_for_nothing_and_quiet_hours_for_what_they_do(
    world: World, noon: datetime, post: PostOffice
) -> None:
    alice = world.people["alice"]
    Address.objects.get(person=alice).subscriptions.all().delete()
    Person.objects.filter(pk=alice.pk).update(quiet_from=11, quiet_until=14, time_zone="Europe/London")
    on = session(world)
    tell(book(world, "alice", on), What.PLACED, noon)
    tell(book(world, "alan", on), What.PLACED, noon)
    sweep(noon)
    assert post.names() == ["alan"]
    sweep(noon + 2 * HOURS)
    assert post.names() == ["alan", "alice"]


# How much is said


@pytest.mark.parametrize(("label", "title", "link"), [
    ("CLEAR", True, True), ("GREEN", True, True), ("AMBER", True, False), ("AMBER+STRICT", False, False),
])  # fmt: skip
@pytest.mark.parametrize("what", list(What))
def test_as_much_is_said_as_the_table_allows(
    world: World, noon: datetime, post: PostOffice, label: str, title: bool, link: bool, what: What
) -> None:
    on = session(world, label)
    waits = what == What.WAITING
    if what == What.CANCELLED:
        Session.objects.filter(pk=on.pk).update(cancelled_at=noon, cancelled_because="A reason.")
    tell(book(world, "alice", on, State.WAITING if waits else State.PLACED), what, noon)
    sweep(noon)
    (mail,) = post.taken
    said = words(mail)
    assert subject(mail).startswith(f"[{tlp.display(label)}] ") and "24 March 2027" in plain(mail)
    body = label in ("CLEAR", "GREEN")
    assert all((secret in said) is title for secret in (COURSE, f"/training/{on.course.item.reference}/"))
    assert (PLACE in said) is body and ("A reason." in said) is (body and what == What.CANCELLED)
    assert (LINK in said) is (link and what not in (What.WAITING, What.CANCELLED))
    if what in (What.PLACED, What.MOVED, What.CANCELLED):
        one = event(mail)
        assert one.starts_at == WINTER and (one.title == "WARP training") is not title
        assert bool(one.url) is title and bool(one.place) is body
    assert Delivery.objects.get().shown == {"AMBER": Cell.TITLE, "AMBER+STRICT": Cell.NOTICE}.get(label, Cell.BODY)


@pytest.mark.parametrize("allowed", [Cell.NOTICE, Cell.AWAITS])
def test_a_warp_that_lets_mail_say_less_is_obeyed(
    world: World, noon: datetime, post: PostOffice, allowed: Cell
) -> None:
    on = session(world)
    tighten(world.people["carol"], world.warps["wm"], "GREEN", Exit.MAIL, allowed, noon)
    tell(book(world, "alice", on), What.PLACED, noon)
    sweep(noon)
    (mail,) = post.taken
    said = words(mail)
    assert COURSE not in said and PLACE not in said and LINK not in said
    assert bool(parts(mail, "text/calendar")) is (allowed == Cell.NOTICE)
    if allowed == Cell.AWAITS:
        assert mail["Subject"] == "An item awaits you" and "2027" not in said


def test_it_is_encrypted_with_the_calendar_inside(world: World, noon: datetime, post: PostOffice) -> None:
    pair = Tsk.generate("Alice <Alice@example.org>", validity_seconds=3 * 365 * 86400)
    register_key(world.people["alice"], str(pair.extract_certificate()), noon)
    tell(book(world, "alice", session(world)), What.PLACED, noon)
    sweep(noon)
    (mail,) = post.taken
    inner = opened(mail, pair)
    assert COURSE not in mail.as_string() and "BEGIN:VCALENDAR" not in mail.as_string()
    assert event(inner).starts_at == WINTER and event(inner).attendees == ["mailto:alice@example.org"]


def test_by_notify_it_is_told_as_text(world: World, noon: datetime, there: Any, settings: Any) -> None:
    settings.NOTIFY_MAIL_TEMPLATE = "mail-template"
    tell(book(world, "alice", session(world)), What.PLACED, noon)
    sweep(noon)
    (asked,) = there.got
    said = json.loads(asked.body)["personalisation"]
    assert COURSE in said["subject"] and "18:00 to 20:00 GMT" in said["body"]


# What was overtaken


def test_what_was_overtaken_does_not_go_out_any_more(world: World, noon: datetime, post: PostOffice) -> None:
    """Alice's quiet hours hold what came first back until it is wrong."""
    Person.objects.filter(pk=world.people["alice"].pk).update(quiet_from=11, quiet_until=14, time_zone="Europe/London")
    on = session(world)
    booking = book(world, "alice", on)
    tell(booking, What.PLACED, noon)
    plan(noon)
    move(on, SUMMER)
    tell(booking, What.MOVED, noon + SECOND)
    plan(noon + SECOND)
    (first, second) = Delivery.objects.order_by("announcement")
    assert (first.state, first.outcome) == ("cancelled", str(invitations.OVERTAKEN)) and second.state == "due"
    sweep(noon + 2 * HOURS)
    (mail,) = post.taken
    assert event(mail).starts_at == SUMMER and "You have a place." in plain(mail)


def test_what_a_sender_holds_is_asked_again(world: World, noon: datetime, post: PostOffice) -> None:
    booking = book(world, "alice", session(world))
    tell(booking, What.PLACED, noon)
    plan(noon)
    Delivery.objects.update(lease_until=noon + SECOND)
    tell(booking, What.CANCELLED, noon)
    sweep(noon)
    sweep(noon + HOURS)
    assert [read(calendar(mail)).method for mail in post.taken] == ["CANCEL"]
    assert Delivery.objects.filter(outcome=str(invitations.OVERTAKEN)).count() == 1


@pytest.mark.parametrize("what", [What.PLACED, What.REMINDED])
@pytest.mark.parametrize("ended", ["booking", "session", "over"])
def test_what_has_ended_is_not_told_as_if_it_still_held(
    world: World, noon: datetime, post: PostOffice, what: What, ended: str
) -> None:
    on = session(world)
    tell(book(world, "alice", on), what, noon)
    plan(noon)
    if ended == "booking":
        Booking.objects.update(state=State.ENDED, ended_at=noon)
    elif ended == "session":
        Session.objects.update(cancelled_at=noon)
    sweep(WINTER + HOURS if ended == "over" else noon)
    said = {"booking": "The booking had ended before this was sent.",
            "session": "The session was cancelled before this was sent.",
            "over": "It was over before this was sent."}[ended]  # fmt: skip
    assert not post.taken and Delivery.objects.get().outcome == said


def test_a_reminder_takes_nobodys_invitation_away(world: World, noon: datetime, post: PostOffice) -> None:
    booking = book(world, "alice", session(world))
    tell(booking, What.PLACED, noon)
    tell(booking, What.REMINDED, noon)
    sweep(noon)
    assert [bool(parts(mail, "text/calendar")) for mail in post.taken] == [True, False]


def test_another_booking_of_the_same_session_is_overtaken_by_nothing(
    world: World, noon: datetime, post: PostOffice
) -> None:
    on = session(world)
    tell(book(world, "alice", on), What.PLACED, noon)
    tell(book(world, "alan", on), What.CANCELLED, noon)
    sweep(noon)
    assert post.names() == ["alan", "alice"]


# Why


def test_why_they_were_told_is_said(world: World, noon: datetime, post: PostOffice) -> None:
    on = session(world)
    tell(book(world, "alice", on), What.PLACED, noon)
    sweep(noon)
    item: Item = on.course.item
    (telling,) = why(world.people["alice"], item, noon)
    assert telling.event == "invited" and "their own booking" in telling.why
    assert why(world.people["alan"], item, noon) == []
