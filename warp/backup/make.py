"""Make a backup while the hub runs: the database at one moment, then the files, of which it names none that is not
there yet."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

from django.conf import settings
from django.core.files.storage import default_storage
from django.db import connection
from django.db.migrations.recorder import MigrationRecorder
from django.utils.translation import gettext as _

from members import clock
from members.audit import record
from members.models import Seal
from members.refused import Refused
from members.sealing import Head
from warp.backup import postgresql, sqlite
from warp.backup.archive import DATABASE, FILES, Manifest, Told, Writer, read, written


def backup(target: Path, told: Told) -> Manifest:
    """Write a backup to `target`, which takes that name once it is whole. Raises Refused, OSError."""
    if target.exists():
        raise Refused(_("%(path)s is there already: name another file, backups are never overwritten.")
                      % {"path": target})  # fmt: skip
    engine, taken_at = engine_of(), clock.ask()
    with written(target) as file:
        record("backup", taken_at)
        seal = Seal.objects.order_by("-number").values_list("number", "digest").first()
        with Writer(file, told) as archive:
            archive.add(DATABASE, engine.snapshot(target), packed=engine is sqlite)
            for path, name in files():
                archive.add(f"{FILES}{name}", read(path))
            return archive.close(
                taken_at=taken_at, vendor=connection.vendor, made_with=made_with(),
                head=str(Head(*seal)) if seal else "",
                migrations=applied(), keys=fingerprints(),
            )  # fmt: skip


def size() -> int:
    """How many bytes a backup has to read, about."""
    return int(engine_of().size()) + sum(path.stat().st_size for path, _name in files())


def engine_of() -> ModuleType:
    return postgresql if connection.vendor == "postgresql" else sqlite


def made_with() -> str:
    return postgresql.version() if connection.vendor == "postgresql" else sqlite.VERSION


def folder() -> Path:
    """Where the files lie that belong to items."""
    return Path(default_storage.path(""))


def files() -> Iterator[tuple[Path, str]]:
    """Every file, and its name from the folder on."""
    for path in sorted(folder().rglob("*")):
        if path.is_file() and not path.is_symlink():
            yield path, path.relative_to(folder()).as_posix()


def applied() -> list[str]:
    return sorted("/".join(one) for one in MigrationRecorder(connection).applied_migrations())


def fingerprints() -> dict[str, str]:
    """Of the keys that what is in the database hangs on: enough to tell another, and no more."""
    keys = {"ORIGIN_KEY": settings.ORIGIN_KEY, "SECRET_KEY": settings.SECRET_KEY}
    return {name: hmac.new(key.encode(), b"backup", hashlib.sha256).hexdigest()[:16] for name, key in keys.items()}
