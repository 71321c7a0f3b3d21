"""Joining and leaving, in plain words: who may do it, what begins, what ends, and from which moment."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.test import Client

from members import clock, joining, leaving, sharing
from members.credentials import issue, viewer_of
from members.models import (
    Address,
    Affiliation,
    Alias,
    AuditRow,
    ClientLink,
    Credential,
    Item,
    Membership,
    Office,
    Organisation,
    Person,
    Warp,
    Within,
)
from members.policy import Answer, Viewer, audience, may
from members.refused import Refused
from tests.members.world import World
from tests.pages import visitor

TICK = timedelta(microseconds=1)
BRUM, SOLIHULL = [{"organisation": "brum"}], [{"organisation": "solihull"}]
Role, State = Affiliation.Role, Membership.State


@pytest.fixture
def amber(world: World) -> Item:
    return world.item({"id": "a", "label": "AMBER", "grants": [{"warp": "wm"}]})


def reads(world: World, name: str, item: Item, at: datetime) -> bool:
    answer = may(Viewer(world.people[name].pk), item, at) == Answer.BODY
    assert answer == audience(item, at).filter(pk=world.people[name].pk).exists()
    return answer


def lead(world: World, name: str) -> Person:
    world.people[name].affiliations.update(role=Role.LEAD)
    return world.people[name]


def states(organisation: Organisation, warp: Warp) -> list[tuple[str, datetime, datetime]]:
    rows = Membership.objects.filter(organisation=organisation, warp=warp).order_by("since", "pk")
    return list(rows.values_list("state", "since", "until"))


# Organisations


def test_an_organisation_that_applied_is_admitted_by_a_coordinator_of_that_warp(
    world: World, noon: datetime, amber: Item
) -> None:
    newco, wm = world.organisations["newco"], world.warps["wm"]
    joining.admit(newco, wm, noon, world.people["carol"])
    assert [(state, until) for state, _since, until in states(newco, wm)] == [
        (State.APPLIED, noon), (State.ACTIVE, clock.FOREVER),
    ]  # fmt: skip
    assert not reads(world, "nina", amber, noon - TICK) and reads(world, "nina", amber, noon)
    row = AuditRow.objects.get(verb="admit")
    assert (row.actor, row.reference, row.detail) == (world.people["carol"].alias.code, "newco", {"warp": "wm"})


def test_one_that_is_suspended_sees_nothing_from_that_moment_until_it_is_readmitted(
    world: World, noon: datetime, amber: Item
) -> None:
    carol, solihull, wm = world.people["carol"], world.organisations["solihull"], world.warps["wm"]
    leaving.suspend(solihull, wm, noon, carol)
    back = noon + timedelta(days=1)
    joining.readmit(solihull, wm, back, carol)
    for at, read in ((noon - TICK, True), (noon, False), (back - TICK, False), (back, True)):
        assert reads(world, "bob", amber, at) == read, at
    assert [state for state, _since, _until in states(solihull, wm)] == ["active", "suspended", "active"]


def test_a_sister_warp_makes_nobody_a_member_who_never_asked(world: World, noon: datetime, amber: Item) -> None:
    """Its coordinator would answer for their people too, and be of them: and read what their own WARP gives them."""
    brum, kent, kate = world.organisations["brum"], world.warps["kent"], world.people["kate"]
    with pytest.raises(Refused, match="has not applied to kent"):
        joining.admit(brum, kent, noon, kate)
    with pytest.raises(Refused, match="Only a lead of brum"):
        joining.affiliate(kate, brum, Role.LEAD, noon, kate)
    assert not reads(world, "kate", amber, noon)
    Membership.objects.create(organisation=brum, warp=kent, state=State.APPLIED, since=noon)
    joining.admit(brum, kent, noon, kate)


def test_one_that_left_may_be_admitted_again(world: World, noon: datetime, amber: Item) -> None:
    carol, solihull, wm = world.people["carol"], world.organisations["solihull"], world.warps["wm"]
    leaving.leave(solihull, wm, noon, carol)
    assert not reads(world, "bob", amber, noon)
    joining.admit(solihull, wm, noon + TICK, carol)
    assert reads(world, "bob", amber, noon + TICK)


@pytest.mark.parametrize("name", ["bob", "brian", "ursula", "kate", "cuth", "root", "pat"])
@pytest.mark.parametrize("verb", ["admit", "suspend", "leave", "readmit"])
def test_nobody_else_says_who_is_a_member(world: World, noon: datetime, name: str, verb: str) -> None:
    by, wm = lead(world, "bob") if name == "bob" else world.people[name], world.warps["wm"]
    house = world.organisations[{"admit": "newco", "readmit": "paused"}.get(verb, "solihull")]
    verbs: dict[str, Callable[..., Any]] = {
        "admit": joining.admit, "readmit": joining.readmit, "suspend": leaving.suspend, "leave": leaving.leave,
    }  # fmt: skip
    with pytest.raises(Refused, match="Only a coordinator of wm"):
        verbs[verb](house, wm, noon, by)
    assert not AuditRow.objects.filter(verb=verb).exists()
    verbs[verb](house, wm, noon, world.people["carol"])
    assert AuditRow.objects.filter(verb=verb).exists()


@pytest.mark.parametrize(
    ("verb", "house", "match"),
    [
        (joining.admit, "solihull", "already"),
        (joining.admit, "paused", "lift that"),
        (joining.readmit, "solihull", "not suspended"),
        (joining.readmit, "vendor", "not suspended"),
        (leaving.suspend, "newco", "not an active member"),
        (leaving.suspend, "lapsed", "not an active member"),
        (leaving.leave, "vendor", "no member"),
    ],
)
def test_what_is_so_already_or_can_not_be_is_refused(
    world: World, noon: datetime, verb: Callable[..., Any], house: str, match: str
) -> None:
    before = Membership.objects.count()
    with pytest.raises(Refused, match=match):
        verb(world.organisations[house], world.warps["wm"], noon, None)
    assert Membership.objects.count() == before


def test_a_membership_that_was_to_begin_later_never_does(world: World, noon: datetime, amber: Item) -> None:
    solihull, wm = world.organisations["solihull"], world.warps["wm"]
    later = noon + timedelta(days=9)
    Membership.objects.create(organisation=solihull, warp=wm, since=later)
    leaving.leave(solihull, wm, noon, None)
    assert not reads(world, "bob", amber, later)


# People


def test_whoever_moves_is_of_one_at_any_moment(world: World, noon: datetime) -> None:
    brums = world.item({"id": "b", "label": "AMBER+STRICT", "grants": BRUM})
    solihulls = world.item({"id": "s", "label": "AMBER+STRICT", "grants": SOLIHULL})
    alice = world.people["alice"]
    was = alice.affiliations.get()
    leaving.move(alice, was, world.organisations["solihull"], Role.RESPONDER, noon, None)
    for at, read in ((noon - TICK, [True, False]), (noon, [False, True])):
        assert [reads(world, "alice", item, at) for item in (brums, solihulls)] == read
    was.refresh_from_db()
    assert was.until == noon
    with pytest.raises(Refused, match="not of brum"):
        leaving.move(alice, was, world.organisations["dudley"], Role.READER, noon, None)


def test_nobody_is_moved_into_an_organisation_that_has_no_say(world: World, noon: datetime) -> None:
    alan, solihull = world.people["alan"], world.organisations["solihull"]
    was = alan.affiliations.get()
    for name in ("alice", "bob", "brian", "carol"):  # each answers for one side alone
        by = lead(world, name) if name in ("alice", "bob") else world.people[name]
        with pytest.raises(Refused, match="Only a lead of"):
            leaving.move(alan, was, solihull, Role.READER, noon, by)
    was.refresh_from_db()
    assert was.until == clock.FOREVER and alan.affiliations.count() == 1
    Office.objects.create(person=world.people["carol"], warp=world.warps["birmingham"], role="coordinator", since=noon)
    leaving.move(alan, was, solihull, Role.READER, noon, world.people["carol"])


@pytest.mark.parametrize("name", ["alan", "bob", "carol", "kate", "ursula", "root", "cuth"])
def test_people_are_their_leads_and_their_coordinators(world: World, noon: datetime, name: str) -> None:
    brum, olive, bob = world.organisations["brum"], world.people["olive"], lead(world, "bob")
    by = bob if name == "bob" else world.people[name]
    with pytest.raises(Refused, match="Only a lead of brum"):
        joining.affiliate(olive, brum, Role.READER, noon, by)
    with pytest.raises(Refused, match="Only a lead of brum"):
        leaving.end_affiliation(world.people["alan"], brum, noon, by)
    with pytest.raises(Refused, match="Only"):
        leaving.disable(world.people["alan"], noon, by)
    for allowed in (lead(world, "alice"), world.people["brian"]):
        joining.affiliate(olive, brum, Role.READER, noon, allowed)
        leaving.end_affiliation(olive, brum, noon, allowed)


def test_a_lead_of_a_suspended_organisation_decides_nothing(world: World, noon: datetime) -> None:
    paul = lead(world, "paul")
    with pytest.raises(Refused, match="Only a lead"):
        joining.affiliate(world.people["olive"], world.organisations["paused"], Role.READER, noon, paul)
    joining.affiliate(world.people["olive"], world.organisations["paused"], Role.READER, noon, world.people["carol"])


def test_who_is_of_it_already_and_who_has_no_account_is_refused(world: World, noon: datetime) -> None:
    brum, wm = world.organisations["brum"], world.warps["wm"]
    with pytest.raises(Refused, match="already"):
        joining.affiliate(world.people["alice"], brum, Role.LEAD, noon)
    with pytest.raises(Refused, match="already"):
        joining.appoint(world.people["carol"], wm, Office.Role.COORDINATOR, noon)
    for refused in (
        lambda: joining.affiliate(world.people["ivan"], world.organisations["dudley"], Role.READER, noon),
        lambda: joining.appoint(world.people["ivan"], wm, Office.Role.COORDINATOR, noon),
    ):
        with pytest.raises(Refused, match="closed"):
            refused()


# Offices


def test_coordinators_name_their_deputy_and_custodians_their_successor(world: World, noon: datetime) -> None:
    wm, bob, carol, cuth = world.warps["wm"], world.people["bob"], world.people["carol"], world.people["cuth"]
    joining.appoint(bob, wm, Office.Role.COORDINATOR, noon, carol)
    joining.appoint(bob, wm, Office.Role.CUSTODIAN, noon, cuth)
    for by, role in ((carol, Office.Role.CUSTODIAN), (cuth, Office.Role.COORDINATOR), (world.people["kate"], None)):
        with pytest.raises(Refused, match="Only a c"):
            joining.appoint(world.people["mia"], wm, role or Office.Role.COORDINATOR, noon, by)


def test_the_last_coordinator_is_not_removed_by_the_way(world: World, noon: datetime) -> None:
    carol = world.people["carol"]
    office = carol.offices.get()
    with pytest.raises(Refused, match="wm would have no coordinator"):
        leaving.end_office(office, noon, carol)
    with pytest.raises(Refused, match="wm would have no coordinator"):
        leaving.disable(carol, noon, None)
    # One whose account is closed counts for nobody.
    joining.appoint(world.people["olive"], world.warps["wm"], Office.Role.COORDINATOR, noon, carol)
    Person.objects.filter(pk=world.people["olive"].pk).update(active_until=noon)
    with pytest.raises(Refused, match="no coordinator"):
        leaving.end_office(office, noon, carol)
    leaving.end_office(office, noon, carol, last=True)
    draft = world.item({"id": "d", "label": None, "author": None})
    assert reads(world, "carol", draft, noon - TICK) and not reads(world, "carol", draft, noon)
    with pytest.raises(Refused, match="already"):
        leaving.end_office(carol.offices.get(), noon + TICK, None)


def test_who_coordinates_takes_no_custodian_away(world: World, noon: datetime) -> None:
    """They are told when somebody breaks the glass."""
    cuth = world.people["cuth"]
    for by in ("carol", "kate", "bob"):
        with pytest.raises(Refused, match="Only a custodian of wm"):
            leaving.end_office(cuth.offices.get(), noon, world.people[by])
        with pytest.raises(Refused, match="Only a custodian of wm"):
            leaving.disable(cuth, noon, world.people[by])
    leaving.end_office(cuth.offices.get(), noon, cuth)


def test_one_of_two_goes_without_a_word(world: World, noon: datetime) -> None:
    joining.appoint(world.people["bob"], world.warps["wm"], Office.Role.COORDINATOR, noon)
    leaving.end_office(world.people["carol"].offices.get(), noon, world.people["bob"])
    with pytest.raises(Refused, match="Only a coordinator"):
        leaving.end_office(Office.objects.get(person=world.people["bob"]), noon, world.people["carol"])


# Accounts


def test_a_closed_account_reads_nothing_from_that_moment_on(world: World, noon: datetime, amber: Item) -> None:
    token = issue(world.people["alice"], Credential.Use.MACHINE, "x", noon - TICK, world.people["alice"])[1]
    leaving.disable(world.people["alice"], noon, world.people["brian"])
    assert reads(world, "alice", amber, noon - TICK) and not reads(world, "alice", amber, noon)
    assert viewer_of(token, Credential.Use.MACHINE, noon) == Viewer()
    assert Credential.objects.get().until == noon
    with pytest.raises(Refused, match="closed already"):
        leaving.disable(world.people["alice"], noon + TICK, world.people["brian"])


def test_a_sign_in_ends_with_the_account_at_the_next_request(world: World) -> None:
    alice = world.people["alice"]
    browser: Client = visitor(alice)
    assert "Sign out" in browser.get("/").content.decode()
    leaving.disable(alice, clock.now(), None)
    assert "Sign out" not in browser.get("/").content.decode()
    Person.objects.filter(pk=alice.pk).update(active_until=clock.FOREVER)
    assert "Sign out" not in browser.get("/").content.decode()  # nor does it come back with the account


def test_who_is_of_two_houses_is_closed_by_whoever_answers_for_both(world: World, noon: datetime) -> None:
    alan = world.people["alan"]
    joining.affiliate(alan, world.organisations["solihull"], Role.READER, noon)
    for by in (lead(world, "alice"), world.people["carol"]):
        with pytest.raises(Refused, match="Only a lead"):
            leaving.disable(alan, noon, by)
    with pytest.raises(Refused, match="Only a coordinator of wm"):
        leaving.disable(world.people["carol"], noon, world.people["kate"])
    leaving.disable(world.people["olive"], noon, world.people["kate"])  # of nothing: any coordinator's


def test_the_erased_are_named_nowhere_and_their_audit_rows_stay(world: World, noon: datetime) -> None:
    alice, brian = world.people["alice"], world.people["brian"]
    joining.affiliate(alice, world.organisations["dudley"], Role.READER, noon, None)
    sharing.link(world.organisations["brum"], world.organisations["walsall"], noon, lead(world, "alice"))
    code, rows = alice.alias.code, AuditRow.objects.count()
    with pytest.raises(Refused, match="first"):
        leaving.erase(alice, noon, None)
    leaving.disable(alice, noon, None)
    leaving.erase(alice, noon + TICK, None)
    assert AuditRow.objects.count() == rows + 2 and AuditRow.objects.filter(actor=code).exists()
    assert not Alias.objects.filter(code=code).exists()
    alice.refresh_from_db()
    assert "alice" not in f"{alice.name} {alice.email}".lower()
    assert not Address.objects.filter(value__icontains="alice").exists()
    assert brian.pk  # the others keep theirs
    assert Address.objects.filter(value="brian@example.org").exists()


# Groups, clients, the tree


def test_what_is_granted_to_a_group_reaches_its_organisations_while_they_are_in_it(
    world: World, noon: datetime
) -> None:
    item = world.item({"id": "g", "label": "AMBER+STRICT", "grants": [{"group": "finance"}]})
    solihull, finance, later = world.organisations["solihull"], world.groups["finance"], noon + timedelta(days=1)
    finance.warp = world.warps["wm"]
    finance.save()
    sharing.join_group(solihull, finance, noon, world.people["carol"])
    with pytest.raises(Refused, match="already"):
        sharing.join_group(solihull, finance, noon, None)
    sharing.leave_group(solihull, finance, later, lead(world, "bob"))
    for at, read in ((noon - TICK, False), (noon, True), (later - TICK, True), (later, False)):
        assert reads(world, "bob", item, at) == read, at
    for refused in (sharing.join_group, sharing.leave_group):
        with pytest.raises(Refused, match="Only"):
            refused(solihull, finance, later, world.people["kate"])


def test_who_coordinates_a_warp_lets_nobody_into_the_groups_of_another(world: World, noon: datetime) -> None:
    wm, maidstone = world.warps["wm"], world.organisations["maidstone"]
    carol, kate = world.people["carol"], world.people["kate"]
    with pytest.raises(Refused, match="Only a coordinator of wm, which runs Money"):
        sharing.add_group("Money", "money", wm, noon, kate)
    money = sharing.add_group("Money", "money", wm, noon, carol)
    with pytest.raises(Refused, match="Only a coordinator of wm"):
        sharing.join_group(maidstone, money, noon, kate)
    sharing.join_group(maidstone, money, noon, carol)
    sharing.leave_group(maidstone, money, noon + TICK, kate)  # hers may always leave
    with pytest.raises(Refused, match="Only who runs the hub"):
        sharing.join_group(maidstone, world.groups["finance"], noon, kate)


def test_amber_is_passed_on_by_the_providers_lead_alone(world: World, noon: datetime) -> None:
    item = world.item({"id": "a", "label": "AMBER", "grants": SOLIHULL})
    solihull, walsall, bob = world.organisations["solihull"], world.organisations["walsall"], lead(world, "bob")
    link = ClientLink.objects.get(provider=solihull, client=walsall)
    for name in ("carol", "wendy", "root"):
        by = lead(world, "wendy") if name == "wendy" else world.people[name]
        with pytest.raises(Refused, match="Only a lead of solihull"):
            sharing.pass_on_amber(link, True, noon, by)
    on = sharing.pass_on_amber(link, True, noon, bob)
    off = sharing.pass_on_amber(on, False, noon + TICK, bob)
    assert [reads(world, "wendy", item, noon + n * TICK) for n in (-1, 0, 1)] == [False, True, False]
    assert sharing.pass_on_amber(off, False, noon + TICK, bob) == off
    with pytest.raises(Refused, match="ended already"):
        sharing.pass_on_amber(link, True, noon + TICK, bob)


def test_a_new_link_passes_nothing_on_and_either_side_may_end_it(world: World, noon: datetime) -> None:
    brum, walsall = world.organisations["brum"], world.organisations["walsall"]
    made = sharing.link(brum, walsall, noon, lead(world, "alice"))
    assert not made.pass_on_amber
    with pytest.raises(Refused, match="Only"):
        sharing.unlink(made, noon, world.people["carol"])  # walsall's coordinator, and not brum's
    sharing.unlink(made, noon, lead(world, "wendy"))
    with pytest.raises(Refused, match="already"):
        sharing.unlink(made, noon, None)
    with pytest.raises(Refused, match="own client"):
        sharing.link(brum, brum, noon, None)


def test_a_warp_that_moves_takes_what_is_below_it_along(world: World, noon: datetime) -> None:
    wm, kent = world.warps["wm"], world.warps["kent"]
    item = world.item({"id": "k", "label": "AMBER+STRICT", "grants": [{"warp": "kent"}]})
    assert not reads(world, "alice", item, noon)
    for name in ("carol", "kate", "root"):
        with pytest.raises(Refused, match="Only a coordinator of uk"):
            sharing.move_warp(wm, kent, noon, world.people[name])
    sharing.move_warp(wm, kent, noon, world.people["ursula"])
    assert reads(world, "alice", item, noon) and reads(world, "bob", item, noon)  # birmingham is below wm still
    assert set(Within.objects.filter(warp=world.warps["birmingham"]).values_list("ancestor__slug", flat=True)) == {
        "birmingham", "wm", "kent", "uk",
    }  # fmt: skip
    with pytest.raises(Refused, match="below itself"):
        sharing.move_warp(kent, world.warps["birmingham"], noon, None)
    sharing.move_warp(wm, world.warps["uk"], noon, None)
    assert not reads(world, "alice", item, noon)


def test_a_warp_moves_below_another_tree_only_by_who_coordinates_that_too(world: World, noon: datetime) -> None:
    """What is granted to whatever is above it there would reach its members."""
    joining.add_warp("Ulster", "ulster", "UL", noon)
    ulster, kent = Warp.objects.get(slug="ulster"), world.warps["kent"]
    bob = world.people["bob"]
    joining.appoint(bob, ulster, Office.Role.COORDINATOR, noon)
    with pytest.raises(Refused, match="Only a coordinator of uk"):
        sharing.move_warp(ulster, kent, noon, bob)
    joining.appoint(bob, world.warps["uk"], Office.Role.COORDINATOR, noon)
    sharing.move_warp(ulster, kent, noon, bob)
