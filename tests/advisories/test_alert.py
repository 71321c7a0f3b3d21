"""What is proposed for a draft: how loudly, about what, and why."""

from __future__ import annotations

import pytest

from advisories import alert
from advisories.models import Entry
from advisories.triage import rank
from advisories.triage.rules import Rules
from members.models import Tier
from tests.conftest import NOON


def entry(title: str = "", *reasons: rank.Reason) -> Entry:
    return Entry(title=title, reasons=rank.stored(reasons), seen_at=NOON)


@pytest.mark.parametrize(
    ("reason", "tier", "exploited"),
    [
        (rank.Reason(rank.KEV, {"day": "2026-10-30"}), Tier.URGENT, "yes"),
        (rank.Reason(rank.SAYS_EXPLOITED, {"words": "exploited in the wild"}), Tier.URGENT, "likely"),
        (rank.Reason(rank.CRITICAL, {"score": "9.8"}), Tier.URGENT, "unknown"),
        (rank.Reason(rank.HIGH, {"score": "7.5"}), Tier.ADVISORY, "unknown"),
        (rank.Reason(rank.NAMES, {"cves": "CVE-2099-1"}), Tier.INFORMATION, "unknown"),
    ],
)
def test_known_exploitation_and_severity_make_it_urgent(reason: rank.Reason, tier: Tier, exploited: str) -> None:
    proposal = alert.propose([entry("", reason)])
    assert (proposal.tier, proposal.exploited) == (tier, exploited)
    assert proposal.reasons[0] == reason.words


KEV, CRITICAL, HIGH, NAMES = (
    rank.Reason(rank.KEV, {"day": "2026-10-30"}), rank.Reason(rank.CRITICAL, {"score": "9.8"}),
    rank.Reason(rank.HIGH, {"score": "7.5"}), rank.Reason(rank.NAMES, {"cves": "CVE-2099-1"}),
)  # fmt: skip


@pytest.mark.parametrize(
    ("urgent_from", "planned_from", "tiers"),
    [
        ("critical", "high", "UUAI"), ("exploited", "high", "UAAI"), ("high", "high", "UUUI"),
        ("exploited", "critical", "UAII"), ("exploited", "any", "UAAA"), ("high", "any", "UUUA"),
    ],
)  # fmt: skip
def test_a_warp_says_from_what_on_a_tier_is_proposed(urgent_from: str, planned_from: str, tiers: str) -> None:
    rules = Rules(urgent_from=urgent_from, planned_from=planned_from)
    found = [alert.propose([entry("", reason)], rules).tier for reason in (KEV, CRITICAL, HIGH, NAMES)]
    assert "".join(tier.name[0] for tier in found) == tiers
    assert alert.propose([], rules).tier == Tier.ADVISORY


def test_no_machine_proposes_to_wake_people() -> None:
    worst = [rank.Reason(rank.KEV, {"day": "2026-10-30"}), rank.Reason(rank.RANSOMWARE, {})]
    assert (
        alert.propose([entry("", *worst), entry("", rank.Reason(rank.CRITICAL, {"score": "10.0"}))]).tier < Tier.FLASH
    )


@pytest.mark.parametrize(
    ("title", "subject"),
    [
        ("Ransomware against councils", "ransomware"), ("Phishing for payroll", "phishing"), ("Data breach", "breach"),
        ("DDoS against portals", "outage"), ("Guidance on passwords", "guidance"), ("Widgetron 4.1", "vulnerability"),
    ],
)  # fmt: skip
def test_the_subject_is_what_the_titles_speak_of(title: str, subject: str) -> None:
    assert alert.propose([entry(title)]).category == subject
