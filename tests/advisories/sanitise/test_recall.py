"""What identifies the reporter is found in reports as councils write them."""

from __future__ import annotations

import re
from itertools import pairwise

import pytest

from advisories.sanitise import Choice, find, redacted
from tests.advisories.sanitise.reports import EXAMPLETON, REPORTS

MARK = re.compile(r"\[\[(?P<hide>.+?)\]\](?!\])|\{\{(?P<stay>.+?)\}\}", re.DOTALL)


def marked(report: str) -> tuple[str, list[tuple[int, int]], list[tuple[int, int]]]:
    """The text without the marks; what has to be found, and what has to stay."""
    text, position = "", 0
    hide: list[tuple[int, int]] = []
    stay: list[tuple[int, int]] = []
    for mark in MARK.finditer(report):
        text += report[position : mark.start()]
        inside = mark["hide"] or mark["stay"]
        (hide if mark["hide"] else stay).append((len(text), len(text) + len(inside)))
        text, position = text + inside, mark.end()
    return text + report[position:], hide, stay


@pytest.mark.parametrize("name", REPORTS)
def test_everything_that_identifies_is_found_and_whole(name):
    text, hide, _ = marked(REPORTS[name])
    suspects = find(text, EXAMPLETON)
    covered = {at for one in suspects for at in range(one.start, one.end)}
    missed = [text[a:b] for a, b in hide if any(text[at].isalnum() and at not in covered for at in range(a, b))]
    assert not missed, f"{len(hide) - len(missed)} of {len(hide)} found; missed: {missed}"


@pytest.mark.parametrize("name", REPORTS)
def test_what_others_need_stays(name):
    text, _, stay = marked(REPORTS[name])
    taken = [(text[a:b], one.text) for a, b in stay for one in find(text, EXAMPLETON) if one.start < b and a < one.end]
    assert not taken


@pytest.mark.parametrize("name", REPORTS)
def test_suspects_are_places_of_the_original_in_order_and_apart(name):
    text = marked(REPORTS[name])[0]
    suspects = find(text, EXAMPLETON)
    assert suspects == find(text, EXAMPLETON)
    assert all(one.text == text[one.start : one.end] and one.why and one.replacement for one in suspects)
    assert all(one.end <= other.start for one, other in pairwise(suspects))


@pytest.mark.parametrize("name", REPORTS)
def test_nothing_that_is_known_is_left_after_redacting(name):
    text = marked(REPORTS[name])[0]
    suspects = find(text, EXAMPLETON)
    after = redacted(text, suspects, dict.fromkeys(range(len(suspects)), Choice.REDACT))
    assert find(after, EXAMPLETON) == ()
