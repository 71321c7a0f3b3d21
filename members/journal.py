"""What a restore must not undo, kept outside the database: what was sent, ended, erased and withdrawn since a backup.

`journal` under WARP_HOME, one line for each: what, a keyed hash of what it was done to, when. Nobody reads a name or a
reference out of it; who holds the tables and the key finds their own rows again, and those of no other hub.

What ends is written before its transaction commits, and is on the disk by then: should the commit fail, a restore ends
once more than was done, and never once less. What was sent is written when a server has taken it: a line too
few only means that a restore asks somebody whether it went out.
"""

from __future__ import annotations

import hmac
import os
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from functools import cache
from pathlib import Path
from typing import Any, TypeAlias

from django.conf import settings
from django.db.models import QuerySet

from members.clock import micro

BLOCK = 2**18  # bytes that are read of it at a time
SLACK = timedelta(minutes=10)  # how much later than its own moment an act may be committed


class What(StrEnum):
    SENT = "sent"  # a message, or a line of a digest
    ENDED = "ended"  # a dated row: a membership, an office, a grant, a credential, …; a public key; a contact
    CLOSED = "closed"  # an account
    ERASED = "erased"  # a person
    WITHDRAWN = "withdrawn"  # an item, a comment or a file
    STOPPED = "stopped"  # optional mail to an address, by one click
    RELEASED = "released"  # an item, anew: what it says and under which label may be another since
    TIGHTENED = "tightened"  # what a WARP says by a channel


Keys: TypeAlias = Mapping[str, datetime]  # when, the latest
Lines: TypeAlias = Mapping[What, Keys]


def key(*parts: object) -> str:
    """What something is called in the journal: a keyed hash, under the key that the hub never changes."""
    return hmac.digest(_secret(settings.ORIGIN_KEY), "\0".join(map(str, parts)).encode(), "sha256").hex()[:32]


@cache
def _secret(origin: str) -> bytes:
    return hmac.digest(origin.encode(), b"journal", "sha256")


def row_key(label: str, pk: int, since: datetime) -> str:
    """That of a row of a table: its number alone may be another row's after a restore."""
    return key(label, pk, micro(since))


def note(what: What, keys: Iterable[str], at: datetime) -> None:
    """Write down that this happened to `keys` at `at`. Raises OSError where it can't be."""
    stamp = at.astimezone(UTC).isoformat()
    if lines := "".join(f"{what} {one} {stamp}\n" for one in keys):
        handle = os.open(path(), os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        try:
            os.write(handle, lines.encode())  # at once: another process's line comes before or after, not between
            if what != What.SENT:
                os.fsync(handle)
        finally:
            os.close(handle)


def ended(rows: QuerySet[Any], at: datetime) -> None:
    """These dated rows end: write down which."""
    label = rows.model._meta.label_lower
    note(What.ENDED, [row_key(label, *row) for row in rows.order_by().values_list("pk", "since")], at)


def since(at: datetime, paths: Iterable[Path]) -> Lines:
    """What the journals at `paths` say that happened from `at` on. A line that a crash cut short says nothing."""
    found: dict[What, dict[str, datetime]] = defaultdict(dict)
    for one in paths:
        for line in one.read_text(errors="replace").splitlines():
            what, _, rest = line.partition(" ")
            named, _, stamp = rest.partition(" ")
            try:
                when = datetime.fromisoformat(stamp)
                if when >= at - SLACK:
                    found[What(what)][named] = when
            except (ValueError, TypeError):
                continue
    return found


def sent_since(at: datetime) -> set[str]:
    """The keys of what was sent from `at` on, read from the journal's end: for whoever takes over what another held."""
    found: set[str] = set()
    first = at.astimezone(UTC).isoformat()
    for lines in _backwards():
        told = [(what, key, stamp) for what, key, stamp in (line.split(" ") for line in lines if line.count(" ") == 2)]
        found |= {key for what, key, stamp in told if what == What.SENT and stamp >= first}
        if all(stamp < first for _what, _key, stamp in told):
            break
    return found


def _backwards() -> Iterator[list[str]]:
    """The whole lines of the journal, a block at a time, the last block first."""
    try:
        file = path().open("rb")
    except FileNotFoundError:
        return
    with file:
        end, rest = file.seek(0, os.SEEK_END), b""
        while end > 0:
            start = max(0, end - BLOCK)
            file.seek(start)
            block = file.read(end - start) + rest
            rest, _, block = block.partition(b"\n") if start else (b"", b"", block)
            yield block.decode(errors="replace").splitlines()
            end = start


def path() -> Path:
    return _under(settings.WARP_HOME)


@cache
def _under(home: Path) -> Path:
    return Path(home) / "journal"


def restoring() -> bool:
    """Whether a restore began and did not end: until it has, what is to be held is not known, and nothing is sent."""
    return marker().exists()


def marker() -> Path:
    return Path(settings.WARP_HOME) / "restoring"
