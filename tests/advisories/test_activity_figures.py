"""What the figures of the activity report say of facts, and where they say less. Houses are numbers here."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from advisories.activity.alerts import alerts
from advisories.activity.facts import Asked, Escalated
from advisories.activity.figures import sections
from advisories.activity.gathered import Facts, label
from advisories.activity.values import FEW, Few, Share, Value, half
from advisories.views.activitywords import plain, said, unit
from members.models import Tier
from members.shows import Stand

AT = datetime(2026, 11, 1, 12, tzinfo=UTC)
HOUR, MINUTE = timedelta(hours=1), timedelta(minutes=1)
NOTHING = Facts((), {"contained": {}, "closed": {}}, (), (), (), (), {}, {}, {}, {1: Stand("GREEN", 1)}, AT)


def asked(house: int, confirmed: timedelta | None, tier: Tier = Tier.FLASH, due: timedelta = HOUR) -> Asked:
    then = AT - 5 * HOUR
    return Asked(1, house, tier, then, then + due, then + confirmed if confirmed else None, not confirmed)


def flash(*rows: Asked) -> list[Value]:
    """Asked, in time, median."""
    return [line.value for line in alerts(replace(NOTHING, asked=rows)).lines if line.name.startswith("Flash")]


def test_of_five_organisations_it_says_how_many_how_fast_and_how_soon() -> None:
    rows = [asked(house, 10 * MINUTE * house) for house in range(1, 5)]
    assert flash(*rows, asked(5, 2 * HOUR)) == [5, Share(80), 30 * MINUTE]


def test_of_four_it_says_that_they_are_fewer_than_five_and_nothing_of_how_they_did() -> None:
    rows = [asked(house, 10 * MINUTE) for house in range(1, 5)]
    assert flash(*rows) == [FEW, FEW, FEW]
    assert flash(*rows, *rows) == [FEW, FEW, FEW], "the same four, asked twice, are no eight"


def test_how_long_it_took_is_not_told_where_four_of_nine_confirmed() -> None:
    rows = [asked(house, 10 * MINUTE if house < 5 else None) for house in range(1, 10)]
    assert flash(*rows) == [9, Share(44), FEW]


def test_who_has_time_yet_or_is_awaited_no_more_is_not_late() -> None:
    rows = [asked(house, 10 * MINUTE) for house in range(1, 6)]
    waiting, let_go = asked(6, None, due=9 * HOUR), asked(7, None)._replace(owed=False)
    assert flash(*rows, waiting, let_go) == [7, Share(100), 10 * MINUTE]
    assert flash(*rows, asked(6, None)) == [6, Share(83), 10 * MINUTE]


def test_each_tier_is_told_by_itself_and_no_sum_tells_of_one_that_is_not() -> None:
    rows = [asked(house, 10 * MINUTE) for house in range(1, 6)] + [asked(9, HOUR, Tier.URGENT)]
    lines = {line.name: line.value for line in alerts(replace(NOTHING, asked=rows)).lines}
    assert lines["Flash: organisations asked"] == 5 and lines["Urgent: organisations asked"] is FEW
    assert not [name for name, value in lines.items() if isinstance(value, int) and value > 5]


@pytest.mark.parametrize(("houses", "told"), [(0, 0), (1, FEW), (4, FEW), (5, 5)])
def test_escalations_are_told_from_five_organisations_on(houses: int, told: int | Few) -> None:
    done = [Escalated(1, 1, house) for house in range(houses)] * 2
    found = alerts(replace(NOTHING, escalated=done))
    assert [line.value for line in found.lines[-2:]] == [told, 0]


def test_without_anything_each_figure_is_nothing_or_unmeasured() -> None:
    assert {line.value for one in sections(NOTHING) for line in one.lines} == {0, None}


def test_the_label_is_the_strictest_and_without_anything_the_strict_one() -> None:
    other = replace(NOTHING, stood={2: Stand("AMBER", 1)})
    assert label([NOTHING, other]) == "AMBER" and label([replace(NOTHING, stood={})]) == "AMBER+STRICT"
    report = replace(NOTHING, stood={2: Stand("unreleased", secret=True)})
    assert label([other, report]) == "AMBER+STRICT"


@pytest.mark.parametrize(
    ("value", "words", "number", "of"),
    [
        (3, "3", "3", ""),
        (0, "0", "0", ""),
        (None, "–", "", ""),
        (FEW, "fewer than five", "fewer than five", ""),
        (Share(80), "80%", "80", "%"),
        (40 * MINUTE, "40 min", "40", "minutes"),
        (26 * HOUR, "26 h", "1560", "minutes"),
        (50 * HOUR + MINUTE, "2 d 2 h", "3001", "minutes"),
        (72 * HOUR, "3 d", "4320", "minutes"),
    ],
)
def test_a_figure_is_said_to_people_and_to_spreadsheets(value: Value, words: str, number: str, of: str) -> None:
    assert (said(value), plain(value), unit(value)) == (words, number, of)


def test_the_median_is_of_what_there_is() -> None:
    assert half([None, HOUR, 3 * HOUR]) == 2 * HOUR and half([None]) is None and half([]) is None
