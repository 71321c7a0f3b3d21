"""A source has a rhythm of its own, and a coordinator learns when it is silent for longer than it ever was."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta

import pytest
from django.urls import reverse

from advisories.collect import health
from advisories.collect.rhythm import rhythm
from advisories.models import Source
from members import clock
from members.models import Person
from tests import pages
from tests.members.world import World
from tests.pages import visitor

TODAY = date(2026, 11, 26)
DAY = timedelta(days=1)


def told(*ages: int) -> dict[date, int]:
    return {TODAY - age * DAY: 1 for age in ages}


@pytest.mark.parametrize(
    ("ages", "silent"),
    [
        (range(60), False),  # every day
        (range(2, 60), False),
        (range(3, 60), True),  # a day more than ever, and half a day
        ([age for age in range(2, 60) if (TODAY - age * DAY).weekday() < 5], False),
        ([age for age in range(3, 60) if (TODAY - age * DAY).weekday() < 5], False),  # as over a weekend
        ([age for age in range(6, 60) if (TODAY - age * DAY).weekday() < 5], True),
        (range(40, 180, 30), False),  # every month
        (range(47, 180, 30), True),
        (range(50, 54), False),  # too few to tell
        ([], False),
    ],
)
def test_it_is_silent_when_it_clearly_was_never_silent_for_so_long(ages: Sequence[int], silent: bool) -> None:
    assert rhythm(told(*ages), TODAY).silent == silent


def test_the_last_four_weeks_are_counted_day_by_day() -> None:
    found = rhythm({TODAY: 3, TODAY - 27 * DAY: 2, TODAY - 28 * DAY: 9}, TODAY)
    assert (found.days[-1], found.days[0], found.total, len(found.days)) == (3, 2, 5, 28)


@pytest.fixture
def noon_now(monkeypatch: pytest.MonkeyPatch, noon: datetime) -> datetime:
    monkeypatch.setattr(clock, "ask", lambda: noon)
    Source.objects.update(due_at=noon)
    return noon


def spoke(world: World, slug: str, noon: datetime, ages: Sequence[int], **fields: object) -> Source:
    source = pages.source(world, slug, due_at=noon, **fields)
    for age in ages:
        pages.fetch(source, at=noon - age * DAY, new=2)
    pages.fetch(source, at=noon - timedelta(minutes=5), outcome="same")
    return source


@pytest.mark.django_db
def test_a_silent_source_wants_a_look_and_one_that_speaks_does_not(world: World, noon_now: datetime) -> None:
    silent = spoke(world, "quiet", noon_now, range(9, 40))
    spoke(world, "talks", noon_now, range(40))
    carol = visitor(world.people["carol"])
    page = carol.get(reverse("advisories:sources")).content.decode()
    assert page.count("Silent") == 1 and "never silent for more than 1 day." in page
    desk = carol.get("/desk/").content.decode()
    assert desk.count("Needs a look") == 1 and reverse("advisories:source", args=[silent.slug]) in desk


@pytest.mark.django_db
def test_what_came_is_drawn_and_said_in_words(world: World, noon_now: datetime) -> None:
    source = spoke(world, "talks", noon_now, range(3))
    page = visitor(world.people["carol"]).get(reverse("advisories:source", args=[source.slug])).content.decode()
    assert page.count("<rect ") == 3 and "In the last four weeks 6 new or changed, at most 2 on one day." in page


@pytest.mark.django_db
@pytest.mark.parametrize("named", [True, False])
def test_of_a_source_that_names_people_the_others_see_no_rhythm(world: World, noon_now: datetime, named: bool) -> None:
    source = spoke(world, "secret", noon_now, range(9, 40))
    source.red_handlers.add(Person.objects.get(pk=world.people["carol" if named else "alice"].pk))
    page = visitor(world.people["carol"]).get(reverse("advisories:sources")).content.decode()
    assert ("Silent" in page, "<rect " in page) == (named, named)


@pytest.mark.django_db
def test_when_no_source_is_read_the_desk_says_so(world: World, noon_now: datetime) -> None:
    for slug in ("one", "two"):
        spoke(world, slug, noon_now, range(40))
    carol = visitor(world.people["carol"])
    assert "No source is being read" not in carol.get("/desk/").content.decode()
    Source.objects.filter(slug="one").update(due_at=noon_now - health.OVERDUE)
    assert "No source is being read" not in carol.get("/desk/").content.decode()
    assert "has not been asked since" in carol.get(reverse("advisories:sources")).content.decode()
    Source.objects.update(due_at=noon_now - health.OVERDUE)
    assert "No source is being read" in carol.get("/desk/").content.decode()


@pytest.mark.django_db
def test_when_all_fail_day_after_day_the_desk_says_so(world: World, noon_now: datetime) -> None:
    for slug in ("one", "two"):
        source = spoke(world, slug, noon_now, range(40), last_good_at=noon_now - 2 * DAY)
        pages.fetch(source, at=noon_now, outcome="error", error="It does not answer.")
    carol = visitor(world.people["carol"])
    assert "No source is being read" in carol.get("/desk/").content.decode()
    Source.objects.filter(slug="one").update(last_good_at=noon_now - DAY / 2)
    assert "No source is being read" not in carol.get("/desk/").content.decode()
