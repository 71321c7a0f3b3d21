"""Who may know of whom."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest

from members.credentials import issue
from members.directory import organisations_for, people_for
from members.keys import Viewer
from members.models import Credential, Membership, Person
from tests.members.world import World

WM = {"solihull", "dudley", "walsall"}  # active in wm itself
KENT = {"maidstone", "faversham"}


def organisations(world: World, name: str, at: datetime) -> set[str]:
    return set(organisations_for(world.viewers()[name], at).values_list("name", flat=True))


def people(world: World, name: str, at: datetime) -> set[str]:
    return {person.name.lower() for person in people_for(world.viewers()[name], at)}


@pytest.mark.parametrize(
    ("name", "known"),
    [
        ("alice", {"brum"}),  # alone in Birmingham
        ("bob", WM),
        ("mia", KENT),
        ("paul", {"paused"}),  # suspended: its people know of it, and of nobody else
        ("nina", {"newco"}),
        ("lee", {"lapsed"}),
        ("vic", {"vendor"}),
        ("carol", WM | {"paused", "newco"}),  # who applied, and whom she suspended
        ("cuth", WM),
        ("brian", {"brum"}),
        ("ursula", set()),  # of the hub's root, which has no members of its own
        ("olive", set()),
        ("ivan", set()),
        ("root", set()),
        ("nobody", set()),
        ("subscriber", set()),
    ],
)
def test_the_organisations_of_ones_own_warps(world: World, noon: datetime, name: str, known: set[str]) -> None:
    assert organisations(world, name, noon) == known


@pytest.mark.parametrize(
    ("name", "known"),
    [
        ("alice", {"alice", "alan", "brian"}),
        ("bob", {"bob", "carol"}),
        ("mia", {"mia", "mo", "kate"}),
        ("fay", {"fay", "pat", "kate"}),
        ("paul", {"paul"}),
        ("olive", {"olive"}),
        ("root", {"root"}),
        ("carol", {"carol", "bob", "dora", "wendy", "paul", "nina"}),
        ("cuth", {"cuth", "carol"}),
        ("ursula", {"ursula"}),
        ("ivan", set()),
        ("nobody", set()),
    ],
)
def test_the_people_of_ones_own_organisations_and_ones_coordinators(
    world: World, noon: datetime, name: str, known: set[str]
) -> None:
    assert people(world, name, noon) == known


def test_whose_account_is_closed_is_not_listed(world: World, noon: datetime) -> None:
    Person.objects.filter(name="Alan").update(active_until=noon)
    assert people(world, "alice", noon) == {"alice", "brian"}
    assert "alan" in people(world, "alice", noon - timedelta(microseconds=1))


def test_a_machine_knows_of_nobody(world: World, noon: datetime) -> None:
    for owner in (world.people["alice"], world.organisations["brum"]):
        machine = Viewer(credential=issue(owner, Credential.Use.MACHINE, "x", noon, None)[0].pk)
        assert not organisations_for(machine, noon).exists() and not people_for(machine, noon).exists()


def test_one_that_left_is_known_no_more(world: World, noon: datetime) -> None:
    Membership.objects.filter(organisation=world.organisations["dudley"]).update(state="left")
    assert organisations(world, "bob", noon) == organisations(world, "carol", noon) - {"paused", "newco"}
    assert "dudley" not in organisations(world, "carol", noon) and "dora" not in people(world, "carol", noon)


def test_one_statement_each(world: World, noon: datetime, django_assert_num_queries: Any) -> None:
    for listed in (organisations_for, people_for):
        with django_assert_num_queries(1):
            list(listed(world.viewers()["carol"], noon))
