"""The demonstration's sources: real ones by their addresses, and a folder with files of our own writing, read once."""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from email.utils import format_datetime
from pathlib import Path

from django.conf import settings

from advisories.collect import run, schedule
from advisories.collect.sources import add_source, root_warp
from advisories.models import Source
from members import tlp
from members.models import Warp

FILES = Path(__file__).parent / "drop"
FOLDER = "drop"  # in WARP_HOME
# (kind, address, name)
PUBLISHED = (
    ("feed", "https://www.ncsc.gov.uk/api/1/services/v1/all-rss-feed.xml", "NCSC: news, guidance and reports"),
    ("kev", "https://www.cisa.gov/sites/default/files/feeds/known_exploited_vulnerabilities.json", "CISA KEV"),
    ("feed", "https://cert.europa.eu/publications/security-advisories-rss", "CERT-EU: security advisories"),
    ("feed", "https://www.cert.ssi.gouv.fr/avis/feed/", "CERT-FR: avis"),
    ("feed", "https://wid.cert-bund.de/content/public/securityAdvisory/rss", "BSI CERT-Bund: advisories"),
)
_DATE = re.compile(r"@(DATE|ISO|RFC):(-?\d+)@")


def add_sources(at: datetime) -> None:
    """Every source, due at once for the worker; the folder alone is collected now, since it needs no network."""
    root = root_warp()
    assert root is not None  # made just before
    for kind, url, name in PUBLISHED:
        add_source(kind, url, root, at, name=name, label=tlp.CLEAR, hub_wide=True)
    _drop(at)
    # Without a default label: what somebody drops there unmarked stays AMBER+STRICT. Our own files carry theirs.
    severn = Warp.objects.get(slug="demo-severn")
    folder = add_source("folder", FOLDER, severn, at, name="Dropped files (demonstration)")
    _collect(folder, at)


def _drop(at: datetime) -> None:
    """Put the files into the folder. Those of an earlier demonstration are written anew: their dates are old."""
    folder = settings.HOME / FOLDER
    folder.mkdir(parents=True, exist_ok=True)
    for path in sorted(FILES.iterdir()):
        (folder / path.name).write_text(dated(path.read_text("utf-8"), at), "utf-8")


def _collect(folder: Source, at: datetime) -> None:
    if schedule.take(folder, at):
        run.collect(folder, at)


def dated(text: str, at: datetime) -> str:
    """`text` with its dates: @DATE:3@, @ISO:3@ and @RFC:3@ are three days before `at`, in three ways of writing."""

    def written(found: re.Match[str]) -> str:
        moment = at - timedelta(days=int(found[2]))
        if found[1] == "RFC":
            return format_datetime(moment)
        return f"{moment:%Y-%m-%d}" if found[1] == "DATE" else f"{moment:%Y-%m-%dT%H:%M:%S}.000Z"

    return _DATE.sub(written, text)
