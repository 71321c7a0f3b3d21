"""Who answers an alert, for whom, and what stands there afterwards."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from members.delivery.plan import plan
from members.models import (
    Affiliation,
    Announcement,
    AuditRow,
    Membership,
    Organisation,
    Person,
    Response,
    ResponseNote,
    Tier,
)  # fmt: skip
from members.policy import Viewer
from members.refused import Refused
from members.response.answer import acknowledge, answers_for, awaited, close, note_call, reopen, respond
from members.response.board import State, board
from tests.members.delivery.conftest import owe
from tests.members.response.conftest import Alert
from tests.members.world import World

pytestmark = pytest.mark.django_db
Applies, Means = Response.Applies, ResponseNote.Means
MINUTE = timedelta(minutes=1)


def houses_of(world: World, who: str, at: datetime) -> set[str]:
    return set(answers_for(world.people[who], at).values_list("slug", flat=True))


def test_anyone_answers_for_a_council_that_named_no_responder_and_only_those_once_it_did(
    world: World, noon: datetime
) -> None:
    assert houses_of(world, "alice", noon) == houses_of(world, "alan", noon) == {"brum"}
    Affiliation.objects.filter(person=world.people["alice"]).update(role="responder")
    assert houses_of(world, "alice", noon) == {"brum"} and houses_of(world, "alan", noon) == set()


@pytest.mark.parametrize("who", ["lee", "paul", "nina", "vic", "olive", "carol"])
def test_nobody_answers_for_who_is_no_active_member(world: World, noon: datetime, who: str) -> None:
    assert houses_of(world, who, noon) == set()


def test_one_confirms_and_the_board_says_who_when_and_how(alert: Alert, world: World, noon: datetime) -> None:
    item = alert()
    acknowledge(world.people["alice"], item, noon + MINUTE, ["brum"], means=Means.LINK)
    shown = board(item, noon + 2 * MINUTE)
    assert (shown.confirmed, shown.asked) == (1, 6)
    row = shown.rows[-1]
    assert (row.organisation.slug, row.state, row.by, row.means) == ("brum", State.CONFIRMED, "Alice", "link")
    assert row.took == MINUTE and shown.curve() == [(MINUTE, 1)]
    assert [one.organisation.slug for one in shown.missing] == [
        "dudley",
        "faversham",
        "maidstone",
        "solihull",
        "walsall",
    ]
    audited = AuditRow.objects.get(verb="acknowledge")
    assert (audited.reference, audited.detail) == (item.reference, {"organisations": ["brum"], "means": "link"})


def test_confirming_twice_changes_nothing(alert: Alert, world: World, noon: datetime) -> None:
    item = alert()
    assert len(acknowledge(world.people["alice"], item, noon, ["brum"])) == 1
    assert acknowledge(world.people["alan"], item, noon + MINUTE, ["brum"]) == []
    assert Response.objects.get(organisation__slug="brum").acknowledged_at == noon
    assert ResponseNote.objects.count() == 1 and AuditRow.objects.filter(verb="acknowledge").count() == 1


def test_one_person_answers_for_several_at_once(alert: Alert, world: World, noon: datetime) -> None:
    item = alert()
    Affiliation.objects.create(person=world.people["alice"], organisation=world.organisations["walsall"], since=noon)
    done = acknowledge(world.people["alice"], item, noon, ["brum", "walsall"])
    assert [row.organisation.slug for row in done] == ["brum", "walsall"]


def test_nobody_answers_for_another_council(alert: Alert, world: World, noon: datetime) -> None:
    item = alert()
    with pytest.raises(Refused, match="at least one of your organisations"):
        acknowledge(world.people["alice"], item, noon, ["solihull"])
    assert [row.organisation.slug for row in
            acknowledge(world.people["alice"], item, noon, ["solihull", "brum"])] == ["brum"]  # fmt: skip


def test_what_somebody_can_not_read_they_can_not_answer(alert: Alert, world: World, noon: datetime) -> None:
    item = alert({"id": "a", "label": "AMBER", "grants": [{"organisation": "brum"}]})
    for act in (acknowledge, close, reopen):
        with pytest.raises(Refused, match="nothing here"):
            act(world.people["bob"], item, noon, ["solihull"])
    with pytest.raises(Refused, match="nothing here"):
        respond(world.people["bob"], item, noon, ["solihull"], applies=Applies.AFFECTED)
    acknowledge(world.people["alice"], item, noon, ["brum"])


def test_who_left_answers_no_more(alert: Alert, world: World, noon: datetime) -> None:
    item = alert()
    acknowledge(world.people["alice"], item, noon, ["brum"])
    Affiliation.objects.filter(person=world.people["bob"]).update(until=noon)
    with pytest.raises(Refused, match="nothing here"):
        acknowledge(world.people["bob"], item, noon, ["solihull"])


def test_saying_whether_it_applies_confirms_as_well(alert: Alert, world: World, noon: datetime) -> None:
    item = alert()
    respond(world.people["bob"], item, noon, ["solihull"], applies=Applies.AFFECTED, words=" Two gateways. ")
    row = next(row for row in board(item, noon).rows if row.organisation.slug == "solihull")
    assert (row.state, row.applies, row.confirmed_at) == (State.CONFIRMED, Applies.AFFECTED, noon)
    assert [(note.what, note.words) for note in row.notes] == [("confirmed", ""), ("applies", "Two gateways.")]
    assert board(item, noon).affected == 1


@pytest.mark.parametrize(
    ("said", "why"),
    [
        ({}, "Nothing was said"),
        ({"words": "  "}, "Nothing was said"),
        ({"applies": "perhaps"}, "Choose one of what is offered"),
        ({"words": "x" * 2001}, "longer than 2000"),
    ],
)
def test_what_says_nothing_or_too_much_is_refused(
    alert: Alert, world: World, noon: datetime, said: dict[str, str], why: str
) -> None:
    item = alert()
    with pytest.raises(Refused, match=why):
        respond(world.people["bob"], item, noon, ["solihull"], **said)
    assert not ResponseNote.objects.exists()


def test_it_is_closed_once_it_is_known_whether_it_applies_and_can_be_opened_again(
    alert: Alert, world: World, noon: datetime
) -> None:
    item, bob, solihull = alert(), world.people["bob"], ["solihull"]
    with pytest.raises(Refused, match="whether solihull is affected"):
        close(bob, item, noon, solihull)
    respond(bob, item, noon, solihull, applies=Applies.LOOKING)
    with pytest.raises(Refused, match="affected"):
        close(bob, item, noon, solihull)
    respond(bob, item, noon, solihull, applies=Applies.NOT_AFFECTED)
    close(bob, item, noon + MINUTE, solihull)
    assert board(item, noon + MINUTE).rows[-1].state == State.CLOSED
    reopen(bob, item, noon + 2 * MINUTE, solihull)
    assert board(item, noon + 2 * MINUTE).rows[-1].state == State.CONFIRMED


def test_who_did_not_confirm_in_time_stands_first(alert: Alert, world: World, noon: datetime) -> None:
    item = alert()
    acknowledge(world.people["alice"], item, noon, ["brum"])
    just_before = board(item, noon + 60 * MINUTE - timedelta(microseconds=1))
    late = board(item, noon + 60 * MINUTE)
    assert {row.state for row in just_before.missing} == {State.AWAITED}
    assert [row.state for row in late.rows] == [State.LATE] * 5 + [State.CONFIRMED]


def test_a_coordinator_notes_that_somebody_was_rung(alert: Alert, world: World, noon: datetime) -> None:
    item = alert()
    note_call(world.people["carol"], item, noon, ["maidstone"])
    row = board(item, noon).rows[-1]
    assert (row.organisation.slug, row.by, row.means) == ("maidstone", "Carol", "phone")
    for who in ("alice", "kate"):  # a reader, and the coordinator of another WARP
        with pytest.raises(Refused):
            note_call(world.people[who], item, noon, ["dudley"])


@pytest.mark.parametrize("many", [1, 40])
def test_forty_at_once_cost_what_one_costs(alert: Alert, world: World, noon: datetime, many: int) -> None:
    names = [f"council-{number}" for number in range(many)]
    for name in names:
        world.organisation(name, [{"warp": "wm"}])
        Affiliation.objects.create(person=world.people["alice"], organisation=world.organisations[name], since=noon)
    item = alert(tier=Tier.URGENT)
    with CaptureQueriesContext(connection) as asked:
        acknowledge(world.people["alice"], item, noon, names, Announcement.objects.get().code)
    assert len(asked) == 15  # four of them make the name under which Alice stands in the audit
    with CaptureQueriesContext(connection) as asked:
        assert board(item, noon).confirmed == many
    assert len(asked) == 11  # eight of them ask whom it reaches now
    assert Organisation.objects.count() > many


def test_what_was_seen_of_one_version_confirms_no_later_one(alert: Alert, world: World, noon: datetime) -> None:
    item, alice = alert(), world.people["alice"]
    first = Announcement.objects.get().code
    owe(item, noon + MINUTE, event="revised", tier=Tier.FLASH)
    plan(noon + MINUTE)
    for act in (acknowledge, close, reopen):
        with pytest.raises(Refused, match="asked anew"):
            act(alice, item, noon + MINUTE, ["brum"], first)
    with pytest.raises(Refused, match="asked anew"):
        respond(alice, item, noon + MINUTE, ["brum"], first, applies=Applies.AFFECTED)
    with pytest.raises(Refused, match="asked anew"):
        note_call(world.people["carol"], item, noon + MINUTE, ["brum"], first)
    assert acknowledge(alice, item, noon + MINUTE, ["brum"], Announcement.objects.latest("pk").code)


def test_whom_it_reaches_no_more_is_not_to_be_rung(alert: Alert, world: World, noon: datetime) -> None:
    item = alert()
    Membership.objects.filter(organisation__slug="dudley").update(until=noon + MINUTE)
    stands = {row.organisation.slug: row.state for row in board(item, noon + MINUTE).rows}
    assert stands["dudley"] == State.LET_GO and stands["solihull"] == State.AWAITED
    assert "dudley" not in [row.organisation.slug for row in board(item, noon + MINUTE).missing]


def test_where_the_only_responder_left_everybody_answers(world: World, noon: datetime) -> None:
    Affiliation.objects.filter(person=world.people["alice"]).update(role="responder")
    assert houses_of(world, "alan", noon) == set()
    Person.objects.filter(pk=world.people["alice"].pk).update(active_until=noon)
    assert houses_of(world, "alan", noon) == {"brum"}


def test_what_waits_comes_the_most_urgent_first_and_then_the_newest(alert: Alert, world: World, noon: datetime) -> None:
    old, new, flash = alert(tier=Tier.URGENT), alert(tier=Tier.URGENT), alert(tier=Tier.FLASH)
    Response.objects.filter(item=old).update(asked_at=noon - MINUTE)
    alice = world.people["alice"]
    assert [one.item for one in awaited(alice, Viewer(alice.pk), noon)] == [flash, new, old]
