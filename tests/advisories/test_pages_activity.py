"""The coordinator's activity report. carol coordinates wm, brian Birmingham; cuth keeps what is reported anonymously;
bob of solihull reports; pam is a second coordinator of wm."""

from __future__ import annotations

import csv
import re
from datetime import timedelta
from io import StringIO
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from advisories import incidents, sighted, sightings
from advisories.models import Version
from members import clock, tlp
from members.models import Announcement, AuditRow, Item, Membership, Response, Standing
from tests import pages
from tests.advisories.incidents import deputy, filed, incident, kept, shared
from tests.conftest import NOON
from tests.members.world import World, moment
from tests.pages import visitor

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)
PAGE, TABLE = "/desk/activity/", "/desk/activity.csv"
OCTOBER, NOVEMBER = "2026-10", "2026-11"
HOUSES = ("brum", "solihull", "dudley", "walsall", "maidstone")


@pytest.fixture(autouse=True)
def an_hour_later(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clock, "ask", lambda: NOON + HOUR)


def page(world: World, name: str = "carol", period: str = NOVEMBER) -> str:
    answer = visitor(world.people[name]).get(PAGE, {"period": period})
    assert answer.status_code == 200
    return answer.content.decode()


def table(world: World, name: str = "carol", period: str = NOVEMBER) -> dict[tuple[str, str], tuple[str, str]]:
    """By section and figure: this period's and the one's before."""
    answer = visitor(world.people[name]).get(TABLE, {"period": period})
    assert answer.status_code == 200
    rows = list(csv.reader(StringIO(answer.content.decode())))[1:]
    return {(row[1], row[2]): (row[4], row[5]) for row in rows}


def advisory(world: World, label: str = "GREEN", since: str = "2026-11-01T10:00Z", **more: Any) -> Item:
    text = {name: more.pop(name) for name in ("tier", "category") if name in more}
    return pages.advisory(world, {"id": "a", "label": label, "standing_from": since, **more}, **text).item


def alert(world: World, *houses: str, took: timedelta = HOUR / 2) -> Item:
    """A Flash that each of `houses` confirmed so long after it was asked, an hour before now."""
    item = advisory(world, tier=4)
    told = Announcement.objects.create(item=item, version=1, event="released", tier=4, created_at=NOON, due_at=NOON)
    for name in houses:
        Response.objects.create(item=item, organisation=world.organisations[name], announcement=told, asked_at=NOON,
                                due_at=NOON + HOUR, acknowledged_at=NOON + took)  # fmt: skip
    return item


def test_it_is_for_coordinators_and_the_overview_leads_there(world: World) -> None:
    for name in ("alice", "cuth", "root"):
        assert [visitor(world.people[name]).get(path).status_code for path in (PAGE, TABLE)] == [404, 404]
    assert visitor().get(PAGE).status_code == 302
    assert PAGE in visitor(world.people["carol"]).get("/desk/overview/").content.decode()
    assert "Activity in November 2026" in visitor(world.people["carol"]).get(PAGE).content.decode()


@pytest.mark.parametrize("period", ["2026-13", "2026-Q5", "x", "2026-12", "2027-Q1", "=1"])
def test_what_is_no_period_or_has_not_begun_is_not_found(world: World, period: str) -> None:
    client = visitor(world.people["carol"])
    assert [client.get(path, {"period": period}).status_code for path in (PAGE, TABLE)] == [404, 404]


def test_a_month_in_which_nothing_happened_says_so_and_shows_no_empty_table(world: World) -> None:
    shown = page(world, period="2026-03")
    assert "Nothing was released, shared, reported or asked in March 2026." in shown
    assert "<table" not in shown and "<svg" not in shown.partition("<main")[2]
    assert "so far" in page(world, "brian")


def test_neighbours_are_a_link_away_and_what_has_not_begun_is_not_offered(world: World) -> None:
    shown = page(world, period=OCTOBER)
    assert '"?period=2026-09"' in shown and '"?period=2026-11"' in shown
    assert '"?period=2026-12"' not in page(world)
    assert '"?period=2026-Q3"' in page(world, period="2026-Q4")
    old = page(world, period="2020-02")
    assert '<option value="2020-02" selected>' in old and '<option value="2026-11">' in old


def test_advisories_are_counted_once_by_tier_label_and_subject(world: World) -> None:
    item = advisory(world, tier=3, category="phishing")
    advisory(world, "AMBER", tier=2)
    advisory(world, since="2026-10-05T10:00Z", tier=2)
    first = Standing.objects.get(item=item)
    first.until = NOON
    first.save()
    Version.objects.create(advisory_id=item.pk, number=2, title="More", tier=4)
    Standing.objects.create(item=item, version=2, label="CLEAR", since=NOON)
    found = table(world)
    assert (found["Advisories", "Released"], found["Advisories", "Revised"]) == (("2", "1"), ("1", "0"))
    tiers = {name: found["Advisories released, by tier", name][0] for name in ("Flash", "Urgent", "Advisory")}
    assert tiers == {"Flash": "0", "Urgent": "1", "Advisory": "1"}
    labels = {name: found["Advisories released, by label", f"TLP:{name}"][0] for name in ("CLEAR", "GREEN", "AMBER")}
    assert labels == {"CLEAR": "0", "GREEN": "1", "AMBER": "1"}
    assert found["Advisories released, by subject", "Phishing and fraud"] == ("1", "0")
    assert "2 advisories were released so far; 1 in all of October 2026." in page(world)


def test_what_is_withdrawn_is_counted_when_it_was(world: World) -> None:
    advisory(world, since="2026-10-05T10:00Z", withdrawn_at="2026-11-01T09:00Z")
    assert table(world)["Advisories", "Withdrawn"] == ("1", "0")
    assert table(world)["Advisories", "Released"] == ("0", "1")


@pytest.mark.parametrize(
    ("since", "period"),
    [("2026-09-30T22:59:59.999999Z", "2026-09"), ("2026-09-30T23:00:00Z", OCTOBER),  # BST
     ("2026-10-31T23:59:59.999999Z", OCTOBER), ("2026-11-01T00:00:00Z", NOVEMBER)],
)  # fmt: skip
def test_what_is_released_at_midnight_in_london_is_counted_in_one_month(world: World, since: str, period: str) -> None:
    advisory(world, since=since)
    released = ("Advisories", "Released")
    counted = {one for one in ("2026-09", OCTOBER, NOVEMBER) if table(world, period=one)[released][0] == "1"}
    assert counted == {period}
    quarter = "2026-Q3" if period == "2026-09" else "2026-Q4"
    assert table(world, period=quarter)[released][0] == "1"


def test_what_is_approved_for_later_or_never_came_true_is_not_counted(world: World) -> None:
    advisory(world, since="2026-11-20T10:00Z")
    Standing.objects.filter(item=advisory(world)).update(until=moment("2026-11-01T10:00Z"))
    assert table(world)["Advisories", "Released"] == ("0", "0")


def test_an_incident_is_counted_as_it_is_shared_contained_and_closed_with_how_long_that_took(world: World) -> None:
    item, carol = kept(world, rsit="fraud"), world.people["carol"]
    incidents.set_state(carol, item, NOON + HOUR / 4, "contained")
    assert table(world)["Incidents", "Contained"] == ("0", "0"), "before it is shared it is in no figure"
    shared(world, item)
    incidents.set_state(carol, item, NOON + HOUR / 3, "contained")
    incidents.close(carol, item, NOON + HOUR / 2, "Keep a drawing.")
    found = table(world)
    told = {name: found["Incidents", name][0] for name in (
        "Reports received", "Incidents shared", "Contained", "Closed", "From derived to shared, median",
        "From derived to contained, median", "From derived to closed, median",
    )}  # fmt: skip
    assert list(told.values()) == ["1", "1", "1", "1", "0", "15", "30"]
    assert found["Incidents shared, by kind", "Fraud"][0] == "1"
    assert found["Incidents shared, by how they are now", "Closed"][0] == "1"


def test_answers_of_five_organisations_are_told_and_of_four_that_they_are_fewer(world: World) -> None:
    alert(world, *HOUSES[:4])
    shown = page(world)
    assert shown.count("fewer than five") >= 3 and "100%" not in shown
    alert(world, HOUSES[4], took=HOUR / 2)
    found = table(world)
    assert found["Alerts and their answers", "Flash: organisations asked"][0] == "5"
    assert found["Alerts and their answers", "Flash: confirmed in time"][0] == "100"
    assert "30 min" in page(world) and "100%" in page(world)


def test_who_lost_the_alert_is_not_late_with_it(world: World) -> None:
    alert(world, *HOUSES)
    Response.objects.filter(organisation=world.organisations["dudley"]).update(acknowledged_at=None)
    share = ("Alerts and their answers", "Flash: confirmed in time")
    assert table(world)[share][0] == "80"
    Membership.objects.filter(organisation=world.organisations["dudley"]).update(until=NOON)
    assert table(world)[share] == ("fewer than five", "")


def test_sightings_are_told_as_the_daily_count_has_them_from_five_on(world: World) -> None:
    item = shared(world, kept(world), label="GREEN", audience=[])
    most = ("Sightings and messages", "The most organisations that see one of them")
    for name in ("alice", "bob", "dora", "wendy"):
        houses = [one.organisation.slug for one in sightings.affiliations(world.people[name], NOON)]
        sightings.sight(world.people[name], item, NOON, houses)
    sighted.count_daily(NOON)
    assert table(world)[most] == ("", "")
    sightings.sight(world.people["mia"], item, NOON, ["maidstone"])
    assert table(world)[most] == ("", ""), "nobody learns who clicked by watching it"
    sighted.count_daily(NOON + 24 * HOUR)
    assert table(world)[most] == ("5", "")


def test_no_name_is_in_it(world: World) -> None:
    alert(world, *HOUSES)
    shared(world, kept(world))
    deputy(world)
    answer = visitor(world.people["carol"]).get(TABLE).content.decode()
    main = page(world).partition("<main")[2].partition("</main")[0]
    names = [*(one.name for one in world.people.values()), *(one.name for one in world.organisations.values())]
    references = Item.rows.values_list("reference", flat=True)
    assert [one for one in [*names, *references] if re.search(rf"\b{re.escape(one)}\b", answer + main)] == []


def test_the_table_says_the_label_and_what_a_spreadsheet_would_reckon_is_text(world: World) -> None:
    advisory(world, "AMBER+STRICT")
    answer = visitor(world.people["carol"]).get(TABLE, {"period": NOVEMBER})
    assert answer["Content-Disposition"] == 'attachment; filename="TLP-AMBER-STRICT-activity-2026-11.csv"'
    assert "no-store" in answer["Cache-Control"]
    rows = list(csv.reader(StringIO(answer.content.decode())))
    assert {row[0] for row in rows[1:]} == {tlp.display(tlp.STRICT)}
    assert not [value for row in rows for value in row if value[:1] in ("=", "+", "-", "@")]
    assert AuditRow.objects.get(verb="export").detail == {"form": "activity", "period": NOVEMBER}
    assert 'class="tlp tlp--amber-strict"' in page(world)


def test_it_asks_as_many_statements_for_twenty_as_for_one(world: World) -> None:
    client, counts = visitor(world.people["carol"]), []
    for more in (1, 19):
        for _ in range(more):
            alert(world, *HOUSES)
            incident(world, {"id": "i", "label": "GREEN", "standing_from": "2026-11-01T10:00Z"})
            advisory(world, since="2026-10-05T10:00Z")
        filed(world, anonymous=False)
        client.get(PAGE)
        with CaptureQueriesContext(connection) as queries:
            assert client.get(PAGE).status_code == 200
        counts.append(len(queries))
    assert counts[0] == counts[1] <= 50
