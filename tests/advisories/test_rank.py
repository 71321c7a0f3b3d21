from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from advisories.collect.base import RawEntry
from advisories.triage.rank import FRESH, OLD_NEWS, Ranking, Reason, is_known_exploited, rank, stored

NOW = datetime(2026, 3, 10, 12, tzinfo=UTC)


def entry(title: str = "An entry", **rest: Any) -> RawEntry:
    return RawEntry.of(guid="1", title=title, published=rest.pop("published", NOW), **rest)


def kev(day: str = "2026-03-03", **facts: str) -> RawEntry:
    facts = {"dateAdded": day, "dueDate": "2026-03-24", **facts}
    return entry("Example Gateway Command Injection", cves=("CVE-2026-1001",), facts=facts,
                 published=datetime.fromisoformat(day).replace(tzinfo=UTC))  # fmt: skip


def said(ranking: Ranking) -> list[str]:
    return [reason.words for reason in ranking.reasons]


def test_known_exploited_comes_before_all_else_and_ransomware_before_that() -> None:
    with_ransomware, exploited = rank(kev(knownRansomwareCampaignUse="Known"), NOW), rank(kev(), NOW)
    loud = rank(entry("CRITICAL: actively exploited flaw, CVSS 10.0"), NOW)
    assert with_ransomware.score > exploited.score >= 80 > loud.score > FRESH
    assert said(exploited) == ["Known exploited (CISA KEV, since 3 March 2026)", "Names CVE-2026-1001"]
    assert "Used by ransomware groups (CISA KEV)" in said(with_ransomware)
    assert (with_ransomware.lift, exploited.lift, loud.lift) == (90, 80, 0)


def test_what_was_old_when_it_was_first_seen_sinks_but_still_lifts() -> None:
    old = rank(kev("2021-11-03"), NOW)
    assert old.score == OLD_NEWS and old.lift == 80
    assert "Old news: from 3 November 2021, before the hub first saw it" in said(old)
    assert rank(entry(published=None), NOW).score == FRESH
    assert rank(entry(published=NOW - timedelta(days=400), updated=NOW), NOW).score == FRESH


def test_old_news_that_is_reworded_stays_old_and_is_news_again_with_a_new_reason() -> None:
    former = stored(rank(kev("2021-11-03"), NOW).reasons)
    assert rank(kev("2021-11-03", notes="reworded"), NOW, former).score == OLD_NEWS
    assert rank(kev("2021-11-03", knownRansomwareCampaignUse="Known"), NOW, former).score >= 90


@pytest.mark.parametrize(
    "text",
    ["is being actively exploited", "has been exploited in the wild", "under active exploitation since May"],
)
def test_a_text_that_says_so_counts_as_exploited(text: str) -> None:
    ranking = rank(entry(summary=f"<p>The flaw <em>{text}</em>.</p>"), NOW)
    assert ranking.score == FRESH + 35 and said(ranking)[0].startswith("Says that it is being exploited")


@pytest.mark.parametrize(
    "text",
    [
        "We are not aware of it being exploited in the wild.",
        "There is no evidence of active exploitation.",
        "It has never been actively exploited.",
    ],
)
def test_a_text_that_denies_it_does_not(text: str) -> None:
    assert rank(entry(summary=text), NOW).score == FRESH


def test_a_denial_in_another_sentence_does_not_count() -> None:
    assert rank(entry(summary="There is no patch. It is actively exploited."), NOW).score > FRESH


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("CVSS 9.8", "Critical: CVSS 9.8 in the text"),
        ("CVSS v3.1 base score of 9.1", "Critical: CVSS 9.1 in the text"),
        ("(CVSSv4: 10.0)", "Critical: CVSS 10.0 in the text"),
        ("a CVSS score of 7.5", "High: CVSS 7.5 in the text"),
        ("CVSS 3.1", None),
        ("CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H", None),
        ("CVSS 5.4", None),
        ("version 9.8 of the product", None),
    ],
)
def test_a_score_in_the_text_is_read(text: str, reason: str | None) -> None:
    assert said(rank(entry(summary=text), NOW)) == ([reason] if reason else [])


def test_a_critical_title_counts_and_critical_infrastructure_does_not() -> None:
    assert said(rank(entry("Critical flaw in a mail server"), NOW)) == ["Critical by its title"]
    assert said(rank(entry("Attacks on critical infrastructure"), NOW)) == []


def test_what_its_author_revoked_is_last() -> None:
    ranking = rank(entry("Critical", facts={"revoked": "true"}), NOW)
    assert ranking.score == 0 and said(ranking) == ["Revoked by its author"]


def test_no_text_can_claim_to_be_in_the_catalogue() -> None:
    loud = entry("Known exploited (CISA KEV)", summary="dateAdded dueDate", facts={"type": "vulnerability"})
    assert not is_known_exploited(loud)


def test_a_score_stays_within_its_bounds() -> None:
    everything = entry("Critical ransomware, actively exploited", summary="CVSS 10.0", cves=("CVE-2026-1",))
    assert rank(everything, NOW).score <= 100


def test_a_long_text_is_not_read_to_its_end() -> None:
    assert rank(entry(summary="CVSS " * 1_000_000), NOW).score == FRESH


def test_reasons_are_kept_as_templates_and_read_as_words() -> None:
    assert [Reason(*one).words for one in stored(rank(kev(), NOW).reasons)] == said(rank(kev(), NOW))


@pytest.mark.parametrize(
    ("vectors", "points", "words"),
    [
        ("CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H", 25, "Critical: CVSS 3.1 base score 9.8"),
        (
            "AV:N/AC:L/Au:N/C:P/I:P/A:P\nCVSS:3.1/AV:L/AC:L/PR:L/UI:N/S:U/C:H/I:H/A:H",
            10,
            "High: CVSS 3.1 base score 7.8",
        ),
        ("CVSS:4.0/AV:N/AC:L/AT:N/PR:N/UI:N/VC:H/VI:H/VA:H/SC:H/SI:H/SA:H", 25, "Critical: CVSS 4.0 base score 10.0"),
        ("CVSS:3.1/AV:L/AC:H/PR:H/UI:R/S:U/C:L/I:N/A:N", 0, "CVSS 3.1 base score 1.8"),
        ("CVSS:3.1/nonsense", 25, "Critical: CVSS 9.9 in the text"),
    ],
)
def test_a_vector_that_the_source_gives_weighs_more_than_a_number_in_the_text(
    vectors: str, points: int, words: str
) -> None:
    ranking = rank(entry("Flaw, CVSS 9.9", facts={"cvss": vectors}), NOW)
    assert (ranking.score, said(ranking)) == (FRESH + points, [words])
