"""Where the chain ended, kept outside the database, so that a tail that was cut off is missed.

`audit-head` under WARP_HOME is the latest; `audit-heads` has one more line for each day. The operator's daily mail
carries it off the machine.
"""

from __future__ import annotations

import os
import re
from datetime import UTC, datetime
from pathlib import Path
from typing import NamedTuple, TextIO

from django.conf import settings

SHAPE = re.compile(r"(\d{1,18}):([0-9a-f]{64})(?: (\S+))?")


class Unreadable(ValueError):
    """This is no head: NUMBER:DIGEST, and its time where it is known."""


class Head(NamedTuple):
    """The last link: its number, which is also how many rows are sealed, its digest, and when it was written down."""

    number: int
    digest: str
    at: datetime | None = None

    def __str__(self) -> str:
        return f"{self.number}:{self.digest}"

    @classmethod
    def read(cls, text: str) -> Head:
        """Of NUMBER:DIGEST, or a line of the files. Raises Unreadable."""
        if (found := SHAPE.fullmatch(text.strip())) is None:
            raise Unreadable(text)
        try:
            return cls(int(found[1]), found[2], datetime.fromisoformat(found[3]) if found[3] else None)
        except ValueError as error:
            raise Unreadable(text) from error


def latest() -> Head | None:
    """What `audit-head` says; None where there is none. Raises Unreadable."""
    try:
        return Head.read(_file().read_text())
    except FileNotFoundError:
        return None


def every() -> list[Head]:
    """The head of each day, and the latest. Raises Unreadable."""
    days = _days().read_text().splitlines() if _days().exists() else []
    last = latest()
    return [*(Head.read(line) for line in days), *([last] if last else [])]


def keep(head: Head, at: datetime) -> None:
    """Write the head: whole or not at all, and as another line where it is the first of a day (UTC)."""
    line = f"{head} {at.astimezone(UTC).isoformat(timespec='seconds')}\n"
    before = latest()
    if before is None or before.at is None or before.at.astimezone(UTC).date() != at.astimezone(UTC).date():
        with _private(_days(), os.O_APPEND) as days:
            days.write(line)
    draft = _file().with_name(f"audit-head.{os.getpid()}")
    with _private(draft, os.O_TRUNC) as file:
        file.write(line)
        file.flush()
        os.fsync(file.fileno())
    draft.replace(_file())


def _private(path: Path, flag: int) -> TextIO:
    """Open to write, for its owner's eyes only."""
    path.parent.mkdir(parents=True, exist_ok=True)
    return os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | flag, 0o600), "w")


def _file() -> Path:
    return Path(settings.WARP_HOME) / "audit-head"


def _days() -> Path:
    return Path(settings.WARP_HOME) / "audit-heads"
