"""Store what a document said: set-based, all of it or nothing.

The same thing again costs one statement; what is new or changed goes in by bulk statements.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.db.models import QuerySet

from advisories.collect import flood, shown
from advisories.collect.base import Parsed, Refusal
from advisories.collect.changes import Changes, Known, compare
from advisories.collect.insert import insert
from advisories.collect.kinds import KINDS
from advisories.models import Entry, Source
from advisories.triage import ranks
from members import clock
from members.many import among
from members.web.words import in_words

MOST_WRITTEN = 500  # rows of one statement
KNOWN = ("pk", "guid", "content_hash", "story_id", "item__marking", "superseded_at", "gone_at")
VERSION = ("updated", "facts__owner")  # of kinds whose objects have versions and owners


@dataclass(frozen=True, slots=True)
class Counts:
    """How many entries; `refused`: those that the source may not put in the place of what it said before."""

    new: int
    changed: int
    same: int
    gone: int
    refused: tuple[Refusal, ...] = ()
    notice: str = ""  # what a coordinator should know of it, in words


def store(source: Source, parsed: Parsed, at: datetime, default_label: str | None = None) -> Counts:
    """Bring the entries of `source` to what `parsed` says at `at`.

    `default_label`: in place of the source's own, for what comes unmarked.
    """
    label = source.default_label if default_label is None else default_label
    changes, notices = _compared(source, parsed, label), list[str]()
    if not changes.nothing:
        with transaction.atomic():
            Source.objects.select_for_update().get(pk=source.pk)  # one document of a source at a time
            changes = _compared(source, parsed, label)
            if not parsed.complete and changes.new > flood.MOST:
                notices = _contain(source, changes)
            _apply(source, changes, at)
    refused, notice = tuple(changes.refused), " ".join(notices)
    return Counts(changes.new, changes.changed, changes.same, len(changes.gone), refused, notice)


def _compared(source: Source, parsed: Parsed, label: str) -> Changes:
    versioned = KINDS[source.kind].versioned
    return compare(parsed, _known(source, parsed, versioned), label, versioned=versioned)


def _known(source: Source, parsed: Parsed, versioned: bool) -> Iterator[Known]:
    rows = Entry.rows.filter(source=source).order_by("pk")
    if parsed.complete:
        yield from _read(rows, versioned)
    else:
        yield from _read(rows.filter(guid__in=among([entry.guid for entry in parsed.entries])), versioned)


def _read(rows: QuerySet[Entry], versioned: bool) -> Iterator[Known]:
    for pk, guid, content_hash, story, marking, superseded_at, gone_at, *version in rows.values_list(
        *KNOWN, *(VERSION if versioned else ())
    ):
        updated, owner = version or (None, "")
        current, gone = superseded_at is None, gone_at is not None
        yield Known(pk, guid, content_hash, story, marking, current, gone, updated, owner or "")


def _apply(source: Source, changes: Changes, at: datetime) -> None:
    for pks, values in (
        (changes.superseded, {"superseded_at": at}),
        (changes.gone, {"gone_at": at}),
        (changes.revived, {"superseded_at": None, "gone_at": None}),
    ):
        Entry.rows.filter(pk__in=among(pks)).update(**values)
    if taken_back := [*changes.superseded, *changes.gone]:
        shown.take_back(taken_back, at)
    if changes.revived and source.show_as_labelled:
        shown.show_again(changes.revived, at)
    if changes.revived:
        ranks.renew(changes.revived)  # rules and scores went on without it
    if changes.fresh:
        insert(source, changes.fresh, at, f"flood:{source.pk}:{clock.micro(at)}" if changes.flooded else "")


def _contain(source: Source, changes: Changes) -> list[str]:
    """Take from `changes` what the source only gave new ids, and mark the rest of a flood. What to say of it."""
    now = Entry.rows.filter(source=source, superseded_at=None, gone_at=None)
    if not now.exists():
        return []  # the back catalogue of a new source
    titles = sorted({one.raw.title for one in changes.fresh if one.former is None})
    known = now.filter(title__in=among(titles)).order_by("pk")
    renamed, changes.fresh = flood.renamed(
        changes.fresh, known.values_list("pk", "title", "url", "summary", "item__marking")
    )
    Entry.rows.bulk_update(
        [Entry(pk=one.pk, guid=one.fresh.raw.guid, content_hash=one.fresh.raw.content_hash) for one in renamed],
        ["guid", "content_hash"], batch_size=MOST_WRITTEN,
    )  # fmt: skip
    changes.same += len(renamed)
    changes.flooded = changes.new > flood.MOST
    said = [in_words(flood.RENAMED, {"count": len(renamed)})] if renamed else []
    return [*said, in_words(flood.FLOODED, {"count": changes.new})] if changes.flooded else said
