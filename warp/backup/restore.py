"""Put a backup back: first all that can be asked, then the files, the database, and what must not come back with it.

From the moment the database is touched until everything is put right, `restoring` lies under WARP_HOME: nothing of the
hub starts, and nothing is sent. A restore that broke off is simply run again.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from pathlib import Path
from typing import NamedTuple

from django.contrib.sessions.models import Session
from django.core.management import call_command
from django.db import connection
from django.db.migrations.loader import MigrationLoader
from django.utils.translation import gettext as _

from members import clock, embargo, journal
from members.audit import record
from members.delivery import held
from members.delivery.plan import plan
from members.exercises import restored
from members.journal import marker
from members.models import Person, Pulse, Seal
from members.refused import Refused
from members.sealing import Head, heads, seal
from warp.backup.again import Again, again
from warp.backup.archive import DATABASE, FILES, Entry, Manifest, Reader, Told, settle
from warp.backup.make import engine_of, fingerprints, folder

ALIVE = timedelta(seconds=30)  # the heart beats every ten


class Restored(NamedTuple):
    taken_at: datetime
    files: int
    again: Again
    known: int  # messages and lines that the journal knows were sent
    held: int  # announcements
    journals: int  # how many were there to be read
    exercises: list[str]  # references of those that ran, and are paused


def restore(
    path: Path, told: Told, *, replace: bool = False, other_keys: bool = False, journals: Iterable[Path] = (),
    begin: Callable[[int], object] = bool,
) -> Restored:  # fmt: skip
    """Put back what `path` holds. Raises Refused before anything is touched, where it can't or must not be.

    `begin` is called with how many bytes there are to check and to write, `told` with each that is.
    """
    archive, engine = Reader(path), engine_of()
    manifest = archive.manifest
    _fits(manifest, other_keys=other_keys)
    _free_to_go(replace=replace)
    begin(archive.size() * 2)
    archive.check(told)
    _room(archive)
    copy = marker().with_name("restoring.database")
    try:
        for entry in archive.files():
            _put(archive, entry, folder() / entry.name.removeprefix(FILES), told)
        _write(archive, DATABASE, copy, told)
        _mark()
        engine.put(copy)
    except Refused:
        marker().unlink(missing_ok=True)  # the database is as it was
        raise
    finally:
        copy.unlink(missing_ok=True)
    return _put_right(manifest, len(archive.files()), [one for one in (journal.path(), *journals) if one.exists()])


# Before anything is touched


def _fits(manifest: Manifest, *, other_keys: bool) -> None:
    """Whether this hub can read what the backup holds. Raises Refused."""
    if manifest.vendor != connection.vendor:
        said = _("It is a backup of a hub on %(theirs)s, and this one is on %(ours)s: set DATABASE_URL first.")
        raise Refused(said % {"theirs": manifest.vendor, "ours": connection.vendor})
    known = {"/".join(one) for one in MigrationLoader(None, ignore_no_migrations=True).disk_migrations}
    if newer := sorted(set(manifest.migrations) - known):
        said = _("It was made by a newer hub (%(migration)s is not known here). Install that version first.")
        raise Refused(said % {"migration": newer[-1]})
    ours = fingerprints()
    if not other_keys and (wrong := [name for name, print_ in manifest.keys.items() if ours.get(name) != print_]):
        said = _("It was made under another %(keys)s. Put WARP_HOME/origin-key and WARP_HOME/secret-key back first. If"
                 " they are lost, --other-keys goes on: then nobody finds their own anonymous reports again, and no"
                 " link in a mail that was sent works.")  # fmt: skip
        raise Refused(said % {"keys": ", ".join(wrong)})


def _free_to_go(*, replace: bool) -> None:
    """Raises Refused where there is a hub already, unless that is meant, and where one is running in any case."""
    others = int(engine_of().others())
    if others:
        said = _("%(n)d others are connected to the database. Stop the hub everywhere, then restore.")
        raise Refused(said % {"n": others})
    _heads_are_readable()
    tables = connection.introspection.table_names()
    if Pulse._meta.db_table in tables and not marker().exists():
        beat = Pulse.objects.order_by("-at").values_list("at", flat=True).first()
        if beat is not None and clock.ask() - beat < ALIVE:
            raise Refused(_("The hub is running, or was half a minute ago. Stop it, wait so long, then restore."))
    if Person._meta.db_table in tables and Person.objects.exists() and not replace and not marker().exists():
        said = _("There is a hub in this database already. Make a backup of it, then say --replace.")
        raise Refused(said)


def _heads_are_readable() -> None:
    try:
        heads.every()
    except ValueError:
        raise Refused(_("audit-head or audit-heads can’t be read. Lay them aside with a note, then restore.")) from None


def _room(archive: Reader) -> None:
    home = marker().parent
    home.mkdir(parents=True, exist_ok=True)
    database = next(entry.size for entry in archive.manifest.entries if entry.name == DATABASE)
    needed = archive.size() + 2 * database  # the copy, the database, and what it writes on the way
    if (free := shutil.disk_usage(home).free) < needed:
        said = _("There are %(free)d MB free under %(home)s, and %(needed)d are needed. Nothing was touched.")
        raise Refused(said % {"free": free >> 20, "home": home, "needed": needed >> 20})


# Putting it there


def _put(archive: Reader, entry: Entry, target: Path, told: Told) -> None:
    """A file of an item. Its name was drawn by chance: one that is there and as long is the same."""
    if target.exists() and target.stat().st_size == entry.size:
        told(entry.size)
        return
    target.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    part = target.with_name(f"{target.name}.part")
    _write(archive, entry.name, part, told)
    part.replace(target)


def _write(archive: Reader, name: str, target: Path, told: Told) -> None:
    handle = os.open(target, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(handle, "wb") as file:
        for chunk in archive.chunks(name):
            file.write(chunk)
            told(len(chunk))
        file.flush()
        os.fsync(file.fileno())


def _mark() -> None:
    """From here on nothing starts, and nothing is sent, until it is finished."""
    marker().touch(mode=0o600)
    settle(marker().parent)


# Putting it right


def _put_right(manifest: Manifest, files: int, journals: list[Path]) -> Restored:
    call_command("migrate", verbosity=0, interactive=False, skip_checks=True)
    call_command("createcachetable", verbosity=0)
    at = clock.ask()
    told = journal.since(manifest.taken_at, journals)
    last = Seal.objects.order_by("-number").values_list("number", "digest").first()
    heads.restored(Head(*last) if last else None, at)
    Session.objects.all().delete()  # who is signed in signs in again
    Pulse.objects.all().delete()
    done = again(told, manifest.taken_at, at)
    embargo.remind(at)  # of what has run out, as it was before: held like all the rest
    held.hold(at)
    paused = restored.pause(manifest.taken_at, at)  # told of from now on: nothing of that is held
    known = held.lines_sent(told, at)  # before planning makes lines of numbers that others had
    plan(at, held=True)
    known += held.sent_since(told)
    left = held.settle()
    record("restore", at, taken_at=manifest.taken_at.isoformat(), head=manifest.head, held=left)
    seal(at)
    marker().unlink()
    return Restored(manifest.taken_at, files, done, known, left, len(journals), paused)
