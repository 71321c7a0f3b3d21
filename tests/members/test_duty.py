"""Somebody is there: shifts, gaps said in words, local hours across a change of clocks, and who sees whom to ring."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from members import clock, duty, leaving
from members.models import Office, Person, Shift, Warp
from members.refused import Refused
from members.times import Unclear, parse
from tests.members.world import World
from tests.pages import visitor

pytestmark = pytest.mark.django_db
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


@pytest.fixture
def wm(world: World) -> Warp:
    return world.warps["wm"]


@pytest.fixture
def carol(world: World) -> Person:
    return world.people["carol"]


def on(warp: Warp, at: datetime) -> list[str]:
    return [shift.person.name for shift in duty.on_duty([warp], at)]


def test_the_first_is_named_before_the_deputy_and_only_in_their_hours(
    world: World, wm: Warp, carol: Person, noon: datetime
) -> None:
    ursula = world.people["ursula"]
    Office.objects.create(person=ursula, warp=wm, role="coordinator", since=noon)
    duty.put(carol, wm, ursula, noon, noon + DAY, noon, deputy=True)
    duty.put(carol, wm, carol, noon + HOUR, noon + 2 * HOUR, noon)
    seen = [on(wm, noon + hours * HOUR) for hours in (0, 1, 2, 24)]
    assert seen == [["Ursula"], ["Carol", "Ursula"], ["Ursula"], []]


@pytest.mark.parametrize("who", ["alice", "brian", "kate", "cuth", "ivan"])
def test_only_who_coordinates_that_warp_can_be_put_on_it(
    world: World, wm: Warp, carol: Person, noon: datetime, who: str
) -> None:
    with pytest.raises(Refused, match="does not coordinate wm"):
        duty.put(carol, wm, world.people[who], noon, noon + DAY, noon)
    with pytest.raises(Refused, match="Only a coordinator of wm"):
        duty.put(world.people[who], wm, carol, noon, noon + DAY, noon)
    assert duty.put(carol, wm, carol, noon, noon + DAY, noon)


def test_whose_office_ends_is_on_duty_no_more(wm: Warp, carol: Person, noon: datetime) -> None:
    duty.put(carol, wm, carol, noon, noon + DAY, noon)
    leaving.end_office(carol.offices.get(), noon + HOUR, None, last=True)
    assert on(wm, noon) == ["Carol"] and on(wm, noon + HOUR) == []
    assert duty.gaps(duty.rota(wm, noon + HOUR), noon + HOUR)[0][0] == noon + HOUR


@pytest.mark.parametrize(
    ("since", "until", "weeks", "said"),
    [
        (2, 1, 1, "It must end after it begins"), (0, 24 * 15, 1, "longer than 14 days"),
        (-3, -1, 1, "over already"), (0, 1, 27, "26 weeks at most"),
    ],
)  # fmt: skip
def test_what_can_not_be_is_refused(
    wm: Warp, carol: Person, noon: datetime, since: int, until: int, weeks: int, said: str
) -> None:
    with pytest.raises(Refused, match=said):
        duty.put(carol, wm, carol, noon + since * HOUR, noon + until * HOUR, noon, weeks=weeks)


def test_nobody_is_on_duty_twice_at_once_and_whoever_is_taken_off_is_off_at_once(
    wm: Warp, carol: Person, noon: datetime
) -> None:
    (shift,) = duty.put(carol, wm, carol, noon, noon + DAY, noon)
    with pytest.raises(Refused, match="on duty at that time already"):
        duty.put(carol, wm, carol, noon + 23 * HOUR - 7 * DAY, noon + 25 * HOUR - 7 * DAY, noon - 8 * DAY, weeks=2)
    duty.take_off(carol, shift, noon + HOUR)
    assert on(wm, noon) == ["Carol"] and on(wm, noon + HOUR) == []
    with pytest.raises(Refused, match="over already"):
        duty.take_off(carol, shift, noon + HOUR)


def test_a_repeated_shift_has_the_same_local_hours_when_the_clocks_change(wm: Warp, carol: Person) -> None:
    at = datetime(2026, 10, 1, tzinfo=UTC)
    made = duty.put(carol, wm, carol, parse("2026-10-17 18:00"), parse("2026-10-18 08:00"), at, weeks=3)
    assert [(one.since.hour, one.until.hour) for one in made] == [(17, 7), (17, 8), (18, 8)], "of UTC"
    assert made[1].until - made[1].since == 15 * HOUR, "the night that has an hour more"
    with pytest.raises(Unclear, match="never show this time"):
        duty.put(carol, wm, carol, parse("2027-03-21 01:30"), parse("2027-03-21 04:00"), at, weeks=2)
    assert Shift.objects.count() == 3


def test_a_gap_begins_where_one_ends_and_another_has_not_begun(wm: Warp, carol: Person, noon: datetime) -> None:
    duty.put(carol, wm, carol, noon + HOUR, noon + DAY, noon)
    duty.put(carol, wm, carol, noon + 2 * DAY, noon + 3 * DAY, noon)
    found = duty.gaps(duty.rota(wm, noon), noon, 3 * DAY)
    assert found == [(noon, noon + HOUR), (noon + DAY, noon + 2 * DAY)]


def test_a_warp_that_keeps_no_rota_is_warned_of_nothing(wm: Warp, carol: Person, noon: datetime) -> None:
    assert duty.uncovered([wm], noon) == []
    duty.put(carol, wm, carol, noon, noon + 8 * DAY, noon)
    assert duty.uncovered([wm], noon) == [] and duty.uncovered([wm], noon + 2 * DAY) == [(wm, noon + 8 * DAY)]


# Pages


@pytest.fixture
def at_noon(monkeypatch: pytest.MonkeyPatch, noon: datetime) -> None:
    monkeypatch.setattr(clock, "ask", lambda: noon)


@pytest.mark.usefixtures("at_noon")
def test_on_the_page_coordinators_put_each_other_on_duty_and_read_where_nobody_is(
    world: World, wm: Warp, carol: Person
) -> None:
    browser = visitor(carol)
    assert browser.get("/duty/").headers["Location"] == "/duty/wm/"
    assert "Nobody is on duty now." in browser.get("/duty/wm/").content.decode()
    typed = {"person": "carol@example.org", "since": "2026-11-01 12:00", "until": "2026-11-02 08:00", "weeks": "2"}
    said = browser.post("/duty/wm/", typed, follow=True).content.decode()
    assert "<strong>Carol</strong>" in said and said.count("Take off") == 2
    assert "from 2 November 2026, 08:00 GMT until 8 November 2026, 12:00 GMT" in said
    bad = browser.post("/duty/wm/", {**typed, "since": "2027-03-28 01:30"}).content.decode()
    assert "never show this time" in bad and 'value="2027-03-28 01:30"' in bad
    code = Shift.objects.earliest("since").code
    assert "is off duty then" in browser.post(f"/duty/wm/{code}/off/", follow=True).content.decode()


@pytest.mark.usefixtures("at_noon")
def test_what_holds_for_a_flash_is_kept_within_bounds(world: World, wm: Warp, carol: Person) -> None:
    typed = {"telephone": "01632 960 100", "flash_minutes": "30", "usual_label": "GREEN"}
    visitor(carol).post("/duty/wm/", typed)
    bad = visitor(carol).post("/duty/wm/", {**typed, "flash_minutes": "5"}).content.decode()
    assert "greater than or equal to 15" in bad
    wm.refresh_from_db()
    assert (wm.duty_telephone, wm.flash_minutes, wm.usual_label) == ("01632 960 100", 30, "GREEN")
    for telephone, minutes, label in (("1", 14, "GREEN"), ("1", 30, "RED")):
        with pytest.raises(Refused):
            duty.settle(carol, wm, clock.ask(), telephone=telephone, flash_minutes=minutes, usual_label=label)


@pytest.mark.usefixtures("at_noon")
@pytest.mark.parametrize("who", ["alice", "brian", "cuth"])
def test_the_rota_is_its_coordinators_alone(world: World, wm: Warp, carol: Person, noon: datetime, who: str) -> None:
    (shift,) = duty.put(carol, wm, carol, noon, noon + DAY, noon)
    browser = visitor(world.people[who])
    assert browser.get("/duty/wm/").content == browser.get("/duty/nowhere/").content
    assert browser.get("/duty/wm/").status_code == browser.post(f"/duty/wm/{shift.code}/off/").status_code == 404
    assert visitor(carol).post(f"/duty/wm/{shift.code}/off/").status_code == 302


@pytest.mark.usefixtures("at_noon")
def test_the_first_page_says_whom_to_ring_to_members_and_where_nobody_is_to_coordinators(
    world: World, wm: Warp, carol: Person, noon: datetime
) -> None:
    Warp.objects.filter(pk=wm.pk).update(duty_telephone="01632 960 100")
    duty.put(carol, wm, carol, noon, noon + 2 * DAY, noon)
    first = {who: visitor(world.people[who]).get("/").content.decode() for who in ("bob", "carol", "mia", "olive")}
    assert all("01632 960 100" in first[who] and "Carol" in first[who] for who in ("bob", "carol"))
    assert all("01632 960 100" not in first[who] and "Carol" not in first[who] for who in ("mia", "olive"))
    assert "wm: nobody is on duty from 3 November 2026, 12:00 GMT on" in first["carol"]
    assert "nobody is on duty" not in first["bob"]
    assert "01632 960 100" not in visitor().get("/").content.decode()


@pytest.mark.usefixtures("at_noon")
def test_the_page_takes_as_many_statements_for_twenty_shifts_as_for_two(
    wm: Warp, carol: Person, noon: datetime
) -> None:
    browser = visitor(carol)

    def statements() -> int:
        browser.get("/duty/wm/")
        with CaptureQueriesContext(connection) as asked:
            browser.get("/duty/wm/")
        return len(asked)

    duty.put(carol, wm, carol, noon, noon + HOUR, noon, weeks=2)
    few = statements()
    for day in range(1, 6):
        duty.put(carol, wm, carol, noon + day * DAY, noon + day * DAY + HOUR, noon, weeks=4)
    assert statements() == few <= 14
