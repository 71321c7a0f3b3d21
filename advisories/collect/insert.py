"""Insert what is new: envelopes, their place in stories, their texts and keys. By bulk statements."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime

from advisories.collect import shown
from advisories.collect.changes import Fresh
from advisories.models import Entry, EntryKey, Source
from advisories.triage import match, rank, stories
from members import tlp
from members.items import create_entries
from members.models import Item

MOST_ASKED = 5_000  # rows of one statement


def insert(source: Source, fresh: Sequence[Fresh], at: datetime, together: str) -> None:
    """New entries of `source`. `together`: the one key that tells the story of what is new, where it is given."""
    keys = _keys(fresh, together)
    newcomers = [
        stories.Newcomer(joining, one.former.story if one.former else None, one.marking == tlp.RED)
        for one, (joining, _finding) in zip(fresh, keys, strict=True)
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
        EntryKey(entry=entry, key=key, joins=key in joining)
        for entry, (joining, finding) in zip(entries, keys, strict=True)
        for key in sorted(joining | finding)
    )
    if source.show_as_labelled:
        shown.show(items, at)


def _keys(fresh: Sequence[Fresh], together: str) -> list[tuple[frozenset[str], frozenset[str]]]:
    """Of each the keys by which it joins a story, and those by which it is only found. What came RED has none."""
    decided = _decided([one.former.pk for one in fresh if one.former])
    found = []
    for one, own in zip(fresh, match.keys_of_document([one.raw for one in fresh]), strict=True):
        if one.marking == tlp.RED:
            found.append((frozenset[str](), frozenset[str]()))
        elif one.former:
            found.append(match.kept(own, decided[one.former.pk]))
        else:
            found.append((frozenset({together}) if together else own, frozenset[str]()))
    return found


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


def _decided(formers: Sequence[int]) -> dict[int, frozenset[str]]:
    """The keys that a person gave to earlier texts."""
    found: dict[int, frozenset[str]] = defaultdict(frozenset)
    for start in range(0, len(formers), MOST_ASKED):
        rows = EntryKey.objects.filter(stories.DECIDED, entry__in=formers[start : start + MOST_ASKED])
        for pk, key in rows.values_list("entry", "key"):
            found[pk] |= {key}
    return found


def _entry(source: Source, one: Fresh, at: datetime, reasons: dict[int, rank.Stored], **places: object) -> Entry:
    raw = one.raw
    ranking = rank.rank(raw, at, reasons.get(one.former.pk) if one.former else None)
    return Entry(
        source=source, guid=raw.guid, content_hash=raw.content_hash, title=raw.title, summary=raw.summary,
        url=raw.url, author=raw.author, published=raw.published, updated=raw.updated, seen_at=at,
        facts={**raw.facts, "cves": list(raw.cves)}, rank=ranking.score, lift=ranking.lift,
        reasons=rank.stored(ranking.reasons), **places,
    )  # fmt: skip
