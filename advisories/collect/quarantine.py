"""Documents that were refused, kept as they came for whoever looks into it: so many of a source, and no more.

They lie under WARP_HOME/quarantine/<source>/, named by time and hash, never served and never opened by the hub again.
"""

from __future__ import annotations

import os
from datetime import UTC, datetime
from pathlib import Path

from django.conf import settings

from advisories.collect.reading import digest
from advisories.models import Fetch, Source

MOST = 20  # files of one source; the oldest go
MOST_BYTES = 200_000_000  # of one source


def keep(source: Source, document: bytes, at: datetime) -> str:
    """Keep it and return its name there; the same bytes are kept once. "" where the disk won't have it."""
    home = folder(source)
    ending = f"-{digest(document)[:32]}"
    try:
        home.mkdir(parents=True, exist_ok=True, mode=0o700)
        there = next((path.name for path in home.iterdir() if path.name.endswith(ending)), "")
        if not there:
            there = f"{at.astimezone(UTC):%Y%m%dT%H%M%S%f}{ending}"
            with os.fdopen(os.open(home / there, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
                file.write(document)
        _bound(home, there)
    except OSError:
        return ""  # the refusal stands on the source's page all the same
    return there


def folder(source: Source) -> Path:
    return _home() / source.slug


def _home() -> Path:
    return Path(settings.WARP_HOME) / "quarantine"


def kept(source: Source | None = None) -> list[tuple[Fetch, Path]]:
    """What was refused and is still kept, of one source or of all, the latest first, and where it lies. For whoever
    runs the hub: it may be anything, so it is looked at and never opened.
    """
    homes = [folder(source)] if source else sorted(_home().glob("*"))
    there = {path for home in homes for path in home.glob("*")}
    rows = Fetch.objects.filter(kept__in={path.name for path in there}).select_related("source").order_by("-pk")
    found: dict[Path, Fetch] = {}
    for fetch in rows:
        if (path := folder(fetch.source) / fetch.kept) in there:
            found.setdefault(path, fetch)
    return [(fetch, path) for path, fetch in found.items()]


def _bound(home: Path, newest: str) -> None:
    size = 0
    for number, path in enumerate(sorted(home.iterdir(), key=lambda one: one.name, reverse=True), 1):
        size += path.stat().st_size
        if path.name != newest and (number > MOST or size > MOST_BYTES):
            path.unlink()
