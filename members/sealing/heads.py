"""Where the chain ended, kept outside the database, so that a tail that was cut off is missed.

`audit-head` under WARP_HOME is the latest; `audit-heads` has one more line for each day. The operator's daily mail
carries it off the machine. A restore takes the links after the backup away: `audit-restores` says from which to which,
and the heads that are of them lie in `audit-heads.before-…`, for whoever doubts.
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


class Restored(NamedTuple):
    """A restore: the head before it, None where none was kept, and the last link that it left."""

    at: datetime
    before: Head | None
    left: int


def restored(left: Head | None, at: datetime) -> None:
    """The database is an older copy since `at`, by a restore: its chain ends at `left`. What is known of longer ones is
    laid aside, and what is known of the links that are left stays to be compared. Raises Unreadable."""
    known, last = every(), latest()
    number = left.number if left else 0
    with _private(_restores(), os.O_APPEND) as restores:
        restores.write(f"{at.astimezone(UTC).isoformat(timespec='seconds')} {last or '-'} {number}\n")
    if _days().exists():
        _days().replace(_days().with_name(f"audit-heads.before-{at.astimezone(UTC):%Y%m%dT%H%M%S}"))
    kept = {head.number: head for head in known if head.number <= number and head.at}
    with _private(_days(), os.O_TRUNC) as days:
        days.writelines(f"{head} {head.at.isoformat(timespec='seconds')}\n" for head in kept.values() if head.at)
    _file().unlink(missing_ok=True)
    if left is not None:
        keep(left, at)


def restores() -> list[Restored]:
    """Every restore that is known of. Raises Unreadable."""
    found = []
    for line in _restores().read_text().splitlines() if _restores().exists() else []:
        at, before, left = line.split(" ")
        found.append(Restored(datetime.fromisoformat(at), None if before == "-" else Head.read(before), int(left)))
    return found


def _private(path: Path, flag: int) -> TextIO:
    """Open to write, for its owner's eyes only."""
    path.parent.mkdir(parents=True, exist_ok=True)
    return os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | flag, 0o600), "w")


def _file() -> Path:
    return Path(settings.WARP_HOME) / "audit-head"


def _days() -> Path:
    return Path(settings.WARP_HOME) / "audit-heads"


def _restores() -> Path:
    return Path(settings.WARP_HOME) / "audit-restores"
