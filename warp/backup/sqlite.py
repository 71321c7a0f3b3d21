"""SQLite: copied and put back by its own backup, which sees one moment and is whole or not at all."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

from django.db import connection
from django.utils.translation import gettext as _

from members.refused import Refused
from warp.backup.archive import CHUNK, read

PAGES = 2000  # copied at a time: others write meanwhile
ENDS = ("", "-journal", "-wal", "-shm")  # SQLite leaves these beside a file that it could not finish
VERSION = sqlite3.sqlite_version


def snapshot(beside: Path) -> Iterator[bytes]:
    """The database at one moment, while others read and write it. The copy lies beside the backup meanwhile."""
    copy = beside.with_name(f"{beside.name}.{os.getpid()}.copy")
    os.close(os.open(copy, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
    try:
        with closing(sqlite3.connect(_name(), isolation_level=None, timeout=20)) as source:
            source.execute("BEGIN")  # what is written from now on does not begin the copy anew
            source.execute("SELECT count(*) FROM sqlite_master").fetchone()
            with closing(sqlite3.connect(copy, isolation_level=None)) as target:
                source.backup(target, pages=PAGES)
                target.execute("PRAGMA journal_mode=DELETE")  # one file, complete in itself
        yield from read(copy)
    finally:
        for end in ENDS:
            copy.with_name(copy.name + end).unlink(missing_ok=True)


def size() -> int:
    return Path(_name()).stat().st_size


def put(copy: Path) -> None:
    """The hub's database is `copy` from now on, or stays as it was: it is one transaction. Raises Refused."""
    with closing(sqlite3.connect(copy)) as source:
        if source.execute("PRAGMA quick_check(1)").fetchone() != ("ok",):
            raise Refused(_("The database in the backup is damaged. Nothing was touched. Take another backup."))
        live = Path(_name())
        live.parent.mkdir(parents=True, exist_ok=True)
        connection.close()
        with closing(sqlite3.connect(live, timeout=20)) as target:
            target.execute("PRAGMA journal_mode=WAL")
            source.backup(target)
            target.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    live.chmod(0o600)


def others() -> int:
    """Who else is connected can't be asked of a file."""
    return 0


def _name() -> str:
    return str(connection.settings_dict["NAME"])


__all__ = ["CHUNK", "VERSION", "others", "put", "size", "snapshot"]
