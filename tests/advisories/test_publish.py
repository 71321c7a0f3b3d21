"""Release, revise, withdraw: what stands, who reads it, what is owed, and what is refused."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db.models import F

from advisories import children, draft, publish
from advisories.models import Advisory
from members import clock, embargo, tasks
from members.indexing import astray, misfiled
from members.models import Announcement, AuditRow, Item, Kind, Office, Person, Standing, Tier, pos_of
from members.permits import grantable
from members.place import misplaced
from members.policy import Answer, Viewer, audience, may
from members.refused import Refused
from tests.advisories.desk import drafted, entry, found, release, released
from tests.conftest import NOON
from tests.members.world import World

pytestmark = pytest.mark.django_db
LATER = NOON + timedelta(hours=1)


def readers(advisory: Advisory, at: Any = NOON) -> set[str]:
    return {person.email.split("@")[0] for person in audience(advisory.item, at)}


def second_coordinator(world: World) -> Person:
    Office.objects.create(person=world.people["olive"], warp=world.warps["wm"], role="coordinator", since=NOON)
    return world.people["olive"]


def test_releasing_writes_standing_grants_announcement_audit_and_index_at_once(world: World) -> None:
    house = ("organisation", world.organisations["brum"].pk)
    advisory = drafted(world, label="AMBER", audience=[house], tier=Tier.URGENT, category="phishing")
    standing = release(world, advisory)
    assert (standing.version, standing.label, standing.since) == (1, "AMBER", NOON)
    assert [(g.organisation_id, g.granted_by) for g in standing.grants.all()] == [(house[1], world.people["carol"])]
    owed = Announcement.objects.get(item=advisory.item)
    assert (owed.event, owed.version, owed.tier, owed.categories, owed.due_at, owed.planned_at) == (
        "released", 1, Tier.URGENT, ["phishing"], NOON, None
    )  # fmt: skip
    row = AuditRow.objects.get(verb="release", reference=advisory.item.reference)
    assert row.actor and row.detail == {
        "version": 1, "label": "AMBER", "tier": 3, "warp": 0, "group": 0, "organisation": 1, "person": 0
    }  # fmt: skip
    assert advisory.versions.get().released_at == NOON
    assert found(Viewer(world.people["alice"].pk), NOON, "widgetron") == [advisory.item.pk]
    advisory.item.refresh_from_db()
    assert misplaced([advisory.item]) == []
    assert readers(advisory) == {"alice", "alan", "carol"}


@pytest.mark.parametrize("who", ["alice", "kate", "ursula", "brian", "cuth", "root", "pat", "ivan"])
def test_only_handlers_release_and_withdraw(world: World, who: str) -> None:
    advisory = drafted(world)
    with pytest.raises(Refused):
        release(world, advisory, who)
    release(world, advisory)
    with pytest.raises(Refused):
        publish.withdraw(world.people[who], advisory.item, LATER, "Wrong")
    assert Standing.objects.count() == Announcement.objects.count() == 1


@pytest.mark.parametrize(
    ("label", "kinds", "words"),
    [
        ("CLEAR", ["warp"], "for everyone"), ("AMBER", [], "Nobody could read it"), ("AMBER+STRICT", [], "Nobody"),
        ("RED", [], "Nobody could read it: name at least one person"), ("RED", ["warp"], "named people alone"),
        ("RED", ["organisation", "person"], "named people alone"),
    ],
)  # fmt: skip
def test_an_audience_that_the_label_does_not_take_is_refused(
    world: World, label: str, kinds: list[str], words: str
) -> None:
    ids = {"warp": world.warps["wm"].pk, "organisation": world.organisations["brum"].pk,
           "person": world.people["alice"].pk}  # fmt: skip
    advisory = drafted(world, label=label, audience=[(kind, ids[kind]) for kind in kinds])
    with pytest.raises(Refused, match=words):
        release(world, advisory)
    assert words in publish.preview(advisory, NOON).refusal
    assert not Standing.objects.exists() and not Announcement.objects.exists()


def test_a_flash_asks_for_its_title(world: World) -> None:
    advisory = drafted(world, tier=Tier.FLASH)
    for typed in ("", "patch widgetron"):
        with pytest.raises(Refused, match="exactly"):
            release(world, advisory, confirm_title=typed)
    assert release(world, advisory, confirm_title=" Patch Widgetron ").version == 1


def test_the_same_version_is_released_once(world: World) -> None:
    advisory = released(world)
    with pytest.raises(Refused, match="already"):
        release(world, advisory, at=LATER)
    assert Standing.objects.count() == Announcement.objects.count() == 1


def test_a_revision_ends_what_stood_and_says_so(world: World) -> None:
    advisory = released(world)
    draft.edit(world.people["carol"], advisory, LATER, label="AMBER", audience=[("person", world.people["mia"].pk)])
    release(world, advisory, at=LATER)
    assert [(s.version, s.label, s.since, s.until == LATER) for s in advisory.item.standings.all()] == [
        (1, "GREEN", NOON, True), (2, "AMBER", LATER, False)
    ]  # fmt: skip
    assert Announcement.objects.latest("pk").event == "revised"
    assert AuditRow.objects.filter(verb="revise").count() == 1
    assert readers(advisory, LATER) == {"mia", "carol"}


def test_a_revision_moves_it_in_every_order_and_what_was_said_beneath_it_lies_where_it_did(world: World) -> None:
    """The word that is new in it is filed where it lies now, and it is the very item that was moved there."""
    advisory = released(world)
    said = children.comment(world.people["carol"], advisory.item, NOON, "Seen here too.").item
    draft.edit(world.people["carol"], advisory, LATER, what_to_do="Remove the frobnicator")
    release(world, advisory, at=LATER)
    item = Item.rows.get(pk=advisory.item_id)
    assert item.pos == pos_of(LATER, item.pk) and not misplaced([item, said])
    assert not misfiled([item]) and not astray(Kind.ADVISORY)
    assert found(Viewer(world.people["alice"].pk), LATER, "frobnicator") == [item.pk]


def test_a_label_below_the_sources_needs_their_permission_and_a_second_person(world: World) -> None:
    advisory = drafted(world, [entry(world, "Inner", "AMBER")])
    with pytest.raises(Refused, match="drafted from what is TLP:AMBER"):
        release(world, advisory)
    draft.edit(world.people["carol"], advisory, NOON, permission="J. Doe of the vendor, by telephone, 1 November")
    with pytest.raises(Refused, match="second person"):
        release(world, advisory)
    publish.release(second_coordinator(world), advisory.item, NOON)
    assert AuditRow.objects.get(verb="release").detail["lowered_from"] == "AMBER"


def under_embargo(world: World, ends_at: datetime = LATER) -> Advisory:
    """A draft of carol's, put under an embargo by her; kate is its second handler."""
    advisory = drafted(world)
    embargo.propose(
        world.people["carol"], advisory.item, NOON, ends_at=ends_at, reason="The vendor asked.", terms="Tell nobody.",
        handlers=[world.people["kate"]],
    )  # fmt: skip
    return advisory


def test_an_embargo_that_nobody_approved_lets_nothing_out(world: World) -> None:
    advisory = under_embargo(world)
    for who in ("carol", "kate"):
        with pytest.raises(Refused, match="nobody has approved"):
            release(world, advisory, who)


def test_a_release_approved_in_advance_by_a_second_person_begins_at_the_end_of_the_embargo(world: World) -> None:
    advisory = under_embargo(world)
    embargo.approve(world.people["kate"], advisory.item, NOON)
    with pytest.raises(Refused, match="second person"):
        release(world, advisory)
    assert publish.preview(advisory, NOON).at == LATER
    standing = release(world, advisory, "kate")
    assert standing.since == LATER and Announcement.objects.get(event="released").due_at == LATER
    assert advisory.versions.get().released_at == LATER
    assert "mia" not in readers(advisory, LATER - timedelta(microseconds=1)) and "mia" in readers(advisory, LATER)


def test_what_leaks_can_be_released_at_once_and_nobody_is_told_of_the_release_that_never_came(world: World) -> None:
    advisory = under_embargo(world)
    embargo.approve(world.people["kate"], advisory.item, NOON)
    release(world, advisory, "kate")
    soon = NOON + timedelta(minutes=10)
    embargo.leak(world.people["carol"], advisory.item, soon, evidence="It is on a forum.")
    assert Announcement.objects.get(event="released").planned_at == soon
    assert advisory.versions.get().released_at is None
    assert release(world, advisory, at=soon).since == soon
    assert Announcement.objects.filter(event="released", planned_at=None, due_at=soon).count() == 1


def test_what_was_approved_in_advance_can_be_edited_and_approved_again(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(clock, "ask", lambda: NOON)
    advisory = under_embargo(world)
    embargo.approve(world.people["kate"], advisory.item, NOON)
    release(world, advisory, "kate")
    draft.edit(world.people["carol"], advisory, NOON, title="Patch it twice")
    assert release(world, advisory, "kate").version == 2
    assert [s.version for s in Standing.objects.filter(item=advisory.item, until__gt=F("since"))] == [2]
    assert Announcement.objects.filter(event="released", planned_at=None).count() == 1


def test_who_handles_an_item_as_a_member_grants_to_their_own_warps_and_groups_alone(world: World) -> None:
    """bob, a member, is named as handler of a RED item; wm is his WARP, Kent is not."""
    bob = world.people["bob"]
    for kind, target, may_grant in (
        ("warp", world.warps["wm"], True), ("warp", world.warps["kent"], False), ("warp", world.warps["uk"], False),
        ("group", world.groups["finance"], False), ("organisation", world.organisations["solihull"], False),
        ("person", world.people["alice"], True),
    ):  # fmt: skip
        assert grantable(bob, [(kind, target.pk)], NOON) is may_grant, (kind, target)
        assert grantable(world.people["carol"], [(kind, target.pk)], NOON)


def test_withdrawing_leaves_the_word_to_readers_and_the_reason_to_handlers(world: World) -> None:
    advisory = released(world)
    standing = publish.withdraw(world.people["carol"], advisory.item, LATER, "  The vendor took it back. ")
    assert standing.withdraws is not None and standing.since == LATER
    assert may(Viewer(world.people["alice"].pk), advisory.item, LATER) == Answer.WITHDRAWN
    assert readers(advisory, LATER) == {"carol"}
    assert advisory.versions.get().withdrawn_because == "The vendor took it back."
    assert Announcement.objects.latest("pk").event == "withdrawn"
    assert not found(Viewer(world.people["alice"].pk), LATER, "widgetron")
    assert "vendor" not in str(AuditRow.objects.get(verb="withdraw").detail)


def test_there_must_be_something_to_withdraw_and_a_reason(world: World) -> None:
    advisory = drafted(world)
    with pytest.raises(Refused, match="nothing to withdraw"):
        publish.withdraw(world.people["carol"], advisory.item, NOON, "Wrong")
    release(world, advisory)
    with pytest.raises(Refused, match="Say why"):
        publish.withdraw(world.people["carol"], advisory.item, LATER, "  ")


def test_what_was_withdrawn_can_be_released_anew(world: World) -> None:
    advisory = released(world)
    publish.withdraw(world.people["carol"], advisory.item, LATER, "Wrong")
    draft.edit(world.people["carol"], advisory, LATER, title="Right this time")
    release(world, advisory, at=LATER + timedelta(hours=1))
    assert Announcement.objects.latest("pk").event == "released"
    assert "alice" in readers(advisory, LATER + timedelta(hours=1))


@pytest.mark.parametrize(
    ("label", "kinds"), [("CLEAR", []), ("GREEN", []), ("AMBER", ["warp"]), ("RED", ["person"]), ("GREEN", ["warp"])]
)
def test_the_preview_is_who_can_read_it_afterwards(world: World, label: str, kinds: list[str]) -> None:
    ids = {"warp": world.warps["wm"].pk, "person": world.people["alice"].pk}
    advisory = drafted(world, label=label, audience=[(kind, ids[kind]) for kind in kinds])
    before = publish.preview(advisory, NOON)
    promised = {person.email.split("@")[0] for person in before.people}
    release(world, advisory)
    assert promised == readers(advisory)
    assert before.readers == len(promised)


def test_the_preview_is_one_sentence(world: World) -> None:
    advisory = drafted(world, label="AMBER", audience=[("organisation", world.organisations["brum"].pk)])
    draft.edit(world.people["carol"], advisory, NOON, tier=Tier.URGENT)
    assert publish.preview(advisory, NOON).sentence() == (
        "3 people in 1 organisation will be able to read this. 3 will be told now by mail, 0 in the next digest."
    )
    draft.edit(world.people["carol"], advisory, NOON, label="CLEAR", audience=[])
    assert publish.preview(advisory, NOON).sentence().startswith("Everyone will be able to read this")


def test_a_broker_that_is_down_stops_no_release(
    world: World, monkeypatch: pytest.MonkeyPatch, django_capture_on_commit_callbacks: Any
) -> None:
    asked = []

    def down(**_: Any) -> None:
        asked.append(1)
        raise OSError("no broker")

    monkeypatch.setattr(tasks.sweep, "apply_async", down)
    with django_capture_on_commit_callbacks(execute=True):
        advisory = released(world)
    assert asked and Standing.objects.filter(item=advisory.item).exists()


def test_what_is_withdrawn_while_a_revision_waited_its_turn_stays_withdrawn(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Carol pressed first, but her deputy's withdrawal came through before her: it must not be undone unseen."""
    second = second_coordinator(world)
    monkeypatch.setattr(clock, "ask", lambda: LATER)
    advisory = released(world)
    draft.edit(world.people["carol"], advisory, NOON + timedelta(minutes=1), title="Better put")
    publish.withdraw(second, advisory.item, LATER, "All wrong.")
    with pytest.raises(publish.Changed):
        publish.release(world.people["carol"], advisory.item, LATER - timedelta(seconds=1))
    assert Standing.objects.at(LATER).get(item=advisory.item).state == Standing.State.WITHDRAWN
    assert publish.release(world.people["carol"], advisory.item, LATER + timedelta(seconds=1)).version == 2


def test_what_is_revised_while_a_withdrawal_waited_its_turn_is_looked_at_first(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(clock, "ask", lambda: LATER)
    advisory = released(world)
    draft.edit(world.people["carol"], advisory, LATER, title="Better put")
    publish.release(world.people["carol"], advisory.item, LATER)
    with pytest.raises(publish.Changed):
        publish.withdraw(world.people["carol"], advisory.item, LATER - timedelta(seconds=1), "All wrong.")
    assert Standing.objects.at(LATER).get(item=advisory.item).version == 2
