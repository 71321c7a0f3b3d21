"""What is told of an incident is told with a version: until it is released it is for its handlers, whatever it is.

carol and pam handle what wm shares; alice of brum reads it."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest
from django.test import Client
from django.urls import reverse

from advisories import draft, incidents, indicating, publish
from advisories.models import Advisory, Happened, Incident, Indicator, Version
from advisories.sharing import review
from members import clock, kinds, search
from members.models import AuditRow, Item, Kind
from members.refused import Refused
from tests.advisories.incidents import agreed, deputy, derived, filed, kept, shared
from tests.conftest import NOON
from tests.members.world import World
from tests.pages import visitor

pytestmark = pytest.mark.django_db
LATER = NOON + timedelta(hours=1)
DAY = date(2026, 10, 31)


@pytest.fixture(autouse=True)
def an_hour_later(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clock, "ask", lambda: LATER)


def page(client: Client, item: Item, version: int | None = None) -> str:
    return client.get(kinds.page(item), {"version": version} if version else {}).content.decode()


def told(world: World, item: Item) -> None:
    """carol writes a line, what was learned, and an indicator, one hour after it was released."""
    carol = world.people["carol"]
    incidents.note(carol, item, LATER, DAY, "A clerk in Acocks Green opened it.")
    indicating.set_indicators(carol, item, LATER, "hxxp://bad[.]example/acocks")
    incidents.close(carol, item, LATER, "Only the registrar was hit.")


def released(world: World, item: Item, at: datetime = LATER, by: str = "carol") -> None:
    agreed(world, item, at)
    publish.release(world.people[by], item, at)


SECRETS = ("Acocks Green", "bad[.]example", "registrar")


@pytest.mark.parametrize("reader", ["alice", "bob"])
def test_what_is_written_after_the_release_waits_for_the_next(world: World, reader: str) -> None:
    """bob reads it since he reported it."""
    item = shared(world, kept(world))
    told(world, item)
    client = visitor(world.people[reader])
    assert not [one for one in SECRETS if one in page(client, item)]
    assert [one for one in SECRETS if one in page(visitor(world.people["carol"]), item)] == [SECRETS[0], SECRETS[2]]
    released(world, item)
    assert [one for one in SECRETS if one in page(client, item)] == list(SECRETS)
    assert not [one for one in SECRETS if one in page(visitor(world.people["alice"]), item, 1)]


def test_that_it_is_closed_its_readers_see_at_once(world: World) -> None:
    item = shared(world, kept(world))
    told(world, item)
    assert "Closed" in page(visitor(world.people["alice"]), item)


def test_of_an_anonymous_report_no_line_reaches_a_reader_without_a_second_person(world: World) -> None:
    """What one handler adds to what another wrote is theirs to have released by somebody else."""
    pam, item = deputy(world), derived(world)
    cuth, carol = world.people["cuth"], world.people["carol"]
    whom = [("organisation", world.organisations["brum"].pk)]
    draft.edit(cuth, Advisory.rows.get(item=item), NOON, title="Ransomware", label="AMBER", audience=whom)
    agreed(world, item, by="cuth", second=carol)
    publish.release(carol, item, NOON)
    told(world, item)
    agreed(world, item, LATER)
    with pytest.raises(Refused, match="second person"):
        publish.release(carol, item, LATER)
    assert not [one for one in SECRETS if one in page(visitor(world.people["alice"]), item)]
    review.approve(pam, item, LATER)
    publish.release(carol, item, LATER)
    assert [one for one in SECRETS if one in page(visitor(world.people["alice"]), item)] == list(SECRETS)


def test_who_releases_looked_at_the_lines_as_well(world: World) -> None:
    item = shared(world, kept(world))
    incidents.note(world.people["carol"], item, LATER, DAY, "The share is off.")
    preview = reverse("advisories:release", args=[item.reference])
    carol = visitor(world.people["carol"])
    assert "The share is off." in carol.get(preview).content.decode()
    seen = publish.fingerprint(Version.objects.get(number=2))
    incidents.note(world.people["carol"], item, LATER, DAY, "A clerk opened it.")
    with pytest.raises(publish.Changed):
        publish.release(world.people["carol"], item, LATER, seen=seen)
    seen = publish.fingerprint(Version.objects.get(number=2))
    indicating.set_indicators(world.people["carol"], item, LATER, "192.0.2.7")
    with pytest.raises(publish.Changed):
        publish.release(world.people["carol"], item, LATER, seen=seen)


def test_the_next_version_tells_what_the_one_before_told_until_it_is_edited(world: World) -> None:
    item, carol = shared(world, kept(world)), world.people["carol"]
    told(world, item)
    released(world, item)
    draft.edit(carol, Advisory.rows.get(item=item), LATER, title="Ransomware, again")
    third = Version.objects.get(number=3)
    assert (third.lessons, third.timeline.count(), third.indicators.count()) == ("Only the registrar was hit.", 1, 1)
    incidents.strike(carol, item, LATER, DAY, "A clerk in Acocks Green opened it.")
    indicating.set_indicators(carol, item, LATER, "")
    assert (third.timeline.count(), third.indicators.count()) == (0, 0)
    alice = visitor(world.people["alice"])
    assert [one for one in SECRETS if one in page(alice, item)] == list(SECRETS)
    released(world, item)
    assert [one for one in SECRETS if one in page(alice, item)] == ["registrar"]
    assert AuditRow.objects.filter(verb="strike", detail__version=3).count() == 1


def test_a_line_that_is_struck_twice_is_gone_once(world: World) -> None:
    item, carol = kept(world), world.people["carol"]
    incidents.note(carol, item, NOON, DAY, "The share is off.")
    for _ in range(2):
        incidents.strike(carol, item, NOON, DAY, "The share is off.")
    assert not Happened.objects.exists() and AuditRow.objects.filter(verb="strike").count() == 1


def test_what_was_learned_is_found_by_its_words_once_it_is_released(world: World) -> None:
    item, alice = shared(world, kept(world)), visitor(world.people["alice"])
    told(world, item)
    found = []
    for _ in range(2):
        found.append(item.reference in alice.get(reverse("incidents:list"), {"q": "registrar"}).content.decode())
        if len(found) == 1:
            released(world, item)
    assert found == [False, True] and not search.astray(Kind.INCIDENT).exists()


# Indicators


def test_indicators_are_read_as_they_are_pasted_and_each_is_named_once(world: World) -> None:
    item, carol = kept(world), world.people["carol"]
    typed = "From hxxps[:]//bad[.]example/x and 192.0.2[.]7,\nagain 192.0.2.7; file invoice.pdf.exe\0"
    found = indicating.set_indicators(carol, item, NOON, typed)
    rows = list(Indicator.objects.values_list("kind", "value", "as_typed", "position"))
    assert rows == [
        ("url", "https://bad.example/x", "hxxps[:]//bad[.]example/x", 0),
        ("ipv4", "192.0.2.7", "192.0.2[.]7", 1),
        ("file", "invoice.pdf.exe", "invoice.pdf.exe", 2),
    ]
    assert len(found) == 3
    indicating.set_indicators(carol, item, NOON, "https://bad.example/x 192.0.2.7 invoice.pdf.exe")
    assert AuditRow.objects.filter(verb="set_indicators").count() == 1  # they are the same


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("x" * 200_001, "longer than 200000"),
        ("\n".join(f"h{n}.example.org" for n in range(1001)), "1001 indicators"),
        ("192.0.2.7\nhttps://example.org/" + "é" * 1200, "line 2"),
    ],
    ids=["too much text", "too many", "too long"],
)
def test_what_is_too_much_is_refused_whole_and_says_what_to_do(world: World, typed: str, said: str) -> None:
    item = kept(world)
    with pytest.raises(Refused, match=said):
        indicating.set_indicators(world.people["carol"], item, NOON, typed)
    assert not Indicator.objects.exists()


@pytest.mark.parametrize("who", ["alice", "bob", "kate", "root"])
def test_its_readers_name_no_indicators_and_strike_no_line(world: World, who: str) -> None:
    item = shared(world, kept(world))
    incidents.note(world.people["carol"], item, LATER, DAY, "The share is off.")
    with pytest.raises(Refused, match="handlers"):
        indicating.set_indicators(world.people[who], item, LATER, "192.0.2.7")
    with pytest.raises(Refused, match="handlers"):
        incidents.strike(world.people[who], item, LATER, DAY, "The share is off.")
    assert Happened.objects.count() == 1 and not Indicator.objects.exists()


# Nervous thumbs


def test_one_that_is_derived_twice_is_one_until_something_is_written_in_it(world: World) -> None:
    report, carol = filed(world, anonymous=False), world.people["carol"]
    first = incidents.derive_incident(carol, report, NOON)
    assert incidents.derive_incident(carol, report, NOON) == first
    draft.edit(carol, Advisory.rows.get(item=first.item), NOON, title="For brum")
    assert incidents.derive_incident(carol, report, NOON) != first
    assert Incident.rows.count() == 2


def test_an_advisory_is_begun_once_and_anew_when_it_is_released(world: World) -> None:
    item, carol = shared(world, kept(world)), world.people["carol"]
    first = incidents.become_advisory(carol, item, LATER)
    assert incidents.become_advisory(carol, item, LATER) == first
    whom = [("organisation", world.organisations["brum"].pk)]
    draft.edit(carol, first, LATER, audience=whom)
    publish.release(carol, Item.rows.get(pk=first.pk), LATER)
    assert incidents.become_advisory(carol, item, LATER) != first
