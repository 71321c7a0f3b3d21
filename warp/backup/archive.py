"""The file itself: a ZIP whose last entry is its manifest, with the size and the SHA-256 of all others.

One that broke off has no manifest, and is refused as that. Entries: `database`, `files/…`, `manifest.json`.
"""

from __future__ import annotations

import hashlib
import json
import os
import zipfile
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path, PurePosixPath
from typing import Any, BinaryIO, NamedTuple, Self

from django.utils.translation import gettext as _

from members.refused import Refused

FORMAT, DATABASE, FILES, MANIFEST = 1, "database", "files/", "manifest.json"
CHUNK = 1 << 20
Told = Callable[[int], object]  # called with how many bytes more are done


class Entry(NamedTuple):
    name: str
    size: int
    sha256: str


@dataclass(frozen=True)
class Manifest:
    """What a backup says of itself. `taken_at`: everything that was committed before is in it."""

    taken_at: datetime
    vendor: str  # sqlite, postgresql
    made_with: str  # the version of what wrote the database's part
    head: str  # the end of the audit's chain, NUMBER:DIGEST; "" where it had none
    migrations: list[str]  # every one that was applied, app/name
    keys: dict[str, str]  # by which a key is told from another; no key can be worked out from it
    entries: list[Entry]


class Writer:
    def __init__(self, file: BinaryIO, told: Told) -> None:
        self.zip = zipfile.ZipFile(file, "w", allowZip64=True)
        self.told = told
        self.entries: list[Entry] = []

    def __enter__(self) -> Self:
        return self

    def __exit__(self, failed: type[BaseException] | None, *_: object) -> None:
        if failed:
            self.zip.fp = None  # it broke off: no index is written, and nobody takes it for whole

    def add(self, name: str, chunks: Iterable[bytes], *, packed: bool = False) -> None:
        """One more entry, `packed` where that makes it smaller."""
        info = zipfile.ZipInfo(name)
        info.compress_type = zipfile.ZIP_DEFLATED if packed else zipfile.ZIP_STORED
        info.external_attr = 0o600 << 16
        digest, size = hashlib.sha256(), 0
        with self.zip.open(info, "w", force_zip64=True) as entry:
            for chunk in chunks:
                entry.write(chunk)
                digest.update(chunk)
                size += len(chunk)
                self.told(len(chunk))
        self.entries.append(Entry(name, size, digest.hexdigest()))

    def close(self, **said: Any) -> Manifest:
        """Write the manifest, and the ZIP's own index: before this nothing of it counts."""
        manifest = Manifest(**said, entries=self.entries)
        text = {**asdict(manifest), "format": FORMAT, "taken_at": manifest.taken_at.isoformat()}
        self.zip.writestr(MANIFEST, json.dumps(text, indent=1))
        self.zip.close()
        return manifest


@contextmanager
def written(target: Path) -> Iterator[BinaryIO]:
    """A file beside `target`, for its owner's eyes, that takes its name once it is whole and on the disk."""
    part = target.with_name(f"{target.name}.{os.getpid()}.part")
    handle = os.open(part, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(handle, "w+b") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        part.rename(target)
    except BaseException:
        part.unlink(missing_ok=True)
        raise
    settle(target.parent)


def settle(folder: Path) -> None:
    """Wait until the names in `folder` would outlive a power cut."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


class Reader:
    """Raises Refused for what is no backup, or is not as it was written."""

    def __init__(self, path: Path) -> None:
        self.path = path
        try:
            self.zip = zipfile.ZipFile(path)
            self.manifest = _manifest(self.zip.read(MANIFEST))
        except (zipfile.BadZipFile, KeyError, ValueError, TypeError, EOFError) as error:
            said = _("%(path)s is no whole backup: it broke off, or is something else. Take another.")
            raise Refused(said % {"path": path}) from error

    def size(self) -> int:
        return sum(entry.size for entry in self.manifest.entries)

    def check(self, told: Told) -> None:
        """Every entry is there, as long and with the digest that the manifest says, and there is no other."""
        named = [entry.name for entry in self.manifest.entries]
        if sorted([*named, MANIFEST]) != sorted(self.zip.namelist()) or DATABASE not in named:
            raise self._broken(MANIFEST)
        for entry in self.manifest.entries:
            if entry.name != DATABASE and not _is_file(entry.name):
                raise self._broken(entry.name)
            digest, size = hashlib.sha256(), 0
            for chunk in self.chunks(entry.name):
                digest.update(chunk)
                size += len(chunk)
                told(len(chunk))
            if (size, digest.hexdigest()) != (entry.size, entry.sha256):
                raise self._broken(entry.name)

    def chunks(self, name: str) -> Iterator[bytes]:
        try:
            with self.zip.open(name) as entry:
                while chunk := entry.read(CHUNK):
                    yield chunk
        except (zipfile.BadZipFile, zipfile.zlib.error, EOFError) as error:  # type: ignore[attr-defined]
            raise self._broken(name) from error

    def files(self) -> list[Entry]:
        return [entry for entry in self.manifest.entries if entry.name != DATABASE]

    def _broken(self, name: str) -> Refused:
        said = _("%(path)s is damaged: “%(name)s” is not what was written. Nothing was touched. Take another backup.")
        return Refused(said % {"path": self.path, "name": name})


def _manifest(text: bytes) -> Manifest:
    said = json.loads(text)
    if said.pop("format") != FORMAT:
        raise ValueError("another format")
    entries = [Entry(*entry) for entry in said.pop("entries")]
    return Manifest(taken_at=datetime.fromisoformat(said.pop("taken_at")), entries=entries, **said)


def _is_file(name: str) -> bool:
    """Whether this names a file below the folder of files, and nothing else."""
    parts = PurePosixPath(name).parts
    inside = name.startswith(FILES) and len(parts) > 1 and ".." not in parts and "\\" not in name
    return inside and str(PurePosixPath(name)) == name and "\0" not in name


def read(path: Path) -> Iterator[bytes]:
    with path.open("rb") as file:
        while chunk := file.read(CHUNK):
            yield chunk
