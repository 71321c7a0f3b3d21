"""Files that people or programs drop into a folder."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from pathlib import Path

from advisories.collect.base import CollectError, Limits, gettext_noop

UNFINISHED = (".part", ".tmp", ".crdownload", "~")

GONE = gettext_noop("The folder %(name)s cannot be read: %(why)s.")
OUTSIDE = gettext_noop("%(name)s leads out of the folder, so it was not read.")
UNREADABLE = gettext_noop("%(name)s cannot be read: %(why)s.")
TOO_LARGE = gettext_noop("%(name)s is too large: more than %(limit)d bytes.")


def read(directory: Path, limits: Limits) -> Iterator[tuple[str, bytes | CollectError]]:
    """(name, contents) of each file in the folder, by name; for a file that the hub will not take, the error
    in place of the contents. One file at a time is in memory.

    Folders inside it, names that begin with a dot and files that are still being written are passed over.
    Raises CollectError where the folder itself cannot be read.
    """
    try:
        home = directory.resolve(strict=True)
        names = sorted(one.name for one in home.iterdir() if not one.is_dir())
    except OSError as error:
        raise CollectError(GONE, name=str(directory), why=error.strerror or str(error)) from error
    for name in names:
        if not name.startswith(".") and not name.lower().endswith(UNFINISHED):
            yield name, _contents(home, name, limits)


def _contents(home: Path, name: str, limits: Limits) -> bytes | CollectError:
    try:
        place = (home / name).resolve(strict=True)
        if not place.is_relative_to(home):
            return CollectError(OUTSIDE, refused=True, name=name)
        # Whatever was put in its place since then: no link is followed, no pipe is waited for.
        with os.fdopen(os.open(place, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK), "rb") as file:
            if not stat.S_ISREG(os.fstat(file.fileno()).st_mode):
                return CollectError(OUTSIDE, refused=True, name=name)
            body = file.read(limits.wire + 1)
    except OSError as error:
        return CollectError(UNREADABLE, name=name, why=error.strerror or str(error))
    return body if len(body) <= limits.wire else CollectError(TOO_LARGE, refused=True, name=name, limit=limits.wire)
