"""Marking is pure: all or nothing for each question, per cent rounded down, choices in the attempt's own order."""

from __future__ import annotations

from dataclasses import dataclass

import pytest
from hypothesis import given
from hypothesis import strategies as st

from members.training.marking import is_right, order, score, tidy


@dataclass
class One:
    code: str
    choices: list[str]
    right: list[int]


@st.composite
def a_question(draw: st.DrawFn) -> One:
    many = draw(st.integers(2, 8))
    right = draw(st.sets(st.integers(0, many - 1), min_size=1))
    return One(draw(st.text("ABCDEFGH", min_size=8, max_size=8)), [str(place) for place in range(many)], sorted(right))


BANKS = st.lists(a_question(), min_size=1, max_size=20, unique_by=lambda one: one.code)


@given(BANKS, st.data())
def test_the_score_is_the_share_that_was_answered_exactly_rounded_down(bank: list[One], data: st.DataObject) -> None:
    places = st.lists(st.integers(-3, 12), max_size=8)
    chosen = {one.code: data.draw(st.just(one.right) | places) for one in bank}
    rightly = [one for one in bank if sorted(set(chosen[one.code])) == one.right]
    found = score(bank, chosen)
    assert found * len(bank) <= 100 * len(rightly) < (found + 1) * len(bank)
    assert (found == 100) == (len(rightly) == len(bank))


@given(a_question(), st.text(min_size=1, max_size=8))
def test_each_attempt_shows_every_choice_once_and_always_in_the_same_order(one: One, attempt: str) -> None:
    assert sorted(order(attempt, one)) == list(range(len(one.choices)))
    assert order(attempt, one) == order(attempt, one)


def test_the_first_choice_is_shown_anywhere() -> None:
    one = One("QUESTION", ["a", "b", "c", "d"], [0])
    first = [order(f"ATTEMPT{n}", one).index(0) for n in range(400)]
    assert all(60 <= first.count(place) <= 140 for place in range(4))


def test_nothing_is_right_by_being_left_out_or_by_choosing_all() -> None:
    one = One("Q", ["a", "b", "c"], [0, 2])
    assert is_right(one, [2, 0])
    assert not any(is_right(one, chosen) for chosen in ([], [0], [0, 1, 2], [0, 2, 7]))
    assert not is_right(One("Q", ["a"], []), []) and score([], {}) == 0 and score([one], {}) == 0


@pytest.mark.parametrize("chosen", [None, "0", 0, {"0": 1}, ["0", True, 1.0, -1, 3, None], [[0]]])
def test_what_is_no_position_counts_as_not_chosen(chosen: object) -> None:
    assert tidy(One("Q", ["a", "b", "c"], [0]), chosen) == []


def test_positions_are_kept_in_order_each_once() -> None:
    assert tidy(One("Q", ["a", "b", "c"], [0]), (2, 0, 2)) == [0, 2]
