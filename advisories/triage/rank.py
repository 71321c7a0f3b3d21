"""How urgent is an entry? Pure: a score from 0 to 100, and the reasons, in words that a coordinator can check.

Known exploitation comes first. What was old when the hub first saw it (the back catalogue of a new source) sinks,
but a known exploited vulnerability still lifts whatever fresh tells the same story.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, NamedTuple

from advisories.collect.base import RawEntry
from advisories.collect.text.vulnfacts import worst
from advisories.collect.words import Params, gettext_noop, in_words

HIGHEST = 100
EXPLOITED, WITH_RANSOMWARE = 80, 90
UNPROVED = EXPLOITED - 1  # the most that anything scores which is not known to be exploited
FRESH = 30
OLD_NEWS = 20  # the most that old news scores by itself
OLD = timedelta(days=30)
PER_SOURCE, MOST_SOURCES = 5, 3  # for each further source that tells it; only so many count
LONGEST_READ = 20_000  # characters of the text that are looked at

KEV = gettext_noop("Known exploited (CISA KEV, since %(day)s)")
RANSOMWARE = gettext_noop("Used by ransomware groups (CISA KEV)")
SAYS_EXPLOITED = gettext_noop("Says that it is being exploited: “%(words)s”")
CRITICAL = gettext_noop("Critical: CVSS %(score)s in the text")
HIGH = gettext_noop("High: CVSS %(score)s in the text")
CRITICAL_VECTOR = gettext_noop("Critical: CVSS %(version)s base score %(score)s")
HIGH_VECTOR = gettext_noop("High: CVSS %(version)s base score %(score)s")
BELOW_HIGH = gettext_noop("CVSS %(version)s base score %(score)s")
CRITICAL_TITLE = gettext_noop("Critical by its title")
OF_RANSOMWARE = gettext_noop("Speaks of ransomware")
NAMES = gettext_noop("Names %(cves)s")
ROUNDUP = gettext_noop("Names %(count)d vulnerabilities")
STALE = gettext_noop("Old news: from %(day)s, before the hub first saw it")
REVOKED = gettext_noop("Revoked by its author")
SOURCES = gettext_noop("%(count)d sources tell it")

Stored = list[list[Any]]  # [template, what fills it]

_EXPLOITED = re.compile(
    r"actively[- ]exploited|exploited in the wild|(?:under )?active(?:ly being)? exploitation|exploitation in the wild"
    r"|in-the-wild exploitation|known to be exploited|exploited (?:as a )?zero-days?|zero-days? exploited",
    re.IGNORECASE,
)
_DENIED = re.compile(r"\b(?:no|not|never|nor|without|unaware|isn.t|aren.t)\b[^.;:!?]{0,60}$", re.IGNORECASE)
_CVSS = re.compile(
    r"CVSS[ :-]{0,3}(?:v(?:ersion)?[ .]?)?(?:[234](?:\.[01])?\b)?[^0-9.]{0,40}(10(?:\.0)?|[0-9]\.[0-9])\b"
)
_TAGS = re.compile(r"<[^>]*>")


class Reason(NamedTuple):
    """Why: a template for gettext and what fills it. `day` is an ISO date, shown as a reader writes one."""

    template: str
    params: Params

    @property
    def words(self) -> str:
        return in_words(self.template, {k: _day(str(v)) if k == "day" else v for k, v in self.params.items()})


@dataclass(frozen=True, slots=True)
class Ranking:
    """`score`: the entry by itself. `lift`: what it gives to a story in which something is fresh, else 0."""

    score: int
    lift: int
    reasons: tuple[Reason, ...]


def rank(entry: RawEntry, at: datetime, former: Stored | None = None) -> Ranking:
    """The rank of an entry that the hub first saw at `at`.

    `former`: the reasons kept of what its source said before. Old news is news again where it gives a new one: a
    catalogue that rewords a thousand notes is not.
    """
    if entry.facts.get("revoked") == "true":
        return Ranking(0, 0, (Reason(REVOKED, {}),))
    lift = _lift(entry)
    told = list(_points(entry))
    score = min(HIGHEST if lift else UNPROVED, FRESH + sum(points for points, _ in told))
    reasons = [reason for _, reason in told]
    day = max((moment for moment in (entry.published, entry.updated) if moment), default=at)
    again = former is not None and any(reason not in former for reason in stored(reasons))
    if at - day > OLD and not again:
        score = min(score, OLD_NEWS)
        reasons.append(Reason(STALE, {"day": day.date().isoformat()}))
    return Ranking(score, lift, tuple(reasons))


def _lift(entry: RawEntry) -> int:
    if not is_known_exploited(entry):
        return 0
    return WITH_RANSOMWARE if _with_ransomware(entry) else EXPLOITED


def is_known_exploited(entry: RawEntry) -> bool:
    """Whether it stands in CISA's catalogue: only its parser gives this fact."""
    return "dateAdded" in entry.facts and "dueDate" in entry.facts


def _with_ransomware(entry: RawEntry) -> bool:
    return entry.facts.get("knownRansomwareCampaignUse", "").lower() == "known"


def _points(entry: RawEntry) -> Iterator[tuple[int, Reason]]:
    """What speaks for looking at it, the weightiest first."""
    text = f"{entry.title}. {_TAGS.sub(' ', entry.summary[:LONGEST_READ])}"
    if is_known_exploited(entry):
        yield 50, Reason(KEV, {"day": entry.facts["dateAdded"]})
        if _with_ransomware(entry):
            yield 10, Reason(RANSOMWARE, {})
    elif words := _says_exploited(text):
        yield 35, Reason(SAYS_EXPLOITED, {"words": words})
    yield from _rated(entry.facts.get("cvss", "")) or _severity(entry.title, text)
    if not is_known_exploited(entry) and "ransomware" in text.lower():
        yield 10, Reason(OF_RANSOMWARE, {})
    if len(entry.cves) > 3:
        yield 5, Reason(ROUNDUP, {"count": len(entry.cves)})
    elif entry.cves:
        yield 5, Reason(NAMES, {"cves": ", ".join(entry.cves)})


def _says_exploited(text: str) -> str:
    for found in _EXPLOITED.finditer(text):
        if not _DENIED.search(text[max(0, found.start() - 80) : found.start()]):
            return found[0].lower()
    return ""


def _rated(vectors: str) -> list[tuple[int, Reason]]:
    """By the worst of the vectors that the source gives; nothing where it gives none."""
    if (found := worst(vectors.splitlines())) is None:
        return []
    score, version = found
    params = {"score": f"{score:.1f}", "version": version}
    if score >= 9:
        return [(25, Reason(CRITICAL_VECTOR, params))]
    return [(10, Reason(HIGH_VECTOR, params))] if score >= 7 else [(0, Reason(BELOW_HIGH, params))]


def _severity(title: str, text: str) -> Iterator[tuple[int, Reason]]:
    score = max((float(found) for found in _CVSS.findall(text)), default=0.0)
    if 9.0 <= score <= 10.0:
        yield 25, Reason(CRITICAL, {"score": f"{score:.1f}"})
    elif re.search(r"\bcritical\b(?! infrastructure)", title, re.IGNORECASE):
        yield 20, Reason(CRITICAL_TITLE, {})
    elif score >= 7.0:
        yield 10, Reason(HIGH, {"score": f"{score:.1f}"})


def _day(iso: str) -> str:
    from django.utils import formats  # not at the top: this module decides, and needs no Django for that

    try:
        return formats.date_format(date.fromisoformat(iso), "j F Y")
    except ValueError:
        return iso


def stored(reasons: Sequence[Reason]) -> Stored:
    """As they are kept beside the entry."""
    return [[reason.template, dict(reason.params)] for reason in reasons]
