"""Collect from a source: fetch, parse, store, and leave a row that says how it went. The one door to the database.

A bad source fails alone and is remembered. A bug is written down as an error of that source, and then raised.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from advisories.collect import folder, moved, quarantine, reading, schedule, scores
from advisories.collect.base import CollectError, Parsed
from advisories.collect.reading import Read
from advisories.collect.store import store
from advisories.collect.walk import Step, Walk
from advisories.models import Document, Fetch, Source

BAD = {Fetch.Outcome.REFUSED, Fetch.Outcome.ERROR}
MOST_REFUSALS = 20  # of one document, that are kept word by word


def collect(source: Source, at: datetime) -> list[Fetch]:
    """One attempt at `source`: a row for its document, and for each that it names which is fetched; for a folder, one
    for each file that is new or bad, or one that says that nothing is.

    Claim it first (schedule.take). Raises only what is a bug, after writing that down too.
    """
    try:
        return _folder(source, at) if source.kind == Source.Kind.FOLDER else _web(source, at)
    except Exception:
        schedule.fail(source, at, None)
        raise


def take_file(source: Source, name: str, body: bytes | CollectError, at: datetime, label: str | None = None) -> Fetch:
    """One file of whatever kind into `source`. `label`: for what comes unmarked, in place of the source's own."""
    row = Fetch(source=source, at=at, document=name[:255])
    _attempt(row, lambda: _read(body, at, _taken(source).get(row.document, "")), label)
    return row


def _web(source: Source, at: datetime) -> list[Fetch]:
    """A row for the source's own document, and for each that it names and that was fetched."""
    rows: list[Fetch] = []
    walk, validators = Walk(source, at), dict[str, str]()
    for step in walk:
        row = Fetch(source=source, at=at, document=step.link.url[:255] if rows else "")
        got = _attempt(row, lambda step=step: _got(step), then=lambda step=step: _remember(source, step, at))  # type: ignore[misc]
        if isinstance(got, CollectError) and not rows:
            schedule.fail(source, at, got)
            return [row]
        validators |= got.validators if isinstance(got, Read) else {}
        rows.append(row)
    state = moved.follow(source, moved.counted(source, walk.state, walk.moved_to), at)
    if any(row.outcome in BAD for row in rows) or walk.failed:
        schedule.fail_in_part(source, at, **validators, **state)
    else:
        schedule.succeed(source, at, more=bool(walk.left), **validators, **state)
    return rows


def _got(step: Step) -> Read:
    if isinstance(step.got, CollectError):
        raise step.got
    return step.got


def _remember(source: Source, step: Step, at: datetime) -> None:
    """That it was taken, or refused for what it says, under this stamp."""
    if step.link.stamp:
        words = {"stamp": step.link.stamp[:200], "taken_at": at}
        Document.objects.update_or_create(source=source, key=step.key, defaults=words)


def _folder(source: Source, at: datetime) -> list[Fetch]:
    rows: list[Fetch] = []
    taken = _taken(source)
    try:
        for name, body in folder.read(reading.folder_of(source), reading.limits_of(source)):
            row = Fetch(source=source, at=at, document=name[:255])
            if not isinstance(body, bytes) or reading.digest(body) != taken.get(row.document):
                _attempt(row, lambda body=body: _read(body, at))  # type: ignore[misc]  # a default is no argument
                rows.append(row)
    except CollectError as error:
        rows.append(_failed(Fetch(source=source, at=at), error))
        schedule.fail(source, at, error)
        return rows
    if any(row.outcome in BAD for row in rows):
        schedule.fail_in_part(source, at)
    else:
        schedule.succeed(source, at)
    return rows or [Fetch.objects.create(source=source, at=at, outcome=Fetch.Outcome.SAME)]


def _read(body: bytes | CollectError, at: datetime, taken: str = "") -> Read:
    if isinstance(body, CollectError):
        raise body
    return reading.from_bytes(body, at, taken)


def _taken(source: Source) -> dict[str, str]:
    """By name of the file: the hash of what was taken of it last."""
    rows = Fetch.objects.filter(source=source).exclude(document="").exclude(body_hash="").order_by("pk")
    return dict(rows.values_list("document", "body_hash"))


def _attempt(
    row: Fetch, read: Callable[[], Read], label: str | None = None, then: Callable[[], None] = lambda: None
) -> Read | CollectError:
    """Read a document, store all of it or nothing of it, do `then` with it, and save `row`."""
    begun = time.monotonic()
    try:
        got = read()
        with transaction.atomic():
            row.outcome = Fetch.Outcome.SAME
            if got.parsed is not None:
                _store(row, got.parsed, label)
            row.body_hash, row.seconds = got.body_hash, time.monotonic() - begun
            row.save()
            then()
        return got
    except CollectError as error:
        row.seconds = time.monotonic() - begun
        _failed(row, error)
        if error.refused:
            then()
        return error
    except Exception as bug:
        row = Fetch(source=row.source, at=row.at, document=row.document, outcome=Fetch.Outcome.ERROR)
        row.error = _("The hub itself failed (%(what)s); its log says more.") % {"what": type(bug).__name__}
        row.save()
        raise


def _store(row: Fetch, parsed: Parsed, label: str | None) -> None:
    counts = store(row.source, parsed, row.at, label)
    if parsed.scores:
        new, changed, same = scores.keep(row.source, parsed.scores, row.at)
        counts = replace(counts, new=counts.new + new, changed=counts.changed + changed, same=counts.same + same)
    row.new, row.changed, row.same, row.gone = counts.new, counts.changed, counts.same, counts.gone
    row.notice = counts.notice
    refusals = [*parsed.refusals, *counts.refused]
    row.refused = len(refusals)
    row.refusals = [[refusal.guid, refusal.reason] for refusal in refusals[:MOST_REFUSALS]]
    row.items = len(parsed.entries) + len(parsed.scores) + len(parsed.refusals)
    unchanged = (
        not counts.notice
        and counts.same == len(parsed.entries) + len(parsed.scores)
        and bool(row.items or parsed.links)
    )
    if refusals or counts.gone or not unchanged:
        row.outcome = Fetch.Outcome.OK


def _failed(row: Fetch, error: CollectError) -> Fetch:
    row.outcome = Fetch.Outcome.REFUSED if error.refused else Fetch.Outcome.ERROR
    row.error = str(error)
    if error.document is not None:
        row.kept = quarantine.keep(row.source, error.document, row.at)
    if schedule.is_gone(error):
        row.error += " " + _("The source has been turned off.")
    row.save()
    return row
