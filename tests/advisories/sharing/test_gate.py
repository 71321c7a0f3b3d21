"""Nothing that derives from a report is released before whoever reported it agrees and a second person has looked.

bob of solihull reports to wm; cuth is its custodian, carol and pam its coordinators; kate coordinates Kent."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.apps import apps
from django.db.models import DateTimeField

from advisories import draft, incidents, publish
from advisories.models import Advisory, Consent, Review, Version, Word
from advisories.sharing import consent, review
from members import embargo, granting
from members.models import AuditRow, Derivation, Handler, Item, Named, Office, Origin, Standing, Tier
from members.policy import Answer, Viewer, may
from members.refused import Refused
from tests.advisories.incidents import agreed, deputy, derived, handed, kept, text
from tests.conftest import NOON
from tests.members.world import World

pytestmark = pytest.mark.django_db
LATER = NOON + timedelta(hours=1)
WEEK = NOON + timedelta(days=7)
MINUTE = timedelta(minutes=1)


def written(world: World, item: Item, by: str, **words: Any) -> Item:
    whom = [("organisation", world.organisations["brum"].pk)]
    said = {"title": "Ransomware", "label": "AMBER", "audience": whom, **words}
    draft.edit(world.people[by], Advisory.rows.get(item=item), NOON, **said)
    return item


def anonymous(world: World, **words: Any) -> Item:
    return written(world, derived(world), "cuth", **words)


def named(world: World, **words: Any) -> Item:
    return written(world, kept(world), "carol", **words)


def release(world: World, item: Item, at: Any = NOON, by: str = "carol", **words: Any) -> None:
    publish.release(world.people[by], item, at, **words)


def bob_agrees(world: World, item: Item, at: Any = NOON) -> None:
    seen = Review.objects.get(item=item, lapsed_at=None).fingerprint
    consent.agree(world.people["bob"], item, at, seen=seen, ends_at=consent.until(item, at))


# Consent


@pytest.mark.parametrize("make", [anonymous, named])
def test_without_the_word_of_who_reported_it_nothing_is_released(world: World, make: Callable[..., Item]) -> None:
    item, by = make(world), "cuth" if make is anonymous else "carol"
    handed(world, item, by=by)
    if make is anonymous:
        review.approve(world.people["carol"], item, NOON)
    with pytest.raises(Refused, match="has not agreed"):
        release(world, item)
    assert not Standing.objects.exists()
    bob_agrees(world, item)
    release(world, item)
    assert may(Viewer(world.people["alice"].pk), item, NOON) == Answer.BODY


CHANGES: dict[str, dict[str, Any]] = {
    "text": {"what_to_do": "Pull another plug"}, "title": {"title": "Ransom"}, "label": {"label": "AMBER+STRICT"},
    "tier": {"tier": Tier.URGENT},
}  # fmt: skip


@pytest.mark.parametrize("change", [*CHANGES, "audience", "line"])
def test_whatever_is_changed_afterwards_is_asked_again(world: World, change: str) -> None:
    item, carol = named(world), world.people["carol"]
    agreed(world, item)
    if change == "line":
        incidents.note(carol, item, NOON, NOON.date(), "The share is off.")
    else:
        whom = {"audience": [("warp", world.warps["uk"].pk)]}
        draft.edit(carol, Advisory.rows.get(item=item), NOON, **CHANGES.get(change, whom))
    with pytest.raises(Refused, match="Hand it on first"):
        release(world, item)
    with pytest.raises(Refused, match="Nothing waits"):
        bob_agrees_to(world, item, Consent.objects.get().fingerprint)
    agreed(world, item)
    release(world, item)


@pytest.mark.parametrize("change", [{"title": "Ransom"}, {"label": "GREEN"}, {"what_to_do": "Run"}])
def test_what_a_verb_changed_that_asks_nobody_again_is_not_released_either(
    world: World, change: dict[str, Any]
) -> None:
    item = named(world)
    agreed(world, item)
    before = Version.objects.filter(advisory=item.pk).values(*change).get()
    Version.objects.filter(advisory=item.pk).update(**change)
    assert Review.objects.filter(item=item, lapsed_at=None).exists()
    with pytest.raises(Refused, match="Hand it on first"):
        release(world, item)
    Version.objects.filter(advisory=item.pk).update(**before)
    release(world, item)


def bob_agrees_to(world: World, item: Item, seen: str) -> None:
    consent.agree(world.people["bob"], item, NOON, seen=seen)


def test_who_agrees_agrees_to_what_they_saw(world: World) -> None:
    item = named(world)
    handed(world, item)
    with pytest.raises(Refused, match="changed since you looked"):
        bob_agrees_to(world, item, "something else")
    assert not Consent.objects.exists()


@pytest.mark.parametrize("who", ["alice", "carol", "cuth", "kate", "root", "dora"])
@pytest.mark.parametrize("make", [anonymous, named])
def test_nobody_else_agrees_in_their_place(world: World, who: str, make: Callable[..., Item]) -> None:
    item = make(world)
    seen = handed(world, item, by="cuth" if make is anonymous else "carol")
    with pytest.raises(Refused, match="Nothing waits"):
        consent.agree(world.people[who], item, NOON, seen=seen)
    with pytest.raises(Refused, match="Nothing waits"):
        consent.decline(world.people[who], item, NOON, "No", seen=seen)
    assert not Consent.objects.exists() and not Word.objects.exists()


def test_who_stays_anonymous_agrees_under_a_pseudonym_and_on_a_day(world: World) -> None:
    item = anonymous(world)
    handed(world, item, by="cuth")
    bob_agrees(world, item, LATER)
    pseudonym = Origin.objects.get(item__derivatives__item=item).pseudonym
    one, midnight = Consent.objects.get(), NOON.replace(hour=0)
    assert (one.person, one.pseudonym, one.at) == (None, pseudonym, midnight)
    row = AuditRow.objects.get(verb="agree")
    assert (row.actor, row.at, row.detail) == (pseudonym, midnight, {"version": 1})


def test_who_declines_says_why_to_those_who_keep_the_report(world: World) -> None:
    item = anonymous(world)
    seen, bob = handed(world, item, by="cuth"), world.people["bob"]
    with pytest.raises(Refused, match="Say what"):
        consent.decline(bob, item, NOON, " ", seen=seen)
    consent.decline(bob, item, LATER, "The tower block is known.", seen=seen)
    word = Word.objects.get()
    assert (word.body, word.person, word.from_keeper, word.at) == (
        "The tower block is known.", None, False, NOON.replace(hour=0)
    )  # fmt: skip
    assert word.report == Derivation.objects.get(item=item).report
    review.approve(world.people["carol"], item, LATER)
    with pytest.raises(Refused, match="has not agreed"):
        release(world, item, LATER)
    bob_agrees(world, item, LATER)
    release(world, item, LATER)


def test_agreed_twice_by_a_nervous_thumb_is_once(world: World) -> None:
    item = named(world)
    handed(world, item)
    for _ in range(2):
        bob_agrees(world, item)
    assert Consent.objects.count() == AuditRow.objects.filter(verb="agree").count() == 1


# The second person


def test_what_derives_from_an_anonymous_report_waits_for_a_second_person(world: World) -> None:
    item = anonymous(world)
    agreed(world, item, by="cuth")
    with pytest.raises(Refused, match="second person"):
        release(world, item)
    review.approve(world.people["carol"], item, NOON)
    release(world, item)
    assert AuditRow.objects.get(verb="release").detail["second"] == "approved"


def test_so_does_what_derives_from_any_other_where_there_is_somebody(world: World) -> None:
    pam, item = deputy(world), named(world)
    agreed(world, item)
    with pytest.raises(Refused, match="second person"):
        release(world, item)
    review.approve(pam, item, NOON)
    release(world, item)


def test_where_nobody_else_handles_a_named_one_the_word_of_who_reported_it_is_enough_and_the_audit_says_so(
    world: World,
) -> None:
    item = named(world)
    agreed(world, item)
    release(world, item)
    assert AuditRow.objects.get(verb="release").detail["second"] == "nobody else handles it"


@pytest.mark.parametrize("who", ["alice", "bob", "kate", "root", "cuth"])
def test_who_does_not_handle_it_is_no_second_person(world: World, who: str) -> None:
    item = named(world)
    agreed(world, item)
    with pytest.raises(Refused):
        review.approve(world.people[who], item, NOON)
    assert Review.objects.get().decided_at is None


def test_the_first_person_is_not_the_second(world: World) -> None:
    pam, item = deputy(world), named(world)
    handed(world, item)
    with pytest.raises(Refused, match="second person"):
        review.approve(world.people["carol"], item, NOON)
    draft.edit(pam, Advisory.rows.get(item=item), NOON, what_to_do="Pull it")
    handed(world, item)
    with pytest.raises(Refused, match="second person"):
        review.approve(pam, item, NOON)


def test_nor_is_whoever_reported_it_though_they_coordinate_the_warp(world: World) -> None:
    item, reporter = anonymous(world), world.people["bob"]
    Office.objects.create(person=reporter, warp=world.warps["wm"], role=Office.Role.COORDINATOR, since=NOON - MINUTE)
    handed(world, item, by="cuth")
    with pytest.raises(Refused, match="You reported it"):
        review.approve(reporter, item, NOON)
    review.approve(world.people["carol"], item, NOON)


def test_one_who_asks_for_a_change_stops_it_until_it_is_changed(world: World) -> None:
    item, carol = anonymous(world), world.people["carol"]
    agreed(world, item, by="cuth")
    with pytest.raises(Refused, match="Say what"):
        review.refuse(carol, item, NOON, " ")
    review.refuse(carol, item, NOON, "The town is named.")
    with pytest.raises(Refused, match="asks for a change"):
        release(world, item)
    with pytest.raises(Refused, match="already"):
        review.approve(carol, item, NOON)


def test_a_person_of_a_sister_warp_who_is_named_as_its_handler_is_one(world: World) -> None:
    item, kate = anonymous(world), world.people["kate"]
    embargo.propose(world.people["cuth"], item, NOON, ends_at=WEEK, reason="x", terms="x", handlers=[kate])
    handed(world, item, by="cuth")
    with pytest.raises(Refused):
        review.approve(world.people["carol"], item, NOON)  # who reads nothing of it
    review.approve(kate, item, NOON)
    assert Review.objects.get().approved


# A Flash does not wait


def test_for_a_flash_nobody_is_waited_for_longer_than_ten_minutes_and_the_audit_says_so(world: World) -> None:
    item = anonymous(world, tier=Tier.FLASH)
    agreed(world, item, by="cuth")
    with pytest.raises(Refused, match="second person"):
        release(world, item, NOON + 10 * MINUTE - timedelta(seconds=1), confirm_title="Ransomware")
    release(world, item, NOON + 10 * MINUTE, confirm_title="Ransomware")
    assert AuditRow.objects.get(verb="release").detail["second"] == "did not answer in ten minutes"


@pytest.mark.parametrize("tier", [Tier.FLASH, Tier.URGENT])
def test_it_waits_for_whoever_reported_it_however_long_and_less_pressing_for_both(world: World, tier: Tier) -> None:
    item = anonymous(world, tier=tier)
    handed(world, item, by="cuth")
    with pytest.raises(Refused, match="has not agreed"):
        release(world, item, LATER, confirm_title="Ransomware")
    bob_agrees(world, item, LATER)
    if tier == Tier.FLASH:
        release(world, item, LATER, confirm_title="Ransomware")
    else:
        with pytest.raises(Refused, match="second person"):
            release(world, item, LATER)


def test_a_no_is_an_answer(world: World) -> None:
    item = anonymous(world, tier=Tier.FLASH)
    agreed(world, item, by="cuth")
    review.refuse(world.people["carol"], item, NOON, "The town is named.")
    with pytest.raises(Refused, match="asks for a change"):
        release(world, item, LATER, confirm_title="Ransomware")


# Under an embargo


def kept_back(world: World) -> Item:
    """cuth proposed the embargo, carol approved it and is its other handler; bob agreed, carol approved the text."""
    item, cuth, carol = anonymous(world), world.people["cuth"], world.people["carol"]
    embargo.propose(cuth, item, NOON, ends_at=WEEK, reason="x", terms="Tell nobody", handlers=[carol])
    embargo.approve(carol, item, NOON)
    agreed(world, item, by="cuth", second=carol)
    return item


def test_a_custodian_keeps_back_what_they_have_not_handed_on_and_its_other_handlers_read_it(world: World) -> None:
    item, pam = kept_back(world), deputy(world)
    assert {one.person.name for one in Handler.objects.filter(item=item)} == {"Cuth", "Carol"}
    answers = {name: may(Viewer(world.people[name].pk), item, NOON) for name in ("cuth", "carol", "bob", "root")}
    assert answers == {"cuth": 3, "carol": 3, "bob": 3, "root": 0}
    assert may(Viewer(pam.pk), item, NOON) == Answer.NOTHING


def test_people_are_named_once_it_is_agreed_and_only_those_whom_it_is_for(world: World) -> None:
    item, carol, alice = kept_back(world), world.people["carol"], world.people["alice"]
    with pytest.raises(Refused, match="Approve its release in advance first"):
        embargo.name(carol, item, NOON, [alice])
    release(world, item)
    with pytest.raises(Refused, match="Mia is not among those"):
        embargo.name(carol, item, NOON, [alice, world.people["mia"]])
    embargo.name(carol, item, NOON, [alice])
    embargo.accept(alice, Named.objects.get().code, NOON, 1)
    assert may(Viewer(alice.pk), item, NOON) == Answer.BODY
    with pytest.raises(Refused, match="Take them off it"):
        draft.edit(carol, Advisory.rows.get(item=item), NOON, title="Ransomware of Solihull")
    draft.edit(carol, Advisory.rows.get(item=item), WEEK + MINUTE, title="Next")


def test_a_proposal_names_nobody_to_begin_with(world: World) -> None:
    item = anonymous(world)
    with pytest.raises(Refused, match="in advance first"):
        embargo.propose(world.people["cuth"], item, NOON, ends_at=WEEK, reason="x", terms="x",
                        named=[world.people["alice"]])  # fmt: skip
    assert not Named.objects.exists()


def test_it_is_not_shared_before_the_end_that_was_agreed_to(world: World) -> None:
    item, carol = kept_back(world), world.people["carol"]
    embargo.end(carol, item, NOON, why="It is public.")
    with pytest.raises(Refused, match="and not before"):
        release(world, item)
    bob_agrees(world, item)
    release(world, item)


def test_an_earlier_end_cancels_what_was_approved_for_the_later(world: World) -> None:
    item = kept_back(world)
    release(world, item)
    embargo.propose(world.people["carol"], item, NOON, ends_at=LATER, reason="x", terms="x")
    assert may(Viewer(world.people["alice"].pk), item, WEEK) == Answer.NOTHING
    with pytest.raises(Refused, match="and not before"):
        release(world, item)


def test_who_no_longer_agrees_stops_what_was_approved_in_advance(world: World) -> None:
    item = kept_back(world)
    release(world, item)
    seen = Review.objects.get(lapsed_at=None).fingerprint
    consent.decline(world.people["bob"], item, LATER, "I was wrong.", seen=seen)
    assert may(Viewer(world.people["alice"].pk), item, WEEK) == Answer.NOTHING
    with pytest.raises(Refused, match="has not agreed"):
        release(world, item, LATER)


@pytest.mark.parametrize("shortened", [False, True])
def test_nor_does_anybody_read_it_any_more_who_is_named_on_it(world: World, shortened: bool) -> None:
    item, carol, alice = kept_back(world), world.people["carol"], world.people["alice"]
    release(world, item)
    embargo.name(carol, item, NOON, [alice])
    embargo.accept(alice, Named.objects.get(person=alice).code, NOON, 1)
    if shortened:  # which cancels the release, and nobody's being named
        embargo.propose(carol, item, NOON, ends_at=WEEK - MINUTE, reason="x", terms="x")
    assert may(Viewer(alice.pk), item, LATER) == Answer.BODY
    seen = Review.objects.get(lapsed_at=None).fingerprint
    consent.decline(world.people["bob"], item, LATER, "I was wrong.", seen=seen)
    assert may(Viewer(alice.pk), item, LATER) == Answer.NOTHING
    assert LATER not in moments([Named, Handler, Standing])


def test_they_may_still_say_no_to_it_while_the_next_version_is_being_written(world: World) -> None:
    item = kept_back(world)
    release(world, item)
    draft.edit(world.people["carol"], Advisory.rows.get(item=item), NOON, title="Next")
    seen = Review.objects.get(lapsed_at=None).fingerprint
    consent.decline(world.people["bob"], item, LATER, "I was wrong.", seen=seen)
    assert may(Viewer(world.people["alice"].pk), item, WEEK) == Answer.NOTHING


def moments(models: list[Any]) -> set[Any]:
    """Every moment that stands in a table."""
    columns = {one: [f.attname for f in one._meta.concrete_fields if isinstance(f, DateTimeField)] for one in models}
    return {value for model, names in columns.items() if names
            for row in model._base_manager.values_list(*names) for value in row}  # fmt: skip


@pytest.mark.parametrize("act", ["agree", "decline"])
def test_no_row_says_at_what_moment_somebody_without_a_name_was_there(world: World, act: str) -> None:
    item = kept_back(world)
    if act == "decline":
        release(world, item)
    models = [one for app in ("members", "advisories") for one in apps.get_app_config(app).get_models()]
    review_ = Review.objects.get(lapsed_at=None)
    then = NOON + timedelta(minutes=37, seconds=11)
    if act == "agree":
        Consent.objects.all().delete()
        bob_agrees(world, item, then)
        assert Consent.objects.count() == 1
    else:
        consent.decline(world.people["bob"], item, then, "I was wrong.", seen=review_.fingerprint)
        assert Word.objects.count() == 1
    assert then not in moments(models)


def test_what_is_shared_already_is_for_its_handlers_to_withdraw(world: World) -> None:
    item = named(world)
    agreed(world, item)
    release(world, item)
    with pytest.raises(Refused, match="shared already"):
        consent.decline(world.people["bob"], item, LATER, "No", seen=Review.objects.get().fingerprint)


# No other way round


def test_its_readers_become_no_more_by_a_grant(world: World) -> None:
    item = named(world)
    agreed(world, item)
    release(world, item)
    with pytest.raises(Refused, match="agrees for whom"):
        granting.grant(world.people["carol"], item, LATER, [("organisation", world.organisations["dudley"].pk)])


def test_nor_by_an_advisory_that_is_made_of_it(world: World) -> None:
    item, carol, houses = named(world), world.people["carol"], world.organisations
    agreed(world, item)
    release(world, item)
    made = incidents.become_advisory(carol, item, LATER)
    for name in ("dudley", "brum"):
        draft.edit(carol, made, LATER, audience=[("organisation", houses[name].pk)])
        refused = publish.preview(Advisory.rows.get(item=made.item), LATER).refusal
        assert ("agreed to" in refused) == (name == "dudley")
        if name == "dudley":
            with pytest.raises(Refused, match="agreed to"):
                release(world, made.item, LATER)
    release(world, made.item, LATER)


def test_the_next_version_is_agreed_to_anew(world: World) -> None:
    item = named(world)
    agreed(world, item)
    release(world, item)
    draft.edit(world.people["carol"], Advisory.rows.get(item=item), LATER, title="Ransomware of Solihull")
    with pytest.raises(Refused, match="Hand it on first"):
        release(world, item, LATER)
    assert text(item).number == 2
    agreed(world, item, LATER)
    release(world, item, LATER)
