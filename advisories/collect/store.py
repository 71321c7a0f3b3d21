"""Store what a document said: set-based, all of it or nothing.

The same thing again costs one statement; what is new or changed goes in by bulk statements.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.db.models import QuerySet

from advisories.collect import shown
from advisories.collect.base import Parsed, Refusal
from advisories.collect.changes import Changes, Fresh, Known, compare
from advisories.collect.kinds import KINDS
from advisories.models import Entry, EntryKey, Source
from advisories.triage import match, rank, stories
from members import tlp
from members.items import create_entries
from members.models import Item

MOST_ASKED = 5_000  # ids in one statement, and rows of one
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


def store(source: Source, parsed: Parsed, at: datetime, default_label: str | None = None) -> Counts:
    """Bring the entries of `source` to what `parsed` says at `at`.

    `default_label`: in place of the source's own, for what comes unmarked.
    """
    label = source.default_label if default_label is None else default_label
    changes = _compared(source, parsed, label)
    if not changes.nothing:
        with transaction.atomic():
            Source.objects.select_for_update().get(pk=source.pk)  # one document of a source at a time
            changes = _compared(source, parsed, label)
            _apply(source, changes, at)
    return Counts(changes.new, changes.changed, changes.same, len(changes.gone), tuple(changes.refused))


def _compared(source: Source, parsed: Parsed, label: str) -> Changes:
    versioned = KINDS[source.kind].versioned
    return compare(parsed, _known(source, parsed, versioned), label, versioned=versioned)


def _known(source: Source, parsed: Parsed, versioned: bool) -> Iterator[Known]:
    rows = Entry.rows.filter(source=source).order_by("pk")
    if parsed.complete:
        yield from _read(rows, versioned)
    else:
        guids = [entry.guid for entry in parsed.entries]
        for start in range(0, len(guids), MOST_ASKED):
            yield from _read(rows.filter(guid__in=guids[start : start + MOST_ASKED]), versioned)


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
        for start in range(0, len(pks), MOST_ASKED):
            Entry.rows.filter(pk__in=pks[start : start + MOST_ASKED]).update(**values)
    if taken_back := [*changes.superseded, *changes.gone]:
        shown.take_back(taken_back, at)
    if changes.revived and source.show_as_labelled:
        shown.show_again(changes.revived, at)
    if changes.fresh:
        _insert(source, changes.fresh, at)


def _insert(source: Source, fresh: Sequence[Fresh], at: datetime) -> None:
    """New envelopes, their place in stories, their texts and keys."""
    told = match.keys_of_document([one.raw for one in fresh])
    red = [one.marking == tlp.RED for one in fresh]
    newcomers = [
        stories.Newcomer(frozenset() if is_red else keys, one.former.story if one.former else None, is_red)
        for one, keys, is_red in zip(fresh, told, red, strict=True)
    ]
    laid = stories.lay(newcomers, None if source.hub_wide else source.warp_id)
    items = _items(source, [one.marking for one in fresh], at)
    reasons = _reasons([one.former.pk for one in fresh if one.former])
    entries = [
        _entry(source, one, at, reasons, item=item, story_id=story)
        for one, item, story in zip(fresh, items, laid, strict=True)
    ]
    Entry.rows.bulk_create(entries)
    EntryKey.objects.bulk_create(
        EntryKey(entry=entry, key=key)
        for entry, one in zip(entries, newcomers, strict=True)
        for key in sorted(one.keys)
    )
    if source.show_as_labelled:
        shown.show(items, at)


def _items(source: Source, markings: Sequence[str], at: datetime) -> list[Item]:
    handlers = list(source.red_handlers.all()) if tlp.RED in markings else []
    return [
        item
        for start in range(0, len(markings), MOST_ASKED)
        for item in create_entries(
            markings[start : start + MOST_ASKED], source.warp, at, hub_wide=source.hub_wide, red_handlers=handlers
        )
    ]


def _reasons(formers: Sequence[int]) -> dict[int, rank.Stored]:
    """The kept reasons of earlier texts."""
    return {
        pk: reasons
        for start in range(0, len(formers), MOST_ASKED)
        for pk, reasons in Entry.rows.filter(pk__in=formers[start : start + MOST_ASKED]).values_list("pk", "reasons")
    }


def _entry(source: Source, one: Fresh, at: datetime, reasons: dict[int, rank.Stored], **places: object) -> Entry:
    raw = one.raw
    ranking = rank.rank(raw, at, reasons.get(one.former.pk) if one.former else None)
    return Entry(
        source=source, guid=raw.guid, content_hash=raw.content_hash, title=raw.title, summary=raw.summary,
        url=raw.url, author=raw.author, published=raw.published, updated=raw.updated, seen_at=at,
        facts={**raw.facts, "cves": list(raw.cves)}, rank=ranking.score, lift=ranking.lift,
        reasons=rank.stored(ranking.reasons), **places,
    )  # fmt: skip
