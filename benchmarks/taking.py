"""Documents into an empty hub, as collecting does it; the work of one round is undone before the next."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from benchmarks import hub

hub.setup()

from django.core.management import call_command  # noqa: E402
from django.db import transaction  # noqa: E402

from advisories.collect import reading  # noqa: E402
from advisories.collect.attempt import attempt  # noqa: E402
from advisories.collect.kinds import KINDS, parse  # noqa: E402
from advisories.collect.reading import Read, digest  # noqa: E402
from advisories.models import Fetch, Source  # noqa: E402
from benchmarks.texts import NOW  # noqa: E402
from members.models import Warp, Within  # noqa: E402


class Undo(Exception):
    pass


def begin() -> Warp:
    """An empty hub of one WARP."""
    call_command("migrate", verbosity=0)
    warp = Warp.objects.create(name="Bench", slug="bench", prefix="B")
    Within.objects.create(warp=warp, ancestor=warp)
    return warp


def source(warp: Warp, kind: str, url: str = "https://feeds.example.org/") -> Source:
    """A source of the whole hub, whose unmarked entries are CLEAR."""
    slug = f"s{Source.objects.count()}"
    return Source.objects.create(
        name=slug, slug=slug, kind=kind, url=url, warp=warp, hub_wide=True, default_label="CLEAR", due_at=NOW
    )


def take(which: Source, body: bytes) -> Fetch:
    """From bytes to rows: hashed, parsed in its child, stored, and a row that says so."""
    row = Fetch(source=which, at=NOW)
    attempt(row, lambda: Read(parse(which.kind, body, fetched_at=NOW), digest(body)))
    assert row.outcome in ("ok", "same"), row.error
    return row


def again(which: Source, body: bytes, taken: str) -> Fetch:
    """The same bytes as were `taken`: hashed, not parsed, and a row that says so."""
    row = Fetch(source=which, at=NOW)
    attempt(row, partial(reading.from_bytes, body, NOW, taken))
    assert (row.outcome, row.items) == ("same", 0), row.error
    return row


def here(kind: str, body: bytes) -> int:
    """Parsed in this process, without the child."""
    from advisories.collect.base import ParseContext

    return len(KINDS[kind].parse(body, ParseContext(fetched_at=NOW, limits=KINDS[kind].limits)).entries)


def undone(way: Callable[[], object]) -> None:
    """Do the work in one transaction and roll it back."""
    try:
        with transaction.atomic():
            way()
            raise Undo
    except Undo:
        return
