"""Files that belong to items: kept under random names, opaque, never expanded or looked into.

A file lies on the disk, whole, before the row that names it is committed: a crash leaves no row without its file, and
a file without a row can't be asked for.
"""

from __future__ import annotations

import hashlib
import os
import re
import unicodedata
from pathlib import Path
from typing import Any, NamedTuple, TypeAlias

from django.conf import settings
from django.core.files import File
from django.core.files.storage import default_storage
from django.template.defaultfilters import filesizeformat
from django.utils.translation import gettext as _

from members import chance

LONGEST_NAME = 200
UNSAFE = re.compile(r'[<>:"|?*]')  # Windows keeps these to itself
Upload: TypeAlias = "File[Any]"  # generic to the type checker alone


class TooLarge(Exception):
    """More than the hub keeps of one file. `str()` says so, for whoever sent it."""

    def __init__(self) -> None:
        limit = filesizeformat(settings.LARGEST_FILE)
        super().__init__(_("The file is larger than %(limit)s. Send a smaller one.") % {"limit": limit})


class Kept(NamedTuple):
    """Where a file lies, how many bytes it has, and which."""

    stored: str
    size: int
    sha256: str


def clean(name: str) -> str:
    """A file's name without its path and without what can't be seen or turns the reading order; at most 200 long."""
    name = unicodedata.normalize("NFC", name).replace("\\", "/").rpartition("/")[2]
    name = "".join(" " if unicodedata.category(char)[0] == "Z" else char for char in name)
    name = "".join(char for char in name if unicodedata.category(char)[0] != "C")
    name = " ".join(UNSAFE.sub("_", name).split()).strip(". ")
    stem, dot, ending = name.rpartition(".")
    if len(name) > LONGEST_NAME and dot and len(ending) < 20:
        return f"{stem[: LONGEST_NAME - len(ending) - 1]}.{ending}"
    return name[:LONGEST_NAME] or "file"


def keep(file: Upload) -> Kept:
    """Write `file` to the disk under a name of its own. Raises TooLarge before anything is written."""
    if file.size > settings.LARGEST_FILE:
        raise TooLarge
    digest, size = hashlib.sha256(), 0
    for chunk in file.chunks():
        digest.update(chunk)
        size += len(chunk)
    file.seek(0)
    stored = default_storage.save(chance.code(32), file)
    _settle(Path(default_storage.path(stored)))
    return Kept(stored, size, digest.hexdigest())


def _settle(path: Path) -> None:
    """Wait until the file, and its name in the folder, would outlive a power cut."""
    for one in (path, path.parent):
        handle = os.open(one, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


def discard(stored: str) -> None:
    default_storage.delete(stored)


def read(stored: str) -> Upload:
    return default_storage.open(stored)
