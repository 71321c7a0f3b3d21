"""What must hold of whatever a parser gave: within the limits of the columns, storable, clean, and the same again."""

from __future__ import annotations

import json
import re
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from advisories.collect import frames
from advisories.collect.base import CollectError, ParseContext, Parsed, RawEntry
from advisories.collect.kinds import KINDS
from advisories.collect.text import html, markings
from advisories.models import Entry, EntryKey, Score
from advisories.triage import match, rank
from tests.hostile.clean import unclean

ID = re.compile(r"CVE-[0-9]{4}-[0-9]{4,19}|CWE-[1-9][0-9]{0,5}")
COLUMNS = ("guid", "title", "url", "author", "content_hash")
LONGEST: dict[str, int] = {name: getattr(Entry, name).field.max_length for name in COLUMNS}
LONGEST_KEY = EntryKey._meta.get_field("key").max_length or 0
LONGEST_CVE = Score._meta.get_field("cve").max_length or 0
MOST_FACT = 250_000  # characters of one fact, with the line that counts what was left out
MOST_SUMMARY = 4 * html.LONGEST_SUMMARY  # escaping may lengthen what is cut before it


def outcome(kind: str, body: bytes, context: ParseContext) -> Parsed | str:
    """What came of it, or the sentence of its refusal. Anything else that is raised goes on."""
    try:
        return KINDS[kind].parse(body, context)
    except CollectError as error:
        assert error.refused, error
        storable(str(error))
        return str(error)


def judge(kind: str, body: bytes, context: ParseContext) -> None:
    """Read twice, it is the same; it goes from the worker to the hub whole; and every part of it can be kept."""
    found = outcome(kind, body, context)
    assert outcome(kind, body, context) == found
    if isinstance(found, str):
        return
    assert frames.outcome_from(frames.parsed_to(found)) == found
    assert len({one.guid for one in found.entries}) == len(found.entries) <= context.limits.entries
    for entry in found.entries:
        fit(entry, context.fetched_at)
    for keys in match.keys_of_document(found.entries):
        assert all(key and len(key) <= LONGEST_KEY and storable(key) for key in keys)
    for refusal in found.refusals:
        assert refusal.reason and storable(refusal.guid) and storable(refusal.reason)
    for link in found.links:
        assert html.web_address(link.url) and storable(link.role) and storable(link.stamp), link
        assert all(html.web_address(url) for url in [*link.beside.values(), *filter(None, [link.otherwise])]), link
    assert storable(json.dumps(dict(found.state), ensure_ascii=False))
    for cve, probability, percentile in found.scores:
        assert len(cve) <= LONGEST_CVE and 0 <= Decimal(probability) <= 1 and len(probability) <= 11
        assert not percentile or (0 <= Decimal(percentile) <= 1 and len(percentile) <= 11)


def fit(entry: RawEntry, at: datetime) -> None:
    """An entry as the database takes it and a page may show it."""
    for name, longest in LONGEST.items():
        text = getattr(entry, name)
        assert len(text) <= longest and storable(text), name
    assert entry.guid and entry.title and len(entry.summary) <= MOST_SUMMARY and storable(entry.summary)
    assert not unclean(entry.summary) and not unclean(html.safe(entry.summary))
    assert html.scrub(entry.summary, len(entry.summary)) == entry.summary
    assert all(html.scrub(text, len(text)) == text for text in (entry.title, entry.author, entry.guid))
    assert "\n" not in entry.title + entry.author
    references = entry.facts.get("references", "").splitlines()
    assert all(html.web_address(url) == url for url in [entry.url, *references] if url and not url.startswith("… +"))
    assert entry.label is None or entry.label in markings.LABELS
    assert list(entry.cves) == sorted(set(entry.cves)) and all(map(ID.fullmatch, entry.cves)), entry.cves
    for moment in (entry.published, entry.updated):
        assert moment is None or (moment.utcoffset() == timedelta(0) and moment.year > 1)
    for name, value in entry.facts.items():
        assert value and len(value) <= MOST_FACT and storable(name) and storable(value), name
    ranked = rank.rank(entry, at, None)
    assert 0 <= ranked.score <= 32_767 and 0 <= ranked.lift <= 32_767
    assert storable(json.dumps(rank.stored(ranked.reasons), ensure_ascii=False))


def storable(text: Any) -> bool:
    """Whether a database takes it: text without NUL and without half a letter."""
    assert "\0" not in text and "\\u0000" not in text, repr(text[:200])
    text.encode("utf-8")
    return True
