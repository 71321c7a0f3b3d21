"""Nearly the same text is one story, with what it was told by; a common form of words is not."""

from __future__ import annotations

from datetime import datetime, timedelta
from importlib import import_module
from random import Random

import pytest
from django.apps import apps

from advisories.collect.base import Parsed, RawEntry
from advisories.collect.store import store
from advisories.models import Entry, EntryKey, Score
from advisories.triage import match, near
from advisories.triage.evidence import evidence
from tests.advisories.feeds import AT, source
from tests.members.world import World
from tests.pages import visitor

WORDS = [f"word{number}" for number in range(2_000)]


def text(*, changed: int = 0, seed: int = 0) -> str:
    words, r = Random(1).choices(WORDS, k=300), Random(seed)
    for place in r.sample(range(300), changed):
        words[place] = "otherwise"
    return f"<p>{' '.join(words)}</p>"


def entry(summary: str, guid: str = "1", day: datetime = AT, **rest: object) -> RawEntry:
    return RawEntry.of(guid=guid, title=f"Told by {guid}", summary=summary, published=day, **rest)


def meets(one: RawEntry, other: RawEntry) -> bool:
    sought = {key for own in near.keys(one) for key in match.sought(own)}
    return bool(sought & near.keys(other))


def test_few_words_of_difference_meet_and_many_do_not() -> None:
    told = {n: sum(meets(entry(text()), entry(text(changed=n, seed=s))) for s in range(50)) for n in (0, 1, 2, 30)}
    assert told[0] == 50 and told[1] >= 45 and told[2] >= 40 and told[30] == 0


@pytest.mark.parametrize(("days", "meet"), [(0, True), (3, True), (7, True), (14, False), (60, False)])
def test_only_within_a_week_or_two(days: int, meet: bool) -> None:
    later = [(AT + timedelta(days=start), AT + timedelta(days=start + days)) for start in range(14)]
    assert {meets(entry(text(), day=a), entry(text(), day=b)) for a, b in later} == {meet}


def test_what_names_a_vulnerability_or_is_short_is_not_told_by_its_text() -> None:
    assert near.keys(entry(text())) and not near.keys(entry(text(), cves=("CVE-2026-1001",)))
    assert not near.keys(entry("<p>Read our weekly summary of what has happened, and be safe.</p>"))


def test_evidence_says_what_two_share_and_nothing_that_one_has_alone() -> None:
    keys = [(1, "cve:CVE-2026-1001"), (2, "cve:CVE-2026-1001"), (3, "cve:CVE-2026-1002"), (1, "near:7:0:x"),
            (3, "near:8:0:x"), (3, "near:8:1:x"), (1, "near:7:1:x"), (2, "url:example.org/a"),
            (3, "url:example.org/a")]  # fmt: skip
    assert evidence(keys) == [
        "2 entries name CVE-2026-1001", "2 entries lead to example.org/a", "2 entries have nearly the same text",
    ]  # fmt: skip


@pytest.mark.django_db
def test_what_was_sketched_by_fortnights_meets_what_comes_now(world: World) -> None:
    one, other = source(world.warps["wm"], "one"), source(world.warps["wm"], "other")
    store(one, Parsed((entry(text(), "a", label="CLEAR"), entry("<p>x</p>", "b", label="CLEAR"))), AT)
    sketched = Entry.rows.get(guid="a")
    EntryKey.objects.filter(key__startswith=near.KIND).delete()
    for key in ("near:a52892:0:x", "near:b52893:0:x"):
        EntryKey.objects.create(entry=sketched, key=key, joins=True)
    import_module("advisories.migrations.0008_sketches_of_a_week").sketch_again(apps, None)
    assert set(EntryKey.objects.filter(key__startswith=near.KIND).values_list("entry", "key")) == {
        (sketched.pk, key) for key in near.keys(entry(text()))
    }
    store(other, Parsed((entry(text(changed=1), "c", label="CLEAR"),)), AT)
    assert Entry.rows.get(guid="c").story == sketched.story


@pytest.mark.django_db
def test_the_desk_shows_one_card_why_it_is_one_and_what_else_is_known(world: World) -> None:
    one, other = source(world.warps["wm"], "one"), source(world.warps["wm"], "other")
    store(one, Parsed((entry(text(), "a", label="CLEAR"),)), AT)
    store(other, Parsed((entry(text(changed=1), "b", label="CLEAR"),)), AT)
    first, second = Entry.rows.order_by("pk")
    assert first.story == second.story
    facts = {"cvss": "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H", "products": "Example Gateway <1.2"}
    store(one, Parsed((entry("<p>x</p>", "c", label="CLEAR", cves=("CVE-2026-1001",), facts=facts),)), AT)
    Score.objects.create(cve="CVE-2026-1001", probability="0.9432", percentile="0.999", source=one, at=AT)
    carol = visitor(world.people["carol"])
    shown = carol.get(f"/desk/stories/{first.story.code}/").content.decode()
    assert "Told by a" in shown and "Told by b" in shown and "2 entries have nearly the same text" in shown
    shown = carol.get(f"/desk/stories/{Entry.rows.get(guid='c').story.code}/").content.decode()
    assert "94.3% likely to be exploited within a month" in shown and "more than 99.9% of all" in shown
    assert "CVSS:3.1/AV:N" in shown and "Example Gateway &lt;1.2" in shown
