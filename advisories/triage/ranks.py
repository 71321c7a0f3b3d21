"""Bring the ranks that are kept to what the rules say now: in bulk, and by no statement for a single entry.

Each entry keeps its rank under the usual rules. A WARP with rules of its own has a row for each entry of its desk that
ranks otherwise there. Nothing is parsed again: the reasons that are kept with an entry are its signals.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

from django.db.models import Q, QuerySet
from django.utils import timezone

from advisories.models import Entry, EntryKey, RankRules, Score, WarpRank
from advisories.triage import match, rank, saying
from advisories.triage.rules import DEFAULT, Rules, rules_of
from advisories.triage.weighing import Likely, Signals
from members import tlp
from members.many import among
from members.models import Realm, Warp

AT_ONCE = 2_000  # entries that are read and weighed at a time
AT_ONE_WRITE = 500
NEEDED = ("title", "summary", "facts", "rank", "lift", "reasons", "item__hub_wide", "item__warp")
CURRENT = Q(superseded_at=None, gone_at=None)
CVE = "cve:"


def settle(entries: Sequence[Entry]) -> None:
    """Rank entries that are about to be stored by what EPSS says of what they name, too."""
    likely = _likely(entries)
    for entry in entries if likely else ():
        _settled(entry, likely)


def settle_own(entries: Sequence[Entry]) -> None:
    """And, once they are stored, for the WARPs with rules of their own."""
    every = _every()
    likely = _likely(entries) if every else {}
    _write(_own(entries, every, likely))


def renew(pks: Iterable[int]) -> None:
    """The same for entries that are stored already. Call it inside a transaction."""
    every, asked = _every(), sorted(set(pks))
    for start in range(0, len(asked), AT_ONCE):
        batch = asked[start : start + AT_ONCE]
        entries = _read(Entry.rows.filter(pk__in=among(batch)))
        likely = _likely(entries)
        changed = [entry for entry in entries if _settled(entry, likely)]
        Entry.rows.bulk_update(changed, ["rank", "reasons"], batch_size=AT_ONE_WRITE)
        if every:
            WarpRank.objects.filter(entry__in=among(batch)).delete()
            _write(_own(entries, every, likely))


def rerank(warp: Warp, rules: Rules | None) -> None:
    """All that is on the desk of `warp`, under these rules; None: as is usual. Call it inside a transaction."""
    WarpRank.objects.filter(warp=warp).delete()
    desk = Entry.rows.filter(CURRENT, Q(item__hub_wide=True) | Q(item__warp=warp), item__realm=Realm.REAL)
    last = 0
    while rules and (entries := _read(desk.filter(pk__gt=last).order_by("pk")[:AT_ONCE])):
        _write(_own(entries, {warp.pk: rules}, _likely(entries)))
        last = entries[-1].pk


def lowest() -> int:
    """Percent: what EPSS gives below it moves no entry on any desk."""
    return min(rules.likely_from for rules in (DEFAULT, *_every().values()))


def naming(cves: Iterable[str]) -> set[int]:
    """The ids of current entries that name one of these vulnerabilities, and of all that came RED: it has no keys."""
    keys = EntryKey.objects.filter(key__in=among([f"{CVE}{cve}" for cve in cves]))
    named = keys.filter(entry__superseded_at=None, entry__gone_at=None)
    red = Entry.rows.filter(CURRENT, item__marking=tlp.RED)
    return {*named.values_list("entry", flat=True), *red.values_list("pk", flat=True)}


def _read(found: QuerySet[Entry]) -> list[Entry]:
    return list(found.select_related("item").only(*NEEDED))


def _every() -> dict[int, Rules]:
    """The rules of each WARP that has some of its own."""
    return {warp: rules_of(changed) for warp, changed in RankRules.objects.values_list("warp", "changed")}


def _likely(entries: Iterable[Entry]) -> dict[str, Likely]:
    """What EPSS says of each vulnerability that these entries name."""
    asked = sorted({cve for entry in entries for cve in _cves(entry)})
    return {
        cve: Likely(probability, percentile, timezone.localdate(at).isoformat())
        for cve, probability, percentile, at in Score.objects.filter(pk__in=among(asked)).values_list(
            "cve", "probability", "percentile", "at"
        )
    }


def _cves(entry: Entry) -> list[str]:
    """What it is about; a roundup is about none of those that it names."""
    cves: list[str] = entry.facts.get("cves", [])
    return cves if len(cves) <= match.MOST_CVES else []


def _settled(entry: Entry, likely: Mapping[str, Likely]) -> bool:
    """Rank it under the usual rules. Whether that changed anything."""
    found = _signals(entry, likely).under()
    before = entry.rank, entry.lift, entry.reasons
    entry.rank, entry.lift, entry.reasons = found.score, found.lift, rank.stored(found.reasons)
    return before != (entry.rank, entry.lift, entry.reasons)


def _own(entries: Iterable[Entry], every: Mapping[int, Rules], likely: Mapping[str, Likely]) -> Iterator[WarpRank]:
    """How entries rank where that is otherwise than is usual."""
    words = any(rules.watchwords for rules in every.values())
    for entry in entries if every else ():
        signals = _signals(entry, likely, words=words)
        for warp, rules in every.items():
            if entry.item.hub_wide or entry.item.warp_id == warp:
                found = signals.under(rules)
                told = found.score, found.lift, rank.stored(found.reasons)
                if told != (entry.rank, entry.lift, entry.reasons):
                    yield WarpRank(warp_id=warp, entry=entry, rank=told[0], lift=told[1], reasons=told[2])


def _signals(entry: Entry, likely: Mapping[str, Likely], *, words: bool = False) -> Signals:
    told = [likely[cve] for cve in _cves(entry) if cve in likely]
    text = saying.looked_through(entry.title, entry.summary, entry.facts) if words else ""
    said = [rank.Reason(template, params) for template, params in entry.reasons]
    return Signals(said, max(told, key=lambda one: one.probability, default=None), text)


def _write(rows: Iterator[WarpRank]) -> None:
    WarpRank.objects.bulk_create(rows, batch_size=AT_ONCE)
