"""Insert what is new: envelopes, their place in stories, their texts and keys. By bulk statements."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import datetime

from advisories.collect import shown
from advisories.collect.changes import Fresh
from advisories.models import Entry, EntryKey, Source
from advisories.triage import match, rank, ranks, stories
from members import many, tlp
from members.items import create_entries
from members.models import Item

Keys = tuple[frozenset[str], frozenset[str]]  # those by which an entry joins a story, those by which it is only found


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
    ranks.settle(entries)
    many.create(Entry, entries)
    ranks.settle_own(entries)
    many.insert(EntryKey, ("entry", "key", "joins"), _rows_of_keys(items, keys))
    if source.show_as_labelled:
        shown.show(items, at)


def _keys(fresh: Sequence[Fresh], together: str) -> list[Keys]:
    """Of each. What came RED has none."""
    decided = _decided([one.former.pk for one in fresh if one.former])
    found: list[Keys] = []
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
    return create_entries(markings, source.warp, at, hub_wide=source.hub_wide, red_handlers=handlers)


def _reasons(formers: Sequence[int]) -> dict[int, rank.Stored]:
    """The kept reasons of earlier texts."""
    return dict(Entry.rows.filter(pk__in=many.among(formers)).values_list("pk", "reasons"))


def _decided(formers: Sequence[int]) -> dict[int, frozenset[str]]:
    """The keys that a person gave to earlier texts."""
    found: dict[int, frozenset[str]] = defaultdict(frozenset)
    rows = EntryKey.objects.filter(stories.DECIDED, entry__in=many.among(formers))
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


def _rows_of_keys(items: Sequence[Item], keys: Sequence[Keys]) -> Iterator[tuple[int, str, bool]]:
    for item, (joining, finding) in zip(items, keys, strict=True):
        for key in sorted(joining | finding):
            yield item.pk, key, key in joining
