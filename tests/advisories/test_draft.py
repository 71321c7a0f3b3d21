"""Drafting: in the WARP's own words, from what sources said, without widening what they said."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from advisories import draft
from advisories.models import Advisory, Version
from members import breakglass, permits, search
from members.models import AuditRow, Item, Kind, Office, Tier
from members.policy import Answer, Viewer, may
from members.refused import Refused
from tests.advisories.desk import drafted, entry, found, office, release, released
from tests.conftest import NOON
from tests.members.world import BEGINNING, World

pytestmark = pytest.mark.django_db


def newest(advisory: Advisory) -> Version:
    return advisory.versions.latest("number")


def test_a_draft_begins_with_what_the_most_urgent_entry_says(world: World) -> None:
    low = entry(world, "A small thing", rank=10, url="https://vendor.example.org/1")
    high = entry(world, "A grave thing", rank=90, url="https://vendor.example.org/2",
                 reasons=[["Known exploited (CISA KEV, since %(day)s)", {"day": "2026-10-30"}]])  # fmt: skip
    advisory = draft.begin(world.people["carol"], office(world.people["carol"]), [low, high], NOON)
    version = newest(advisory)
    assert (version.title, version.exploited, version.tier) == ("A grave thing", "yes", Tier.URGENT)
    assert version.what_is_known == "", "the words are the WARP's own"
    assert set(version.references.values_list("title", "url")) == {
        ("A small thing", low.url), ("A grave thing", high.url)
    }  # fmt: skip
    assert {row.entry_id for row in advisory.drafted_from.all()} == {low.pk, high.pk}
    assert advisory.item.warp == world.warps["wm"]
    assert not search.astray(Kind.ADVISORY).exists()
    assert AuditRow.objects.filter(verb="draft", reference=advisory.item.reference).exists()


def test_it_carries_the_strictest_label_and_refers_only_to_what_is_public(world: World) -> None:
    public = entry(world, "Public", url="https://vendor.example.org/1")
    inner = entry(world, "Inner", "AMBER", url="https://portal.example.org/2")
    version = newest(draft.begin(world.people["carol"], office(world.people["carol"]), [public, inner], NOON))
    assert version.label == "AMBER"
    assert [ref.url for ref in version.references.all()] == [public.url]


def test_an_empty_draft_is_as_strict_as_what_is_unmarked(world: World) -> None:
    version = newest(draft.begin(world.people["carol"], office(world.people["carol"]), [], NOON))
    assert (version.title, version.label) == ("", "AMBER+STRICT")


def test_an_entry_that_they_cannot_read_does_not_exist(world: World) -> None:
    hidden = entry(world, "Only for wm")
    with pytest.raises(Refused, match="does not exist"):
        draft.begin(world.people["kate"], office(world.people["kate"]), [hidden], NOON)


def test_only_who_coordinates_now_may_begin(world: World) -> None:
    pat = world.people["pat"]  # carol's predecessor: the office ended
    with pytest.raises(Refused):
        draft.begin(pat, office(pat), [], NOON)
    with pytest.raises(Refused):
        draft.begin(world.people["kate"], office(world.people["carol"]), [], NOON)


def test_a_draft_from_red_is_for_its_drafter_who_does_not_lock_themselves_out(world: World) -> None:
    told = entry(world, "Secret", "RED", handlers=["carol"])
    advisory = draft.begin(world.people["carol"], office(world.people["carol"]), [told], NOON)
    assert permits.can(world.people["carol"], "edit", advisory.item, NOON)
    second = world.people["brian"]
    office(second).__class__.objects.create(person=second, warp=world.warps["wm"], role="coordinator", since=NOON)
    assert may(Viewer(second.pk), advisory.item, NOON) == Answer.NOTHING


def test_making_a_draft_red_names_its_editor(world: World) -> None:
    advisory = drafted(world)
    draft.edit(world.people["carol"], advisory, NOON, label="RED")
    advisory.item.refresh_from_db()
    assert permits.can(world.people["carol"], "edit", advisory.item, NOON)
    assert list(advisory.item.handlers.values_list("person", flat=True)) == [world.people["carol"].pk]


def test_making_a_draft_red_names_nobody_who_handles_it_by_break_glass_alone(world: World) -> None:
    advisory, root = drafted(world), world.people["root"]
    breakglass.approve(world.people["cuth"], breakglass.ask(root, advisory.item.reference, "It burns.", NOON), NOON)
    draft.edit(root, advisory, NOON, title="What they may")
    with pytest.raises(Refused, match="for its hour alone"):
        draft.edit(root, advisory, NOON, label="RED")


def test_an_edit_changes_what_it_names_and_nothing_else(world: World) -> None:
    advisory = drafted(world, references=[("Vendor", "https://vendor.example.org/")])
    version = draft.edit(world.people["carol"], advisory, NOON, who_it_hits="4.1 and before", tier=Tier.URGENT)
    assert (version.number, version.title, version.who_it_hits) == (1, "Patch Widgetron", "4.1 and before")
    assert version.references.count() == 1
    draft.edit(world.people["carol"], advisory, NOON, references=[])
    assert version.references.count() == 0


def test_after_release_an_edit_begins_the_next_version_and_readers_keep_the_one_that_stands(world: World) -> None:
    advisory = released(world, references=[("Vendor", "https://vendor.example.org/")])
    later = NOON + timedelta(hours=1)
    version = draft.edit(world.people["carol"], advisory, later, title="Zebra")
    assert (version.number, version.released_at, version.what_to_do) == (2, None, "Patch.")
    assert version.references.count() == 1
    assert draft.edit(world.people["carol"], advisory, later, tier=Tier.URGENT).number == 2
    assert newest(advisory).pk == version.pk
    assert advisory.versions.get(number=1).title == "Patch Widgetron"
    alice = Viewer(world.people["alice"].pk)
    assert not found(alice, later, "zebra"), "the draft's words lead nobody to it"
    assert found(alice, later, "widgetron")
    release(world, advisory, at=later)
    assert found(alice, later, "zebra")
    assert not found(alice, later, "widgetron")


@pytest.mark.parametrize("who", ["alice", "kate", "ursula", "cuth", "root", "brian"])
def test_nobody_but_its_handlers_edits_it(world: World, who: str) -> None:
    advisory = drafted(world)
    with pytest.raises(Refused):
        draft.edit(world.people[who], advisory, NOON, title="Mine now")
    assert newest(advisory).title == "Patch Widgetron"


@pytest.mark.parametrize(
    "changes",
    [
        {"label": "WHITE"}, {"tier": 9}, {"category": "gossip"}, {"exploited": "maybe"}, {"title": "x" * 201},
        {"audience": [("warp", 999_999)]}, {"audience": [("planet", 1)]},
        {"references": [("Click", "javascript:alert(1)")]}, {"references": [("File", "file:///etc/passwd")]},
    ],
)  # fmt: skip
def test_what_it_cannot_have_is_refused_in_words_and_nothing_is_changed(world: World, changes: dict[str, Any]) -> None:
    advisory = drafted(world)
    with pytest.raises(Refused) as refused:
        draft.edit(world.people["carol"], advisory, NOON, **{"what_is_known": "half of it", **changes})
    assert str(refused.value).endswith((".", "https://."))
    assert newest(advisory).what_is_known == ""


def test_a_coordinator_may_grant_to_any_warp_group_organisation_and_person(world: World) -> None:
    audience = [
        ("warp", world.warps["kent"].pk), ("group", world.groups["finance"].pk),
        ("organisation", world.organisations["maidstone"].pk), ("person", world.people["mia"].pk),
    ]  # fmt: skip
    version = newest(drafted(world, label="AMBER", audience=[*audience, audience[0]]))
    assert [tuple(pair) for pair in version.audience] == audience


def test_a_title_is_one_line_whatever_was_pasted(world: World) -> None:
    made = drafted(world, title="Patch\x0bWidgetron\r\n now ", tier=Tier.FLASH)
    assert made.versions.get().title == "Patch Widgetron now"


def test_a_lower_label_opens_a_draft_to_nobody_before_the_sources_leave_is_written_down(world: World) -> None:
    Office.objects.create(person=world.people["olive"], warp=world.warps["wm"], role="coordinator", since=BEGINNING)
    told = entry(world, "Secret", "RED", handlers=["carol"])
    carol, olive = world.people["carol"], Viewer(world.people["olive"].pk)
    advisory = draft.begin(carol, office(carol), [told], NOON)
    draft.edit(carol, advisory, NOON, title="What the source said", label="GREEN")
    assert newest(advisory).label == "GREEN"
    assert may(olive, Item.rows.get(pk=advisory.item_id), NOON) == Answer.NOTHING
    draft.edit(carol, advisory, NOON, permission="Vendor plc, by telephone, today")
    assert may(olive, Item.rows.get(pk=advisory.item_id), NOON) == Answer.BODY
