"""What leaves the hub of a shared incident, whatever the format. Nothing here has room for a reporter.

Who fills it in has asked `may` of the reader. A RED incident has no facts, so none can be exported. Of one that was
withdrawn, the writers take back everything by its id. They repeat no word of the text, and the indicators alone, so
that machines forget them; where those must not be repeated either, leave them out here.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime

from django.utils.translation import gettext as _

from members import tlp

Indicator = tuple[str, str]  # kind and value

HASHES = {"md5": 32, "sha1": 40, "sha256": 64, "sha512": 128}  # and how many digits
KINDS = ("ipv4", "ipv6", "domain", "url", "email", *HASHES, "file", "cve")
FEWEST = 5  # organisations of which a count is told (policy.md)
STATES = ("open", "contained", "recovered", "closed")
LABELS = (tlp.CLEAR, tlp.GREEN, tlp.AMBER, tlp.STRICT)
# Not translated: the same version is the same bytes, whoever asks.
HEADINGS = (TO_DO, HITS, KNOWN, TIMELINE, LESSONS) = (
    "What to do", "Who it hits", "What is known", "Timeline", "Lessons learned",
)  # fmt: skip
FIRST = datetime(2026, 1, 1, tzinfo=UTC)  # no WARP keeps the day it began, and its own must never change


_HEX = re.compile(r"[0-9a-fA-F]+", re.ASCII)


class NotForExport(ValueError):
    """These facts do not leave the hub. `str()` says why and what to do."""


@dataclass(frozen=True, slots=True)
class Creator:
    """The WARP that shares it. `named`: since when it has this name, where it was renamed."""

    name: str
    slug: str
    named: datetime = FIRST


@dataclass(frozen=True, slots=True)
class IncidentFacts:
    """One version of a shared incident, as its readers may see it.

    `created` is the first version's moment and never changes. `modified` is when anything here last changed, the state
    and the label too: whoever has something of that moment does not ask again. So nothing here may differ from reader
    to reader: `related` are references of items that all of them may see. `url`: its own page.
    """

    reference: str
    title: str
    label: str
    created: datetime
    modified: datetime
    first_released: datetime
    creator: Creator
    version: int = 1
    what_to_do: str = ""
    who_it_hits: str = ""
    what_is_known: str = ""
    timeline: tuple[tuple[date, str], ...] = ()
    lessons: str = ""
    rsit: str = "other"
    state: str = "open"
    severity: int | None = None  # 1 low … 4 critical
    started: date | None = None  # a day: outside custody no time is told more exactly
    indicators: tuple[Indicator, ...] = ()
    references: tuple[tuple[str, str], ...] = ()  # title and address
    related: tuple[str, ...] = ()
    sightings: tuple[
        tuple[Indicator | None, int], ...
    ] = ()  # organisations that see it (None: the whole), five or more
    withdrawn: bool = False
    url: str = ""
    incident: bool = True

    def __post_init__(self) -> None:
        if self.label not in LABELS:
            raise NotForExport(_refusal(self.reference, self.label))
        for at in (self.created, self.modified, self.first_released, self.creator.named):
            if at.tzinfo is None:
                raise ValueError(f"{self.reference}: {at} has no time zone")
        if self.modified < self.created:
            raise ValueError(f"{self.reference} was modified before it was created")
        if self.state not in STATES:
            raise ValueError(f"{self.reference} is “{self.state}”, which is no state of an incident: {STATES}")
        if any(count < FEWEST for _what, count in self.sightings):
            raise ValueError(f"{self.reference}: fewer than {FEWEST} organisations are told to nobody")
        for kind, value in self.indicators:
            if kind not in KINDS or not value or (kind in HASHES and not is_hash(kind, value)):
                raise ValueError(f"{self.reference}: “{kind}” “{value}” is no indicator; the kinds are {KINDS}")

    def name(self) -> str:
        """Its title; of one that has none to show, its reference."""
        return self.reference if self.withdrawn else self.title.strip() or self.reference

    def sections(self) -> list[tuple[str, str]]:
        """The text under its headings, empty sections left out."""
        happened = "\n".join(f"{on}: {words}" for on, words in self.timeline)
        texts = (self.what_to_do, self.who_it_hits, self.what_is_known, happened, self.lessons)
        return [(heading, text) for heading, text in zip(HEADINGS, texts, strict=True) if text.strip()]

    def distinct(self) -> list[Indicator]:
        """Each indicator once, as they stand."""
        return list(dict.fromkeys(self.indicators))


def is_hash(kind: str, value: str) -> bool:
    return len(value) == HASHES[kind] and _HEX.fullmatch(value) is not None


def _refusal(reference: str, label: str) -> str:
    if label == tlp.RED:
        return _(
            "%(reference)s is TLP:RED: it is for the people named on it alone, so it is never exported. "
            "Share a version of it under a lower label, with its source's permission."
        ) % {"reference": reference}
    return _("%(reference)s has the label “%(label)s”, which is none of TLP 2.0, so it is not exported.") % {
        "reference": reference,
        "label": label,
    }
