"""What could tell who reported it is marked, decided about place by place, and asked about again when it changes.

bob of solihull reports to wm; cuth is its custodian, carol its coordinator."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest

from advisories import draft, incidents, indicating, publish
from advisories.fingerprint import with_files
from advisories.models import Advisory, Finding, Review, Version
from advisories.sanitise import Choice, Decision, Own
from advisories.sharing import deciding, handing
from advisories.sharing.known import known_of
from advisories.sharing.places import Place, places, undecided
from members.models import AuditRow, Item, Person
from members.refused import Refused
from tests.advisories.incidents import derived, handed, kept, text
from tests.conftest import NOON
from tests.members.world import World

pytestmark = pytest.mark.django_db
LATER = NOON + timedelta(hours=1)
WORDS = "Bob of Solihull found srv-fin-01 locked.\nNothing else is known."


def written(world: World, *, anonymous: bool = True, **words: Any) -> Item:
    by = "cuth" if anonymous else "carol"
    item = derived(world) if anonymous else kept(world)
    whom = [("organisation", world.organisations["brum"].pk)]
    said = {"title": "Locked out", "what_is_known": WORDS, "label": "AMBER", "audience": whom, **words}
    draft.edit(world.people[by], Advisory.rows.get(item=item), NOON, **said)
    return item


def found(item: Item) -> dict[str, Place]:
    return {one.suspect.text: one for one in places(text(item), known_of(item))}


def decide(world: World, item: Item, by: str = "cuth", at: Any = NOON, **said: Decision) -> Version:
    """`said`: by what stands there, with _ for every other character."""
    there = {name.replace("-", "_").replace(" ", "_"): one for name, one in found(item).items()}
    decisions = {there[name].code: decision for name, decision in said.items()}
    return deciding.decide(world.people[by], item, at, decisions, seen=publish.fingerprint(text(item)))


@pytest.mark.parametrize("anonymous", [True, False])
def test_names_that_the_hub_knows_and_machines_are_marked(world: World, anonymous: bool) -> None:
    assert {"Bob", "Solihull", "srv-fin-01"} <= found(written(world, anonymous=anonymous)).keys()


def test_of_an_anonymous_report_everybody_is_known_who_could_have_filed_it(world: World) -> None:
    """Else what is marked would tell who did."""
    item = written(world, what_is_known="Bob of Solihull, Dora of Dudley, Alice of Brum, Mia of Maidstone.")
    assert {"Bob", "Solihull", "Dora", "Dudley", "Alice", "Brum"} <= found(item).keys()
    assert not {"Mia", "Maidstone"} & found(item).keys()
    named = written(world, anonymous=False, what_is_known="Bob of Solihull, Dora of Dudley.")
    assert "Dudley" not in found(named) and "Solihull" in found(named)


def test_two_of_one_name_are_both_known(world: World) -> None:
    Person.objects.filter(pk=world.people["dora"].pk).update(name="Bob", email="bob@dudley.test")
    Person.objects.filter(pk=world.people["bob"].pk).update(email="bob@solihull.test")
    item = written(world, what_is_known="It came by way of solihull.test and dudley.test.")
    marked = " ".join(one.suspect.text for one in places(text(item), known_of(item)))
    assert "solihull.test" in marked and "dudley.test" in marked


def test_each_is_replaced_or_kept_and_it_stays_written_down_who_decided_and_when(world: World) -> None:
    item = written(world)
    decide(world, item, Bob=Choice.REDACT, Solihull=Own("a council"), srv_fin_01=Choice.KEEP)
    assert text(item).what_is_known == "person 1 of a council found srv-fin-01 locked.\nNothing else is known."
    rows = {(one.kind, one.choice, one.by.name, one.at) for one in Finding.objects.all()}
    assert rows == {("person", "redacted", "Cuth", NOON), ("organisation", "reworded", "Cuth", NOON),
                    ("host", "kept", "Cuth", NOON)}  # fmt: skip
    assert undecided(text(item), known_of(item)) == []
    assert AuditRow.objects.get(verb="sanitise").detail == {"version": 1, "replaced": 2, "kept": 1}
    assert "Bob" not in str(list(Finding.objects.values())) and "srv-fin" not in str(list(Finding.objects.values()))


def test_what_is_changed_in_its_line_is_asked_about_again_and_nothing_else(world: World) -> None:
    item = written(world, what_to_do="Ring Dudley.")
    decide(world, item, Dudley=Choice.KEEP, Bob=Choice.KEEP, Solihull=Choice.KEEP, srv_fin_01=Choice.KEEP)
    cuth, advisory = world.people["cuth"], Advisory.rows.get(item=item)
    draft.edit(cuth, advisory, LATER, what_is_known=WORDS.replace("Nothing else", "Nothing more"))
    assert undecided(text(item), known_of(item)) == []
    draft.edit(cuth, advisory, LATER, what_is_known=WORDS.replace("locked", "encrypted"))
    assert {one.suspect.text for one in undecided(text(item), known_of(item))} == {"Bob", "Solihull", "srv-fin-01"}


def test_a_line_an_address_and_an_indicator_are_looked_through_too(world: World) -> None:
    item, cuth = written(world, what_is_known=""), world.people["cuth"]
    pages = [("Solihull says", "https://other.test/"), ("News", "https://news.test/")]
    draft.edit(cuth, Advisory.rows.get(item=item), NOON, references=pages)
    incidents.note(cuth, item, NOON, date(2026, 10, 31), "Solihull cut the line.")
    indicating.set_indicators(cuth, item, NOON, "10.20.30.40 evil.test.net")
    fields = {(one.field, one.suspect.text) for one in places(text(item), known_of(item))}
    assert {("references", "Solihull"), ("timeline", "Solihull"), ("indicators", "10.20.30.40")} <= fields
    decisions = {one.code: Choice.REDACT for one in places(text(item), known_of(item))}
    deciding.decide(cuth, item, NOON, decisions, seen=publish.fingerprint(text(item)))
    now = text(item)
    assert [one.title for one in now.references.all()] == ["News"]
    assert [one.words for one in now.timeline.all()] == ["the organisation cut the line."]
    assert [one.value for one in now.indicators.all()] == ["evil.test.net"]


def test_words_of_their_own_are_looked_through_as_well(world: World) -> None:
    item = written(world)
    decide(world, item, Bob=Own("Dora"), Solihull=Choice.REDACT, srv_fin_01=Choice.REDACT)
    assert {one.suspect.text for one in undecided(text(item), known_of(item))} == {"Dora"}


@pytest.mark.parametrize("who", ["bob", "carol", "alice", "root", "kate"])
def test_who_does_not_write_it_decides_nothing(world: World, who: str) -> None:
    item = written(world)
    seen = publish.fingerprint(text(item))
    with pytest.raises(Refused, match="only those who write it"):
        deciding.decide(world.people[who], item, NOON, {found(item)["Bob"].code: Choice.REDACT}, seen=seen)
    assert text(item).what_is_known == WORDS and not Finding.objects.exists()
    decide(world, item, Bob=Choice.REDACT)


def test_who_decides_decided_about_what_they_saw(world: World) -> None:
    item = written(world)
    with pytest.raises(Refused, match="changed since you looked"):
        deciding.decide(world.people["cuth"], item, NOON, {}, seen="what stood before")


def test_nothing_is_handed_on_while_a_place_is_open(world: World) -> None:
    item, cuth = written(world), world.people["cuth"]
    decide(world, item, Bob=Choice.REDACT, Solihull=Choice.REDACT)
    with pytest.raises(Refused, match="1 place that could tell"):
        handing.hand_on(cuth, item, NOON, seen=with_files(text(item)))
    assert not Review.objects.exists() and Item.rows.get(pk=item.pk).submitted_at is None
    handed(world, item, by="cuth")
    assert Item.rows.get(pk=item.pk).submitted_at == NOON


def test_handed_on_twice_by_a_nervous_thumb_is_once(world: World) -> None:
    item = written(world, anonymous=False)
    for _ in range(2):
        handed(world, item)
    assert Review.objects.count() == AuditRow.objects.filter(verb="hand_on").count() == 1


@pytest.mark.parametrize("who", ["bob", "carol", "alice", "root", "kate"])
def test_only_who_writes_it_hands_it_on(world: World, who: str) -> None:
    item = written(world)
    with pytest.raises(Refused):
        handed(world, item, by=who)
    assert not Review.objects.exists()
