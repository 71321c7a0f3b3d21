"""Every file of WARP_SAMPLES through `import`, and through `collect` from a real server under untrue headers.

Each alone, in a transaction that is taken back. What it comes to stands in outcomes.tsv, without a word of the file.
"""

from __future__ import annotations

import gzip
import io
import re
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any, NamedTuple

from django.core.management import call_command
from django.test import override_settings

from advisories.collect.detect import detect
from advisories.collect.run import collect
from advisories.models import Entry, Fetch, Source
from members.joining import add_warp
from members.models import Warp
from tests.advisories.collect.conftest import LOOPBACK, Site
from tests.advisories.feeds import AT
from tests.prove.walk import undone

TABLE = Path(__file__).with_name("outcomes.tsv")
CRASH = "CRASH"
MAIL = "mailbox"  # comes by IMAP, and as files; never by HTTP
VARIANTS: dict[str, dict[str, Any]] = {
    "as text": {"Content_Type": "text/plain; charset=utf-8"},
    "as a page": {"Content_Type": "text/html; charset=utf-8"},
    "as bytes": {"Content_Type": "application/octet-stream"},
    "as XML in Latin-1": {"Content_Type": "text/xml; charset=ISO-8859-1"},
    "untyped": {},
    "packed": {"Content_Type": "application/octet-stream", "Content_Encoding": "gzip"},
}


class Outcome(NamedTuple):
    """What became of one file. `imported`, `collected`: outcome, entries new and refused, the first reason."""

    file: str
    kind: str
    imported: str
    collected: str

    @property
    def line(self) -> str:
        return "\t".join(self)


def outcomes(home: Path) -> Iterator[Outcome]:
    """Of every file below `home`, in order. A crash is an outcome, and so is a header that changes what is made of
    it."""
    site = Site()
    try:
        with override_settings(COLLECT_ALLOW=list(LOOPBACK)):
            for path in sorted(path for path in home.rglob("*") if path.is_file()):
                yield _outcome(str(path.relative_to(home)), path, site)
    finally:
        site.server.shutdown()
        site.server.server_close()


def _outcome(file: str, path: Path, site: Site) -> Outcome:
    body = path.read_bytes()
    kind = detect(body) or ""
    with undone():
        imported = _caught(lambda: _imported(path, _warp()))
    with undone():
        ways = _caught(lambda: _collected(file, kind or "feed", body, _warp(), site)) if kind != MAIL else "by mail"
    return Outcome(file, kind or "none", imported, "=" if ways == imported else ways)


def _warp() -> Warp:
    return add_warp("Corpora", "corpora", "CO", AT, None)


def _caught(what: Callable[[], str]) -> str:
    try:
        return what()
    except Exception as crash:
        return f"{CRASH} {type(crash).__name__}: {crash}".partition("\n")[0]


def _imported(path: Path, _warp: Warp) -> str:
    with suppress(SystemExit):  # its exit status: something was refused
        call_command("import", str(path), "--json", stdout=io.StringIO())
    (fetch,) = Fetch.objects.all()
    return words(fetch)


def _collected(file: str, kind: str, body: bytes, warp: Warp, site: Site) -> str:
    """As its source says, then under each untrue header: the same is made of it."""
    url = site.gives(f"/{file}", body)
    source = Source.objects.create(name="Corpora", slug="corpora", kind=kind, warp=warp, url=url, due_at=AT)
    first = collect(source, AT)[0]
    told = _told(source)
    for name, headers in VARIANTS.items():
        site.gives(f"/{file}", gzip.compress(body) if "Content_Encoding" in headers else body, **headers)
        Source.objects.filter(pk=source.pk).update(body_hash="", etag="", last_modified="")
        again = collect(Source.objects.get(pk=source.pk), AT)[0]
        assert _told(source) == told, f"{file} {name}: other entries"
        same = {first.outcome, again.outcome} <= {Fetch.Outcome.OK, Fetch.Outcome.SAME} or words(first) == words(again)
        assert same, f"{file} {name}: {words(first)} or {words(again)}"
    return words(first)


def _told(source: Source) -> set[tuple[str, str]]:
    return set(Entry.rows.filter(source=source).values_list("guid", "content_hash"))


def words(fetch: Fetch) -> str:
    """What one fetch came to; of a reason, what is ours."""
    reason = fetch.error or (fetch.refusals[0][1] if fetch.refusals else "")
    reason = re.sub(r"“[^”]*”", "“…”", reason.partition(": ")[2] if ": " in reason[:80] and fetch.error else reason)
    return f"{fetch.outcome} {fetch.new} {fetch.refused} {reason[:100]}".strip()
