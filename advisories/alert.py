"""How loudly to tell: what is proposed for a draft, and the announcement that a release owes."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from django.utils.translation import gettext as _

from advisories.models import Entry, Version
from advisories.triage import rank
from advisories.triage.rules import DEFAULT, Rules
from members.categories import Category
from members.models import Announcement, Tier

# What a WARP may say that Urgent or Advisory is proposed from (triage/rules.py), the gravest first.
GRAVE = {
    "exploited": {rank.KEV, rank.SAYS_EXPLOITED},
    "critical": {rank.CRITICAL, rank.CRITICAL_TITLE},
    "high": {rank.HIGH, rank.OF_RANSOMWARE},
}
LEAST = [*GRAVE, "any"]
# What a title speaks of, the most telling first. What speaks of none of it is about a vulnerability.
SUBJECTS = (
    (Category.RANSOMWARE, r"ransomware|malware|botnet|trojan|infostealer"),
    (Category.PHISHING, r"phishing|fraud|scam|impersonat|smishing"),
    (Category.BREACH, r"breach|leaked|stolen credentials"),
    (Category.OUTAGE, r"outage|denial.of.service|ddos"),
    (Category.GUIDANCE, r"guidance|good practice|how to|checklist"),
)


class Proposal(NamedTuple):
    """What the entries speak for. `reasons` are sentences for the coordinator, who decides."""

    tier: Tier
    exploited: Version.Exploited
    category: Category
    reasons: list[str]


def propose(entries: Sequence[Entry], rules: Rules = DEFAULT) -> Proposal:
    """By the usual rules, exploited or critical: act today; high: plan. A Flash is never proposed: waking people is a
    person's decision."""
    found = {template: params for entry in entries for template, params in entry.reasons}
    reasons = [rank.Reason(template, params).words for template, params in found.items()]
    exploited = Version.Exploited.UNKNOWN
    if rank.KEV in found:
        exploited = Version.Exploited.YES
    elif rank.SAYS_EXPLOITED in found:
        exploited = Version.Exploited.LIKELY
    grave = next((name for name, signals in GRAVE.items() if signals & found.keys()), "any")
    if grave == "any" and entries:
        reasons.append(_("Nothing says that it is exploited or severe"))
    tier = _tier(grave, rules) if entries else Tier.ADVISORY
    return Proposal(tier, exploited, subject(entries), reasons)


def _tier(grave: str, rules: Rules) -> Tier:
    if LEAST.index(grave) <= LEAST.index(rules.urgent_from):
        return Tier.URGENT
    return Tier.ADVISORY if LEAST.index(grave) <= LEAST.index(rules.planned_from) else Tier.INFORMATION


def subject(entries: Sequence[Entry]) -> Category:
    """What the entries' titles speak of."""
    titles = " ".join(entry.title for entry in entries).lower()
    return next((found for found, words in SUBJECTS if re.search(words, titles)), Category.VULNERABILITY)


def announce(version: Version, event: Announcement.Event, at: datetime, due_at: datetime | None = None) -> Announcement:
    """Owe that people are told of `version`, from `due_at` (default: now) on: the row that planning picks up."""
    item = version.advisory.item
    return Announcement.objects.create(
        event=event, item=item, version=version.number, realm=item.realm, tier=version.tier,
        categories=[version.category], created_at=at, due_at=due_at or at,
    )  # fmt: skip
