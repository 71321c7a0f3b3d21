"""Calendars as two parsers read them that know nothing of each other: icalendar, and ical.js in node."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from icalendar import Calendar

ROOT = Path(__file__).parent.parent.parent.parent
NODE = shutil.which("node") or shutil.which("node", path=str(Path(sys.executable).parent))
ICAL_JS = ROOT / "node_modules/ical.js"


class Read(NamedTuple):
    """One event, as both understood it."""

    uid: str
    sequence: int
    starts_at: datetime
    ends_at: datetime
    title: str
    place: str
    words: str
    url: str
    status: str
    organiser: str
    attendees: list[str]


class Whole(NamedTuple):
    method: str
    name: str
    events: list[Read]


def read(raw: bytes) -> Whole:
    """What stands in it; both must have read the same."""
    ours, theirs = by_icalendar(raw), by_node(raw)
    assert ours == theirs
    return ours


def by_icalendar(raw: bytes) -> Whole:
    calendar = Calendar.from_ical(raw)
    assert not calendar.errors and not any(one.errors for one in calendar.walk())
    found: list[Any] = calendar.walk("VEVENT")
    events = [
        Read(
            str(one["uid"]), int(one["sequence"]), one.start.astimezone(UTC), one.end.astimezone(UTC),
            str(one["summary"]), str(one.get("location", "")), str(one.get("description", "")),
            str(one.get("url", "")), str(one["status"]), str(one["organizer"]), _each(one.get("attendee")),
        )
        for one in found
    ]  # fmt: skip
    return Whole(str(calendar["method"]), str(calendar.get("x-wr-calname", "")), events)


def _each(found: Any) -> list[str]:
    return [] if found is None else [str(one) for one in (found if isinstance(found, list) else [found])]


def by_node(raw: bytes) -> Whole:
    said = in_node(raw)
    events = [
        Read(
            one["uid"], one["sequence"], datetime.fromisoformat(one["start"]), datetime.fromisoformat(one["end"]),
            one["summary"], one["place"], one["words"], one["url"], one["status"], one["organiser"], one["attendees"],
        )
        for one in said["events"]
    ]  # fmt: skip
    return Whole(said["method"], said["name"], events)


def in_node(raw: bytes) -> dict[str, Any]:
    if NODE is None or not ICAL_JS.exists():
        if os.environ.get("CI") == "true":
            pytest.fail("CI must have node and ical.js: `npm ci` installs it")
        pytest.skip("no node, or no node_modules/ical.js, on this machine: `npm ci` installs it")
    done = subprocess.run(
        [NODE, str(Path(__file__).parent / "read.mjs")], input=raw, capture_output=True, check=False, timeout=60
    )
    assert done.returncode == 0, done.stderr.decode()
    found: dict[str, Any] = json.loads(done.stdout)
    return found
