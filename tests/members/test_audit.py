"""What a row says of who did it: bob of solihull filed the anonymous report, of which cuth is custodian."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from pytest_django import DjangoAssertNumQueries

from members import reports
from members.audit import actor_of, asker_of, record
from members.models import Affiliation, Alias, AuditRow, Item, Kind, Office, Origin
from tests.conftest import NOON
from tests.members.world import BEGINNING, World

pytestmark = pytest.mark.django_db
LATER = NOON + timedelta(hours=1)


def derive(world: World) -> Item:
    """A draft that cuth derived from what bob reported without his name."""
    bob = world.people["bob"]
    affiliation = Affiliation.objects.get(person=bob)
    report = reports.begin(bob, affiliation, world.warps["wm"], NOON, anonymous=True)
    reports.file(bob, report, NOON)
    return reports.derive(world.people["cuth"], report, Kind.ADVISORY, NOON)


@pytest.fixture
def derived(world: World) -> Item:
    return derive(world)


def pseudonym_of(item: Item) -> str:
    return Origin.objects.get(item__derivatives__item=item).pseudonym


def test_an_act_names_its_doer_by_alias_and_a_person_erased_is_erased_by_their_alias_alone(world: World) -> None:
    row = record("test", NOON, by=world.people["carol"], reference="WM-1", version=1)
    assert (row.actor, row.at, row.detail) == (Alias.objects.get(person__name="Carol").code, NOON, {"version": 1})
    assert record("again", LATER, by=world.people["carol"]).actor == row.actor
    Alias.objects.filter(person__name="Carol").delete()
    assert AuditRow.objects.filter(actor=row.actor).count() == 2


def test_the_hub_itself_has_no_name(world: World) -> None:
    assert record("test", NOON).actor == ""
    assert actor_of(None, Item(), NOON) == {"by": None, "pseudonym": ""}


def test_under_a_pseudonym_a_row_says_the_day_and_nobody(world: World) -> None:
    row = record("read", datetime(2026, 11, 1, 12, 34, 56, 7, UTC), by=world.people["bob"], pseudonym="MOTHNIGHT")
    assert (row.actor, row.at) == ("MOTHNIGHT", datetime(2026, 11, 1, tzinfo=UTC))
    assert not Alias.objects.filter(person__name="Bob").exists() and "pseudonym" not in row.detail


def test_whoever_reads_it_only_as_its_reporter_stands_under_the_pseudonym_of_the_report(
    world: World, derived: Item
) -> None:
    assert actor_of(world.people["bob"], derived, NOON) == {"by": None, "pseudonym": pseudonym_of(derived)}
    assert actor_of(world.people["cuth"], derived, NOON) == {"by": world.people["cuth"], "pseudonym": ""}
    report = Item.rows.get(origin__pseudonym=pseudonym_of(derived))
    assert actor_of(world.people["bob"], report, NOON)["pseudonym"] == pseudonym_of(derived)


def test_the_same_holds_below_it(world: World, derived: Item) -> None:
    reports.submit(world.people["cuth"], derived, NOON)
    said = world.item({"kind": "comment", "label": None, "author": None, "parent": derived})
    assert actor_of(world.people["bob"], said, NOON)["pseudonym"] == pseudonym_of(derived)
    assert actor_of(world.people["carol"], said, NOON)["by"] == world.people["carol"]


def test_by_a_right_of_their_own_they_stand_under_their_name(world: World, derived: Item) -> None:
    """It would tell who filed it, were the one reader of the desk the one who has no name."""
    Office.objects.create(person=world.people["bob"], warp=world.warps["wm"], role="coordinator", since=BEGINNING)
    reports.submit(world.people["cuth"], derived, NOON)
    assert actor_of(world.people["bob"], derived, NOON) == {"by": world.people["bob"], "pseudonym": ""}


def test_without_an_anonymous_report_it_costs_one_question(
    world: World, derived: Item, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    with django_assert_num_queries(1):
        actor_of(world.people["cuth"], derived, NOON)


@pytest.mark.parametrize("typed", ["{report}", "{derived}", "{derived}/{said}", "{said}", " {lower}/embargo"])
def test_who_asks_for_what_its_reporter_alone_knows_of_is_not_named_by_asking(
    world: World, derived: Item, typed: str
) -> None:
    report = Item.rows.get(origin__pseudonym=pseudonym_of(derived)).reference
    said = world.item({"kind": "comment", "label": None, "author": None, "parent": derived}).reference
    ref = typed.format(report=report, derived=derived.reference, said=said, lower=derived.reference.lower())
    assert asker_of(world.people["bob"], ref) == {"by": None, "pseudonym": pseudonym_of(derived)}
    for other in ("alice", "cuth", "carol"):
        assert asker_of(world.people[other], ref) == {"by": world.people[other], "pseudonym": ""}


def test_asking_costs_the_same_whether_there_is_such_a_thing_or_not(
    world: World, derived: Item, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    record("asked for", NOON, by=world.people["bob"])  # who asks for the first time is given an alias
    for typed in (derived.reference, "WM-NONE9", "", "9" * 60):
        with django_assert_num_queries(3):  # under which name, the alias, the row
            record("asked for", NOON, reference=typed[:40], **asker_of(world.people["bob"], typed))
    assert asker_of(None, derived.reference) == {"by": None, "pseudonym": ""}
    assert asker_of(world.people["bob"], "WM-NONE9")["by"] == world.people["bob"]
