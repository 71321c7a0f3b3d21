"""“We see this too”: five of six member organisations are alice's, bob's, dora's, wendy's and mia's; fay's is the
sixth. carol handles what they see, mo is of maidstone like mia, and lee's membership lapsed."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import orjson
import pytest
import stix2
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from advisories import draft, indicating, publish, sighted, sightings, tasks
from advisories.models import Advisory, Sighting, SightingCount
from members import clock, kinds, policy
from members.comparing import compare_all
from members.models import Affiliation, AuditRow, Item, Kind, Membership, Person
from members.refused import Refused
from tests import pages
from tests.advisories.incidents import agreed, incident, kept, shared
from tests.advisories.serve.exchanged import errors
from tests.conftest import NOON
from tests.members.world import World
from tests.pages import visitor

pytestmark = pytest.mark.django_db
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
FIVE = ("alice", "bob", "dora", "wendy", "mia")
URL = "http://bad.example/x"


@pytest.fixture(autouse=True)
def now(monkeypatch: pytest.MonkeyPatch) -> list[datetime]:
    """Its only value is what the clock says."""
    at = [NOON + HOUR]
    monkeypatch.setattr(clock, "ask", lambda: at[0])
    return at


def green(world: World, **changes: Any) -> Item:
    """An incident that the community reads, with two indicators."""
    item = kept(world)
    indicating.set_indicators(world.people["carol"], item, NOON, "hxxp://bad[.]example/x CVE-2026-12345")
    return shared(world, item, **{"label": "GREEN", "audience": [], **changes})


def house(world: World, name: str, at: datetime = NOON) -> list[str]:
    return [one.organisation.slug for one in sightings.affiliations(world.people[name], at)]


def seen_by(world: World, item: Item, *names: str, indicator: str = "") -> None:
    for name in names:
        sightings.sight(world.people[name], item, NOON, house(world, name), indicator)


def at(item: Item) -> str:
    return reverse("advisories:sight", args=[item.reference])


def page(world: World, name: str, item: Item, **how: Any) -> str:
    return visitor(world.people.get(name), **how).get(kinds.page(item)).content.decode()


def test_one_click_and_the_page_says_so_to_whoever_clicked_and_to_nobody_else(world: World) -> None:
    item = green(world)
    others = {name: page(world, name, item) for name in ("alan", "bob", "carol", "mia")}
    assert "We see this too" in others["alan"] and "We see this too" not in others["carol"]  # who is of no member
    alice = visitor(world.people["alice"])
    answer = alice.post(at(item), {"sight": ""})
    assert answer["Location"] == f"{kinds.page(item)}#seen"
    assert "You said that you see this too" in alice.get(kinds.page(item)).content.decode()
    one = Sighting.rows.get()
    assert (one.counted, one.indicator, one.seen_on, one.item.author) == (True, "", NOON.date(), world.people["alice"])
    for name, before in others.items():
        assert sans(page(world, name, item)) == sans(before), name


def sans(said: str) -> str:
    """Without what differs from answer to answer: the tokens of forms and scripts."""
    lines = said.splitlines()
    return "\n".join(line for line in lines if "csrf" not in line and "nonce" not in line)


def test_a_sighting_is_its_authors_alone_handlers_included(world: World) -> None:
    item = green(world)
    seen_by(world, item, *FIVE)
    mine = Item.rows.get(kind=Kind.SIGHTING, author=world.people["alice"])
    readers = {name for name, viewer in world.viewers().items() if policy.may(viewer, mine, NOON) == policy.Answer.BODY}
    assert readers == {"alice"} == {person.name.lower() for person in policy.audience(mine, NOON)}
    shown = page(world, "carol", item, confirmed=True)
    assert "released it" in shown and "see it too" not in shown  # its trail
    assert AuditRow.objects.filter(verb="sight").count() == 5
    assert not AuditRow.objects.filter(verb="sight", reference=item.reference).exists()
    assert not compare_all(lambda _n: None).misplaced


def test_who_does_not_read_it_finds_what_they_find_where_there_is_nothing(world: World) -> None:
    item = green(world, label="AMBER", audience=[("organisation", world.organisations["brum"].pk)])
    for name in ("mia", "kate", "root", "nobody"):
        client = visitor(world.people.get(name))
        client.post(at(Item(reference="WM-77777")), {"sight": ""})
        found = []
        for ref in (item.reference, "WM-77777"):
            with CaptureQueriesContext(connection) as queries:
                answer = client.post(at(Item(reference=ref)), {"sight": ""})
            found.append((answer.status_code, answer.content.decode().replace(ref, "REF"), len(queries)))
        assert found[0] == found[1] and found[0][0] == 404, name
    assert not Sighting.rows.exists()
    assert visitor(world.people["alice"]).post(at(item), {"sight": ""}).status_code == 302
    assert Sighting.rows.count() == 1


def test_the_count_is_of_five_organisations_or_nothing_and_only_of_the_daily_run(
    world: World, now: list[datetime]
) -> None:
    item = green(world)
    seen_by(world, item, "alice", "alan", "bob", "dora", "wendy")  # two of them of one organisation
    assert sighted.count_daily(NOON) and sighted.seen(item) == {}
    seen_by(world, item, "mia")
    assert not sighted.count_daily(NOON + HOUR)  # it was done today
    assert "5 organisations" not in page(world, "alice", item)
    assert sighted.count_daily(NOON + DAY) and sighted.seen(item) == {"": 5}
    now[0] = NOON + DAY
    seen_by(world, item, "fay")
    sightings.take_back(world.people["alice"], item, NOON + DAY, house(world, "alice"))
    assert {"5 organisations" in page(world, name, item) for name in ("alice", "bob", "fay", "carol")} == {True}
    sightings.take_back(world.people["alan"], item, NOON + DAY, house(world, "alan"))
    sightings.take_back(world.people["bob"], item, NOON + DAY, house(world, "bob"))
    assert sighted.count_daily(NOON + 2 * DAY) and sighted.seen(item) == {}
    assert "organisations</strong>" not in page(world, "alice", item)


def test_it_is_due_from_three_at_night_and_after_an_outage_as_soon_as_somebody_asks(world: World) -> None:
    three = NOON.replace(hour=3) + DAY
    moments = [NOON, NOON + 8 * HOUR, three - timedelta(seconds=1), three, three + HOUR, three + 5 * DAY + 9 * HOUR]
    assert [sighted.count_daily(at) for at in moments] == [True, False, False, True, False, True]


def test_the_task_counts(world: World) -> None:
    item = green(world)
    seen_by(world, item, *FIVE)
    tasks.count_sightings()
    tasks.count_sightings()
    assert [(one.item, one.organisations) for one in SightingCount.objects.all()] == [(item, 5)]


def test_said_twice_it_is_said_once_and_taken_back_it_can_be_said_again(world: World) -> None:
    item, alice = green(world), world.people["alice"]
    for _ in range(2):
        sightings.sight(alice, item, NOON, ["brum"])
    assert Sighting.rows.count() == 1
    assert len(sightings.take_back(alice, item, NOON, ["brum"])) == 1
    assert sightings.take_back(alice, item, NOON, ["brum"]) == [] == sightings.own(alice, item, NOON)
    sightings.sight(alice, item, NOON, ["brum"])
    assert len(sightings.own(alice, item, NOON)) == 1


def test_who_is_of_several_organisations_says_it_for_those_they_choose(world: World) -> None:
    item, alice = green(world), world.people["alice"]
    Affiliation.objects.create(person=alice, organisation=world.organisations["walsall"], since=NOON - DAY)
    client = visitor(alice)
    client.post(at(item), {"sight": ""})
    assert not Sighting.rows.exists()  # none was chosen
    assert "Choose at least one" in client.get(kinds.page(item)).content.decode()
    client.post(at(item), {"sight": "", "sight-for_whom": ["brum", "walsall"]})
    assert Sighting.rows.count() == 2
    client.post(at(item), {"back": "", "sight-for_whom": ["walsall"]})
    assert [one.item.affiliation for one in sightings.own(alice, item, NOON)] == [
        Affiliation.objects.get(person=alice, organisation=world.organisations["brum"])
    ]
    shown = client.get(kinds.page(item)).content.decode()
    assert "We see this too" in shown and "Take it back" in shown


def test_nobody_says_it_for_others(world: World) -> None:
    item = green(world)
    for name, organisation in (("alice", "solihull"), ("lee", "lapsed"), ("paul", "paused"), ("carol", "brum")):
        with pytest.raises(Refused):
            sightings.sight(world.people[name], item, NOON, [organisation])
    with pytest.raises(Refused):
        sightings.sight(world.people["alice"], item, NOON, ["brum", "solihull"])
    assert not Sighting.rows.exists()
    assert sightings.sight(world.people["alice"], item, NOON, ["brum"])


def test_who_reads_it_as_its_anonymous_reporter_alone_says_nothing_in_their_own_name(world: World) -> None:
    case = {"id": "i", "label": "AMBER", "grants": [{"organisation": "brum"}], "derived_from_report_of": "bob"}
    item = incident(world, case, title="Ransomware")
    shown = page(world, "bob", item, confirmed=True)
    assert "Ransomware" in shown and "We see this too" not in shown
    assert visitor(world.people["bob"], confirmed=True).post(at(item), {"sight": ""}).status_code == 404
    assert "We see this too" in page(world, "alice", item)


def test_an_indicator_is_seen_by_itself_and_only_one_that_it_names(world: World) -> None:
    item = green(world)
    client = visitor(world.people["alice"])
    client.post(at(item), {"sight": URL})
    assert Sighting.rows.get().indicator == URL
    client.post(at(item), {"sight": "http://other.example/"})
    assert Sighting.rows.count() == 1
    assert "does not name that indicator" in client.get(kinds.page(item)).content.decode()
    seen_by(world, item, *FIVE, indicator=URL)
    sighted.count_daily(NOON)
    assert sighted.seen(item) == {URL: 5}
    assert "seen by 5 organisations" in page(world, "fay", item)
    client.post(at(item), {"back": URL})
    assert not sightings.own(world.people["alice"], item, NOON)


def red(world: World) -> Item:
    item = kept(world, label="RED")
    everyone = [("person", world.people[name].pk) for name in FIVE]
    return shared(world, item, label="RED", audience=everyone)


def test_of_what_is_red_nothing_is_said_or_counted(world: World) -> None:
    item = red(world)
    assert "We see this too" not in page(world, "alice", item, confirmed=True)
    with pytest.raises(Refused):
        sightings.sight(world.people["alice"], item, NOON, ["brum"])


def test_what_becomes_red_after_it_was_counted_is_told_no_more(world: World, now: list[datetime]) -> None:
    item = green(world)
    seen_by(world, item, *FIVE)
    sighted.count_daily(NOON)
    assert "5 organisations" in page(world, "alice", item)
    audience = [("person", world.people["alice"].pk)]
    draft.edit(world.people["carol"], Advisory.rows.get(item=item), NOON + HOUR, label="RED", audience=audience)
    agreed(world, item, NOON + HOUR)
    publish.release(world.people["carol"], item, NOON + HOUR)
    now[0] = NOON + 2 * HOUR  # before the next run
    shown = page(world, "alice", item, confirmed=True)
    assert "Ransomware" in shown and "5 organisations" not in shown
    sighted.count_daily(NOON + DAY)
    assert sighted.seen(item) == {}


def test_nor_of_what_is_under_an_embargo(world: World) -> None:
    named = dict.fromkeys(FIVE, "accepted")
    embargo = {"state": "active", "ends_at": "2026-12-01T00:00Z", "handlers": ["carol"], "named": named}
    guarded = pages.advisory(world, {"id": "kept-back", "label": None, "embargo": embargo}).item
    for name in FIVE:
        with pytest.raises(Refused):
            sightings.sight(world.people[name], guarded, NOON, house(world, name))
    assert not Sighting.rows.exists()


def test_what_was_not_opted_in_is_not_counted(world: World) -> None:
    item = green(world)
    seen_by(world, item, *FIVE, "fay")
    Sighting.rows.filter(item__author=world.people["fay"]).update(counted=False)
    sighted.count_daily(NOON)
    assert sighted.seen(item) == {"": 5}


def test_nobody_reads_from_the_number_that_who_left_was_among_them(world: World) -> None:
    item = green(world)
    seen_by(world, item, *FIVE)
    sighted.count_daily(NOON)
    Membership.objects.filter(organisation=world.organisations["dudley"]).update(until=NOON + HOUR)
    Affiliation.objects.filter(person=world.people["bob"]).update(until=NOON + HOUR)
    Person.objects.filter(pk=world.people["mia"].pk).update(active_until=NOON + HOUR)
    sighted.count_daily(NOON + DAY)
    assert sighted.seen(item) == {"": 5}


def test_who_speaks_for_several_organisations_does_not_find_out_the_one_besides(world: World) -> None:
    item, alice = green(world), world.people["alice"]
    mine = ["brum", "solihull", "dudley", "walsall"]
    for name in mine[1:]:
        Affiliation.objects.create(person=alice, organisation=world.organisations[name], since=NOON - DAY)
    sightings.sight(alice, item, NOON, mine)
    seen_by(world, item, "mia")
    sighted.count_daily(NOON)
    assert sighted.seen(item) == {}
    seen_by(world, item, "alan", "bob", "dora")  # five people now, of five organisations
    sighted.count_daily(NOON + DAY)
    assert sighted.seen(item) == {"": 5}


def test_of_an_advisory_as_of_an_incident(world: World) -> None:
    item = pages.advisory(world, {"id": "a", "label": "GREEN"}).item
    seen_by(world, item, *FIVE)
    sighted.count_daily(NOON)
    assert "5 organisations" in page(world, "fay", item)


def test_machines_are_told_the_count_alone(world: World, now: list[datetime]) -> None:
    item = green(world)
    path = reverse("incidents:stix", args=[item.reference])
    seen_by(world, item, *FIVE)
    seen_by(world, item, *FIVE, indicator=URL)
    seen_by(world, item, *FIVE, indicator="CVE-2026-12345")
    before = visitor(world.people["alice"]).get(path).content
    assert b'"sighting"' not in before
    now[0] = NOON + DAY
    sighted.count_daily(now[0])
    contents = {visitor(world.people[name]).get(path).content for name in ("alice", "fay", "carol")}
    assert len(contents) == 1
    (content,) = contents
    assert errors(content) == []
    stix2.parse(content.decode(), allow_custom=False)
    objects = {one["id"]: one for one in orjson.loads(content)["objects"]}
    found = [one for one in objects.values() if one["type"] == "sighting"]
    assert {objects[one["sighting_of_ref"]]["type"] for one in found} == {"incident", "indicator", "vulnerability"}
    assert {(one["count"], one["summary"]) for one in found} == {(5, True)}
    assert {one["modified"] for one in found} == {"2026-11-02T12:00:00.000Z"}
    assert not {"where_sighted_refs", "first_seen", "last_seen"} & {key for one in found for key in one}
    assert not [name for name in FIVE if name.encode() in content.lower()]


def test_a_count_that_became_too_small_is_taken_from_machines_with_a_later_moment(
    world: World, now: list[datetime]
) -> None:
    item = green(world)
    path = reverse("incidents:stix", args=[item.reference])
    seen_by(world, item, *FIVE)
    sighted.count_daily(NOON)
    sightings.take_back(world.people["alice"], item, NOON, ["brum"])
    now[0] = NOON + DAY
    sighted.count_daily(now[0])
    objects = orjson.loads(visitor(world.people["bob"]).get(path).content)["objects"]
    assert not [one for one in objects if one["type"] == "sighting"]
    assert {one["modified"] for one in objects if one["type"] == "incident"} == {"2026-11-02T12:00:00.000Z"}


def test_counting_asks_as_many_statements_for_ten_as_for_one(world: World) -> None:
    counts = []
    for day, more in enumerate((1, 9)):
        for _ in range(more):
            item = pages.advisory(world, {"id": "a", "label": "GREEN"}).item
            seen_by(world, item, *FIVE)
        with CaptureQueriesContext(connection) as queries:
            assert sighted.count_daily(NOON + day * DAY)
        counts.append(len(queries))
    assert SightingCount.objects.count() == 10
    assert counts[0] == counts[1] <= 20


def test_who_is_of_another_organisation_now_says_it_for_that(world: World) -> None:
    item, alice = pages.advisory(world, {"id": "a", "label": "GREEN"}).item, world.people["alice"]
    sightings.sight(alice, item, NOON, ["brum"])
    Affiliation.objects.filter(person=alice).update(until=NOON + HOUR / 2)
    Affiliation.objects.create(person=alice, organisation=world.organisations["solihull"], since=NOON + HOUR / 2)
    shown = page(world, "alice", item)
    assert "We see this too" in shown and "You said that" not in shown
    sightings.sight(alice, item, NOON + HOUR, ["solihull"])
    shown = page(world, "alice", item)
    assert "We see this too" not in shown and "You said that" in shown
