"""Bookings as iCalendar (RFC 5545): an invitation, its end (RFC 5546), and a feed. From values to bytes alone.

The library costs a process 10 MB and a third of a second: whoever has a calendar to write imports this then.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta

from icalendar import Calendar, Event, vCalAddress

from members.calendar import london
from members.calendar.values import CANCEL, PUBLISH, REQUEST, Entry, Party
from members.times import LONDON

PRODID = "-//WARP hub//Training//EN"
AGAIN = timedelta(hours=1)  # how soon a calendar is to ask for a feed again


def request(entry: Entry, organiser: Party, attendee: Party) -> bytes:
    """They have a place, or when or where it is has changed. Of the attendees it names the one who gets it."""
    return _invitation(REQUEST, entry, organiser, attendee, "CONFIRMED", entry.sequence)


def cancel(entry: Entry, organiser: Party, attendee: Party) -> bytes:
    """They come no more, or it takes place no more. Its sequence is above that of each request that came before, which
    is the session's at most: a calendar takes nothing older after it."""
    return _invitation(CANCEL, entry, organiser, attendee, "CANCELLED", entry.sequence + 1)


def feed(entries: Iterable[Entry], organiser: Party, name: str) -> bytes:
    """All that somebody has booked, for a calendar that asks again by itself."""
    calendar = _calendar(PUBLISH)
    calendar.add("x-wr-calname", line(name))
    calendar.add("x-wr-timezone", london.NAME)
    calendar.add("refresh-interval", AGAIN, parameters={"VALUE": "DURATION"})
    calendar.add("x-published-ttl", "PT1H")
    for entry in entries:
        status = "TENTATIVE" if entry.tentative else "CONFIRMED"
        calendar.add_component(_event(entry, organiser, status, entry.sequence))
    return bytes(calendar.to_ical(sorted=False))


def line(text: str) -> str:
    """What people wrote, as one line."""
    return " ".join(plain(text).split())


def plain(text: str) -> str:
    """What people wrote, without what a calendar may not hold (RFC 5545, 3.1); its lines stay lines."""
    text = "\n".join(text.splitlines())
    return "".join(char for char in text if char in "\n\t" or unicodedata.category(char) not in ("Cc", "Cs"))


def _calendar(method: str) -> Calendar:
    calendar = Calendar()
    calendar.add("prodid", PRODID)
    calendar.add("version", "2.0")
    calendar.add("calscale", "GREGORIAN")
    calendar.add("method", method)
    calendar.add_component(london.zone())
    return calendar


def _invitation(method: str, entry: Entry, organiser: Party, attendee: Party, status: str, sequence: int) -> bytes:
    calendar, event = _calendar(method), _event(entry, organiser, status, sequence)
    # They booked it themselves: nobody waits for an answer, and a calendar need not ask for one.
    event.add("attendee", _party(attendee, ROLE="REQ-PARTICIPANT", PARTSTAT="ACCEPTED", RSVP="FALSE"))
    calendar.add_component(event)
    return bytes(calendar.to_ical(sorted=False))


def _event(entry: Entry, organiser: Party, status: str, sequence: int) -> Event:
    event = Event()
    event.add("uid", entry.uid)
    event.add("sequence", sequence)
    event.add("dtstamp", entry.stamp.astimezone(UTC))
    event.add("dtstart", _local(entry.starts_at))
    event.add("dtend", _local(entry.ends_at))
    event.add("summary", line(entry.title))
    for name, said in (("location", line(entry.place)), ("description", plain(entry.words)), ("url", line(entry.url))):
        if said:
            event.add(name, said)
    event.add("status", status)
    event.add("transp", "OPAQUE" if status == "CONFIRMED" else "TRANSPARENT")
    event.add("class", "PRIVATE" if entry.private else "PUBLIC")
    event.add("organizer", _party(organiser))
    return event


def _local(at: datetime) -> datetime:
    """A minute as UK clocks show it; as UTC where they show it twice that night, of which calendars take either."""
    local = at.replace(second=0, microsecond=0).astimezone(LONDON)
    twice = local.replace(fold=0).utcoffset() != local.replace(fold=1).utcoffset()
    return local.astimezone(UTC) if twice else local


def _party(party: Party, **params: str) -> vCalAddress:
    address = vCalAddress(f"mailto:{line(party.mail)}")
    address.params.update({"CN": line(party.name)} if party.name else {})
    address.params.update(params)
    return address
