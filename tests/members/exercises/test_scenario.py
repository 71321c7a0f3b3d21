"""Scenario files: what is wrong with one is said in sentences, all at once; what is written is read to the same."""

from __future__ import annotations

import string
import time

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from members.exercises import spelling
from members.exercises.reading import read
from members.exercises.scenario import LATEST, LONGEST, InjectFile, ScenarioFile, TeamFile, Unreadable
from members.exercises.spelling import seconds, spelled
from members.exercises.writing import write

GOOD = """\
version: 1
title: A small one
teams:
  it: IT
  press: Communications
injects:
  - number: 1
    at: T+0:00
    title: It begins
    teams: all
    text: Something is wrong.
  - number: 2
    at: 1:30
    title: It goes on
    teams: [press]
    channel: page
    tier: urgent
    acknowledge: yes
    within: 600
    text: |
      A reporter rings.
    attachment:
      name: note.txt
      text: Ring me.
    expects: Say what is known.
"""


def errors(text: str | bytes) -> list[str]:
    with pytest.raises(Unreadable) as refused:
        read(text if isinstance(text, bytes) else text.encode())
    return refused.value.errors


def test_a_scenario_is_read_as_it_was_meant() -> None:
    found = read(GOOD.encode())
    assert [team.slug for team in found.teams] == ["it", "press"]
    first, second = found.injects
    assert (first.offset, first.teams, first.channel, first.tier, first.asks) == (0, ("it", "press"), "mail", 2, False)
    assert (second.offset, second.teams, second.channel, second.tier) == (5400, ("press",), "page", 3)
    assert (second.asks, second.within, second.attachment_name, second.attachment) == (
        True,
        600,
        "note.txt",
        "Ring me.",
    )
    assert found.minutes == 90


@pytest.mark.parametrize("said", ["No", "2026-01-01", "1e3", "null", "0x10", "~", "1:30"])
def test_no_word_is_taken_for_anything_but_a_word(said: str) -> None:
    assert read(GOOD.replace("It begins", said).encode()).injects[0].title == said


@pytest.mark.parametrize(
    ("was", "becomes", "where", "what"),
    [
        ("    teams: [press]\n", "", "Inject 2 (line 12)", "“teams” is missing"),
        ("teams: [press]", "teams: []", "Inject 2", "“teams” is missing"),
        ("teams: [press]", "teams: [pres]", "Inject 2", "there is no team “pres”. Did you mean “press”?"),
        ("teams: [press]", "teams: [xyz]", "Inject 2", "there is no team “xyz”. There is: it, press."),
        ("at: 1:30", "at: -0:15", "Inject 2", "before the start"),
        ("at: 1:30", "at: T-0:15", "Inject 2", "before the start"),
        ("at: 1:30", "at: -900", "Inject 2", "before the start"),
        ("at: 1:30", "at: soon", "Inject 2", "“at: soon” is no time. Write hours and minutes"),
        ("at: 1:30", "at: 0:75", "Inject 2", "is no time"),
        ("at: 1:30", "at: 9999:00", "Inject 2", "is too late"),
        ("    at: 1:30\n", "", "Inject 2", "“at” is missing"),
        ("channel: page", "channel: pigeon", "Inject 2", "“channel: pigeon” is not one of: mail, message, page"),
        ("tier: urgent", "tier: urgnt", "Inject 2", "Did you mean “urgent”?"),
        ("title: It goes on", "titel: It goes on", "Inject 2", "“titel” (line 14) is nothing that a scenario has here."
         " Did you mean “title”?"),
        ("title: It goes on\n", "title: " + "x" * 201 + "\n", "Inject 2", "has 201 characters, and at most 200"),
        ("A reporter rings.", "x" * 20_001, "Inject 2", "“text” has 20001 characters"),
        ("number: 2", "number: 1", "Inject 1", "2 injects have this number"),
        ("number: 2", "number: two", "Inject two", "Write a whole number from 1"),
        ("number: 2", "number: -2", "Inject -2", "Write a whole number from 1"),
        ("name: note.txt", "name: note.exe", "Inject 2", "can’t be an attachment’s name"),
        ("name: note.txt", "name: ../../x.txt", "Inject 2", "can’t be an attachment’s name"),
        ("      text: Ring me.\n", "", "Inject 2", "Say what stands in the attached file"),
        ("acknowledge: yes", "acknowledge: maybe", "Inject 2", "is not one of: yes, no"),
        ("    acknowledge: yes\n", "", "Inject 2", "Add “acknowledge: yes”"),
        ("within: 600", "within: 0", "Inject 2", "leaves no time at all"),
        ("    channel: page\n", "    channel: page\n    channel: mail\n", "Inject 2", "“channel” stands there twice"),
        ("title: It goes on", "title: [a, b]", "Inject 2", "is to be a text, not a list"),
        ("title: It goes on", 'title: "It \\a goes"', "Inject 2", "“title” holds the character U+0007"),
        ("title: It goes on", 'title: "\\uD800"', "Line 14", "this is no YAML"),
        ("version: 1", "version: 9", "", "Write “version: 1” at the top"),
        ("title: A small one", "title:", "", "“title” is missing"),
        ("  it: IT", "  IT dept: IT", "Teams (line 4)", "“IT dept” can’t be a team’s short name"),
        ("  it: IT", "  it: Communications", "Teams (line 4)", "2 are called “Communications”"),
        ("  it: IT", '  it: "I  T"\n  is: "I T"', "Teams (line 4)", "2 are called “I T”"),
        ("  it: IT", "  it:", "Teams (line 4)", "Say what the team is called"),
    ],
)  # fmt: skip
def test_each_mistake_is_a_sentence_that_says_where(was: str, becomes: str, where: str, what: str) -> None:
    assert was in GOOD
    said = errors(GOOD.replace(was, becomes))
    assert any(one.startswith(where) and what in one for one in said), said
    assert all(one[0].isupper() or one[0] == "“" for one in said)
    assert all(one.endswith((".", "?")) for one in said), said


def test_everything_that_is_wrong_is_said_at_once() -> None:
    text = GOOD.replace("at: 1:30", "at: -1").replace("channel: page", "channel: smoke").replace("It begins", "")
    said = errors(text + "surprise: 1\n")
    assert len(said) == 4, said


def test_without_injects_or_teams_there_is_nothing_to_play() -> None:
    assert any("“injects” is missing" in one for one in errors(GOOD.partition("injects:")[0]))
    assert any("“teams” is missing" in one for one in errors("version: 1\ntitle: x\ninjects: [{title: x}]\n"))


@pytest.mark.parametrize(
    ("content", "what"),
    [
        (b"", "The file is empty"),
        (b"# nothing\n", "The file is empty"),
        (b"just words", "The file is no scenario"),
        (b"- a\n- b\n", "The file is no scenario"),
        (b"\xff\xfe\x00", "no text in UTF-8"),
        (b"PK\x03\x04", "character that YAML does not allow"),
        (b"a: [1, 2", "this is no YAML"),
        (b"a: b: c\n", "Line 1: this is no YAML"),
        (b"version: 1\n---\nversion: 1\n", "this is no YAML"),
        (b"title: &a x\naims: *a\n", "Line 1: an anchor or alias"),
        (b"title: !!python/object/apply:os.system [ls]\n", "Line 1: a type (!)"),
        (b"title: " + b"[" * 50 + b"]" * 50, "lies too deep"),
        (b"{" * 5000, "lies too deep"),
        (b"injects: [" + b"a," * 30_000 + b"]", "too many parts"),
        (
            b"version: 1\ntitle: x\nteams: {a: b}\ninjects: [" + b"a," * 201 + b"]",
            "There are 201 injects, and at most 200",
        ),
        (b"? [a, b]\n: c\n", "“?” (line 2) is nothing that a scenario has"),
    ],
)
def test_what_is_no_scenario_at_all_is_refused_in_words(content: bytes, what: str) -> None:
    assert any(what in one for one in errors(content)), errors(content)


def test_a_text_of_ten_megabytes_is_refused_before_it_is_read() -> None:
    began = time.perf_counter()
    said = errors(GOOD.encode() + b"# " + b"x" * 10_000_000)
    assert "larger than 1 MB" in said[0] and len(said) == 1
    assert time.perf_counter() - began < 1


def test_a_bomb_of_aliases_never_goes_off() -> None:
    levels = "".join(f"l{n}: &l{n} [*l{n - 1}, *l{n - 1}, *l{n - 1}]\n" for n in range(1, 40))
    assert "anchor" in errors("l0: &l0 lol\n" + levels)[0]


@pytest.mark.parametrize(
    ("said", "comes_to"),
    [("T+0:15", 900), ("t+1:00:05", 3605), ("0:00", 0), ("90", 90), ("T-0:15", None), ("1:75", None), ("", None),
     ("٣:٠٠", None), ("1e9", None)],
)  # fmt: skip
def test_times_are_read_as_people_write_them(said: str, comes_to: int | None) -> None:
    assert seconds(said) == comes_to


@given(st.integers(0, LATEST))
def test_a_time_is_spelled_as_it_is_read(offset: int) -> None:
    assert seconds(spelled(offset)) == offset == seconds(spelled(offset, ""))


CHARACTERS = st.characters(exclude_categories=["Cs", "Cc"])
LINE = st.text(CHARACTERS, max_size=60).map(lambda text: spelling.line("x" + text))
TEXT = st.text(CHARACTERS | st.sampled_from("\n\t\r\x85\u2028 :#-'\"|>&*"), max_size=200).map(spelling.lines)
FULL = TEXT.map(lambda text: text or "x")
SLUGS = st.lists(
    st.text(string.digits + "bcdefgh", min_size=1, max_size=8),
    min_size=1, max_size=4, unique=True,
)  # fmt: skip


@st.composite
def scenarios(draw: st.DrawFn) -> ScenarioFile:
    teams = draw(SLUGS)
    injects = []
    for number in range(1, draw(st.integers(1, 4)) + 1):
        asks, name = draw(st.booleans()), draw(st.sampled_from(["", "note.txt", "A b-1.log"]))
        chosen = draw(st.sets(st.sampled_from(teams), min_size=1))
        injects.append(
            InjectFile(
                number=number, offset=draw(st.integers(0, LATEST)), teams=tuple(t for t in teams if t in chosen),
                title=draw(LINE), text=draw(FULL), channel=draw(st.sampled_from(["mail", "message", "page"])),
                tier=draw(st.integers(1, 4)), expects=draw(TEXT), asks=asks,
                within=draw(st.none() | st.integers(1, LATEST)) if asks else None, attachment_name=name,
                attachment=draw(FULL) if name else "",
            )
        )  # fmt: skip
    injects.sort(key=lambda one: (one.offset, one.number))
    made = tuple(TeamFile(slug, f"{n} {draw(LINE)}") for n, slug in enumerate(teams))
    return ScenarioFile(draw(LINE), made, tuple(injects), aims=draw(TEXT), briefing=draw(TEXT))


@given(scenarios())
def test_what_is_written_is_read_to_the_same(scenario: ScenarioFile) -> None:
    assert read(write(scenario).encode()) == scenario


@given(scenarios())
def test_it_is_written_the_same_each_time_and_any_reader_of_yaml_takes_it(scenario: ScenarioFile) -> None:
    text = write(scenario)
    assert write(read(text.encode())) == text
    told = yaml.safe_load(text)
    assert told["title"] == scenario.title and told["injects"][0]["at"].startswith("T+")


@given(st.binary(max_size=300) | st.text(max_size=300).map(lambda text: text.encode("utf-8", "surrogatepass")))
def test_no_file_breaks_the_reader(content: bytes) -> None:
    with pytest.raises(Unreadable):
        read(content)


def test_texts_are_blocks_that_people_can_edit() -> None:
    text = write(read(GOOD.encode()))
    assert "    text: |-\n      A reporter rings.\n" in text
    assert '    at: "T+1:30"\n' in text
    assert "    teams: [it, press]\n" in text


def test_the_limits_are_those_of_the_rows() -> None:
    assert LONGEST["title"] == 200 and LONGEST["text"] == 20_000 and LONGEST["attachment"] == 100_000
