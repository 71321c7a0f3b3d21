"""Rules as data: by default entries rank as ever, and a rule that is changed counts for what it says."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from advisories.triage import rank, saying
from advisories.triage.rank import FRESH, OLD_NEWS, UNPROVED, Reason, points
from advisories.triage.rules import DEFAULT, NUMBERS, Rules, changes, rules_of
from advisories.triage.weighing import Likely, Signals

KEV = Reason(rank.KEV, {"day": "2026-03-03"})
RANSOMWARE = Reason(rank.RANSOMWARE, {})
CRITICAL = Reason(rank.CRITICAL, {"score": "9.8"})
NAMES = Reason(rank.NAMES, {"cves": "CVE-2026-1001"})
STALE = Reason(rank.STALE, {"day": "2021-11-03"})
REVOKED = Reason(rank.REVOKED, {})
TEN = Likely(Decimal("0.1"), Decimal("0.93"), "2026-11-01")


def under(*said: Reason, rules: Rules = DEFAULT, likely: Likely | None = None, text: str = "") -> tuple[int, list[str]]:
    found = Signals(said, likely, text).under(rules)
    return found.score, [reason.words for reason in found.reasons]


def test_what_is_usual_is_what_the_hub_always_did() -> None:
    usual = [(KEV, 50), (RANSOMWARE, 10), (Reason(rank.SAYS_EXPLOITED, {"words": "x"}), 35), (CRITICAL, 25),
             (Reason(rank.CRITICAL_VECTOR, {}), 25), (Reason(rank.CRITICAL_TITLE, {}), 20),
             (Reason(rank.HIGH, {"score": "7.5"}), 10), (Reason(rank.HIGH_VECTOR, {}), 10),
             (Reason(rank.BELOW_HIGH, {}), 0), (Reason(rank.OF_RANSOMWARE, {}), 10), (NAMES, 5),
             (Reason(rank.ROUNDUP, {"count": 9}), 5), (STALE, 0)]  # fmt: skip
    assert [points(reason) for reason, _ in usual] == [given for _, given in usual]
    assert (rank.weighed([KEV]).lift, rank.weighed([KEV, RANSOMWARE]).lift, rank.weighed([CRITICAL]).lift) == (
        80,
        90,
        0,
    )


def test_every_signal_has_a_rule_and_every_rule_a_signal() -> None:
    assert set(rank.SIGNALS.values()) == set(NUMBERS) - {"likely_from"}


def test_a_changed_rule_counts_for_its_own_signal_alone() -> None:
    rules = replace(DEFAULT, critical=40, exploited=0)
    assert under(CRITICAL, NAMES, rules=rules)[0] == FRESH + 40 + 5
    assert under(KEV, NAMES, rules=rules)[0] == FRESH + 5
    assert Signals([KEV, RANSOMWARE]).under(rules).lift == FRESH + 10


def test_whatever_the_rules_what_is_unproved_stays_below_what_is_old_low_and_what_is_revoked_last() -> None:
    loudest: dict[str, Any] = dict.fromkeys(NUMBERS, 100)
    loud = Rules(**loudest, watchwords=("gateway",))
    assert under(CRITICAL, rules=loud, text="gateway")[0] == UNPROVED
    assert under(KEV, rules=loud)[0] == 100
    assert under(CRITICAL, STALE, rules=loud, likely=TEN, text="gateway")[0] == OLD_NEWS
    assert under(REVOKED, rules=loud, likely=TEN, text="gateway") == (0, ["Revoked by its author"])


@pytest.mark.parametrize(
    ("share", "from_", "counts"), [("0.1", 10, True), ("0.0999", 10, False), ("0.0999", 9, True), ("0", 0, True)]
)
def test_epss_counts_from_its_threshold_on(share: str, from_: int, counts: bool) -> None:
    rules = replace(DEFAULT, likely_from=from_)
    score, words = under(NAMES, rules=rules, likely=TEN._replace(probability=Decimal(share)))
    assert score == FRESH + 5 + (15 if counts else 0)
    assert any(one.startswith("Likely to be exploited: EPSS") for one in words) == counts


def test_epss_says_its_score_its_place_and_its_day_before_what_weighs_less() -> None:
    said = "Likely to be exploited: EPSS 10.0% (percentile 93.0), as of 1 November 2026"
    assert under(CRITICAL, NAMES, likely=TEN)[1] == ["Critical: CVSS 9.8 in the text", said, "Names CVE-2026-1001"]
    alone = TEN._replace(percentile=None)
    assert under(likely=alone)[1] == ["Likely to be exploited: EPSS 10.0%, as of 1 November 2026"]


def test_what_was_added_before_is_worked_out_anew() -> None:
    once = Signals([NAMES], TEN).under()
    assert Signals(once.reasons, TEN).under() == once
    assert Signals(once.reasons).under() == rank.weighed([NAMES])


@pytest.mark.parametrize(
    ("words", "text", "found"),
    [
        (["Widgetron"], "WIDGETRON 9 is hit", ["Widgetron"]),
        (["Palo Alto"], "Palo\n  alto firewalls", ["Palo Alto"]),
        (["SAP"], "a sapling", []),
        (["C++"], "In C++, and c", ["C++"]),
        (["AT&T"], "AT&amp;T says", ["AT&T"]),
        (["a.b"], "axb", []),
        (["one", "two", "three"], "Three, one", ["one", "three"]),
    ],
)
def test_a_watchword_is_found_as_a_word_whatever_its_case(words: list[str], text: str, found: list[str]) -> None:
    assert saying.watched(words, saying.looked_through(text, "", {})) == found


def test_a_watchword_is_looked_for_in_title_text_and_products() -> None:
    facts = {"products": "Example Gateway\n", "cpes": "cpe:2.3:a:maker:thing:1:*:*:*:*:*:*:*", "purls": None}
    text = saying.looked_through("A title", "<p>A <b>text</b></p>", facts)
    assert saying.watched(["title", "text", "gateway", "maker", "b"], text) == ["title", "text", "gateway", "maker"]


def test_a_watchword_counts_once_and_tells_which() -> None:
    rules = replace(DEFAULT, watchwords=("gateway", "mail"))
    assert under(NAMES, rules=rules, text="mail gateway") == (
        FRESH + 5 + 20, ["Watchword: gateway, mail", "Names CVE-2026-1001"],
    )  # fmt: skip
    assert under(NAMES, rules=replace(rules, watchword=0), text="mail")[1] == ["Names CVE-2026-1001"]


def test_only_what_differs_is_kept_and_what_is_kept_is_read_again() -> None:
    rules = replace(DEFAULT, critical=40, watchwords=("gateway",))
    assert changes(rules) == {"critical": 40, "watchwords": ["gateway"]}
    assert rules_of(changes(rules)) == rules and changes(DEFAULT) == {} and rules_of({"of old": 7}) == DEFAULT
