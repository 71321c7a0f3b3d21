"""How urgent is an entry? Pure: a score from 0 to 100, and the reasons, in words that a coordinator can check.

Known exploitation comes first. What was old when the hub first saw it (the back catalogue of a new source) sinks,
but a known exploited vulnerability still lifts whatever fresh tells the same story.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, NamedTuple

from advisories.collect.base import RawEntry
from advisories.collect.text.vulnfacts import worst
from advisories.triage import saying
from advisories.triage.rules import DEFAULT, Rules
from members.web.words import Params, gettext_noop, in_words

HIGHEST = 100
UNPROVED = 79  # the most that anything scores which is not known to be exploited
FRESH = 30
OLD_NEWS = 20  # the most that old news scores by itself
OLD = timedelta(days=30)
PER_SOURCE, MOST_SOURCES = 5, 3  # for each further source that tells it; only so many count

KEV = gettext_noop("Known exploited (CISA KEV, since %(day)s)")
RANSOMWARE = gettext_noop("Used by ransomware groups (CISA KEV)")
SAYS_EXPLOITED = gettext_noop("Says that it is being exploited: “%(words)s”")
CRITICAL = gettext_noop("Critical: CVSS %(score)s in the text")
HIGH = gettext_noop("High: CVSS %(score)s in the text")
CRITICAL_VECTOR = gettext_noop("Critical: CVSS %(version)s base score %(score)s")
HIGH_VECTOR = gettext_noop("High: CVSS %(version)s base score %(score)s")
BELOW_HIGH = gettext_noop("CVSS %(version)s base score %(score)s")
CRITICAL_TITLE = gettext_noop("Critical by its title")
LIKELY = gettext_noop("Likely to be exploited: EPSS %(score)s (percentile %(percentile)s), as of %(day)s")
LIKELY_ALONE = gettext_noop("Likely to be exploited: EPSS %(score)s, as of %(day)s")
WATCHED = gettext_noop("Watchword: %(words)s")
OF_RANSOMWARE = gettext_noop("Speaks of ransomware")
NAMES = gettext_noop("Names %(cves)s")
ROUNDUP = gettext_noop("Names %(count)d vulnerabilities")
STALE = gettext_noop("Old news: from %(day)s, before the hub first saw it")
REVOKED = gettext_noop("Revoked by its author")
SOURCES = gettext_noop("%(count)d sources tell it")

Stored = list[list[Any]]  # [template, what fills it]

# Which rule (of rules.py) gives points for a reason; what is not among them gives none.
SIGNALS = {
    KEV: "exploited", RANSOMWARE: "with_ransomware", SAYS_EXPLOITED: "says_exploited", CRITICAL: "critical",
    CRITICAL_VECTOR: "critical", CRITICAL_TITLE: "critical_title", HIGH: "high", HIGH_VECTOR: "high",
    OF_RANSOMWARE: "speaks_of_ransomware", NAMES: "names_cve", ROUNDUP: "names_cve", LIKELY: "likely",
    LIKELY_ALONE: "likely", WATCHED: "watchword",
}  # fmt: skip


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
    """The rank of an entry that the hub first saw at `at`, by what itself says.

    `former`: the reasons kept of what its source said before. Old news is news again where it gives a new one: a
    catalogue that rewords a thousand notes is not.
    """
    if entry.facts.get("revoked") == "true":
        return weighed([Reason(REVOKED, {})])
    reasons = list(_reasons(entry))
    day = max((moment for moment in (entry.published, entry.updated) if moment), default=at)
    again = former is not None and any(reason not in former for reason in stored(reasons))
    if at - day > OLD and not again:
        reasons.append(Reason(STALE, {"day": day.date().isoformat()}))
    return weighed(reasons)


def weighed(reasons: Sequence[Reason], rules: Rules = DEFAULT) -> Ranking:
    """What these reasons come to."""
    templates = {reason.template for reason in reasons}
    lift = 0
    if KEV in templates:
        lift = min(HIGHEST, FRESH + rules.exploited + (rules.with_ransomware if RANSOMWARE in templates else 0))
    score = min(HIGHEST if lift else UNPROVED, FRESH + sum(points(reason, rules) for reason in reasons))
    if STALE in templates:
        score = min(score, OLD_NEWS)
    return Ranking(0 if REVOKED in templates else score, lift, tuple(reasons))


def points(reason: Reason, rules: Rules = DEFAULT) -> int:
    name = SIGNALS.get(reason.template)
    return int(getattr(rules, name)) if name else 0


def is_known_exploited(entry: RawEntry) -> bool:
    """Whether it stands in CISA's catalogue: only its parser gives this fact."""
    return "dateAdded" in entry.facts and "dueDate" in entry.facts


def _reasons(entry: RawEntry) -> Iterator[Reason]:
    """What speaks for looking at it, the weightiest first."""
    text = saying.text_of(entry.title, entry.summary)
    if is_known_exploited(entry):
        yield Reason(KEV, {"day": entry.facts["dateAdded"]})
        if entry.facts.get("knownRansomwareCampaignUse", "").lower() == "known":
            yield Reason(RANSOMWARE, {})
    elif words := saying.says_exploited(text):
        yield Reason(SAYS_EXPLOITED, {"words": words})
    yield from _rated(entry.facts.get("cvss", "")) or _severity(entry.title, text)
    if not is_known_exploited(entry) and "ransomware" in text.lower():
        yield Reason(OF_RANSOMWARE, {})
    if len(entry.cves) > 3:
        yield Reason(ROUNDUP, {"count": len(entry.cves)})
    elif entry.cves:
        yield Reason(NAMES, {"cves": ", ".join(entry.cves)})


def _rated(vectors: str) -> list[Reason]:
    """By the worst of the vectors that the source gives; nothing where it gives none."""
    if (found := worst(vectors.splitlines())) is None:
        return []
    score, version = found
    template = CRITICAL_VECTOR if score >= 9 else HIGH_VECTOR if score >= 7 else BELOW_HIGH
    return [Reason(template, {"score": f"{score:.1f}", "version": version})]


def _severity(title: str, text: str) -> Iterator[Reason]:
    score = saying.cvss_in(text)
    if 9.0 <= score <= 10.0:
        yield Reason(CRITICAL, {"score": f"{score:.1f}"})
    elif saying.is_critical(title):
        yield Reason(CRITICAL_TITLE, {})
    elif score >= 7.0:
        yield Reason(HIGH, {"score": f"{score:.1f}"})


def _day(iso: str) -> str:
    from django.utils import formats  # not at the top: this module decides, and needs no Django for that

    try:
        return formats.date_format(date.fromisoformat(iso), "j F Y")
    except ValueError:
        return iso


def stored(reasons: Sequence[Reason]) -> Stored:
    """As they are kept beside the entry."""
    return [[reason.template, dict(reason.params)] for reason in reasons]
