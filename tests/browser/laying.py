"""Every hostile word of tests/hostile/markup.py, laid into a demonstration hub: through each door onto the desk, as
refusals, and pasted by a coordinator into advisories that members are told of. Run in the hub's own environment
(`python -m tests.browser.laying`); says as JSON where it all lies.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Iterator, Sequence
from datetime import datetime
from functools import partial

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "warp.settings")
django.setup()

# ruff: noqa: E402  models are there after the set-up alone
from django.core.files.base import ContentFile

from advisories import children, draft, publish
from advisories.collect import run
from advisories.collect.attempt import attempt
from advisories.collect.base import BIG, CollectError, ParseContext, Parsed
from advisories.collect.kinds import KINDS
from advisories.collect.reading import Read, digest
from advisories.collect.store import store
from advisories.models import Advisory, Entry, EntryKey, Fetch, Source
from members import clock
from members.models import Organisation, Person, Tier, Warp
from tests.advisories.collect.conftest import Site
from tests.hostile.doors import CVE, DOORS, json_of
from tests.hostile.markup import CASES

WORDS = [case.encode("utf-8", "replace").decode() for case in CASES.values()]  # JSON with half a letter is refused
FETCHED = {"feed", "stix", "osv", "cve", "kev"}  # of these a document's address is all that a source needs
SOME = {"RSS with whole texts", "TAXII", "CVE", "NVD"}  # every tenth word: they are shown as others are
TOGETHER = 60  # in one advisory
REFUSED = 20  # of one document, that are kept word by word
CARA, LENA = "cara.orr@severn.example.org", "lena.fox@avonbridge.example.org"


def lay(at: datetime) -> dict[str, object]:
    warp = Warp.objects.get(slug="demo-severn")
    sources = [_through(door, warp, at) for door in DOORS]
    refusing = _refused(warp, at)
    shared = EntryKey.objects.filter(key__icontains=CVE).values_list("entry__story__code", flat=True)
    told = [_released(number, words, at) for number, words in enumerate(_chunks(WORDS, TOGETHER))]
    return {
        "entries": Entry.rows.filter(source__in=sources).count(),
        "stories": sorted(set(shared)),
        "sources": [one.slug for one in [*sources, refusing]],
        "advisories": [one.item.reference for one in told],
        "draft": _draft(0, WORDS[:TOGETHER], at).item.reference,
    }


def _source(warp: Warp, name: str, kind: str, at: datetime, url: str = "") -> Source:
    slug = name.lower().replace(" ", "-")
    fields = {"kind": kind, "warp": warp, "url": url, "default_label": "CLEAR", "enabled": False}
    return Source.objects.create(slug=f"hostile-{slug}", name=f"{name} {WORDS[0]}"[:100], due_at=at, **fields)


def _through(door: str, warp: Warp, at: datetime) -> Source:
    """All of them as one kind of document, fetched where that takes an address alone."""
    kind, make = DOORS[door]
    words = WORDS[::10] if door in SOME else WORDS
    documents = make(words)
    if kind not in FETCHED:
        source = _source(warp, door, kind, at)
        read = [KINDS[kind].parse(body, ParseContext(at, limits=BIG)) for body in documents]
        store(source, Parsed(tuple(entry for one in read for entry in one.entries)), at)
        return source
    site = Site()
    source = _source(warp, door, kind, at, site.gives("/hostile", documents[0]))
    (fetch,) = run.collect(source, at)
    assert fetch.new > 0.9 * len(words), fetch.error
    site.server.shutdown()
    return source


def _refused(warp: Warp, at: datetime) -> Source:
    """As ids that are none, in files whose names are no better; and one that is kept in quarantine."""
    source = _source(warp, "Refused", "folder", at)
    for words in _chunks(WORDS, REFUSED):
        rows = [
            {"id": word, "modified": "2026-01-01T00:00:00Z", "schema_version": "1", "affected": []} for word in words
        ]
        fetch = Fetch(source=source, at=at, document=words[0][:255])
        attempt(fetch, partial(_osv, json_of(rows), at))
        assert fetch.refused == len(words), fetch.error
    assert run.take_file(source, WORDS[0], WORDS[0].encode(), at).kept
    return source


def _osv(body: bytes, at: datetime) -> Read:
    return Read(KINDS["osv"].parse(body, ParseContext(at, limits=BIG)), digest(body))


def _draft(number: int, words: Sequence[str], at: datetime) -> Advisory:
    """From what a feed said of them, with the same pasted wherever a coordinator writes."""
    cara = Person.objects.get(email=CARA)
    entries = Entry.rows.filter(source__slug="hostile-rss").order_by("pk")[number * TOGETHER :][: len(words)]
    office = cara.offices.get(role="coordinator")
    made = draft.begin(cara, office, entries, at)
    pasted = "\n\n".join(word.replace("\0", "") for word in words)
    draft.edit(
        cara, made, at, title=" ".join("".join(words[number % len(words) :]).replace("\0", "").split())[:200],
        what_to_do=pasted, who_it_hits=pasted, what_is_known=pasted, label="GREEN", permission=pasted[:150],
        exploited="yes", category="phishing", tier=Tier.URGENT if number % 2 else Tier.INFORMATION,
        audience=[("organisation", Organisation.objects.get(slug="avonbridge").pk)],
        references=[(word.replace("\0", "")[:300], "https://example.org/") for word in words],
    )  # fmt: skip
    return made


def _released(number: int, words: Sequence[str], at: datetime) -> Advisory:
    """Drafted, released and talked about; the first is withdrawn again."""
    cara, lena = Person.objects.get(email=CARA), Person.objects.get(email=LENA)
    made, pasted = _draft(number, words, at), "\n\n".join(words).replace("\0", "")
    publish.release(cara, made.item, at, confirm_title=publish.newest(made).title)
    children.comment(lena, made.item, at, pasted[:10_000])
    children.attach(lena, made.item, at, words[0], ContentFile(pasted.encode()))
    if number == 0:
        publish.withdraw(cara, made.item, at, pasted[:500])
    return made


def _chunks(words: Sequence[str], size: int) -> Iterator[Sequence[str]]:
    for start in range(0, len(words), size):
        yield words[start : start + size]


if __name__ == "__main__":
    try:
        json.dump(lay(clock.ask()), sys.stdout)
    except CollectError as error:
        sys.exit(str(error))
