"""Who keeps an organisation's list of what it runs, who reads it, and that nothing else says what stands in it."""

from __future__ import annotations

from datetime import datetime, timedelta
from functools import partial

import pytest

from members.kit import lists
from members.kit.lists import add, add_lines, kept_by, products, read_by, remove
from members.models import Affiliation, AuditRow, Person, Product
from members.refused import Refused
from tests.members.world import World

pytestmark = pytest.mark.django_db


@pytest.fixture
def brum(world: World) -> World:
    for who, role in (("alice", "responder"), ("alan", "reader")):
        Affiliation.objects.filter(person=world.people[who]).update(role=role)
    return world


def listed(world: World, house: str = "brum") -> list[str]:
    return [one.name for one in products(world.organisations[house])]


def test_leads_and_responders_keep_it_and_all_its_people_read_it(brum: World, noon: datetime) -> None:
    house = brum.organisations["brum"]
    readers = {name for name, person in brum.people.items() if house in read_by(person, noon)}
    keepers = {name for name, person in brum.people.items() if house in kept_by(person, noon)}
    assert keepers == {"alice"} and readers > keepers and "alan" in readers
    assert not {"bob", "carol", "ursula", "root", "nobody"} & readers
    assert add(brum.people["alice"], house, "FortiGate", "", noon) == 1
    for who in ("alan", "bob", "carol", "root"):
        person = brum.people[who]
        for act in (
            partial(add, person, house, "Veeam Backup", "", noon),
            partial(add_lines, person, house, "Veeam Backup", noon),
            partial(remove, person, house, "FortiGate", noon),
        ):
            with pytest.raises(Refused, match="leads and responders"):
                act()
    assert listed(brum) == ["FortiGate"]


def test_who_left_or_whose_account_is_closed_neither_reads_nor_keeps_it(brum: World, noon: datetime) -> None:
    alice, later = brum.people["alice"], noon + timedelta(days=1)
    Affiliation.objects.filter(person=alice).update(until=later)
    assert kept_by(alice, noon) and not kept_by(alice, later) and not read_by(alice, later)
    Person.objects.filter(pk=alice.pk).update(active_until=noon)
    alice.refresh_from_db()
    assert not read_by(alice, noon)


def test_many_lines_are_added_all_or_none_and_each_once(brum: World, noon: datetime) -> None:
    alice, house = brum.people["alice"], brum.organisations["brum"]
    pasted = "FortiGate\n\n Veeam  Backup \nOur website | pkg:pypi/django\nfortigate\n"
    assert add_lines(alice, house, pasted, noon) == 3
    assert listed(brum) == ["FortiGate", "Our website", "Veeam Backup"]
    assert add_lines(alice, house, pasted, noon) == 0
    with pytest.raises(Refused, match="Line 2: “Windows”"):
        add_lines(alice, house, "Citrix NetScaler\nWindows", noon)
    with pytest.raises(Refused, match="at least one"):
        add_lines(alice, house, " \n", noon)
    with pytest.raises(Refused, match="in parts"):
        add_lines(alice, house, "x" * (lists.LONGEST_PASTED + 1), noon)
    assert len(listed(brum)) == 3


def test_a_list_has_a_bound(brum: World, noon: datetime, monkeypatch: pytest.MonkeyPatch) -> None:
    alice, house = brum.people["alice"], brum.organisations["brum"]
    monkeypatch.setattr(lists, "MOST", 2)
    assert add_lines(alice, house, "Veeam Backup\nFortiGate", noon) == 2
    with pytest.raises(Refused, match="at most 2"):
        add(alice, house, "Citrix NetScaler", "", noon)
    assert remove(alice, house, "FortiGate", noon) and not remove(alice, house, "FortiGate", noon)
    assert add(alice, house, "Citrix NetScaler", "", noon) == 1


def test_the_audit_says_that_the_list_changed_and_not_what_stands_in_it(brum: World, noon: datetime) -> None:
    alice, house = brum.people["alice"], brum.organisations["brum"]
    add_lines(alice, house, "FortiGate\nVeeam Backup", noon)
    add(alice, house, "FortiGate", "", noon)
    remove(alice, house, "FortiGate", noon)
    rows = list(AuditRow.objects.filter(reference="brum").order_by("pk").values_list("verb", "detail"))
    assert rows == [("add_products", {}), ("remove_product", {})]
    assert Product.objects.count() == 1
