"""What is written for calendars: two parsers read it, with the right hour on both sides of a change of the clocks."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.conf import settings
from hypothesis import given
from hypothesis import strategies as st
from icalendar import Calendar

from members.calendar import london, write
from members.calendar.naming import uid
from members.calendar.values import Entry, Party
from tests.members.calendar.reading import ROOT, by_icalendar, in_node, read

LONDON = ZoneInfo("Europe/London")
HUB, ALICE = Party("hub@example.org", "WARP hub"), Party("alice@example.org")
HOURS = timedelta(hours=2)
BEFORE = datetime(2027, 3, 24, 18, tzinfo=UTC)  # 18:00 in London, in winter
ENTRY = Entry(
    "1a2b@hub.example.org", 3, datetime(2027, 1, 4, 9, 30, 1, 7, tzinfo=UTC), BEFORE, BEFORE + HOURS, "Boilers"
)
SEASONS = [
    (datetime(2027, 3, 24, 18), datetime(2027, 3, 24, 18, tzinfo=UTC)),
    (datetime(2027, 3, 31, 18), datetime(2027, 3, 31, 17, tzinfo=UTC)),
    (datetime(2027, 10, 27, 9, 30), datetime(2027, 10, 27, 8, 30, tzinfo=UTC)),
    (datetime(2027, 11, 3, 9, 30), datetime(2027, 11, 3, 9, 30, tzinfo=UTC)),
    (datetime(2027, 3, 28, 2), datetime(2027, 3, 28, 1, tzinfo=UTC)),  # the first minute of summer time
    (datetime(2027, 3, 28, 0, 59), datetime(2027, 3, 28, 0, 59, tzinfo=UTC)),
    (datetime(2035, 7, 2, 10), datetime(2035, 7, 2, 9, tzinfo=UTC)),
]


def at(local: datetime) -> Entry:
    begins = local.replace(tzinfo=LONDON).astimezone(UTC)
    return replace(ENTRY, starts_at=begins, ends_at=begins + HOURS)


@pytest.mark.parametrize(("local", "utc"), SEASONS, ids=[str(local) for local, _utc in SEASONS])
def test_the_hour_is_right_on_both_sides_of_each_change(local: datetime, utc: datetime) -> None:
    raw = write.request(at(local), HUB, ALICE)
    (event,) = read(raw).events
    assert (event.starts_at, event.ends_at) == (utc, utc + HOURS)
    assert f"DTSTART;TZID=Europe/London:{local:%Y%m%dT%H%M%S}".encode() in raw.split(b"\r\n")
    assert in_node(raw)["events"][0]["zone"] == "Europe/London"


def test_an_hour_that_clocks_show_twice_is_no_other_hour() -> None:
    for hour in (0, 1):  # 01:30 BST, and an hour later 01:30 GMT
        begins = datetime(2027, 10, 31, hour, 30, tzinfo=UTC)
        (event,) = read(write.request(replace(ENTRY, starts_at=begins, ends_at=begins + HOURS), HUB, ALICE)).events
        assert event.starts_at == begins


def test_the_zone_that_is_written_is_that_of_this_machine_for_decades() -> None:
    told = london.zone().to_tz(lookup_tzid=False)
    hour = datetime(2024, 1, 1, 0, 30, tzinfo=UTC)
    while hour.year < 2038:
        local = hour.astimezone(LONDON)
        if not local.fold:
            naive = local.replace(tzinfo=None)
            assert naive.replace(tzinfo=told).utcoffset() == local.utcoffset(), hour
        near = local.month in (3, 10) and local.day > 23
        hour += timedelta(hours=1 if near else 12)


def test_who_and_what_it_is_about() -> None:
    said = replace(ENTRY, place="Room 1", words="Training of wm", url="https://hub.example.org/x")
    whole = read(write.request(said, HUB, ALICE))
    (event,) = whole.events
    assert (whole.method, event.status, event.sequence, event.uid) == ("REQUEST", "CONFIRMED", 3, ENTRY.uid)
    assert (event.title, event.place, event.words, event.url) == (
        "Boilers", "Room 1", "Training of wm", "https://hub.example.org/x",
    )  # fmt: skip
    assert (event.organiser, event.attendees) == ("mailto:hub@example.org", ["mailto:alice@example.org"])


def test_what_every_calendar_must_have_stands_there_once() -> None:
    """RFC 5545, 3.6 and 3.6.1; RFC 5546, 3.2.2 and 3.2.5."""
    for raw in (write.request(ENTRY, HUB, ALICE), write.cancel(ENTRY, HUB, ALICE)):
        lines = unfolded(raw)
        for name in ("PRODID", "VERSION", "METHOD", "UID", "DTSTAMP", "DTEND", "SUMMARY", "ORGANIZER", "ATTENDEE",
                     "SEQUENCE", "STATUS", "BEGIN:VTIMEZONE", "TZID"):  # fmt: skip
            assert sum(bool(re.match(f"{name}[:;]|{name}$", line)) for line in lines) == 1, name
        assert "DTSTAMP:20270104T093001Z" in lines and "VERSION:2.0" in lines
        (attendee,) = (line for line in lines if line.startswith("ATTENDEE"))
        assert "RSVP=FALSE" in attendee and "PARTSTAT=ACCEPTED" in attendee


def test_an_update_and_an_end_keep_the_uid_and_raise_the_sequence() -> None:
    moved = replace(ENTRY, sequence=4, starts_at=BEFORE + HOURS, ends_at=BEFORE + 2 * HOURS)
    whole = [read(raw) for raw in (
        write.request(ENTRY, HUB, ALICE), write.request(moved, HUB, ALICE), write.cancel(moved, HUB, ALICE)
    )]  # fmt: skip
    assert [one.method for one in whole] == ["REQUEST", "REQUEST", "CANCEL"]
    events = [event for one in whole for event in one.events]
    assert len({event.uid for event in events}) == 1
    assert [event.sequence for event in events] == [3, 4, 5]
    assert [event.status for event in events] == ["CONFIRMED", "CONFIRMED", "CANCELLED"]


TRICKY = "Tea, cake; a \\ and “ß” 🎉👩‍🚒, \\n, " + "問題" * 40


def test_what_people_write_is_read_as_they_wrote_it() -> None:
    said = replace(ENTRY, title=TRICKY, place="Room 1; left, then\nright", words="One, two;\n\nthree \\ four\ttab")
    (event,) = read(write.request(said, HUB, ALICE)).events
    assert event.title == TRICKY and event.place == "Room 1; left, then right"
    assert event.words == "One, two;\n\nthree \\ four\ttab"


EVIL = "x\r\nATTENDEE:mailto:bob@example.org\r\nEND:VEVENT\n\x00\x0b\x1b[2J\x85\u2028BEGIN:VALARM\ud800"


def test_no_text_adds_a_line_and_no_control_character_goes_out() -> None:
    said = replace(ENTRY, title=EVIL, place=EVIL, words=EVIL, url=f"https://x.example.org/{EVIL}")
    raw = write.request(said, Party("hub@example.org", f"WARP\r\n{EVIL}"), ALICE)
    (event,) = read(raw).events
    assert event.attendees == ["mailto:alice@example.org"]
    assert raw.count(b"END:VEVENT\r\n") == raw.count(b"\r\nEND:VEVENT") == 1 and b"\r\nBEGIN:VALARM" not in raw
    assert not re.search(rb"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]", raw) and b"\xc2\x85" not in raw


def folded_well(raw: bytes) -> None:
    """Lines end in CRLF and hold 75 octets at the most, and none is cut within a character (RFC 5545, 3.1)."""
    assert raw.endswith(b"\r\n") and b"\n" not in raw.replace(b"\r\n", b"") and b"\r" not in raw.replace(b"\r\n", b"")
    for line in raw.split(b"\r\n"):
        assert len(line) <= 75
        line.decode()


def unfolded(raw: bytes) -> list[str]:
    return raw.decode().replace("\r\n ", "").splitlines()


@pytest.mark.parametrize("length", [*range(55, 80), 149, 150, 151, 500])
@pytest.mark.parametrize("letter", ["a", "é", "問", "🎉", ",", "\\"])
def test_lines_are_folded_between_characters(letter: str, length: int) -> None:
    raw = write.request(replace(ENTRY, title=letter * length), HUB, ALICE)
    folded_well(raw)
    (event,) = by_icalendar(raw).events
    assert event.title == letter * length


@given(st.text(max_size=300), st.text(max_size=300))
def test_whatever_is_typed_is_one_event_in_lines_that_fit(title: str, words: str) -> None:
    raw = write.feed([replace(ENTRY, title=title, words=words)], HUB, title)
    folded_well(raw)
    (event,) = by_icalendar(raw).events
    assert event.title == write.line(title) and event.words.split() == write.plain(words).split()


def test_a_feed_says_whose_it_is_how_often_to_ask_and_who_only_waits() -> None:
    begins = BEFORE + 7 * HOURS
    later = replace(ENTRY, uid="3c@hub.example.org", tentative=True, starts_at=begins, ends_at=begins + HOURS)
    raw = write.feed([ENTRY, later], HUB, "WARP training")
    whole = read(raw)
    assert (whole.method, whole.name) == ("PUBLISH", "WARP training")
    assert [event.status for event in whole.events] == ["CONFIRMED", "TENTATIVE"]
    assert not any(event.attendees for event in whole.events)
    lines = unfolded(raw)
    assert "REFRESH-INTERVAL;VALUE=DURATION:PT1H" in lines and "X-PUBLISHED-TTL:PT1H" in lines
    assert read(write.feed([], HUB, "WARP training")).events == []


def test_who_else_reads_a_calendar_sees_that_its_owner_is_busy() -> None:
    assert "CLASS:PRIVATE" in unfolded(write.feed([ENTRY], HUB, "x"))
    assert "CLASS:PUBLIC" in unfolded(write.feed([replace(ENTRY, private=False)], HUB, "x"))


def test_the_same_is_the_same_bytes() -> None:
    assert write.request(ENTRY, HUB, ALICE) == write.request(ENTRY, HUB, ALICE)
    assert Calendar.from_ical(write.feed([ENTRY], HUB, "x")).to_ical(sorted=False) == write.feed([ENTRY], HUB, "x")


def test_the_library_is_loaded_by_whoever_writes_a_calendar_and_by_nobody_else() -> None:
    said = "import django, sys; django.setup(); import warp.urls, members.delivery.send as _; print(*sys.modules)"
    env = {**os.environ, "DJANGO_SETTINGS_MODULE": "warp.settings"}
    done = subprocess.run([sys.executable, "-c", said], cwd=ROOT, env=env, capture_output=True, text=True, check=True)
    assert "members.delivery.ics" in done.stdout.split() and "icalendar" not in done.stdout.split()


def test_a_uid_is_of_one_booking_and_tells_no_code(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(settings, "BASE_URL", "https://hub.example.org")
    one = uid("K3HWT9PA")
    assert one == uid("K3HWT9PA") != uid("K3HWT9PB")
    assert re.fullmatch(r"[0-9a-f]{32}@hub\.example\.org", one)
    monkeypatch.setattr(settings, "SECRET_KEY", "another")
    assert uid("K3HWT9PA") != one
