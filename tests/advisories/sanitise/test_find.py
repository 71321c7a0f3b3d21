"""What is known is found however it is written; what is found is one thing, numbered as one."""

from __future__ import annotations

import time
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from advisories.sanitise import Choice, Decision, Kind, Known, Own, Undecided, find, find_all, redacted
from tests.advisories.sanitise.reports import EXAMPLETON, REPORTS

SEPARATORS = st.sampled_from([" ", "\n", ", ", "-", "_", "/", "(", "\u00a0", "\t", ". ", "'", "\u2014"])
NAMES = st.sampled_from(
    [*EXAMPLETON.organisation, *EXAMPLETON.other, *EXAMPLETON.people, *EXAMPLETON.places, *EXAMPLETON.domains]
)
BETWEEN = st.sampled_from(["", "\u200b", "\u00ad", "\u2060", " ", "-\n", "\u0301"])
CASES = st.sampled_from([str, str.upper, str.lower, str.title, str.swapcase])


def all_redacted(text: str, known: Known = EXAMPLETON) -> str:
    suspects = find(text, known)
    return redacted(text, suspects, dict.fromkeys(range(len(suspects)), Choice.REDACT))


@settings(max_examples=200, deadline=None)
@given(st.text(max_size=60), SEPARATORS, NAMES, CASES, BETWEEN, SEPARATORS, st.text(max_size=60))
def test_a_known_name_put_anywhere_is_found_and_is_gone_after_redacting(before, one, name, case, between, two, after):
    written = between.join(case(name))
    text = f"{before}{one}{written}{two}{after}"
    start = len(before) + len(one)
    covered = {at for suspect in find(text, EXAMPLETON) for at in range(suspect.start, suspect.end)}
    assert not [at for at in range(start, start + len(written)) if text[at].isalnum() and at not in covered]
    assert name.casefold() not in all_redacted(text).casefold()


@settings(max_examples=100, deadline=None)
@given(st.lists(st.one_of(NAMES, SEPARATORS, st.text(max_size=10)), max_size=12).map("".join))
def test_redacted_text_names_nobody_whatever_stood_together(text):
    known = [one for one in find(all_redacted(text), EXAMPLETON) if one.kind in {Kind.ORGANISATION, Kind.PLACE}]
    assert not known


@settings(max_examples=100, deadline=None)
@given(st.text(max_size=300))
def test_keeping_everything_changes_nothing(text):
    suspects = find(text, EXAMPLETON)
    assert redacted(text, suspects, dict.fromkeys(range(len(suspects)), Choice.KEEP)) == text


def test_a_machine_and_a_person_keep_their_number_all_through_and_across_texts():
    title, body = find_all(
        ("SRV-FIN-01 down, says Jane Smith", "dc02, srv-fin-01.exampleton.example.org; Mrs Smith, jsmith, Priya"),
        EXAMPLETON,
    )
    assert [one.replacement for one in title] == ["host 1", "person 1"]
    assert [one.replacement for one in body] == ["host 2", "host 1", "person 1", "person 1", "person 2"]


def test_the_week_is_kept_of_a_date():
    assert all_redacted("Seen on Thursday 26 November 2026 at 09:40.") == "Seen in the week of 23 November 2026."
    assert all_redacted("Seen 29/11/2026, again on 1 December.") == (
        "Seen in the week of 23 November 2026, again in the week of 30 November 2026."
    )
    assert all_redacted("Since 30 Dec.") == "Since in the week of 29 December 2025."  # no report tells of next year's
    assert all_redacted("on 31/02/2026, at 9am") == "at some date"
    assert all_redacted("It began at 9am.") == "It began at some point."
    assert find("in the week of 23 November 2026", EXAMPLETON) == ()


def test_a_date_without_a_year_needs_to_know_when_it_was_told():
    assert find("on 23 November", Known())[0].replacement == "at some date"
    assert find("on 23 November", Known(day=date(2026, 11, 27)))[0].replacement == "in the week of 23 November 2026"


def test_what_overlaps_is_one_suspect_and_nothing_of_it_is_left():
    (one,) = find("https://intranet.exampleton.example.org/users/jsmith/SRV-FIN-01", EXAMPLETON)
    assert (one.kind, one.replacement) == (Kind.WEB, "web address 1")


def test_a_possessive_stays_readable():
    assert (
        all_redacted("Exampleton's firewall, Jane Smith’s laptop") == "the organisation's firewall, person 1’s laptop"
    )


@pytest.mark.parametrize(
    "text",
    ["CVE-2026-1234", "8.8.8.8", "T1059.001", "KB5031356", "SHA-256", "evil.example.net", "version 10.0.19045.2"],
)
def test_what_others_need_is_not_asked_about(text):
    assert find(f"We saw {text} today", EXAMPLETON) == ()


def test_a_short_form_that_is_a_word_needs_its_capitals():
    known = Known(("Ilford Town Services",))
    assert [one.text for one in find("its mail is down, ITS says", known)] == ["ITS"]


def test_nothing_is_known_of_nobody():
    assert find("", Known()) == ()
    assert find("a plain sentence", Known(("",), ("-",), ("",), ("", "-", "Mrs"), ("",))) == ()


def test_each_place_needs_a_decision_and_the_error_names_those_without():
    suspects = find("SRV-FIN-01 and DC02", EXAMPLETON)
    with pytest.raises(Undecided, match="1 place is not decided: “DC02”") as raised:
        redacted("SRV-FIN-01 and DC02", suspects, {0: Choice.REDACT})
    assert raised.value.suspects == suspects[1:]
    decided: dict[int, Decision] = {0: Own("a finance server"), 1: Choice.KEEP}
    assert redacted("SRV-FIN-01 and DC02", suspects, decided) == "a finance server and DC02"


def test_suspects_of_a_text_that_was_changed_since_are_not_applied():
    suspects = find("SRV-FIN-01", EXAMPLETON)
    with pytest.raises(ValueError, match="Look through it again"):
        redacted("SRV-FIN-99", suspects, {0: Choice.REDACT})


HOSTILE = [
    "a",
    "a@",
    "a.",
    "10.",
    "1:",
    "0 ",
    "e b c ",
    "Mr A ",
    "\\\\a",
    "/users/",
    "exampleton",
    "exampleton ",
    "£1,",
]
HOSTILE += [
    "1 nov ",
    "at 1:1 ",
    "fe80:",
    "&#65;",
    "exampleton.example.org/",
    "[.]",
    "a\u200b",
    "S-",
    "user: ",
    "x.local",
]


@pytest.mark.parametrize("seed", [*HOSTILE, *REPORTS.values()], ids=lambda seed: seed[:12].strip())
def test_four_times_the_text_takes_about_four_times_as_long(seed):
    """Quadratic would be sixteen times. In processor time, which another's work on the machine changes little."""
    small, large = (min(_seconds(seed, size) for _ in range(2)) for size in (20_000, 80_000))
    assert large < 9 * small + 0.05


def _seconds(seed: str, size: int) -> float:
    text = (seed * (size // len(seed) + 1))[:size]
    began = time.process_time()
    find(text, EXAMPLETON)
    return time.process_time() - began
